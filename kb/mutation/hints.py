"""Hints: the values that a rule and its mutant compare with, from both of their trees.

A boundary scenario needs just these: a number and its neighbours, the days at the edge of
a window, the codes, modifiers and words that a test names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dsl.ir.codec import amount_of, window_of
from kb.engine.judge.windows import day_it_leaves, earlier, first_day, later, rolling_of
from kb.engine.program import CompiledPolicy, Program
from kb.mutation.days import moves, span_of
from kb.mutation.habits import Habits
from kb.mutation.lists import sample
from kb.mutation.mutants import Mutant
from kb.mutation.numbers import amounts_of
from kb.mutation.tree import Spot, spots_of

Json = dict[str, Any]
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
    number: str
    unit: str

    def days_from(self, day: date) -> list[date]:
        """The days around that which lies so far from the date of service, and beyond it."""
        amount = amount_of(
            {"amount": self.number, "unit": self.unit, "from": None, "through": None}
        )
        end = (later if self.after else earlier)(day, amount)
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
    windows: tuple[Any, ...]
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
    spots = [spot for rule in rules for spot in spots_of(rule.ir)]
    keys = {spot.node["set"] for spot in spots if spot.node.get("set")}
    keys |= {rule.ir["scope"] for rule in rules if rule.ir["scope"] is not None}
    named = [mutant.code] if mutant.code else []
    codes = [*named, *(c for key in sorted(keys) for c in codes_of(key, program))]
    spans = [spot.node["in_force"] for spot in spots if "in_force" in spot.node]
    spans += [amount for spot in spots for _k, _n, amount in amounts_of(spot)]
    spans += [span_of(policy.days), span_of(mutant.policy.days)]
    for key in mutant.sets:
        members = program.sets.get(key, {}).get(mutant.code, ())
        spans += [span_of(days) for days in members]
    return Hints(
        facts=unique(pair for spot in spots for pair in fact_values(spot, program)),
        fields=unique(pair for spot in spots for pair in field_values(spot)),
        modifiers=unique((*(m for spot in spots for m in modifiers_of(spot)), *SIDES)),
        procedures=unique(code for code in codes if code in program.codes),
        diagnoses=unique(code for code in codes if code[:1].isalpha() and "." in code),
        windows=tuple(windows_of(spots)),
        days=unique(day for span in spans for day in days_near(span)),
        units=unique((2, *(n for spot in spots for n in units_of(spot)))),
        distances=unique(far for spot in spots for far in distances_of(spot)),
    )


def unique(values: Iterable[Any]) -> tuple[Any, ...]:
    """The values, each once, in the order in which they came."""
    return tuple(dict.fromkeys(values))


def codes_of(key: str, program: Program) -> list[str]:
    """A few codes of a list."""
    return sample(sorted(program.sets.get(key, {})))


def fact_values(spot: Spot, program: Program) -> Iterator[Pair]:
    """What a fact that a test asks about could be."""
    node = spot.node
    if "fact" not in node:
        return
    fact = node["fact"]
    measured = amounts_of(spot) if node.get("op") == "compare" else ()
    for _key, _position, amount in measured:
        for step in STEPS:
            number = Decimal(str(amount["amount"])) + step
            if number >= 0:
                yield fact, amount_text(number, amount["unit"])
    words = program.facts.get(fact)
    if node.get("op") == "yes":
        yield from ((fact, "yes"), (fact, "no"))
    elif words and words.kind == "choice":
        yield from ((fact, choice) for choice in words.choices)
    elif words and words.kind == "text":
        yield fact, "some words"
    yield fact, "unknown"


def units_of(spot: Spot) -> Iterator[int]:
    """The number of units that a limit allows, and one more."""
    if spot.node.get("duty") == "limit" and spot.node["unit"] == "unit":
        for _key, _position, amount in amounts_of(spot):
            yield from (int(amount["amount"]), int(amount["amount"]) + 1)


def distances_of(spot: Spot) -> Iterator[Distance]:
    """How far a test lets another day lie from the date of service."""
    node = spot.node
    if node.get("op") != "elapsed":
        return
    name, after = node.get("fact") or node["clock"], node["side"] == "after"
    for _key, _position, amount in amounts_of(spot):
        number, unit = str(amount["amount"]), amount["unit"]
        yield Distance(name, "clock" in node, after, number, unit)


def amount_text(number: Decimal, unit: str) -> str:
    """A value of a fact as a scenario writes it."""
    if unit == "number":
        return f"{number:f}"
    return f"{number:f} {unit if unit == 'percent' else unit + 's'}"


def field_values(spot: Spot) -> Iterator[Pair]:
    """What a claim field that a test asks about could be."""
    node = spot.node
    if node.get("op") != "field":
        return
    yield from ((node["field"], value) for value in node["in"])
    if node["field"] == "authorization":
        yield from (("authorization", value) for value in AUTHORIZATIONS)
    elif node["field"] == "place":
        yield from (("place", value) for value in ("11", "22", "24"))


def modifiers_of(spot: Spot) -> Iterator[str]:
    """The modifiers that a test or a duty names."""
    if spot.node.get("modifier"):
        yield spot.node["modifier"]
    if spot.node.get("without"):
        yield spot.node["without"]
    yield from spot.node.get("unless_modifier", ())
    counting = spot.node.get("counting") or {}
    yield from (*counting.get("with", ()), *counting.get("without", ()))


def windows_of(spots: list[Spot]) -> Iterator[Any]:
    """Every window, and every duration between services as a window, each once."""
    seen: list[Any] = []
    for spot in spots:
        found: list[Any] = (
            [window_of(spot.node["window"])] if spot.node.get("window") else []
        )
        found += [
            rolling_of(amount_of(amount))
            for key, _position, amount in amounts_of(spot)
            if key in ("least", "before", "apart")
        ]
        for window in found:
            if window["kind"] in ("rolling", "calendar") and window not in seen:
                seen.append(window)
                yield window


def days_near(span: Json) -> Iterator[date]:
    """The days around both ends of a span."""
    for move in moves(span):
        yield from (move.day, move.moved)
