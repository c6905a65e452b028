"""Windows of time: what looking back, calendar and days mean at the edges."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.engine.windows import day_it_leaves, days_of, first_day, holds, months_after

DAY = timedelta(days=1)


def months(n: int) -> dict[str, Any]:
    return {"kind": "rolling", "n": n, "unit": "month"}


def days(n: int) -> dict[str, Any]:
    return {"kind": "rolling", "n": n, "unit": "day"}


def calendar(unit: str) -> dict[str, Any]:
    return {"kind": "calendar", "unit": unit}


@pytest.mark.parametrize(
    ("event", "window", "free_again"),
    [
        ("2025-04-02", months(12), "2026-04-02"),
        ("2024-02-29", months(12), "2025-03-01"),
        ("2023-03-15", months(12), "2024-03-15"),
        ("2025-03-31", months(6), "2025-10-01"),
        ("2023-08-31", months(6), "2024-03-01"),
        ("2025-04-02", days(365), "2026-04-02"),
        ("2024-02-29", days(365), "2025-02-28"),
        ("2023-03-15", days(365), "2024-03-14"),
        ("2025-03-31", days(180), "2025-09-27"),
        ("2023-08-31", days(180), "2024-02-27"),
        ("2025-12-31", calendar("year"), "2026-01-01"),
        ("2025-03-31", calendar("quarter"), "2025-04-01"),
        ("2025-02-01", calendar("month"), "2025-03-01"),
        ("2025-06-30", {"kind": "since", "start": "07-01"}, "2025-07-01"),
        ("2025-07-01", {"kind": "since", "start": "07-01"}, "2026-07-01"),
        ("2025-07-01", {"kind": "date"}, "2025-07-02"),
    ],
)
def test_the_day_on_which_an_event_leaves(
    event: str, window: dict[str, Any], free_again: str
) -> None:
    assert day_it_leaves(window, date.fromisoformat(event)) == date.fromisoformat(
        free_again
    )


WINDOWS = st.one_of(
    st.integers(1, 60).map(months),
    st.integers(1, 1000).map(days),
    st.sampled_from(["year", "quarter", "month"]).map(calendar),
)
DATES = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@given(WINDOWS, DATES)
def test_an_event_is_held_until_the_day_it_leaves_and_not_after(
    window: dict[str, Any], event: date
) -> None:
    leaves = day_it_leaves(window, event)
    assert leaves is not None

    assert holds(window, leaves - DAY, event)
    assert not holds(window, leaves, event)


@given(WINDOWS, DATES)
def test_a_window_holds_its_own_day_and_its_first(
    window: dict[str, Any], day: date
) -> None:
    first = first_day(window, day)
    assert first is not None

    assert first <= day
    assert holds(window, day, first)
    assert not holds(window, day, first - DAY)


def test_a_lifetime_never_ends() -> None:
    assert first_day({"kind": "lifetime"}, date(2026, 1, 1)) is None
    assert day_it_leaves({"kind": "lifetime"}, date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("number", "unit", "least", "most"),
    [
        ("4", "week", 28, 28),
        ("10", "day", 10, 10),
        ("1", "month", 28, 31),
        ("2", "month", 59, 62),
        ("3", "month", 89, 92),
        ("12", "month", 365, 366),
        ("1", "year", 365, 366),
        ("1.5", "month", 28, 62),
    ],
)
def test_months_in_days_are_as_short_and_as_long_as_calendars_make_them(
    number: str, unit: str, least: int, most: int
) -> None:
    assert days_of(Decimal(number), unit) == (Decimal(least), Decimal(most))


@given(DATES, st.integers(-100, 100))
def test_adding_months_keeps_the_day_or_takes_the_months_last(
    day: date, n: int
) -> None:
    later = months_after(day, n)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == n
    assert later.day == day.day or (later.day < day.day and (later + DAY).day == 1)
