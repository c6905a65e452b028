"""Operators on dates: every first and last day one day earlier and one day later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from dsl.ir.parts import Amounts, Days, Role, Unit, amount_on
from dsl.ir.places import Place, put
from dsl.ir.rule import Exemption, Rule
from kb.engine.program import CompiledPolicy, CompiledRule
from kb.engine.program import Days as Pair
from kb.mutation.edits import Edit, amounts_in, edit, parts_in
from kb.mutation.judged import with_tree
from kb.mutation.words import ARROW, amount_words, role_words

DAY = timedelta(days=1)
End = Literal["from", "through"]


@dataclass(frozen=True, slots=True)
class Move:
    """One end of a span moved, and the one day on which that can matter."""

    end: End
    day: date
    moved: date
    matters_on: date

    def of(self, days: Days) -> Days:
        """Days with this end moved."""
        if self.end == "from":
            return replace(days, start=self.moved)
        return replace(days, end=self.moved)

    def is_end_of(self, days: Days) -> bool:
        """Whether days begin (or end) just where the moved ones did."""
        return (days.start if self.end == "from" else days.end) == self.day


def moves(days: Days) -> Iterator[Move]:
    """Both ends of a span, each a day later and a day earlier."""
    if (first := days.start) is not None:
        yield Move("from", first, first + DAY, first)
        yield Move("from", first, first - DAY, first - DAY)
    if (last := days.end) is not None:
        yield Move("through", last, last + DAY, last + DAY)
        yield Move("through", last, last - DAY, last)


def days_of(pair: Pair) -> Days:
    """The days of a policy or of a code as those of a rule's tree."""
    return Days(*pair)


def pair_of(days: Days) -> Pair:
    """The days of a rule's tree as those of a policy or of a code."""
    return days.start, days.end


def day_edits(
    place: Place, rule: CompiledRule, policy: CompiledPolicy
) -> Iterator[Edit]:
    """Every date of a node that is the rule's own and can matter."""
    node, force = place.node, rule.tree.in_force
    if isinstance(node, Rule):
        # Days on another clock may matter outside the policy's own.
        around = days_of(policy.days)
        reach = around if force.clock == "service" else Days()
        yield from span_edits(place, ("in_force", "days"), force.days, around, reach)
    elif isinstance(node, Exemption):
        yield from span_edits(place, ("days",), node.days, force.days, force.days)
    yield from date_test_edits(place)
    yield from amount_day_edits(place, force.days)


def span_edits(
    place: Place, path: tuple[str, ...], span: Days, around: Days, reach: Days
) -> Iterator[Edit]:
    """The days of a rule or an exception, where they are not just those around it."""
    for move in moves(span):
        if not move.is_end_of(around) and reach.hold(move.matters_on):
            words = f"in force {move.end} {move.day}{ARROW}{move.moved}"
            yield edit("date", place, path, move.of(span), words)


def date_test_edits(place: Place) -> Iterator[Edit]:
    """``date after`` and ``date before`` another day."""
    for part in parts_in(place.node, Role.DAY):
        day: date = getattr(place.node, part.name)
        what = day_words(place)
        for moved in (day + DAY, day - DAY):
            yield edit("date", place, part.name, moved, f"{what} {day}{ARROW}{moved}")


def day_words(place: Place) -> str:
    """What a day of a test is: ``date before``."""
    for part in parts_in(place.node, Role.CMP):
        before = getattr(place.node, part.name) in ("<", "<=")
        return f"date {'before' if before else 'after'}"
    return "date"


def amount_day_edits(place: Place, alive: Days) -> Iterator[Edit]:
    """The days of dated amounts, where the amount of a day then is another."""
    for name, old in amounts_in(place.node):
        for position, amount in enumerate(old):
            what = f"{role_words(place.node, name)} {amount_words(amount)}"
            for move in moves(amount.days):
                day = move.matters_on
                changed = replace(amount, days=move.of(amount.days))
                new = put(old, (position,), changed)
                if alive.hold(day) and value_on(old, day) != value_on(new, day):
                    words = f"{what} {move.end} {move.day}{ARROW}{move.moved}"
                    yield edit("date", place, (name, position), changed, words)


def value_on(amounts: Amounts, day: date) -> tuple[int | str, Unit] | None:
    """Number and unit of the amount that holds on a day."""
    found = amount_on(amounts, day)
    return (found.amount, found.unit) if found else None


def moved_policies(policy: CompiledPolicy) -> Iterator[tuple[str, CompiledPolicy]]:
    """The policy with one end of its days moved, and all that ends with it; in words."""
    span = days_of(policy.days)
    for move in moves(span):
        rules = tuple(moved_rule(rule, move) for rule in policy.rules)
        changed = replace(policy, days=pair_of(move.of(span)), rules=rules)
        yield f"in force {move.end} {move.day}{ARROW}{move.moved}", changed


def moved_rule(rule: CompiledRule, move: Move) -> CompiledRule:
    """A rule whose days end with its policy's, moved along."""
    tree = rule.tree
    if tree.in_force.clock != "service":
        return rule
    force = replace(tree.in_force, days=moved_along(tree.in_force.days, move))
    exceptions = tuple(moved_exemption(x, move) for x in tree.exceptions)
    return with_tree(rule, replace(tree, in_force=force, exceptions=exceptions))


def moved_exemption(exemption: Exemption, move: Move) -> Exemption:
    """An exception, and those to it, moved along."""
    return replace(
        exemption,
        days=moved_along(exemption.days, move),
        exceptions=tuple(moved_exemption(x, move) for x in exemption.exceptions),
    )


def moved_along(days: Days, move: Move) -> Days:
    """Days with their end moved where it was the policy's."""
    return move.of(days) if move.is_end_of(days) else days
