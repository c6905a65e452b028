"""Operators on numbers: counts and amounts one more or less, windows, units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from dsl.ir.duties import Limit
from dsl.ir.parts import (
    Amount,
    Calendar,
    Count,
    Lifetime,
    OneDate,
    OneSession,
    PlanYear,
    Role,
    Rolling,
    Unit,
    Window,
)
from dsl.ir.places import Place
from kb.mutation.edits import (
    Edit,
    each_amount,
    edit,
    kind_of,
    may_be_missing,
    parts_in,
    windows_in,
)
from kb.mutation.words import (
    ARROW,
    amount_words,
    count_words,
    events_words,
    form_words,
    role_words,
    window_words,
)

STEPS = (1, -1)
OTHER_UNIT: dict[Unit, Unit] = {
    "day": "week",
    "week": "month",
    "month": "week",
    "year": "month",
}
OTHER_WINDOW_UNIT: dict[Literal["day", "month"], Literal["day", "month"]] = {
    "day": "month",
    "month": "day",
}
MONTHS: dict[Literal["year", "quarter", "month"], int] = {
    "year": 12,
    "quarter": 3,
    "month": 1,
}


def number_edits(place: Place) -> Iterator[Edit]:
    """Every number one more and one less."""
    yield from amount_edits(place)
    yield from count_edits(place)
    yield from at_least_edits(place)
    for name, window in windows_in(place.node):
        if isinstance(window, Rolling):
            for step in STEPS:
                if window.n + step > 0:
                    other = replace(window, n=window.n + step)
                    yield window_edit("number", place, name, other)


def stepped(number: int | str, step: int) -> int | str:
    """A number of a rule one more or less: decimals stay text."""
    if isinstance(number, str):
        return str(Decimal(number) + step)
    return number + step


def amount_edits(place: Place) -> Iterator[Edit]:
    """Amounts one more and one less; never below zero."""
    for name, position, amount in each_amount(place.node):
        for step in STEPS:
            number = stepped(amount.amount, step)
            if Decimal(str(number)) >= 0:
                changed = replace(amount, amount=number)
                yield amount_edit("number", place, (name, position), amount, changed)


def amount_edit(
    operator: str, place: Place, where: tuple[str, int], old: Amount, changed: Amount
) -> Edit:
    """An amount of a node becomes another."""
    node = place.node
    unit = f" {node.unit}s" if isinstance(node, Limit) else ""
    words = f"{role_words(node, where[0])} {amount_words(old)}"
    change = f"{words}{ARROW}{amount_words(changed)}{unit}"
    return edit(operator, place, where, changed, change)


def count_edits(place: Place) -> Iterator[Edit]:
    """The range of a count one up and one down; ``exactly`` moves as one."""
    for part in parts_in(place.node, Role.COUNT):
        count: Count = getattr(place.node, part.name)
        what = events_words(place.node)
        for changed in counts_near(count):
            words = f"{count_words(count)} {what}{ARROW}{count_words(changed)}"
            yield edit("number", place, part.name, changed, words)


def counts_near(count: Count) -> Iterator[Count]:
    """The counts beside one that some number can meet."""
    low, high = count.least, count.most
    for step in STEPS:
        if high is None:
            near = Count(low + step, None)
        elif 0 < low == high:
            near = Count(low + step, high + step)
        else:
            near = Count(low, high + step)
        if near.least >= 0 and (near.most is None or near.most >= near.least):
            yield near


def at_least_edits(place: Place) -> Iterator[Edit]:
    """``at least 2 of`` with another number that still means something."""
    for part in parts_in(place.node, Role.NUMBER):
        number: int = getattr(place.node, part.name)
        most = number_of_parts(place)
        said = f"{form_words(place.node).replace('-', ' ')} {{}} of"
        for step in STEPS:
            other = number + step
            if other > 0 and (most is None or other <= most):
                words = f"{said.format(number)}{ARROW}{said.format(other)}"
                yield edit("at-least", place, part.name, other, words)


def number_of_parts(place: Place) -> int | None:
    """How many tests a group has; ``None`` for what is no group."""
    for part in parts_in(place.node, Role.TESTS):
        return len(getattr(place.node, part.name))
    return None


def window_edit(operator: str, place: Place, name: str, window: Window | None) -> Edit:
    """The window of a node becomes another, or none."""
    old: Window = getattr(place.node, name)
    new = window_words(window) if window else "at any time"
    return edit(operator, place, name, window, f"{window_words(old)}{ARROW}{new}")


def unit_edits(place: Place) -> Iterator[Edit]:
    """Days for months and months for days, in windows and in durations."""
    for name, window in windows_in(place.node):
        if isinstance(window, Rolling):
            other = replace(window, unit=OTHER_WINDOW_UNIT[window.unit])
            yield window_edit("unit", place, name, other)
    for name, position, amount in each_amount(place.node):
        if amount.unit in OTHER_UNIT:
            changed = replace(amount, unit=OTHER_UNIT[amount.unit])
            yield amount_edit("unit", place, (name, position), amount, changed)


def window_edits(place: Place) -> Iterator[Edit]:
    """Rolling windows for calendar ones and back; and all history for a window."""
    kind = kind_of(place.node)
    for name, window in windows_in(place.node):
        other = other_window(window)
        if other is not None:
            yield window_edit("window", place, name, other)
            always = None if may_be_missing(kind, name) else Lifetime()
            yield window_edit("window", place, name, always)


def other_window(window: Window) -> Window | None:
    """The window that could be meant instead; ``None`` where there is no such window."""
    match window:
        case Rolling():
            return Calendar(calendar_like(window))
        case Calendar():
            return Rolling(MONTHS[window.unit], "month")
        case PlanYear():
            return Calendar("year")
        case Lifetime() | OneSession() | OneDate():
            return None


def calendar_like(window: Rolling) -> Literal["year", "quarter", "month"]:
    """The calendar unit nearest to a rolling window."""
    months = window.n if window.unit == "month" else window.n / 30
    return min(MONTHS, key=lambda unit: abs(MONTHS[unit] - months))
