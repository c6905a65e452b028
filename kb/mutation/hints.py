"""Hints: the values that a rule and its mutant compare with, from both of their trees.

A boundary scenario needs just these: a number and its neighbours, the days at the edge of
a window, the codes, modifiers and words that a test names.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from dsl.ir import walk
from dsl.ir.duties import Limit
from dsl.ir.parts import (
    DURATIONS,
    Amount,
    Calendar,
    Counting,
    Days,
    Role,
    Rolling,
    Unit,
    Window,
)
from dsl.ir.places import Held, places
from dsl.ir.rule import Exemption, Rule
from dsl.ir.tests import Elapsed, Field, Yes
from kb.engine.judge.windows import earlier, later, rolling_of
from kb.engine.program import CompiledPolicy, Program
from kb.mutation.days import days_of, moves
from kb.mutation.edits import each_amount, lists_in, parts_in, windows_in, words_in
from kb.mutation.habits import Habits
from kb.mutation.judged import day_it_leaves, first_day
from kb.mutation.lists import sample
from kb.mutation.mutants import Mutant

Item = TypeVar("Item", bound=Hashable)
Pair = tuple[str, str]
DAY = timedelta(days=1)
STEPS = (-1, 0, 1)
SIDES = ("RT", "LT", "50")
AUTHORIZATIONS = ("approved", "denied", "pending", "none")


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a fact's day, or a day of the claim, may lie from the date of service."""

    name: str
    clock: bool
    after: bool
    amount: Amount

    def days_from(self, day: date) -> list[date]:
        """The days around that which lies so far from the date of service, and beyond it."""
        end = (later if self.after else earlier)(day, self.amount)
        beyond = day - DAY if self.after else day + DAY
        return [*(end + step * DAY for step in STEPS), beyond]


@dataclass(frozen=True, slots=True)
class Hints:
    """Values worth trying, each in a fixed order."""

    facts: tuple[Pair, ...]
    """Fact and value, as a scenario writes it; ``unknown`` takes it away."""
    fields: tuple[Pair, ...]
    modifiers: tuple[str, ...]
    procedures: tuple[str, ...]
    diagnoses: tuple[str, ...]
    windows: tuple[Window, ...]
    days: tuple[date, ...]
    units: tuple[int, ...] = (2,)
    """Numbers of units that a line could bill."""
    distances: tuple[Distance, ...] = ()
    """How far other days may lie from the date of service."""
    habits: Habits = field(default_factory=Habits)
    """How codes are billed."""

    def edges_before(self, day: date) -> list[date]:
        """Earlier days around the first day of every window that ends on ``day``."""
        starts = [first_day(window, day) for window in self.windows]
        found = {s + step * DAY for s in starts if s is not None for step in STEPS}
        return sorted((d for d in found if d < day), reverse=True)

    def edges_after(self, day: date) -> list[date]:
        """Later days around that on which a service of ``day`` leaves a window."""
        ends = [day_it_leaves(window, day) for window in self.windows]
        found = {e + step * DAY for e in ends if e is not None for step in STEPS}
        return sorted(d for d in found if d > day)


def hints_of(mutant: Mutant, policy: CompiledPolicy, program: Program) -> Hints:
    """The values that the rules of a mutant, and the same rules unchanged, name."""
    rules = [
        rule
        for rule in (*policy.rules, *mutant.policy.rules)
        if rule.name in mutant.rules
    ]
    nodes = [place.node for rule in rules for place in places(rule.tree)]
    keys = {key for rule in rules for key in walk.sets(rule.tree)}
    named = [mutant.code] if mutant.code else []
    codes = [*named, *(c for key in sorted(keys) for c in codes_of(key, program))]
    spans = [span for node in nodes for span in own_days(node)]
    spans += [amount.days for node in nodes for _n, _at, amount in each_amount(node)]
    spans += [days_of(policy.days), days_of(mutant.policy.days)]
    for key in mutant.sets:
        members = program.sets.get(key, {}).get(mutant.code, ())
        spans += [days_of(days) for days in members]
    return Hints(
        facts=unique(pair for node in nodes for pair in fact_values(node, program)),
        fields=unique(pair for node in nodes for pair in field_values(node)),
        modifiers=unique((*(m for node in nodes for m in modifiers_of(node)), *SIDES)),
        procedures=unique(code for code in codes if code in program.codes),
        diagnoses=unique(code for code in codes if code[:1].isalpha() and "." in code),
        windows=unique(window for node in nodes for window in windows_of(node)),
        days=unique(day for span in spans for day in days_near(span)),
        units=unique((2, *(n for node in nodes for n in units_of(node)))),
        distances=unique(far for node in nodes for far in distances_of(node)),
    )


def unique(values: Iterable[Item]) -> tuple[Item, ...]:
    """The values, each once, in the order in which they came."""
    return tuple(dict.fromkeys(values))


def codes_of(key: str, program: Program) -> list[str]:
    """A few codes of a list."""
    return sample(sorted(program.sets.get(key, {})))


def own_days(node: Held) -> Iterator[Days]:
    """The days of a rule or of an exception."""
    if isinstance(node, Rule):
        yield node.in_force.days
    elif isinstance(node, Exemption):
        yield node.days


def fact_values(node: Held, program: Program) -> Iterator[Pair]:
    """What a fact could be that a test or a duty asks about."""
    for _name, fact in words_in(node, Role.FACT):
        if not isinstance(node, Elapsed):
            yield from ((fact, value) for value in measures_near(node))
        words = program.facts.get(fact)
        if isinstance(node, Yes):
            yield from ((fact, "yes"), (fact, "no"))
        elif words and words.kind == "choice":
            yield from ((fact, choice) for choice in words.choices)
        elif words and words.kind == "text":
            yield fact, "some words"
        yield fact, "unknown"


def measures_near(node: Held) -> Iterator[str]:
    """The amounts that a fact is compared with, and their neighbours."""
    for _name, _position, amount in each_amount(node):
        for step in STEPS:
            number = Decimal(str(amount.amount)) + step
            if number >= 0:
                yield amount_text(number, amount.unit)


def units_of(node: Held) -> Iterator[int]:
    """The number of units that a limit allows, and one more."""
    if isinstance(node, Limit) and node.unit == "unit":
        for amount in node.count:
            yield from (int(amount.amount), int(amount.amount) + 1)


def distances_of(node: Held) -> Iterator[Distance]:
    """How far a test lets another day lie from the date of service."""
    if isinstance(node, Elapsed):
        name = node.fact or node.clock
        assert name is not None
        for amount in node.amount:
            bare = Amount(amount.amount, amount.unit)
            yield Distance(name, node.clock is not None, node.side == "after", bare)


def amount_text(number: Decimal, unit: Unit) -> str:
    """A value of a fact as a scenario writes it."""
    if unit == "number":
        return f"{number:f}"
    return f"{number:f} {unit if unit == 'percent' else unit + 's'}"


def field_values(node: Held) -> Iterator[Pair]:
    """What a claim field that a test asks about could be."""
    if not isinstance(node, Field):
        return
    yield from ((node.name, value) for value in node.values)
    if node.name == "authorization":
        yield from (("authorization", value) for value in AUTHORIZATIONS)
    elif node.name == "place":
        yield from (("place", value) for value in ("11", "22", "24"))


def modifiers_of(node: Held) -> Iterator[str]:
    """The modifiers that a test or a duty names."""
    yield from (modifier for _name, modifier in words_in(node, Role.MODIFIER))
    for _name, allowed in lists_in(node, Role.MODIFIERS):
        yield from allowed
    for part in parts_in(node, Role.COUNTING):
        counting: Counting = getattr(node, part.name)
        yield from (*counting.with_modifiers, *counting.without_modifiers)


def windows_of(node: Held) -> Iterator[Window]:
    """Every window that has edges, and every duration between services as a window."""
    for _name, window in windows_in(node):
        if isinstance(window, Rolling | Calendar):
            yield window
    for name, _position, amount in each_amount(node):
        if lies_between_services(node, name):
            yield rolling_of(amount)


def lies_between_services(node: Held, name: str) -> bool:
    """Whether an amount is a duration: declared so, not a number nor a measure."""
    return any(
        part.name == name and part.schema == DURATIONS["schema"]
        for part in parts_in(node, Role.AMOUNTS)
    )


def days_near(span: Days) -> Iterator[date]:
    """The days around both ends of a span."""
    for move in moves(span):
        yield from (move.day, move.moved)
