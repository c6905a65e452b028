"""Days as staff write them: 11/29/2026, Nov 29 2026, in March 2026, today."""

from __future__ import annotations

import re
from calendar import month_abbr, month_name, monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {
    name.casefold(): number
    for names in (month_name, month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?P<year>20\d\d)"
_LEAD = r"(?:\b(?:in|on|as of|since|by|of|during)\s+)?"
_FORMS = (
    re.compile(rf"{_LEAD}\b{_YEAR}-(?P<month>\d\d?)-(?P<day>\d\d?)\b", re.IGNORECASE),
    re.compile(
        rf"{_LEAD}\b(?P<month>\d\d?)[/-](?P<day>\d\d?)[/-](?P<year>(?:20)?\d\d)\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_LEAD}\b(?P<named>{_MONTH})\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+{_YEAR}\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_LEAD}\b(?P<day>\d\d?)\s+(?P<named>{_MONTH})\.?,?\s+{_YEAR}\b",
        re.IGNORECASE,
    ),
    re.compile(rf"{_LEAD}\b(?P<named>{_MONTH})\.?,?\s+{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"{_LEAD}\b(?P<month>\d\d?)/{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\b(?:in|during|for|of|since|year)\s+{_YEAR}\b", re.IGNORECASE),
    # Alone only behind a word: behind a code it may be anything.
    re.compile(rf"(?<=[a-z] ){_YEAR}\b", re.IGNORECASE),
)
_RELATIVE = re.compile(
    rf"{_LEAD}\b(?P<said>today|yesterday|tomorrow|this month|last month|this year|last year|"
    r"this week|last week)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Days:
    """The days that some words name, both inclusive."""

    first: date
    last: date
    typed: str
    at: tuple[int, int]
    """Where the words stand in the text."""


def days_in(text: str, today: date) -> Days | None:
    """The first days that a text names; ``None`` for none, or for one that is no day."""
    for form in _FORMS:
        for match in form.finditer(text):
            if span := _span_of(match.groupdict()):
                return Days(*span, match[0], match.span())
    said = _RELATIVE.search(text)
    if said is None:
        return None
    return Days(*_relative(said["said"].casefold(), today), said[0], said.span())


def _span_of(parts: dict[str, str]) -> tuple[date, date] | None:
    year = int(parts["year"]) % 100 + 2000
    named = parts.get("named")
    month = _MONTHS[named.casefold()] if named else int(parts.get("month") or 0)
    try:
        if not month:
            return date(year, 1, 1), date(year, 12, 31)
        if parts.get("day"):
            day = date(year, month, int(parts["day"]))
            return day, day
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    except ValueError:
        return None


def _relative(said: str, today: date) -> tuple[date, date]:
    one = timedelta(days=1)
    if said in ("today", "yesterday", "tomorrow"):
        day = today + {"today": 0, "yesterday": -1, "tomorrow": 1}[said] * one
        return day, day
    last, unit = said.startswith("last"), said.split()[1]
    if unit == "week":
        first = today - today.weekday() * one - (7 * one if last else 0 * one)
        return first, first + 6 * one
    if unit == "month":
        end = today.replace(day=1) - one if last else today
        return end.replace(day=1), end.replace(day=monthrange(end.year, end.month)[1])
    year = today.year - last
    return date(year, 1, 1), date(year, 12, 31)
