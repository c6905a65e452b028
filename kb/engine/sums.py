"""Sums: the arithmetic behind a limit or an interval, as a person would check it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kb.engine import windows
from kb.engine.answer import Arithmetic, CountedEvent
from kb.engine.counting import Split, later_of, total
from kb.engine.events import Event, group_values
from kb.engine.situation import Situation

Json = dict[str, Any]
NEARBY = timedelta(days=3)


def arithmetic_of(
    duty: Json,
    at: Situation,
    before: Split,
    counted: Decimal,
    possible: Decimal | None,
    this: Decimal,
    limit: int,
) -> Arithmetic:
    """The sum behind a limit."""
    window = duty["window"]
    freed, leaves = next_date(duty, before, this, limit, at)
    return Arithmetic(
        unit=duty["unit"],
        per=per_of(duty["per"], at),
        window_start=windows.first_day(window, at.day),
        window_end=at.day,
        convention=windows.in_words(window),
        counted=int(counted),
        possible=int(possible) if possible is not None else None,
        this=int(this),
        limit=limit,
        events=events_of(before.sure),
        next_date=freed,
        leaves=leaves,
        remark=remark_on(window, before.sure, at.day),
    )


def interval_arithmetic(
    duty: Json,
    amount: Json,
    too_close: list[Event],
    before: Split,
    at: Situation,
) -> Arithmetic:
    """The dates behind an interval."""
    latest = max(too_close or before.sure, key=lambda e: e.order, default=None)
    next_day, leaves = next_apart(duty, amount, too_close, before.scope, at)
    window = windows.rolling_of(amount)
    plural = "s" if window["n"] != 1 else ""
    return Arithmetic(
        unit="session",
        per=per_of(duty["per"], at),
        window_start=windows.first_day(window, at.day),
        window_end=at.day,
        convention=f"at least {window['n']} {window['unit']}{plural} between sessions",
        counted=len({e.date for e in too_close}),
        possible=None,
        this=1,
        limit=None,
        events=events_of([latest] if latest else ()),
        next_date=next_day,
        leaves=leaves,
    )


def events_of(events: Iterable[Event]) -> tuple[CountedEvent, ...]:
    """Events as the answer shows them."""
    return tuple(CountedEvent(e.date, e.code, e.modifiers) for e in events)


def per_of(groups: list[str], at: Situation) -> tuple[tuple[str, str], ...]:
    """The groups of this line with their values, as far as they are known."""
    found = []
    for group in groups:
        values = group_values(at.event, group, at.program)
        found.append((group, " and ".join(sorted(values)) if values else "not known"))
    return tuple(found)


def next_date(
    duty: Json,
    before: Split,
    this: Decimal,
    limit: int,
    at: Situation,
) -> tuple[date | None, date | None]:
    """The first later day with room for this line, and the event whose leaving frees it.

    Nothing when there is room today, or when no day will ever do.
    """
    unit, window = duty["unit"], duty["window"]
    if windows.is_one_date(window):
        return None, None
    if total(unit, before.sure, at) + this <= limit:
        return None, None
    events = before.sure + later_of(duty, before.scope, at)

    def has_room(day: date) -> bool:
        held = [
            e for e in events if e.date < day and windows.holds(window, day, e.date)
        ]
        return total(unit, held, at) + this <= limit

    return first_free(events, lambda day: windows.day_it_leaves(window, day), has_room)


def next_apart(
    duty: Json,
    amount: Json,
    too_close: list[Event],
    scope: str | None,
    at: Situation,
) -> tuple[date | None, date | None]:
    """The first day that is long after each session before it, and the one it waits for.

    Nothing when no session is too close.
    """
    if not too_close:
        return None, None
    events = (*too_close, *later_of(duty, scope, at))

    def has_room(day: date) -> bool:
        return all(
            e.date >= day or windows.later(e.date, amount) <= day for e in events
        )

    return first_free(events, lambda day: windows.later(day, amount), has_room)


def first_free(
    events: Iterable[Event],
    leaves_on: Callable[[date], date | None],
    has_room: Callable[[date], bool],
) -> tuple[date | None, date | None]:
    """The first day with room, and the event that leaves on it.

    Room comes only when an event that counts now or later leaves, so no other day need
    be tried.
    """
    for leaving in sorted({event.date for event in events}):
        day = leaves_on(leaving)
        if day is not None and has_room(day):
            return day, leaving
    return None, None


def remark_on(window: Json, events: tuple[Event, ...], day: date) -> str:
    """Said when counting days or anniversaries would decide otherwise within 3 days."""
    if window["kind"] != "rolling" or window["unit"] != "month":
        return ""
    for event in events:
        leaves = windows.day_it_leaves(window, event.date)
        anniversary = windows.months_after(event.date, window["n"])
        in_days = windows.days_after(event.date, round(window["n"] * 365 / 12))
        others = {anniversary, in_days} - {leaves}
        if (
            leaves
            and others
            and any(abs(day - other) <= NEARBY for other in {leaves, *others})
        ):
            return (
                f"{event.date} leaves this window on {leaves}; by anniversary it would be "
                f"{anniversary}, by counting days {in_days}"
            )
    return ""
