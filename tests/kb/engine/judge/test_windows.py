"""Windows of time, against the table of conventions and against their own definition."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.ir.parts import Amount, Calendar, Lifetime, OneDate, OneSession, Rolling, Unit
from kb.engine.judge import windows
from kb.engine.judge.windows import Since, Span

DAY = timedelta(days=1)
DAYS = st.dates(date(1999, 1, 1), date(2031, 12, 31))


def rolling(n: int, unit: Literal["day", "month"]) -> Rolling:
    return Rolling(n, unit)


WINDOWS: st.SearchStrategy[Span] = st.one_of(
    st.builds(
        rolling,
        st.integers(1, 40),
        st.sampled_from(["day", "month"]),
    ),
    st.builds(Calendar, st.sampled_from(["year", "quarter", "month"])),
    st.sampled_from(["01-01", "03-31", "07-15"]).map(Since),
)


@pytest.mark.parametrize(
    ("event", "months", "free", "anniversary", "days", "free_by_days"),
    [
        ("2025-04-02", 12, "2026-04-02", "2026-04-02", 365, "2026-04-02"),
        ("2024-02-29", 12, "2025-03-01", "2025-02-28", 365, "2025-02-28"),
        ("2023-03-15", 12, "2024-03-15", "2024-03-15", 365, "2024-03-14"),
        ("2025-03-31", 6, "2025-10-01", "2025-09-30", 180, "2025-09-27"),
        ("2023-08-31", 6, "2024-03-01", "2024-02-29", 180, "2024-02-27"),
    ],
    ids=str,
)
def test_an_event_is_free_by_three_conventions(
    event: str, months: int, free: str, anniversary: str, days: int, free_by_days: str
) -> None:
    day = date.fromisoformat(event)

    assert str(windows.day_it_leaves(rolling(months, "month"), day)) == free
    assert str(windows.months_after(day, months)) == anniversary
    assert str(windows.day_it_leaves(rolling(days, "day"), day)) == free_by_days


@pytest.mark.parametrize(
    ("window", "on", "starts"),
    [
        (rolling(12, "month"), "2026-03-10", "2025-03-11"),
        (rolling(12, "month"), "2024-02-29", "2023-03-01"),
        (rolling(12, "month"), "2025-02-28", "2024-02-29"),
        (rolling(1, "month"), "2025-03-31", "2025-03-01"),
        (rolling(1, "day"), "2025-03-31", "2025-03-31"),
        (rolling(365, "day"), "2025-03-31", "2024-04-01"),
        (Calendar("year"), "2026-12-31", "2026-01-01"),
        (Calendar("quarter"), "2026-06-30", "2026-04-01"),
        (Calendar("month"), "2024-02-29", "2024-02-01"),
        (Since("07-01"), "2026-06-30", "2025-07-01"),
        (Since("07-01"), "2026-07-01", "2026-07-01"),
        (OneSession(), "2026-07-01", "2026-07-01"),
        (OneDate(), "2026-07-01", "2026-07-01"),
        (Lifetime(), "2026-07-01", None),
    ],
    ids=str,
)
def test_the_first_day_of_a_window(window: Span, on: str, starts: str | None) -> None:
    found = windows.first_day(window, date.fromisoformat(on))

    assert (found and str(found)) == starts


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2025-03-31", -1, "2025-02-28"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-02-29", -12, "2023-02-28"),
        ("2025-02-28", -12, "2024-02-28"),
        ("2025-01-31", 13, "2026-02-28"),
        ("0001-01-31", -1, "0001-01-01"),
        ("9999-12-01", 1, "9999-12-31"),
    ],
)
def test_months_keep_the_day_or_the_last_of_the_month(
    day: str, months: int, expected: str
) -> None:
    assert str(windows.months_after(date.fromisoformat(day), months)) == expected


@given(WINDOWS, DAYS, st.integers(0, 800))
@settings(max_examples=600, deadline=None)
def test_a_window_holds_exactly_what_has_not_left_it(
    window: Span, event: date, later: int
) -> None:
    day = event + timedelta(days=later)
    leaves = windows.day_it_leaves(window, event)

    assert leaves is not None
    assert windows.holds(window, day, event) == (day < leaves)


@given(DAYS, DAYS, st.integers(1, 60))
@settings(max_examples=300, deadline=None)
def test_looking_back_over_months_is_the_written_definition(
    one: date, other: date, months: int
) -> None:
    event, day = sorted((one, other))
    held = windows.months_before(day, months) < event

    assert windows.holds(rolling(months, "month"), day, event) == held


@given(DAYS, st.integers(1, 60))
@settings(max_examples=300, deadline=None)
def test_looking_back_never_frees_before_the_anniversary(
    event: date, months: int
) -> None:
    """It is the later, safer date where the conventions differ, by one day at most."""
    leaves = windows.day_it_leaves(rolling(months, "month"), event)
    anniversary = windows.months_after(event, months)

    assert leaves in (anniversary, anniversary + DAY)


@pytest.mark.parametrize(
    ("window", "event", "leaves"),
    [
        (Calendar("year"), "2025-12-31", "2026-01-01"),
        (Calendar("quarter"), "2025-03-31", "2025-04-01"),
        (Calendar("month"), "2025-02-01", "2025-03-01"),
        (Since("07-01"), "2025-06-30", "2025-07-01"),
        (Since("07-01"), "2025-07-01", "2026-07-01"),
        (OneDate(), "2025-07-01", "2025-07-02"),
    ],
    ids=str,
)
def test_the_day_on_which_an_event_leaves(
    window: Span, event: str, leaves: str
) -> None:
    assert str(windows.day_it_leaves(window, date.fromisoformat(event))) == leaves


@given(WINDOWS, DAYS)
@settings(deadline=None)
def test_a_window_holds_its_own_day_and_its_first(window: Span, day: date) -> None:
    first = windows.first_day(window, day)

    assert first is not None
    assert first <= day
    assert windows.holds(window, day, first)
    assert not windows.holds(window, day, first - DAY)


@given(DAYS, st.integers(-100, 100))
@settings(deadline=None)
def test_so_many_months_later_is_that_month(day: date, months: int) -> None:
    later = windows.months_after(day, months)

    assert later.year * 12 + later.month == day.year * 12 + day.month + months
    assert later.day == day.day or (later.day < day.day and (later + DAY).day == 1)


def test_an_event_never_leaves_a_lifetime() -> None:
    assert windows.day_it_leaves(Lifetime(), date(2020, 1, 1)) is None


@pytest.mark.parametrize(
    ("months", "least", "most"),
    [(0, 0, 0), (1, 28, 31), (2, 59, 62), (3, 89, 92), (6, 181, 184), (12, 365, 366)],
)
def test_how_many_days_months_can_have(months: int, least: int, most: int) -> None:
    found = windows.days_of(Decimal(months), "month")

    assert found == (Decimal(least), Decimal(most))


@given(st.dates(date(1897, 1, 1), date(1907, 12, 31)), st.integers(1, 36))
@settings(max_examples=300, deadline=None)
def test_no_start_of_a_month_gives_months_other_lengths(day: date, months: int) -> None:
    start = day.replace(day=1)
    length = (windows.months_after(start, months) - start).days
    least, most = windows.days_of(Decimal(months), "month")

    assert least <= length <= most


@pytest.mark.parametrize(
    ("number", "unit", "expected"),
    [
        ("4", "week", (28, 28)),
        ("10", "day", (10, 10)),
        ("1", "year", (365, 366)),
        ("1.5", "month", (28, 62)),
    ],
)
def test_a_duration_in_days(number: str, unit: str, expected: tuple[int, int]) -> None:
    least, most = expected

    assert windows.days_of(Decimal(number), unit) == (Decimal(least), Decimal(most))


@pytest.mark.parametrize(
    ("amount", "later"),
    [
        ((14, "day"), "2025-02-14"),
        ((2, "week"), "2025-02-14"),
        (("0.5", "week"), "2025-02-04"),
        ((1, "month"), "2025-02-28"),
        (("0.5", "month"), "2025-02-28"),
        ((1, "year"), "2026-01-31"),
    ],
)
def test_the_day_a_duration_later(amount: tuple[int | str, Unit], later: str) -> None:
    number, unit = amount
    found = windows.later(date(2025, 1, 31), Amount(number, unit))

    assert str(found) == later


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (rolling(12, "month"), "any 12 months, looking back"),
        (rolling(1, "day"), "any 1 day, looking back"),
        (Calendar("year"), "each calendar year"),
        (Since("07-01"), "each plan year from 07-01"),
        (Lifetime(), "a lifetime"),
        (OneSession(), "one date of service"),
    ],
    ids=str,
)
def test_windows_in_words(window: Span, words: str) -> None:
    assert windows.in_words(window) == words
