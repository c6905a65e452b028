"""Windows of time: pure arithmetic on days.

``in any n months`` at day D looks back: it holds E when ``D minus n months < E``, where
minus n months keeps the day of the month, or takes the last day of a shorter month.
``in any n days``: ``D - n < E``.  So the anniversary itself is free again.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from math import ceil

from dsl.ir.parts import (
    Amount,
    Calendar,
    Lifetime,
    OneDate,
    OneSession,
    PlanYear,
    Rolling,
    Window,
)

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Since:
    """A plan year of a claim: each begins on this ``month-day``."""

    start: str


Span = Rolling | Calendar | Since | Lifetime | OneSession | OneDate
"""A window as a claim has it: with the plan year's own day."""


def span_of(window: Window, plan_year_start: str) -> Span | None:
    """The window with a plan year put in its place; ``None`` when it is not given."""
    if not isinstance(window, PlanYear):
        return window
    return Since(plan_year_start) if plan_year_start else None


def months_before(day: date, months: int) -> date:
    """The same day ``months`` earlier, or that month's last day."""
    return months_after(day, -months)


@lru_cache(maxsize=65536)
def months_after(day: date, months: int) -> date:
    """The same day ``months`` later (earlier when negative), or that month's last day.

    Days before year 1 or after year 9999 are cut to those ends.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if year < 1:
        return date.min
    if year > 9999:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_after(day: date, days: int) -> date:
    """``days`` later, cut to what a calendar can hold."""
    ordinal = day.toordinal() + days
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


def first_day(window: Span, day: date) -> date | None:
    """The first day that the window at ``day`` holds; ``None`` for a lifetime."""
    match window:
        case Rolling(unit="month"):
            return days_after(months_before(day, window.n), 1)
        case Rolling():
            return days_after(day, 1 - window.n)
        case Calendar():
            return calendar_start(window.unit, day)
        case Since():
            return since_start(window, day)
        case Lifetime():
            return None
        case _:
            return day


def since_start(window: Since, day: date) -> date:
    """The first day of the plan year that holds the day; a year begins on ``month-day``."""
    month, number = map(int, window.start.split("-"))
    begins = date(day.year, month, min(number, monthrange(day.year, month)[1]))
    return begins if begins <= day else months_before(begins, 12)


def calendar_start(unit: str, day: date) -> date:
    """The first day of the day's year, quarter or month."""
    if unit == "year":
        return date(day.year, 1, 1)
    if unit == "quarter":
        return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return date(day.year, day.month, 1)


def is_one_date(window: Window | Span | None) -> bool:
    """Whether a window is one session or date, which the claims given decide alone."""
    return isinstance(window, OneSession | OneDate)


def holds(window: Span | None, day: date, event: date) -> bool:
    """Whether the window at ``day`` holds an earlier event."""
    if window is None:
        return True
    start = first_day(window, day)
    return start is None or start <= event


def day_it_leaves(window: Span, event: date) -> date | None:
    """The first day at which the window no longer holds the event."""
    match window:
        case Lifetime():
            return None
        case Rolling(unit="month"):
            day = months_after(event, window.n)
        case Rolling():
            return days_after(event, window.n)
        case Since():
            return months_after(since_start(window, event), 12)
        case Calendar():
            months = {"year": 12, "quarter": 3, "month": 1}[window.unit]
            return months_after(calendar_start(window.unit, event), months)
        case _:
            return days_after(event, 1)
    while holds(window, day, event) and day < date.max:
        day += DAY
    return day


def rolling_of(amount: Amount) -> Rolling:
    """The rolling window as long as a duration: 2 weeks are 14 days, 1 year 12 months."""
    number = Decimal(str(amount.amount))
    match amount.unit:
        case "day":
            return Rolling(ceil(number), "day")
        case "week":
            return Rolling(ceil(number * 7), "day")
        case "month":
            return Rolling(ceil(number), "month")
        case _:
            return Rolling(ceil(number * 12), "month")


def after(day: date, length: Rolling) -> date:
    """The day that lies a length of time after another."""
    move = months_after if length.unit == "month" else days_after
    return move(day, length.n)


def before(day: date, length: Rolling) -> date:
    """The day that lies a length of time before another."""
    move = months_after if length.unit == "month" else days_after
    return move(day, -length.n)


def later(day: date, amount: Amount) -> date:
    """The day that lies a duration after another; part of a day is a whole one."""
    return after(day, rolling_of(amount))


def earlier(day: date, amount: Amount) -> date:
    """The day that lies a duration before another; part of a day is a whole one."""
    return before(day, rolling_of(amount))


@lru_cache(maxsize=1024)
def days_of_months(months: int) -> tuple[int, int]:
    """The least and the most days that this many months in a row can have."""
    starts = [
        date(year, month, 1) for year in range(1896, 1909) for month in range(1, 13)
    ]
    lengths = [(months_after(start, months) - start).days for start in starts]
    return min(lengths), max(lengths)


def days_of(number: Decimal, unit: str) -> tuple[Decimal, Decimal]:
    """A duration in days, as the least and the most that it can be.

    Fractions of months count between the whole months around them.
    """
    if unit in ("day", "week"):
        days = number * (7 if unit == "week" else 1)
        return days, days
    months = number * (12 if unit == "year" else 1)
    below, above = int(months), int(months) + (months != int(months))
    return Decimal(days_of_months(below)[0]), Decimal(days_of_months(above)[1])


HALF_A_YEAR = 6
"""So many months are still told in weeks: 12 for three months, 24 for six."""


def months_as_told(months: Decimal, days: Decimal) -> tuple[Decimal, Decimal]:
    """The least and the most days of months, where a chart tells a time in days or weeks.

    Thirteen weeks are a quarter of a year, as 52 are a year.  Up to half a year people
    tell a month as four weeks, so that 12 weeks may be meant as three months.
    """
    if is_quarters(months, days):
        return days, days
    least, most = days_of(months, "month")
    return (min(least, 28 * months) if months <= HALF_A_YEAR else least), most


def is_quarters(months: Decimal, days: Decimal) -> bool:
    """Whether both are the same number of quarters of a year, of 13 weeks each."""
    return months % 3 == 0 and days * 3 == months * 91


def in_words(window: Span) -> str:
    """The window as an answer names it, with its convention."""
    match window:
        case Rolling():
            plural = "s" if window.n != 1 else ""
            return f"any {window.n} {window.unit}{plural}, looking back"
        case Calendar():
            return f"each calendar {window.unit}"
        case Since():
            return f"each plan year from {window.start}"
        case Lifetime():
            return "a lifetime"
        case _:
            return "one date of service"
