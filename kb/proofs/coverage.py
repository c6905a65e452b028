"""Coverage: what the scenarios of a policy have shown of its rules and dates.

The bar: every rule was met and was not met; it was unknown where it asks for facts;
every way out was used; every date has a scenario on both of its sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from dsl.ir import walk
from dsl.ir.forms import DUTY_OF, NAME_OF
from dsl.ir.parts import Days
from dsl.ir.places import places
from dsl.ir.rule import Exemption, Rule
from kb.engine.judge.answer import Status
from kb.engine.judge.situation import Situation
from kb.engine.program import CompiledPolicy, CompiledRule, Program
from kb.mutation.days import days_of
from kb.mutation.edits import each_amount
from kb.mutation.judged import is_met, look_at
from kb.mutation.words import amount_words, name_of_set
from kb.proofs.line_contexts import Seat, seats_of
from kb.proofs.scenario_claims import WorkedClaim

DAY = timedelta(days=1)
STATUSES: tuple[Status, ...] = (
    "met",
    "not-met",
    "unknown",
    "exempt",
    "not-applicable",
    "gap",
)


@dataclass(frozen=True, slots=True)
class RuleCoverage:
    """How often the lines of scenarios gave each status of a rule."""

    rule: str
    """Row id."""
    name: str
    counts: dict[str, int]
    named: int
    """Expectations that ask about the rule by name."""
    ways_out: dict[str, int]
    """``unless`` and each exception, with how often it was used."""
    wanted: tuple[Status, ...]
    """The statuses that the bar asks for."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What no scenario has shown, in words."""
        statuses = [s for s in self.wanted if not self.counts.get(s)]
        unused = [name for name, used in self.ways_out.items() if not used]
        return (
            *(f"never {status.replace('-', ' ')}" for status in statuses),
            *(f"{name} never used" for name in unused),
        )

    @property
    def total(self) -> int:
        """How many things the bar asks of the rule."""
        return len(self.wanted) + len(self.ways_out)


@dataclass(frozen=True, slots=True)
class DateCoverage:
    """One date with its two sides, and whether a scenario stands on each."""

    subject: str
    """Rule, code list or ``policy``."""
    what: str
    """As ``in force from 2026-01-01``."""
    sides: tuple[tuple[date, bool], ...]
    """The day before the change and the day of it."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The days without a scenario, in words."""
        return tuple(
            f"{self.what}: no scenario on {day}" for day, seen in self.sides if not seen
        )


@dataclass(frozen=True, slots=True)
class PolicyCoverage:
    """What the scenarios of one policy version have shown."""

    version: str
    scenarios: int
    rules: tuple[RuleCoverage, ...]
    dates: tuple[DateCoverage, ...]

    @property
    def total(self) -> int:
        """How many things the bar asks for."""
        sides = sum(len(found.sides) for found in self.dates)
        return sides + sum(rule.total for rule in self.rules)

    @property
    def missing(self) -> tuple[tuple[str, str], ...]:
        """What is missing for the bar: subject, and what in words."""
        found = [(rule.name, words) for rule in self.rules for words in rule.missing]
        found += [(x.subject, words) for x in self.dates for words in x.missing]
        return tuple(found)

    @property
    def percent(self) -> float:
        """What has been shown of all that the bar asks for."""
        total = self.total
        return 100 * (total - len(self.missing)) / total if total else 100.0


def cover_policy(
    policy: CompiledPolicy, program: Program, worked: Iterable[WorkedClaim]
) -> PolicyCoverage:
    """Answer the scenarios of a policy version and gather what they show."""
    given = tuple(worked)
    seats = [s for x in given for s in seats_of(x.claim, program, policy)]
    named = Counter(e["by"] for x in given for e in x.expect if e["by"])
    return PolicyCoverage(
        version=policy.id,
        scenarios=len(given),
        rules=tuple(cover_rule(rule, seats, named) for rule in policy.rules),
        dates=tuple(cover_dates(policy, program, seats)),
    )


def cover_rule(
    rule: CompiledRule, seats: list[Seat], named: Counter[str]
) -> RuleCoverage:
    """The statuses and the ways out that lines have shown of one rule."""
    counts: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for seat in seats:
        found = seat.results.get(rule.id)
        if found is None:
            continue
        counts[found.status] += 1
        if found.status not in ("not-applicable", "gap"):
            look_at(rule.tree.last, seat.at)
            used.update(ways_used(rule.tree, seat.at))
    return RuleCoverage(
        rule=rule.id,
        name=rule.name,
        counts={status: counts[status] for status in STATUSES},
        named=named[rule.name],
        ways_out={name: used[name] for name in ways_out_of(rule.tree)},
        wanted=statuses_wanted(rule.tree),
    )


def statuses_wanted(rule: Rule) -> tuple[Status, ...]:
    """The statuses that the bar asks for: those that its form can show, and unknown."""
    if rule.duty is None:
        return ("gap",)
    form = DUTY_OF[NAME_OF[walk.kind_of(rule.duty)]]
    found = [cast("Status", status) for status in form.statuses]
    if walk.facts(rule):
        found.append("unknown")
    return tuple(found)


def ways_out_of(rule: Rule) -> Iterator[str]:
    """``unless``, the exceptions, and the exceptions to those."""
    if rule.unless is not None:
        yield "unless"
    yield from (exemption.name for exemption in walk.exemptions(rule.exceptions))


def ways_used(rule: Rule, at: Situation) -> Iterator[str]:
    """The ways out whose own test is met on a line."""
    if rule.unless is not None and is_met(rule.unless, at):
        yield "unless"
    yield from exemptions_used(rule.exceptions, at)


def exemptions_used(given: tuple[Exemption, ...], at: Situation) -> Iterator[str]:
    """The exceptions whose own test is met on a line, and those to them."""
    for exemption in given:
        if exemption.days.hold(at.day) and is_met(exemption.when, at):
            yield exemption.name
            yield from exemptions_used(exemption.exceptions, at)


# ---------- dates ----------


def cover_dates(
    policy: CompiledPolicy, program: Program, seats: list[Seat]
) -> Iterator[DateCoverage]:
    """Every date of the policy, of its rules and code lists, each once."""
    days = {seat.at.day for seat in seats}
    for what, sides in dates_of(days_of(policy.days)):
        seen = tuple((day, day in days) for day in sides)
        yield DateCoverage("policy", f"in force {what}", seen)
    for rule in policy.rules:
        yield from cover_rule_dates(rule, policy, seats)
    keys = {key for rule in policy.rules for key in walk.sets(rule.tree)}
    for key in sorted(keys):
        yield from cover_list_dates(key, policy, program, seats)


def dates_of(days: Days) -> Iterator[tuple[str, tuple[date, date]]]:
    """Both ends of a span: in words, and the days on its two sides."""
    if days.start is not None:
        yield f"from {days.start}", (days.start - DAY, days.start)
    if days.end is not None:
        yield f"through {days.end}", (days.end, days.end + DAY)


def cover_rule_dates(
    rule: CompiledRule, policy: CompiledPolicy, seats: list[Seat]
) -> Iterator[DateCoverage]:
    """The rule's own days, its exceptions' and its amounts'; not those of the policy."""
    clock = rule.tree.in_force.clock
    judged = [seat.at for seat in seats if rule.id in seat.results]
    by_service = {at.day for at in judged}
    by_clock = {at.clock_day(clock) for at in judged}
    alive = days_of(policy.days)
    told = {what for what, _sides in dates_of(alive)}
    for label, span, own in spans_of(rule):
        for what, sides in dates_of(span):
            by_received = own and clock != "service"
            reached = all(alive.hold(day) for day in sides) or by_received
            if what in told or f"{label} {what}" in told or not reached:
                continue
            told.add(f"{label} {what}")
            days = by_clock if own else by_service
            seen = tuple((day, day in days) for day in sides)
            yield DateCoverage(rule.name, f"{label} {what}", seen)


def spans_of(rule: CompiledRule) -> Iterator[tuple[str, Days, bool]]:
    """Every span of a rule: what it is of, its days, whether they are the rule's own."""
    for place in places(rule.tree):
        if isinstance(place.node, Rule):
            yield "in force", place.node.in_force.days, True
        elif isinstance(place.node, Exemption):
            yield f"{place.exception} in force", place.node.days, False
        for _name, _position, amount in each_amount(place.node):
            yield amount_words(amount), amount.days, False


def cover_list_dates(
    key: str, policy: CompiledPolicy, program: Program, seats: list[Seat]
) -> Iterator[DateCoverage]:
    """The days on which codes join or leave a list, as far as the policy reaches."""
    alive = days_of(policy.days)
    days: dict[str, set[date]] = {}
    for seat in seats:
        for code in (seat.at.line.code, seat.at.line.place, *seat.at.line.diagnoses):
            days.setdefault(code, set()).add(seat.at.day)
    for code, spans in sorted(program.sets.get(key, {}).items()):
        for span in spans:
            for what, sides in dates_of(days_of(span)):
                if all(alive.hold(day) for day in sides):
                    seen = tuple((day, day in days.get(code, ())) for day in sides)
                    yield DateCoverage(name_of_set(key), f"{code} {what}", seen)
