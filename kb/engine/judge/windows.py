"""Windows of time: pure arithmetic on days.

``in any n months`` at day D looks back: it holds E when ``D minus n months < E``, where
minus n months keeps the day of the month, or takes the last day of a shorter month.
``in any n days``: ``D - n < E``.  So the anniversary itself is free again.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from math import ceil
from typing import Any

Json = dict[str, Any]
DAY = timedelta(days=1)


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


def first_day(window: Json, day: date) -> date | None:
    """The first day that the window at ``day`` holds; ``None`` for a lifetime."""
    match window["kind"]:
        case "rolling" if window["unit"] == "month":
            return days_after(months_before(day, window["n"]), 1)
        case "rolling":
            return days_after(day, 1 - window["n"])
        case "calendar":
            return calendar_start(window["unit"], day)
        case "since":
            return since_start(window, day)
        case "lifetime":
            return None
        case _:
            return day


def since_start(window: Json, day: date) -> date:
    """The first day of the plan year that holds the day; a year begins on ``month-day``."""
    month, number = map(int, window["start"].split("-"))
    begins = date(day.year, month, min(number, monthrange(day.year, month)[1]))
    return begins if begins <= day else months_before(begins, 12)


def calendar_start(unit: str, day: date) -> date:
    """The first day of the day's year, quarter or month."""
    if unit == "year":
        return date(day.year, 1, 1)
    if unit == "quarter":
        return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return date(day.year, day.month, 1)


def is_one_date(window: Json | None) -> bool:
    """Whether a window is one session or date, which the claims given decide alone."""
    return window is not None and window["kind"] in ("session", "date")


def holds(window: Json | None, day: date, event: date) -> bool:
    """Whether the window at ``day`` holds an earlier event."""
    if window is None:
        return True
    start = first_day(window, day)
    return start is None or start <= event


def day_it_leaves(window: Json, event: date) -> date | None:
    """The first day at which the window no longer holds the event."""
    match window["kind"]:
        case "lifetime":
            return None
        case "rolling" if window["unit"] == "month":
            day = months_after(event, window["n"])
        case "rolling":
            return days_after(event, window["n"])
        case "since":
            return months_after(since_start(window, event), 12)
        case "calendar":
            months = {"year": 12, "quarter": 3, "month": 1}[window["unit"]]
            return months_after(calendar_start(window["unit"], event), months)
        case _:
            return days_after(event, 1)
    while holds(window, day, event) and day < date.max:
        day += DAY
    return day


def rolling_of(amount: Json) -> Json:
    """The rolling window as long as a duration: 2 weeks are 14 days, 1 year 12 months."""
    number, unit = Decimal(str(amount["amount"])), amount["unit"]
    sizes = {"day": (1, "day"), "week": (7, "day"), "month": (1, "month")}
    size, base = sizes.get(unit, (12, "month"))
    return {"kind": "rolling", "n": ceil(number * size), "unit": base}


def later(day: date, amount: Json) -> date:
    """The day that lies a duration after another; part of a day is a whole one."""
    window = rolling_of(amount)
    if window["unit"] == "month":
        return months_after(day, window["n"])
    return days_after(day, window["n"])


def earlier(day: date, amount: Json) -> date:
    """The day that lies a duration before another; part of a day is a whole one."""
    window = rolling_of(amount)
    if window["unit"] == "month":
        return months_before(day, window["n"])
    return days_after(day, -window["n"])


def is_long_before(amount: Json, day: date, event: date) -> bool:
    """Whether the event lies at least that long before the day."""
    return later(event, amount) <= day


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


def in_words(window: Json) -> str:
    """The window as an answer names it, with its convention."""
    match window["kind"]:
        case "rolling":
            plural = "s" if window["n"] != 1 else ""
            return f"any {window['n']} {window['unit']}{plural}, looking back"
        case "calendar":
            return f"each calendar {window['unit']}"
        case "since":
            return f"each plan year from {window['start']}"
        case "lifetime":
            return "a lifetime"
        case _:
            return "one date of service"
