"""What is kept for a span of days is what is found on each of its days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kb.claims.model import Claim
from kb.engine import Engine
from kb.engine.program import holds, turns_in
from kb.engine.select import turns_of
from tests.everyday.claims import DAYS, everyday

ONE_DAY = timedelta(days=1)
FIRST, LAST = date(2024, 6, 1), date(2026, 12, 1)
JAN, MAR = date(2026, 1, 1), date(2026, 3, 31)


@pytest.fixture(scope="module")
def engine(shipped_database: Path) -> Engine:
    return Engine.open(shipped_database)


def on_day(claim: Claim, day: date) -> Claim:
    return replace(claim, lines=tuple(replace(line, date=day) for line in claim.lines))


def anew(engine: Engine) -> Engine:
    """The engine with nothing kept of the claims before."""
    return replace(engine, program=replace(engine.program))


@pytest.mark.parametrize("place", range(0, 240, 34))
def test_a_day_is_answered_as_if_no_other_had_been(engine: Engine, place: int) -> None:
    claim = everyday(DAYS[0])[place]
    turns = [t for t in turns_of(claim.payer.key, engine.program) if FIRST < t < LAST]
    days = [day for turn in turns[-6:] for day in (turn - ONE_DAY, turn)]
    for day in [*days, FIRST, LAST, *days]:
        given = on_day(claim, day)
        assert engine.answer([given]) == anew(engine).answer([given])


@pytest.mark.parametrize(
    ("spans", "turns"),
    [
        ([], []),
        ([(None, None)], []),
        ([(JAN, None)], [JAN]),
        ([(None, MAR)], [MAR + ONE_DAY]),
        ([(JAN, MAR), (MAR + ONE_DAY, None)], [JAN, MAR + ONE_DAY]),
        ([(JAN, date.max)], [JAN]),
    ],
)
def test_a_turn_is_the_first_day_of_another_state(
    spans: list[tuple[date | None, date | None]], turns: list[date]
) -> None:
    assert turns_in(spans) == tuple(turns)
    for turn in turns:
        before = [holds(span, turn - ONE_DAY) for span in spans]
        assert before != [holds(span, turn) for span in spans]
