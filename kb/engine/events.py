"""Events: earlier and same-day services of a patient, as counting sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kb.claims.model import Claim, ClaimLine, Facts, HistoryLine
from kb.engine.program import CodeFacts, Program, holds

ANY: None = None
Values = frozenset[str] | None
"""The values that a group of an event may have; ``None``: it could be any."""
NO_SIDE = frozenset({"none"})
Day = date


@dataclass(frozen=True, slots=True)
class Event:
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
    def order(self) -> tuple[Day, bool, str, int, str, tuple[str, ...]]:
        """History first, then claims by id and line: how lines of a date are taken."""
        place = (self.date, self.line > 0, self.claim, self.line)
        return (*place, self.code, self.modifiers)


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


@dataclass(frozen=True, slots=True)
class Services:
    """All services of one patient that one claim's answers can see, in order."""

    events: tuple[Event, ...]

    def before(self, day: date, *, denied: bool = False) -> list[Event]:
        """Those of earlier dates; denied ones only when they are asked for."""
        return [e for e in self.events if e.date < day and (denied or not e.denied)]

    def after(self, day: date, *, denied: bool = False) -> list[Event]:
        """Those of later dates; denied ones only when they are asked for."""
        return [e for e in self.events if e.date > day and (denied or not e.denied)]

    def on(self, day: date) -> list[Event]:
        """Those of the date that were not denied."""
        return [
            event for event in self.events if event.date == day and not event.denied
        ]


def services_of(claims: Iterable[Claim]) -> dict[str, Services]:
    """For each claim id: its history and the lines of all claims of its patient.

    Void and replaced claims have no events; a line of the history that repeats a
    claim of the patient given in the run counts once, as the claim has it.
    """
    given = list(claims)
    gone = {(c.patient, c.replaces) for c in given if c.frequency != "original"}
    living = [
        c for c in given if c.frequency != "void" and (c.patient, c.id) not in gone
    ]
    lines: dict[str, list[Event]] = defaultdict(list)
    for claim in living:
        lines[claim.patient] += (event_of_line(claim, line) for line in claim.lines)
    told = {(claim.patient, claim.id) for claim in given} | gone
    found = {}
    for claim in given:
        own = [
            event_of_history(line)
            for line in claim.history.lines
            if not line.claim or (claim.patient, line.claim) not in told
        ]
        events = sorted([*own, *lines[claim.patient]], key=lambda event: event.order)
        found[claim.id] = Services(tuple(events))
    return found


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
    members = program.groupings.get(group, {}).get(event.code, ())
    found = frozenset(name for name, days in members if holds(days, event.date))
    return found or ANY


def same(one: Event, other: Event, group: str, program: Program) -> int:
    """Whether two events share a group: 1 yes, -1 no, 0 not known.

    A bilateral service shares the side of a unilateral one; the other way round it
    shares half, which is not known to be the same.
    """
    mine, theirs = (
        group_values(one, group, program),
        group_values(other, group, program),
    )
    if mine is None or theirs is None:
        return 0
    if not mine & theirs:
        return -1
    if group == "side":
        return 1 if mine <= theirs else 0
    return 1 if len(mine) == len(theirs) == 1 else 0


def weight(event: Event, program: Program) -> Decimal:
    """How many levels a line stands for: the units of an add-on, else one."""
    facts = program.codes.get(event.code)
    return event.units if facts and facts.add_on else Decimal(1)


def levels(events: Iterable[Event], program: Program, *, most: bool = False) -> Decimal:
    """Levels among lines of one date: both sides of a level are one.

    A line whose level is not given may be at one that another line names: the least
    counts those once, the ``most`` apart.
    """
    named: set[str] = set()
    right: dict[str, Decimal] = defaultdict(Decimal)
    left: dict[str, Decimal] = defaultdict(Decimal)
    other = Decimal(0)
    for event in events:
        if event.level:
            named.add(event.level)
            continue
        sides = sides_of(event.modifiers, None)
        if sides == frozenset({"RT"}):
            right[event.code] += event.units
        elif sides == frozenset({"LT"}):
            left[event.code] += event.units
        else:
            other += weight(event, program)
    paired = sum((max(right[code], left[code]) for code in {*right, *left}), Decimal(0))
    told, inferred = Decimal(len(named)), other + paired
    return told + inferred if most else max(told, inferred)


def injections(events: Iterable[Event], program: Program) -> Decimal:
    """Injections among lines: both sides of a level are two."""
    total = Decimal(0)
    for event in events:
        sides = sides_of(event.modifiers, None)
        total += weight(event, program) * (len(sides) if sides else 1)
    return total
