"""Days as pages show and compare them: the day asked for, what holds on it, freshness.

The day of today is read here only, at the time of a request; no day that a page
computes is ever stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from dsl.errors import PayerkbError

ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
AMERICAN = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
Light = Literal["fresh", "due", "stale", "unknown"]
DUE_WITHIN = timedelta(days=30)
LIGHT_WORDS: dict[Light, str] = {
    "fresh": "fresh",
    "due": "review due soon",
    "stale": "review overdue",
    "unknown": "no review day",
}


class BadDay(PayerkbError, ValueError):  # noqa: N818  (it is what the reader wrote that is bad)
    """What was given for a day is none; the text says what to write."""


_FIXED: ContextVar[date | None] = ContextVar("today", default=None)


def today() -> date:
    """The day here and now."""
    return _FIXED.get() or datetime.now(UTC).astimezone().date()


@contextmanager
def as_of(day: date) -> Iterator[None]:
    """Take ``day`` for today: pages that are kept say the same whenever they are made."""
    token = _FIXED.set(day)
    try:
        yield
    finally:
        _FIXED.reset(token)


def day_of(text: str | None) -> date:
    """The day that a reader asked for; without one, today.

    Raises ``BadDay`` for anything but ``2026-03-10`` and ``3/10/2026``.
    """
    if not text:
        return today()
    found = written_day(text)
    if found is None:
        message = (
            "The day could not be read. Write it as 2026-03-10: year, month, day; "
            "or as 3/10/2026: month, day, year."
        )
        raise BadDay(message)
    return found


def written_day(text: str) -> date | None:
    """The day that a text writes, with its year in four digits; else nothing."""
    american = AMERICAN.fullmatch(text.strip())
    if american:
        month, day, year = (int(number) for number in american.groups())
    elif ISO.fullmatch(text.strip()):
        year, month, day = (int(number) for number in text.strip().split("-"))
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def light(review_by: str | None, seen_on: date) -> Light:
    """How fresh a source is that is to be read again by ``review_by``."""
    if review_by is None:
        return "unknown"
    due = date.fromisoformat(review_by)
    if due < seen_on:
        return "stale"
    return "due" if due - seen_on <= DUE_WITHIN else "fresh"


def holds_on(from_day: str | None, through_day: str | None, day: date) -> bool:
    """Whether a span of days, both inclusive and ``None`` open, holds the day."""
    text = day.isoformat()
    return (from_day or "") <= text <= (through_day or "9999-12-31")


def span_words(from_day: str | None, through_day: str | None) -> str:
    """``from 2026-01-01``, ``2026-01-01 to 2026-12-31``, ``on any day``."""
    if from_day and through_day:
        return f"{from_day} to {through_day}"
    if from_day:
        return f"from {from_day}"
    return f"through {through_day}" if through_day else "on any day"
