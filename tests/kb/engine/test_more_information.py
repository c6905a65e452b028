"""More information never makes less of what counts, nor a pass of a denial."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from kb.claims.model import ClaimLine, HistoryLine
from kb.engine.judge.events import event_of_line
from kb.engine.judge.tally import tally_of
from kb.engine.program import CodeFacts, Program
from tests.kb.engine.columns.one_rule import claim, ir, limit, line, past, rolling
from tests.kb.engine.one_line import asked

CODES = {"64483": CodeFacts(), "64484": CodeFacts(add_on=True)}
PROGRAM = Program(codes=CODES)
LEVELS = ("L2-L3", "L3-L4", "L4-L5", "L5-S1")
KINDS = st.tuples(
    st.sampled_from(sorted(CODES)),
    st.sampled_from([(), ("RT",), ("LT",), ("50",)]),
    st.integers(1, 3),
    st.sampled_from(["", "", *LEVELS[:2]]),
)


def lines_of_a_day(kinds: list[Any]) -> list[ClaimLine]:
    return [
        line(code, number=n, modifiers=modifiers, units=Decimal(units), level=level)
        for n, (code, modifiers, units, level) in enumerate(kinds, 1)
    ]


def levels_of(lines: list[ClaimLine]) -> tuple[Decimal, Decimal]:
    whole = claim(*lines)
    found = tally_of("level", (event_of_line(whole, x) for x in lines), PROGRAM)
    return found.least, found.most


@given(st.lists(KINDS, min_size=1, max_size=5), st.integers(0, 4))
def test_naming_a_level_that_no_line_names_makes_no_fewer(
    kinds: list[Any], place: int
) -> None:
    lines = lines_of_a_day(kinds)
    place %= len(lines)
    named = list(lines)
    if not lines[place].level:
        named[place] = replace(lines[place], level=LEVELS[-1])

    assert levels_of(named)[0] >= levels_of(lines)[0]


@given(st.lists(KINDS, min_size=1, max_size=5), KINDS)
@example(
    [("64483", (), 1, "L2-L3"), ("64484", ("RT",), 1, "")],
    ("64484", ("LT",), 1, "L2-L3"),
)
def test_a_further_line_makes_no_fewer_levels(kinds: list[Any], more: Any) -> None:
    fewer, all_of_them = lines_of_a_day(kinds), lines_of_a_day([*kinds, more])

    assert levels_of(all_of_them)[0] >= levels_of(fewer)[0]
    assert levels_of(all_of_them)[1] >= levels_of(fewer)[1]


@given(st.lists(KINDS, min_size=1, max_size=5))
def test_the_least_is_never_more_than_the_most(kinds: list[Any]) -> None:
    least, most = levels_of(lines_of_a_day(kinds))

    assert 0 < least <= most


DAYS = st.sampled_from(
    ["2025-01-05", "2025-03-11", "2025-09-01", "2026-02-01", "2026-03-10"]
)
ORDER = ("not-met", "unknown", "met")


@given(
    st.lists(DAYS, max_size=4),
    DAYS,
    st.sampled_from(["session", "line", "unit", "level"]),
)
def test_a_further_line_of_history_makes_no_pass_of_a_denial(
    days: list[str], more: str, unit: str
) -> None:
    rule = ir(limit(2, unit, rolling(12, "month")))

    def status(history: list[HistoryLine]) -> str:
        return asked(rule, claim(line(), earlier=history)).status

    history = [past(day) for day in days]

    assert ORDER.index(status([*history, past(more)])) <= ORDER.index(status(history))
