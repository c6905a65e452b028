"""Operators on numbers: counts and amounts one more or less, windows, units."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from kb.mutation.tree import Edit, Spot
from kb.mutation.words import (
    ARROW,
    amount_words,
    count_words,
    events_words,
    role_words,
    window_words,
)

Json = dict[str, Any]
AMOUNTS = ("count", "amount", "least", "before", "apart")
STEPS = (1, -1)
OTHER_UNIT = {"day": "week", "week": "month", "month": "week", "year": "month"}
OTHER_WINDOW_UNIT = {"day": "month", "month": "day"}
MONTHS = {"year": 12, "quarter": 3, "month": 1}


def amounts_of(spot: Spot) -> Iterator[tuple[str, int, Json]]:
    """Every dated amount of a node: its key, its position there, the amount."""
    for key in AMOUNTS:
        held = spot.node.get(key)
        if isinstance(held, list):
            yield from ((key, position, x) for position, x in enumerate(held))


def number_edits(spot: Spot) -> Iterator[Edit]:
    """Every number one more and one less."""
    yield from amount_edits(spot)
    node = spot.node
    if isinstance(node.get("count"), dict):
        yield from count_edits(spot)
    elif node.get("op") == "at-least":
        yield from at_least_edits(spot)
    window = node.get("window")
    if window and window["kind"] == "rolling":
        for step in STEPS:
            if window["n"] + step > 0:
                yield window_edit("number", spot, {**window, "n": window["n"] + step})


def stepped(number: Any, step: int) -> Any:  # noqa: ANN401
    """A number of the IR one more or less: decimals stay text."""
    if isinstance(number, str):
        return str(Decimal(number) + step)
    return number + step


def amount_edits(spot: Spot) -> Iterator[Edit]:
    """Amounts one more and one less; never below zero."""
    for key, position, amount in amounts_of(spot):
        for step in STEPS:
            number = stepped(amount["amount"], step)
            if Decimal(str(number)) < 0:
                continue
            changed = {**amount, "amount": number}
            yield amount_edit("number", spot, (key, position), changed)


def amount_edit(
    operator: str, spot: Spot, where: tuple[str, int], changed: Json
) -> Edit:
    """An amount of a node becomes another."""
    key, position = where
    old = spot.node[key][position]
    unit = f" {spot.node['unit']}s" if key == "count" else ""
    words = f"{role_words(spot.node, key)} {amount_words(old)}"
    return Edit(
        operator=operator,
        path=(*spot.path, *where),
        value=changed,
        change=f"{words}{ARROW}{amount_words(changed)}{unit}",
        exception=spot.exception,
    )


def count_edits(spot: Spot) -> Iterator[Edit]:
    """The range of a count one up and one down; ``exactly`` moves as one."""
    count = spot.node["count"]
    low, high = count["min"], count["max"]
    if low == high and low is not None:
        found = [(low + 1, high + 1), (low - 1, high - 1)] if low else [(0, 1)]
    elif high is None:
        found = [(low + step, None) for step in STEPS]
    else:
        found = [(low, high + step) for step in STEPS]
    for least, most in found:
        if least < 0 or (most is not None and most < least):
            continue
        changed = {"min": least, "max": most}
        what = events_words(spot.node)
        yield Edit(
            operator="number",
            path=(*spot.path, "count"),
            value=changed,
            change=f"{count_words(count)} {what}{ARROW}{count_words(changed)}",
            exception=spot.exception,
        )


def at_least_edits(spot: Spot) -> Iterator[Edit]:
    """``at least 2 of`` with another number that still means something."""
    node = spot.node
    for step in STEPS:
        count = node["count"] + step
        if 0 < count <= len(node["of"]):
            yield Edit(
                operator="at-least",
                path=(*spot.path, "count"),
                value=count,
                change=f"at least {node['count']} of{ARROW}at least {count} of",
                exception=spot.exception,
            )


def window_edit(operator: str, spot: Spot, window: Json | None) -> Edit:
    """The window of a node becomes another, or none."""
    new = window_words(window) if window else "at any time"
    return Edit(
        operator=operator,
        path=(*spot.path, "window"),
        value=window,
        change=f"{window_words(spot.node['window'])}{ARROW}{new}",
        exception=spot.exception,
    )


def unit_edits(spot: Spot) -> Iterator[Edit]:
    """Days for months and months for days, in windows and in durations."""
    window = spot.node.get("window")
    if window and window["kind"] == "rolling":
        other = OTHER_WINDOW_UNIT[window["unit"]]
        yield window_edit("unit", spot, {**window, "unit": other})
    for key, position, amount in amounts_of(spot):
        if amount["unit"] in OTHER_UNIT:
            changed = {**amount, "unit": OTHER_UNIT[amount["unit"]]}
            yield amount_edit("unit", spot, (key, position), changed)


def window_edits(spot: Spot) -> Iterator[Edit]:
    """Rolling windows for calendar ones and back; and all history for a window."""
    window = spot.node.get("window")
    if not window or window["kind"] in ("session", "date", "lifetime"):
        return
    if window["kind"] == "calendar":
        other = {"kind": "rolling", "n": MONTHS[window["unit"]], "unit": "month"}
    elif window["kind"] == "plan-year":
        other = {"kind": "calendar", "unit": "year"}
    else:
        other = {"kind": "calendar", "unit": calendar_like(window)}
    yield window_edit("window", spot, other)
    always = {"kind": "lifetime"} if "duty" in spot.node else None
    yield window_edit("window", spot, always)


def calendar_like(window: Json) -> str:
    """The calendar unit nearest to a rolling window."""
    months = window["n"] if window["unit"] == "month" else window["n"] / 30
    return min(MONTHS, key=lambda unit: abs(MONTHS[unit] - months))
