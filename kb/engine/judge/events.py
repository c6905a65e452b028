"""Events: earlier and same-day services of a patient, as counting sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kb.claims.corrections import corrected_services, corrections_of
from kb.claims.model import Claim, ClaimLine, Facts, History, HistoryLine
from kb.engine.program import CodeFacts, Days, Program, holds

ANY: None = None
Values = frozenset[str] | None
"""The values that a group of an event may have; ``None``: it could be any."""
NO_SIDE = frozenset({"none"})
Day = date


class Event(NamedTuple):
    """One service, billed now or before."""

    date: date
    code: str
    modifiers: tuple[str, ...]
    units: Decimal
    level: str
    provider: str
    facts: Facts
    claim: str
    line: int
    """0 for a line of the history."""
    denied: bool = False

    @property
    def order(self) -> tuple[object, ...]:
        """History first, then by line number and by what was done; names come last.

        So no answer hangs on how a claim is named: only services that are alike in all
        that counts are told apart by it.
        """
        return (
            self.date, self.line > 0, self.line, self.code, self.modifiers,
            self.level, self.provider, self.units, self.claim,
        )  # fmt: skip


def event_of_line(claim: Claim, line: ClaimLine) -> Event:
    """A claim line as an event."""
    return Event(
        line.date, line.code, line.modifiers, line.units, line.level, line.rendering,
        line.facts, claim.id, line.number,
    )  # fmt: skip


def event_of_history(line: HistoryLine) -> Event:
    """A line of the history as an event."""
    return Event(
        line.date, line.code, line.modifiers, line.units, line.level, line.rendering,
        line.facts, line.claim, 0, line.status == "denied",
    )  # fmt: skip


@dataclass(slots=True)
class Services:
    """All services of one patient that one claim's answers can see, in order."""

    events: tuple[Event, ...]
    retold: tuple[Event, ...] = ()
    """Lines of the history that repeat a claim of the run: they count as the claim has
    them, but what they say of the procedure is heard."""
    notes: dict[Hashable, object] = field(
        default_factory=dict, repr=False, compare=False
    )
    """What was worked out from them before; ``kb.engine.judge.books`` keeps it."""


Known = dict[str, list[tuple[History, Services]]]


def services_of(claims: Iterable[Claim]) -> dict[str, Services]:
    """For each claim id: its history and the lines of all claims of its patient.

    Void and replaced claims have no events; a line of the history that repeats a
    claim of the patient given in the run counts once, as the claim has it.  Claims of
    a patient that bring the same history share what is made of it.  A correction stands
    for the history's lines of its days and codes that tell no claim.
    """
    given = list(claims)
    gone = {(c.patient, c.replaces) for c in given if c.frequency != "original"}
    living = [
        c for c in given if c.frequency != "void" and (c.patient, c.id) not in gone
    ]
    lines: dict[str, list[Event]] = defaultdict(list)
    for claim in living:
        lines[claim.patient] += (event_of_line(claim, line) for line in claim.lines)
    kept = {(claim.patient, claim.id) for claim in living}
    told = {(claim.patient, claim.id) for claim in given} | gone
    known: Known = defaultdict(list)
    corrections = corrections_of(given)
    found = {}
    for claim in given:
        services = shared(claim.history, known[claim.patient])
        if services is None:
            gone_from_it = corrected_services(
                claim.history, corrections.get(claim.patient, ())
            )
            services = services_with(
                claim, lines[claim.patient], told, kept, gone_from_it
            )
            known[claim.patient].append((claim.history, services))
        found[claim.id] = services
    return found


def shared(
    history: History, known: Iterable[tuple[History, Services]]
) -> Services | None:
    """The services that were made of an equal history of the patient."""
    for other, services in known:
        if len(other.lines) == len(history.lines) and other.lines == history.lines:
            return services
    return None


def services_with(
    claim: Claim,
    lines: list[Event],
    told: Collection[tuple[str, str]],
    kept: Collection[tuple[str, str]],
    corrected: Collection[tuple[Day, str]] = (),
) -> Services:
    """The lines of a patient's claims together with the history that one brings.

    Lines that stand corrected, by day and code, are left out where they tell no claim.
    """
    own, retold = [], []
    for line in claim.history.lines:
        name = (claim.patient, line.claim)
        if not line.claim and (line.date, line.code) in corrected:
            continue
        if not line.claim or name not in told:
            own.append(event_of_history(line))
        elif name in kept and line.facts and line.status != "denied":
            retold.append(event_of_history(line))
    events = sorted([*own, *lines], key=lambda event: event.order)
    return Services(tuple(events), tuple(retold))


def sides_of(modifiers: tuple[str, ...], code: CodeFacts | None) -> Values:
    """The sides of a service; ``None`` when a side exists and is not said."""
    said = {m for m in modifiers if m in ("RT", "LT")}
    if "50" in modifiers or said == {"RT", "LT"}:
        return frozenset({"RT", "LT"})
    if said:
        return frozenset(said)
    return NO_SIDE if code and code.sides == "single" else ANY


def group_values(event: Event, group: str, program: Program) -> Values:
    """The values that a grouping or a line group may have for an event."""
    match group:
        case "side":
            return sides_of(event.modifiers, program.codes.get(event.code))
        case "level":
            return frozenset({event.level}) if event.level else ANY
        case "code":
            return frozenset({event.code})
        case "provider":
            return frozenset({event.provider}) if event.provider else ANY
    timeless: dict[str, Values] = program.once(
        ("timeless", group), lambda: timeless_groups(group, program)
    )
    if event.code in timeless:
        return timeless[event.code]
    return groups_on(program.groupings.get(group, {}).get(event.code, ()), event.date)


Memberships = tuple[tuple[str, Days], ...]
"""The groups of a code with their days."""


def timeless_groups(group: str, program: Program) -> dict[str, Values]:
    """The groups of the codes that a grouping never moves."""
    return {
        code: groups_on(groups, Day.min)
        for code, groups in program.groupings.get(group, {}).items()
        if all(days == (None, None) for _name, days in groups)
    }


def groups_on(groups: Memberships, day: Day) -> Values:
    """The groups that hold on a day."""
    return frozenset([name for name, days in groups if holds(days, day)]) or ANY


def same(mine: Values, other: Event, group: str, program: Program) -> int:
    """Whether an event shares the group that a line has: 1 yes, -1 no, 0 not known.

    A bilateral service shares the side of a unilateral one; the other way round it
    shares half, which is not known to be the same.
    """
    theirs = group_values(other, group, program)
    if mine is None or theirs is None:
        return 0
    if not mine & theirs:
        return -1
    if group == "side":
        return 1 if mine <= theirs else 0
    return 1 if len(mine) == len(theirs) == 1 else 0
