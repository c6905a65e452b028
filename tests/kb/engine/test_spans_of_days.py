"""What is kept for a span of days is what is found on each of its days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dsl.ir.walk import facts
from kb.claims.model import Claim
from kb.engine import Engine
from kb.engine.program import holds, turns_in
from kb.engine.report.chart_words import turns_of as turns_of_wanted
from kb.engine.report.chart_words import wanted_of
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


def test_what_a_rule_wants_of_the_chart_goes_by_the_day(engine: Engine) -> None:
    trees = {r.id: r.tree for p in engine.program.policies for r in p.rules}
    found = {rule: turns_of_wanted((rule,), engine) for rule in trees}
    dated = {rule: turns for rule, turns in found.items() if turns}
    assert dated
    for rule, turns in dated.items():
        for fact in facts(trees[rule]):
            for day in (day for turn in turns for day in (turn - ONE_DAY, turn)):
                afresh = wanted_of(fact, (rule,), day, anew(engine))
                assert wanted_of(fact, (rule,), day, engine) == afresh


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
