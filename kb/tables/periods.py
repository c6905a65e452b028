"""Which edition a file is, and the days that it owns: by its names, never by a guess."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kb.tables.errors import TableFileError

MONTHS = [
    "JAN",
    "FEB",
    "MAR",
    "APR",
    "MAY",
    "JUN",
    "JUL",
    "AUG",
    "SEP",
    "OCT",
    "NOV",
    "DEC",
]
FIRST_NCCI_YEAR = 1994
"""NCCI counts its versions from here: 32.3 is the fourth quarter of 2026."""


@dataclass(frozen=True, slots=True)
class Period:
    """An edition by its name, with the days that it owns."""

    name: str
    first_day: date
    last_day: date
    asks_for_day: bool = False
    """Whether its name leaves open on which day it begins."""

    def holds(self, other: Period) -> bool:
        """Whether the other's days lie within this one's."""
        return self.first_day <= other.first_day and other.last_day <= self.last_day


@dataclass(frozen=True, slots=True)
class NameOf:
    """How an edition is told by a name of a file, or by the words above its rows."""

    pattern: re.Pattern[str]
    period: Callable[[re.Match[str]], Period]
    decides: bool = True
    """False: it must not contradict, but is not enough."""


def naming(
    pattern: str, period: Callable[[re.Match[str]], Period], *, decides: bool = True
) -> NameOf:
    """A pattern of names, small letters and capitals alike."""
    return NameOf(re.compile(pattern, re.IGNORECASE), period, decides)


def quarter(year: int, number: int) -> Period:
    """``2026 Q4``."""
    last_month = number * 3
    return Period(
        f"{year} Q{number}",
        date(year, last_month - 2, 1),
        date(year, last_month, monthrange(year, last_month)[1]),
    )


def quarter_of(day: date) -> Period:
    """The quarter that a day lies in."""
    return quarter(day.year, (day.month + 2) // 3)


def fiscal_year(year: int) -> Period:
    """``FY2027``: from October to September."""
    return Period(f"FY{year}", date(year - 1, 10, 1), date(year, 9, 30))


def fiscal_year_of(day: date) -> Period:
    """The fiscal year that a day lies in."""
    return fiscal_year(day.year + (day.month >= 10))


def calendar_year(year: int) -> Period:
    """``2024``."""
    return Period(str(year), date(year, 1, 1), date(year, 12, 31))


def week_from(day: date) -> Period:
    """``2026-11-20``: a snapshot that is made anew each week."""
    return Period(day.isoformat(), day, day + timedelta(days=6))


def ncci_version(version: str, part: str) -> Period:
    """``32`` and ``3``: 2026 Q4."""
    return quarter(FIRST_NCCI_YEAR + int(version), int(part) + 1)


def month_named(word: str) -> int:
    """The number of a month by its first letters."""
    return MONTHS.index(word[:3].upper()) + 1


def period_of(
    where: str,
    names: tuple[str, ...],
    patterns: tuple[NameOf, ...],
    by_day: Callable[[date], Period],
    effective: date | None,
    until: date | None,
) -> Period:
    """The edition that names and options tell.

    Raises ``TableFileError`` when nothing tells it, or they contradict each other.
    """
    told = [
        (name, each.decides, each.period(found))
        for name in names
        for each in patterns
        for found in each.pattern.finditer(name)
    ]
    for name, _, period in told:
        for other, _, against in told:
            if not (period.holds(against) or against.holds(period)):
                message = (
                    f"{where}: {name!r} says {period.name}, {other!r} says "
                    f"{against.name}. One of them is wrong: look which, and rename it."
                )
                raise TableFileError(message)
    deciding = sorted(
        (period for _, decides, period in told if decides),
        key=lambda one: (one.last_day - one.first_day, not one.asks_for_day),
    )
    named = deciding[0] if deciding else None
    if effective is not None:
        named = _from_day(
            where, named, [p for *_, p in told], by_day(effective), effective
        )
    if named is None:
        message = (
            f"{where}: neither the name of the file nor its title tells which edition it "
            "is. Give the first day on which it applies: --effective 2026-10-01"
        )
        raise TableFileError(message)
    if named.asks_for_day and effective is None:
        message = (
            f"{where} is {named.name}, which takes effect within a quarter on a day that "
            "its name does not tell. Look it up and give it: --effective YYYY-MM-DD"
        )
        raise TableFileError(message)
    return _ending(where, named, until)


def _from_day(
    where: str,
    named: Period | None,
    told: list[Period],
    usual: Period,
    day: date,
) -> Period:
    for each in told:
        if not each.first_day <= day <= each.last_day:
            message = (
                f"{where}: its name or title says {each.name} ({each.first_day} to "
                f"{each.last_day}), --effective says {day}. Give one that fits."
            )
            raise TableFileError(message)
    if named is None:
        named = usual
    if named.asks_for_day or day == named.first_day:
        return replace(named, first_day=day, asks_for_day=False)
    return replace(named, name=f"{named.name} from {day}", first_day=day)


def _ending(where: str, period: Period, until: date | None) -> Period:
    if until is None:
        return period
    if until < period.first_day:
        message = f"{where} begins on {period.first_day}, --until says {until}: that is before."
        raise TableFileError(message)
    return replace(period, last_day=until)
