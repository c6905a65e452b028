"""Days that a policy may name."""

from __future__ import annotations

from datetime import date

import pytest

from dsl.base.diagnostics import Reporter
from dsl.base.source import Word
from dsl.resolve.values import read_date


@pytest.mark.parametrize(
    ("written", "day", "said"),
    [
        ("2026-01-31", date(2026, 1, 31), ""),
        ("1900-01-01", date(1900, 1, 1), ""),
        ("2200-12-31", date(2200, 12, 31), ""),
        ("9999-12-31", None, "Days without an end have no `through`"),
        ("0001-01-01", None, "Days without an end have no `through`"),
        ("1899-12-31", None, "is not in the years 1900 to 2200"),
        ("2201-01-01", None, "is not in the years 1900 to 2200"),
        ("2026-02-30", None, "is no date"),
        ("10000-01-01", None, "is no date"),
    ],
)
def test_a_day_is_one_on_which_a_claim_can_be(
    written: str, day: date | None, said: str
) -> None:
    report = Reporter("a.policy", [written])

    assert read_date(Word(written, 1, 1), report) == day
    assert [said in d.message and d.code == "P015" for d in report.found] == [True] * (
        day is None
    )
