"""Sums: the arithmetic behind a limit or an interval, as a person would check it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from dsl.ir.duties import Interval, Limit
from dsl.ir.parts import Rolling
from kb.engine.judge import windows
from kb.engine.judge.answer import Arithmetic, CountedEvent
from kb.engine.judge.book_days import Beside, alone, beside, staying
from kb.engine.judge.books import Stretch
from kb.engine.judge.events import Event, group_values
from kb.engine.judge.situation import Situation
from kb.engine.judge.windows import Span

NEARBY = timedelta(days=3)


class Amounts(NamedTuple):
    """What a limit's services come to."""

    counted: Decimal
    """Earlier ones that count for certain."""
    possible: Decimal | None
    """Earlier ones at most; ``None``: no upper end."""
    this: Decimal
    """The line's own date, up to and with the line."""
    limit: int


def arithmetic_of(
    duty: Limit, window: Span, at: Situation, before: Stretch, amounts: Amounts
) -> Arithmetic:
    """The sum behind a limit."""
    possible = amounts.possible
    tied = tied_with(duty.unit, at, before, amounts)
    freed, leaves = next_date(
        duty.unit, window, before, amounts, at, tied=bool(tied.number)
    )
    return Arithmetic(
        unit=duty.unit,
        per=per_of(duty.per, at),
        window_start=windows.first_day(window, at.day),
        window_end=at.day,
        convention=windows.in_words(window),
        counted=int(amounts.counted),
        possible=int(possible) if possible is not None else None,
        this=int(amounts.this),
        limit=amounts.limit,
        events=events_of(before.sure),
        next_date=freed,
        leaves=leaves,
        remark=remark_on(window, before, at.day),
        tied=tied.first,
        tied_with=tied.number,
        one_more=freed or one_more(duty.unit, window, before, amounts, at),
    )


NAMED = 5
"""So many lines that stand equal are named; of more, their number."""
NOBODY = Beside((), 0)


def tied_with(unit: str, at: Situation, before: Stretch, amounts: Amounts) -> Beside:
    """Lines of other claims on the date without which the limit were kept.

    None where it is kept, or broken without them.
    """
    if amounts.counted + amounts.this <= amounts.limit:
        return NOBODY
    others = beside(before.book, at.event, NAMED)
    if not others.number:
        return NOBODY
    own = alone(before.book, unit, at.event).sure.least
    return NOBODY if amounts.counted + own > amounts.limit else others


def interval_arithmetic(
    duty: Interval, window: Rolling, near: Stretch, before: Stretch, at: Situation
) -> Arithmetic:
    """The dates behind an interval; ``near`` are the days that are too close."""
    latest = (near.sure or before.latest)[-1:]
    next_day, leaves = next_apart(window, near, at)
    plural = "s" if window.n != 1 else ""
    return Arithmetic(
        unit="session",
        per=per_of(duty.per, at),
        window_start=windows.first_day(window, at.day),
        window_end=at.day,
        convention=f"at least {window.n} {window.unit}{plural} between sessions",
        counted=len(near.sure_days),
        possible=None,
        this=1,
        limit=None,
        events=events_of(latest),
        next_date=next_day,
        leaves=leaves,
        one_more=next_day or next_after(window, before, at.day),
    )


def events_of(events: Iterable[Event]) -> tuple[CountedEvent, ...]:
    """Events as the answer shows them."""
    return tuple(CountedEvent(e.date, e.code, e.modifiers) for e in events)


def per_of(groups: tuple[str, ...], at: Situation) -> tuple[tuple[str, str], ...]:
    """The groups of this line with their values, as far as they are known."""
    found = []
    for group in groups:
        values = group_values(at.event, group, at.program)
        found.append((group, " and ".join(sorted(values)) if values else "not known"))
    return tuple(found)


def next_date(
    unit: str,
    window: Span,
    before: Stretch,
    amounts: Amounts,
    at: Situation,
    *,
    tied: bool,
) -> tuple[date | None, date | None]:
    """The first later day with room for this line, and the event whose leaving frees it.

    Nothing when there is room today, or when no day will ever do.  What else the date
    holds moves with the line; of a tie the other lines stay.
    """
    book = before.book
    if windows.is_one_date(window):
        return None, None
    if amounts.counted + amounts.this <= amounts.limit:
        return None, None
    this, stays = amounts.this, Decimal(0)
    if tied:
        this = alone(book, unit, at.event).sure.least
        stays = staying(book, unit, at.event).sure.least
    of_date = book.until(windows.days_after(at.day, 1), at.day).total(unit)

    def has_room(day: date) -> bool:
        first = windows.first_day(window, day)
        held = book.until(day, first).total(unit)
        if first is None or first <= at.day:
            held += stays - of_date
        return held + this <= amounts.limit

    after = book.after(at.day).sure_days
    days = [*before.sure_days, *([at.day] if tied else ()), *after]
    return first_free(days, lambda day: windows.day_it_leaves(window, day), has_room)


def one_more(
    unit: str, window: Span, before: Stretch, amounts: Amounts, at: Situation
) -> date | None:
    """The first day with room for one more, where a kept limit is used up by this line.

    Nothing while some are left, where more may count than is known, or when no day will
    ever do.
    """
    used = amounts.counted + amounts.this
    certain = amounts.possible == amounts.counted
    if windows.is_one_date(window) or used != amounts.limit or not certain:
        return None
    book = before.book
    of_date = book.until(windows.days_after(at.day, 1), at.day).total(unit)
    more_of_date = max(amounts.this - of_date, Decimal(0))

    def has_room(day: date) -> bool:
        first = windows.first_day(window, day)
        held = book.until(day, first).total(unit)
        if first is None or first <= at.day:
            held += more_of_date
        return held + 1 <= amounts.limit

    days = [*before.sure_days, at.day, *book.after(at.day).sure_days]
    later = (day for day in days if leaves_after(window, day, at.day))
    return first_free(later, lambda day: windows.day_it_leaves(window, day), has_room)[
        0
    ]


def leaves_after(window: Span, seen: date, day: date) -> bool:
    """Whether a window holds a service beyond a day."""
    leaves = windows.day_it_leaves(window, seen)
    return leaves is not None and leaves > day


def next_after(length: Rolling, before: Stretch, day: date) -> date:
    """The first day that is long after this one and after each later session."""
    later = before.book.after(day).sure_days
    return next(
        on
        for seen, following in zip((day, *later), (*later, date.max), strict=True)
        if (on := windows.after(seen, length)) <= following
    )


def next_apart(
    length: Rolling, near: Stretch, at: Situation
) -> tuple[date | None, date | None]:
    """The first day that is long after each session before it, and the one it waits for.

    Nothing when no session is too close.
    """
    if not near.sure_days:
        return None, None
    days = [*near.sure_days, *near.book.after(at.day).sure_days]

    def has_room(day: date) -> bool:
        # A later session reaches further: the latest before the day decides.
        place = bisect_left(days, day)
        return not place or windows.after(days[place - 1], length) <= day

    return first_free(days, lambda day: windows.after(day, length), has_room)


def first_free(
    days: Iterable[date],
    leaves_on: Callable[[date], date | None],
    has_room: Callable[[date], bool],
) -> tuple[date | None, date | None]:
    """The first day with room, and the day of the services that leave on it.

    Room comes only when services that count now or later leave, so no other day need
    be tried.
    """
    for leaving in days:
        day = leaves_on(leaving)
        if day is not None and has_room(day):
            return day, leaving
    return None, None


def remark_on(window: Span, before: Stretch, day: date) -> str:
    """Said when counting days or anniversaries would decide otherwise within 3 days."""
    if not isinstance(window, Rolling) or window.unit != "month":
        return ""
    for seen in before.sure_days:
        leaves = windows.day_it_leaves(window, seen)
        anniversary = windows.months_after(seen, window.n)
        in_days = windows.days_after(seen, round(window.n * 365 / 12))
        ends = {anniversary, in_days} | ({leaves} if leaves else set())
        if min(ends) - day > NEARBY:
            # Later services leave later by every convention.
            return ""
        if leaves and len(ends) > 1 and any(abs(day - end) <= NEARBY for end in ends):
            return (
                f"{seen} leaves this window on {leaves}; by anniversary it would be "
                f"{anniversary}, by counting days {in_days}"
            )
    return ""
