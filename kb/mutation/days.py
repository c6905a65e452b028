"""Operators on dates: every first and last day one day earlier and one day later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from dsl.ir.codec import amounts_of as typed_amounts
from dsl.ir.codec import decode_rule
from dsl.ir.parts import amount_on
from kb.engine.program import CompiledPolicy, CompiledRule, Days, holds
from kb.mutation.numbers import amounts_of
from kb.mutation.tree import Edit, Spot, replaced
from kb.mutation.words import ARROW, amount_words, role_words

Json = dict[str, Any]
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Move:
    """One end of a span moved, and the one day on which that can matter."""

    end: str
    """``from`` or ``through``."""
    day: date
    moved: date
    matters_on: date


def moves(span: Json) -> Iterator[Move]:
    """Both ends of a span, each a day later and a day earlier."""
    for end in ("from", "through"):
        if span[end] is None:
            continue
        day = date.fromisoformat(span[end])
        later, earlier = day + DAY, day - DAY
        if end == "from":
            yield Move(end, day, later, day)
            yield Move(end, day, earlier, earlier)
        else:
            yield Move(end, day, later, later)
            yield Move(end, day, earlier, day)


def span_of(days: Days) -> Json:
    """Days as the IR writes a span."""
    first, last = days
    return {
        "from": first.isoformat() if first else None,
        "through": last.isoformat() if last else None,
    }


def days_of(span: Json) -> Days:
    """A span of the IR as days."""
    first, last = span["from"], span["through"]
    return (
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) if last else None,
    )


def day_edits(spot: Spot, rule: CompiledRule, policy: CompiledPolicy) -> Iterator[Edit]:
    """Every date of a node that is the rule's own and can matter."""
    node, force = spot.node, rule.ir["in_force"]
    if "otherwise" in node:
        yield from span_edits(spot, span_of(policy.days), force["clock"])
    elif "in_force" in node:
        yield from span_edits(spot, force, "service")
    elif node.get("op") == "date":
        yield from date_test_edits(spot)
    yield from amount_day_edits(spot, days_of(force))


def span_edits(spot: Spot, outer: Json, clock: str) -> Iterator[Edit]:
    """The days of a rule or an exception, where they are not just those around it."""
    span = spot.node["in_force"]
    for move in moves(span):
        if span[move.end] == outer[move.end]:
            continue
        if clock == "service" and not holds(days_of(outer), move.matters_on):
            continue
        changed = {**span, move.end: move.moved.isoformat()}
        words = f"in force {move.end} {move.day}{ARROW}{move.moved}"
        yield Edit("date", (*spot.path, "in_force"), changed, words, spot.exception)


def date_test_edits(spot: Spot) -> Iterator[Edit]:
    """``date after`` and ``date before`` another day."""
    day = date.fromisoformat(spot.node["date"])
    word = "before" if spot.node["cmp"] == "<" else "after"
    for moved in (day + DAY, day - DAY):
        words = f"date {word} {day}{ARROW}{moved}"
        path = (*spot.path, "date")
        yield Edit("date", path, moved.isoformat(), words, spot.exception)


def amount_day_edits(spot: Spot, alive: Days) -> Iterator[Edit]:
    """The days of dated amounts, where the amount of a day then is another."""
    for key, position, amount in amounts_of(spot):
        for move in moves(amount):
            day = move.matters_on
            changed = {**amount, move.end: move.moved.isoformat()}
            old = spot.node[key]
            new = replaced(old, (position,), changed)
            if not holds(alive, day) or value_on(old, day) == value_on(new, day):
                continue
            what = f"{role_words(spot.node, key)} {amount_words(amount)}"
            words = f"{what} {move.end} {move.day}{ARROW}{move.moved}"
            path = (*spot.path, key, position)
            yield Edit("date", path, changed, words, spot.exception)


def value_on(amounts: list[Json], day: date) -> tuple[Any, Any] | None:
    """Number and unit of the amount that holds on a day."""
    found = amount_on(typed_amounts(amounts), day)
    return (found.amount, found.unit) if found else None


def moved_policies(policy: CompiledPolicy) -> Iterator[tuple[str, CompiledPolicy]]:
    """The policy with one end of its days moved, and all that ends with it; in words."""
    span = span_of(policy.days)
    for move in moves(span):
        new = {**span, move.end: move.moved.isoformat()}
        rules = tuple(moved_rule(rule, move) for rule in policy.rules)
        changed = replace(policy, days=days_of(new), rules=rules)
        yield f"in force {move.end} {move.day}{ARROW}{move.moved}", changed


def moved_rule(rule: CompiledRule, move: Move) -> CompiledRule:
    """A rule whose days end with its policy's, moved along."""
    ir = rule.ir
    if ir["in_force"]["clock"] != "service":
        return rule
    return replace(rule, tree=decode_rule(moved_ir(ir, move)))


def moved_ir(node: Json, move: Move) -> Json:
    """A rule or an exception with the end of its days moved where it was the policy's."""
    changed = dict(node)
    if node["in_force"][move.end] == move.day.isoformat():
        changed["in_force"] = {**node["in_force"], move.end: move.moved.isoformat()}
    changed["exceptions"] = [moved_ir(x, move) for x in node["exceptions"]]
    return changed
