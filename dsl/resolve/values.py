"""Dates, spans, numbers and amounts: words to values, with what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from dsl.base.diagnostics import Reporter, did_you_mean
from dsl.base.did_you_mean import (
    FIRST_YEAR,
    LAST_YEAR,
    date_meant,
    number_meant,
)
from dsl.base.model import Clock, Span
from dsl.ir.parts import Amount, Days, Unit
from dsl.syntax.nodes import AmountNode, SpanNode, Word

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMBER = re.compile(r"\d{1,7}(\.\d{1,4})?")
COUNTED = frozenset(
    {"session", "sessions", "line", "lines", "unit", "units", "level", "levels",
     "injection", "injections", "region", "regions", "visit", "visits"}
)  # fmt: skip
UNITS: dict[str, Unit] = {
    "day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month",
    "months": "month", "year": "year", "years": "year", "percent": "percent",
    "dollar": "dollar", "dollars": "dollar",
}  # fmt: skip
DURATION_UNITS: frozenset[Unit] = frozenset({"day", "week", "month", "year"})
CLOCKS: dict[str, Clock] = {
    "date-received": "received",
    "date-requested": "requested",
    "date-of-service": "service",
}


def read_date(word: Word, report: Reporter) -> date | None:
    """A day as ``2026-01-31``, of a year in which a claim can be."""
    try:
        day = date.fromisoformat(word.text) if DATE.fullmatch(word.text) else None
    except ValueError:
        day = None
    if day and FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    if day:
        report.at(
            word,
            "P015",
            f"`{word.text}` is not in the years {FIRST_YEAR} to {LAST_YEAR}. Days without an "
            "end have no `through`, days without a beginning no `from`.",
        )
        return None
    report.at(
        word,
        "P015",
        f"`{word.text}` is no date. Write year, month and day, like 2026-01-31.",
        fix=date_meant(word.text),
    )
    return None


def read_span(node: SpanNode, report: Reporter) -> Span:
    """The days of a span; a bad date leaves its end open."""
    start = read_date(node.start, report) if node.start else None
    end = read_date(node.end, report) if node.end else None
    if start and end and end < start:
        assert node.end
        report.at(
            node.end,
            "P016",
            f"The span ends on {end}, before it starts on {start}. "
            "Both days belong to it; a span of one day has the same day twice. "
            f"Write `from {end} through {start}`, if that is meant.",
        )
    return Span(start, end, read_clock(node.clock, report), node.ended)


def read_clock(word: Word | None, report: Reporter) -> Clock:
    """The clock that a span goes by; the date of service when not said."""
    if word is None:
        return "service"
    if word.text not in CLOCKS:
        report.at(
            word,
            "P025",
            f"`{word.text}` is no clock. Clocks are: {', '.join(CLOCKS)}.",
            fix=did_you_mean(word.text, CLOCKS),
        )
    return CLOCKS.get(word.text, "service")


def overlap(one: Span, other: Span) -> Span | None:
    """The days that two spans share, on the clock of ``other``, or ``None``."""
    start = max((d for d in (one.start, other.start) if d), default=None)
    end = min((d for d in (one.end, other.end) if d), default=None)
    if start and end and end < start:
        return None
    return replace(other, start=start, end=end)


def days_of(span: Span) -> Days:
    """The days of a span as the compiled rule has them."""
    return Days(span.start, span.end)


def iso(day: date | None) -> str | None:
    """A day as text."""
    return day.isoformat() if day else None


def read_number(word: Word, report: Reporter) -> int | str | None:
    """A number of at most seven digits: an int, or a decimal as text."""
    if not NUMBER.fullmatch(word.text):
        report.at(
            word,
            "P033",
            f"`{word.text}` is no number here. A number has at most seven digits "
            "(4, 80, 0.5) and stands apart from its unit.",
            fix=number_meant(word.text),
        )
        return None
    return word.text if "." in word.text else int(word.text)


def read_unit(word: Word | None, report: Reporter) -> Unit | None:
    """The unit in the singular; ``number`` when none is written."""
    if word is None:
        return "number"
    unit = UNITS.get(word.text)
    if unit is None:
        near = did_you_mean(word.text, UNITS)
        plain = " A plain number stands alone, as in `4 from 2026-01-01`."
        report.at(
            word,
            "P018",
            f"`{word.text}` is no unit. Units are days, weeks, months, years, percent, dollars."
            + (plain if word.text in COUNTED else ""),
            fix=near,
        )
    return unit


def read_amount(node: AmountNode, report: Reporter) -> Amount | None:
    """A literal amount, without days."""
    number = read_number(node.number, report)
    unit = read_unit(node.unit, report)
    if number is None or unit is None:
        return None
    return Amount(number, unit)


def is_name(word: Word) -> bool:
    """Whether a word stands for a name rather than a number."""
    return word.text[:1].isalpha()
