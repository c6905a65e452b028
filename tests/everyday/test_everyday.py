"""Ordinary claims are told what a biller can act on, in few lines, and no pass on nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from statistics import median

import pytest

from kb.engine import Engine
from tests.everyday.claims import DAYS, KINDS, PAYERS
from tests.everyday.told import Told, lacking, table, told_on, unknown_of

MEDIAN, LONGEST, TO_DO = 14, 40, 4
"""Lines of text, and on which of them the thing to do begins at the latest."""
UNKNOWN = {date(2025, 6, 10): 0.30, date(2026, 11, 10): 0.15}
"""The share of lines unknown at most, for payers with a policy on the family."""
Days = dict[date, tuple[Told, ...]]


@pytest.fixture(scope="module")
def days(shipped_database: Path) -> Days:
    """What the claims of each day are told."""
    engine = Engine.open(shipped_database)
    return {day: told_on(day, engine) for day in DAYS}


@pytest.fixture(params=DAYS, ids=str)
def told(request: pytest.FixtureRequest, days: Days) -> tuple[Told, ...]:
    """What the claims of one day are told."""
    return days[request.param]


def test_each_claim_is_answered(told: tuple[Told, ...]) -> None:
    assert len(told) == len(KINDS) * len(PAYERS) == 240


def test_no_line_passes_on_nothing(told: tuple[Told, ...]) -> None:
    assert [(x.answer.claim, line.number) for x in told for line in x.unfounded] == []


def test_the_thing_to_do_stands_at_the_top(told: tuple[Told, ...]) -> None:
    done = ("pass", "note")
    late = [
        one.answer.claim
        for one in told
        if one.answer.outcome not in done and not 0 < one.to_do <= TO_DO
    ]
    assert late == []


def test_answers_are_short(told: tuple[Told, ...]) -> None:
    lengths = [len(one.text) for one in told]
    assert median(lengths) <= MEDIAN
    assert max(lengths) <= LONGEST


@pytest.mark.parametrize(("day", "most"), UNKNOWN.items(), ids=str)
def test_few_lines_are_unknown_where_a_payer_has_a_policy(
    days: Days, day: date, most: float
) -> None:
    unknown, apart = unknown_of(days[day])
    lines = sum(len(one.answer.lines) for one in days[day])
    assert 0 < apart < unknown
    assert (unknown - apart) / (lines - apart) <= most


def test_gaps_alone_are_told_by_payer_and_cause(told: tuple[Told, ...]) -> None:
    said = lacking(told).splitlines()
    under = said[said.index("florida-blue") + 1]
    assert under.startswith("  no coverage policy on the family: no loaded rule of")
    assert "64483-RT" in under


def test_what_is_unknown_says_why(told: tuple[Told, ...]) -> None:
    silent = [
        (one.answer.claim, line.number)
        for one in told
        for line in one.answer.lines
        if line.outcome == "unknown"
        and not line.reason
        and not any(r.outcome == "unknown" and r.about for r in line.results)
    ]
    assert silent == []


def test_the_table_counts_each_claim(told: tuple[Told, ...]) -> None:
    said = table(date(2026, 11, 10), told).splitlines()

    assert said[0] == "2026-11-10: 240 claims, 432 lines"
    for row, whole in ((said[1], 240), (said[2], 240), (said[3], 432)):
        assert sum(int(word) for word in row.split() if word.isdecimal()) == whole
