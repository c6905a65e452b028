"""Days, months, windows and dated amounts over columns of day numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

import numpy as np

from dsl.ir.parts import Amount as DatedAmount
from dsl.ir.parts import (
    Amounts,
    Calendar,
    Days,
    Lifetime,
    OneDate,
    OneSession,
    Rolling,
    Window,
)
from kb.claims.model import Amount
from kb.engine.columns.batch import Bools, Ints
from kb.engine.columns.batch_claims import day_number

FIRST_DAY = date.min.toordinal() - date(1970, 1, 1).toordinal()
"""Every day number lies above this one; windows without a first day start here."""
MONTH = np.timedelta64(1, "M")
LAST_DAY = date.max.toordinal() - date(1970, 1, 1).toordinal()


def first_day(days: Days) -> int:
    """First of some days; the earliest day there is when they are open."""
    return FIRST_DAY if days.start is None else day_number(days.start)


def last_day(days: Days) -> int:
    """Last of some days; the latest day there is when they are open."""
    return LAST_DAY if days.end is None else day_number(days.end)


def amount_of(dated: DatedAmount) -> Amount:
    """An amount of a rule, weeks as days and years as months."""
    number = Decimal(str(dated.amount))
    if dated.unit == "week":
        return Amount(number * 7, "day")
    if dated.unit == "year":
        return Amount(number * 12, "month")
    return Amount(number, dated.unit)


def amounts_on(amounts: Amounts, days: Ints) -> Iterator[tuple[Bools | None, Amount]]:
    """Each amount with the rows on whose day it counts; ``None`` is every row.

    Where two amounts hold one day the first counts; rows without one come in none.
    """
    left: Bools | None = None
    low, high = (int(days.min()), int(days.max())) if len(days) else (0, 0)
    for dated in amounts:
        first, last = first_day(dated.days), last_day(dated.days)
        if first <= low and high <= last:
            yield left, amount_of(dated)
            return
        if last < low or high < first:
            continue
        holds = (days >= first) & (days <= last)
        yield (holds if left is None else holds & left), amount_of(dated)
        left = ~holds if left is None else left & ~holds


@dataclass(frozen=True, slots=True)
class DayTable:
    """A day for every day from ``low`` on."""

    low: int
    days: Ints

    def at(self, days: Ints) -> Ints:
        """The table's day for each day."""
        found: Ints = self.days[days - self.low]
        return found


def days_between(low: int, high: int) -> Ints:
    """Every day from ``low`` through ``high``."""
    return np.arange(low, high + 1, dtype=np.int64)


def months_later(days: Ints, months: int) -> Ints:
    """The same day ``months`` later, or that month's last day."""
    month = days.astype("datetime64[D]").astype("datetime64[M]")
    of_month = days - month.astype("datetime64[D]").astype(np.int64)
    target = month + months * MONTH
    start = target.astype("datetime64[D]").astype(np.int64)
    length = (target + MONTH).astype("datetime64[D]").astype(np.int64) - start
    moved: Ints = start + np.minimum(of_month, length - 1)
    return moved


def later(days: Ints, amount: Amount, sign: int = 1) -> Ints:
    """``days`` plus (minus) a duration; part of a day counts as a whole one."""
    number = sign * int(amount.number.to_integral_value(ROUND_CEILING))
    return months_later(days, number) if amount.unit == "month" else days + number


def window_start(days: Ints, window: Window | None) -> Ints:
    """First day that a window ending on each day holds."""
    match window:
        case Rolling():
            return _rolling_start(days, window)
        case Calendar():
            return _period_start(days, window.unit)
        case None | Lifetime():
            return np.full(len(days), FIRST_DAY, np.int64)
        case _:
            return days


def plan_years(days: Ints, start: str) -> Ints:
    """First day of the plan year of each day; years begin on ``start`` (``MM-DD``)."""
    month, number = map(int, start.split("-"))
    years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    months = (years * 12 + month - 1).astype("datetime64[M]")
    last = ((months + MONTH).astype("datetime64[D]").astype(np.int64)) - 1
    first = months.astype("datetime64[D]").astype(np.int64)
    begins = np.minimum(first + number - 1, last)
    return np.where(begins <= days, begins, months_later(begins, -12))


def _rolling_start(days: Ints, window: Rolling) -> Ints:
    if window.unit == "month":
        return months_later(days, -window.n) + 1
    return days - window.n + 1


def _period_start(days: Ints, unit: str) -> Ints:
    moments = days.astype("datetime64[D]")
    if unit == "year":
        return moments.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    month = moments.astype("datetime64[M]").astype(np.int64)
    if unit == "quarter":
        month -= month % 3
    return month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def is_one_date(window: Window | None) -> bool:
    """Whether a window is one session or date, where history's state is no matter."""
    return isinstance(window, OneSession | OneDate)


def compare_amounts(value: Amount, cmp: str, amount: Amount) -> int:
    """Kleene comparison; days against months may be too close to tell."""
    families = {value.unit, amount.unit}
    if len(families) == 2 and families != {"day", "month"}:
        return 0
    if len(families) == 1:
        low, high = (value.number,) * 2, (amount.number,) * 2
    else:
        low, high = _told_and_asked(value, amount)
    return _compare_ranges(low, cmp, high)


def _told_and_asked(
    value: Amount, amount: Amount
) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
    """Both in days; 13 weeks are three months, and 12 may be meant as such."""
    days, months = (value, amount) if value.unit == "day" else (amount, value)
    if months.number % 3 == 0 and days.number / 91 == months.number / 3:
        return _in_days(days), _in_days(days)
    told, asked = _in_days(value), _in_days(amount)
    if value.unit == "day" and amount.number <= _TOLD_IN_WEEKS:
        asked = min(asked[0], 28 * amount.number), asked[1]
    return told, asked


_TOLD_IN_WEEKS = 6


def _compare_ranges(
    left: tuple[Decimal, Decimal], cmp: str, right: tuple[Decimal, Decimal]
) -> int:
    if cmp in {"<=", "<"}:
        return _compare_ranges(right, ">=" if cmp == "<=" else ">", left)
    if cmp == ">=":
        return (left[0] >= right[1]) - (left[1] < right[0])
    return (left[0] > right[1]) - (left[1] <= right[0])


@lru_cache(maxsize=4096)
def _in_days(amount: Amount) -> tuple[Decimal, Decimal]:
    """The fewest and the most days that a duration can be."""
    if amount.unit == "day":
        return amount.number, amount.number
    whole = int(amount.number)
    upper = whole if whole == amount.number else whole + 1
    starts = days_between(day_number(date(1896, 1, 1)), day_number(date(1908, 12, 31)))
    low = (months_later(starts, whole) - starts).min()
    high = (months_later(starts, upper) - starts).max()
    return Decimal(int(low)), Decimal(int(high))
