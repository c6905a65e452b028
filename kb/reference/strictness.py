"""Whether one rule asks more of claims than another: read off their trees, else not said."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from dsl.ir.duties import Covers, Interval, Limit
from dsl.ir.parts import Amount, Amounts, Rolling
from dsl.ir.rule import OutcomeName
from dsl.ir.rule import Rule as Tree

Direction = Literal["stricter", "looser", "changed"]
DAYS_OF = {"day": 1, "week": 7, "month": 30, "year": 365}
SEVERITY: tuple[OutcomeName, ...] = (
    "pass", "note", "review", "unknown", "needs-evidence", "needs-auth", "fix", "deny",
)  # fmt: skip
"""What a rule says of a line that breaks it, the mildest first."""


def objects(rule: Tree) -> bool:
    """Whether the rule can object to a line; a ground to pass and a note cannot."""
    return not isinstance(rule.duty, Covers | None) and rule.otherwise.outcome not in (
        "note",
        "pass",
    )


def of_a_new(rule: Tree) -> Direction:
    """What it means for claims that the rule begins."""
    if isinstance(rule.duty, Covers):
        return "looser"
    return "stricter" if objects(rule) else "changed"


def of_an_ended(rule: Tree) -> Direction:
    """What it means for claims that the rule ends."""
    return opposite(of_a_new(rule))


def opposite(direction: Direction) -> Direction:
    """The way back."""
    turned: dict[Direction, Direction] = {"stricter": "looser", "looser": "stricter"}
    return turned.get(direction, "changed")


def direction_between(before: Tree, after: Tree) -> Direction:
    """Whether the later rule asks more, less, or what cannot be told from the trees alone."""
    if (before.when, before.unless, before.scope) != (
        after.when,
        after.unless,
        after.scope,
    ):
        return "changed"
    if before.exceptions != after.exceptions:
        return "changed"
    if before.duty == after.duty:
        return _by_size(
            SEVERITY.index(after.otherwise.outcome)
            - SEVERITY.index(before.otherwise.outcome)
        )
    match before.duty, after.duty:
        case Limit() as one, Limit() as other:
            return _limits(one, other)
        case Interval() as one, Interval() as other if one.per == other.per:
            return _by_size(_less(one.least, other.least))
    return "changed"


def _limits(one: Limit, other: Limit) -> Direction:
    if replace(one, count=other.count) == other:
        return _by_size(_less(other.count, one.count))
    windows = one.window, other.window
    match windows:
        case Rolling() as was, Rolling() as now if replace(one, window=now) == other:
            return _by_size(_days(now) - _days(was))
    return "changed"


def _days(window: Rolling) -> int:
    return window.n * DAYS_OF[window.unit]


def _less(one: Amounts, other: Amounts) -> int:
    """1 when the first is less, -1 when it is more, 0 when they do not compare."""
    if len(one) != 1 or len(other) != 1:
        return 0
    less = _number(other[0]) - _number(one[0])
    return (less > 0) - (less < 0)


def _number(amount: Amount) -> float:
    return float(amount.amount) * DAYS_OF.get(amount.unit, 1)


def _by_size(size: int) -> Direction:
    if size > 0:
        return "stricter"
    return "looser" if size < 0 else "changed"
