"""Review days are spread over a year by the source's key; the linter writes them."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.lint import lint
from dsl.lint.mending import mended
from dsl.lint.review_days import SOONEST, SPREAD_OVER, spread_day
from dsl.load.folder import load_texts
from kb.read.store import open_knowledge_base

READ = date(2026, 1, 1)
SOURCE = """\
source {key}: A document
  publisher: Payer
  url: https://example.invalid/{key}
  grade: primary
  read on: 2026-01-01 # the whole of it
  review by: {day}{more}
"""


def sources(days: list[date], more: str = "") -> str:
    return "\n".join(
        SOURCE.format(key=f"DOC-{n}", day=day, more=more) for n, day in enumerate(days)
    )


def crowded(text: str) -> list[str]:
    """The first words of what the check finds."""
    loaded = load_texts([("sources.policy", text)])
    assert [d.render() for d in loaded.diagnostics] == []
    found = lint(loaded.model).diagnostics
    return [d.message.partition(" ")[0] for d in found if d.code == "L009"]


@given(st.text(min_size=1), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_source_is_due_within_a_year_of_reading(key: str, read_on: date) -> None:
    due = spread_day(key, read_on)

    assert timedelta(SOONEST) <= due - read_on < timedelta(SOONEST + SPREAD_OVER)
    assert due == spread_day(key, read_on)


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ([READ] * 6, 6),
        ([READ] * 5, 0),
        ([READ + timedelta(days=n) for n in range(7)], 7),
        ([READ + timedelta(days=7 * n) for n in range(12)], 0),
        ([READ] * 3 + [READ + timedelta(days=6)] * 3, 6),
        ([READ] * 3 + [READ + timedelta(days=7)] * 3, 0),
        ([READ] * 6 + [READ + timedelta(days=30 + 7 * n) for n in range(53)], 6),
        ([READ] * 6 + [READ + timedelta(days=30 + 7 * n) for n in range(54)], 0),
    ],
)
def test_a_week_holds_few_or_a_tenth(days: list[date], found: int) -> None:
    assert len(crowded(sources(days))) == found


def test_the_day_is_written_and_a_comment_stays() -> None:
    text = sources([READ] * 6, " # with the others")
    loaded = load_texts([("sources.policy", text)])
    found = [d for d in lint(loaded.model).diagnostics if d.code == "L009"]
    after = mended(found, {"sources.policy": text})["sources.policy"]

    days = [spread_day(f"DOC-{n}", READ) for n in range(6)]
    assert after == sources(days, " # with the others")
    assert [d.fix for d in found] == [f"review by: {day}" for day in days]
    assert crowded(after) == []


def test_no_week_of_the_shipped_sources_is_crowded(shipped_database: Path) -> None:
    with closing(open_knowledge_base(shipped_database)) as connection:
        due = connection.execute("SELECT review_by FROM source WHERE review_by > ''")
        days = [date.fromisoformat(day) for (day,) in due]

    fullest = max(sum(0 <= (x - day).days < 7 for x in days) for day in days)
    assert fullest * 20 < len(days)
