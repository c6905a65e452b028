"""Days, months and windows over columns."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pytest

from dsl.ir.parts import Amount as DatedAmount
from dsl.ir.parts import Calendar, Days, Rolling
from kb.claims.model import Amount
from kb.engine.columns.batch import Ints
from kb.engine.columns.batch_claims import day_number
from kb.engine.columns.calendar import (
    amounts_on,
    compare_amounts,
    days_between,
    later,
    months_later,
    window_start,
)


def days(*texts: str) -> Ints:
    return np.array([day_number(date.fromisoformat(text)) for text in texts], np.int64)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-11-15", 3, "2026-02-15"),
    ],
)
def test_months_keep_the_day_or_take_the_last(
    start: str, months: int, end: str
) -> None:
    assert months_later(days(start), months).tolist() == days(end).tolist()


@pytest.mark.parametrize(
    ("event", "n", "unit", "free"),
    [
        ("2025-04-02", 12, "month", "2026-04-02"),
        ("2024-02-29", 12, "month", "2025-03-01"),
        ("2023-03-15", 12, "month", "2024-03-15"),
        ("2023-03-15", 365, "day", "2024-03-14"),
        ("2025-03-31", 6, "month", "2025-10-01"),
        ("2025-03-31", 180, "day", "2025-09-27"),
        ("2023-08-31", 6, "month", "2024-03-01"),
    ],
)
def test_an_event_leaves_a_rolling_window_on_its_free_day(
    event: str, n: int, unit: Literal["day", "month"], free: str
) -> None:
    window = Rolling(n, unit)
    around = days_between(*(days(free)[0] + [-1, 0]))
    held = window_start(around, window) <= days(event)
    assert held.tolist() == [True, False]


@pytest.mark.parametrize(
    ("unit", "start"),
    [("year", "2026-01-01"), ("quarter", "2026-04-01"), ("month", "2026-05-01")],
)
def test_a_calendar_window_starts_with_its_period(
    unit: Literal["year", "quarter", "month"], start: str
) -> None:
    found = window_start(days("2026-05-20"), Calendar(unit))
    assert found.tolist() == days(start).tolist()


@pytest.mark.parametrize(
    ("value", "cmp", "amount", "expected"),
    [
        ((28, "day"), ">=", (28, "day"), 1),
        ((28, "day"), ">", (28, "day"), -1),
        ((28, "day"), "<=", (28, "day"), 1),
        ((28, "day"), "<", (28, "day"), -1),
        ((1, "month"), ">=", (28, "day"), 1),
        ((1, "month"), ">=", (29, "day"), 0),
        ((1, "month"), ">=", (32, "day"), -1),
        ((27, "day"), ">=", (1, "month"), -1),
        ((30, "day"), ">=", (1, "month"), 0),
        ((31, "day"), ">=", (1, "month"), 1),
        ((12, "month"), "<", (365, "day"), -1),
        ((12, "month"), "<=", (365, "day"), 0),
        ((50, "percent"), ">=", (50, "number"), 0),
    ],
)
def test_durations_compare_unless_months_are_too_close_to_days(
    value: Any, cmp: str, amount: Any, expected: Any
) -> None:
    left, right = (Amount(Decimal(n), unit) for n, unit in (value, amount))
    assert compare_amounts(left, cmp, right) == expected


def test_each_amount_holds_its_days_and_a_hole_none() -> None:
    amounts = (
        DatedAmount(1, "number", Days(None, date(2025, 1, 31))),
        DatedAmount(2, "number", Days(date(2025, 3, 1), None)),
    )
    asked = days("2025-01-31", "2025-02-10", "2025-03-01")
    pieces = amounts_on(amounts, asked)
    found = [(np.asarray(mask).tolist(), int(a.number)) for mask, a in pieces]
    assert found == [([True, False, False], 1), ([False, False, True], 2)]


def test_part_of_a_day_counts_as_a_whole_one() -> None:
    found = later(days("2025-01-01"), Amount(Decimal("1.5"), "day"))
    assert found.tolist() == days("2025-01-03").tolist()
