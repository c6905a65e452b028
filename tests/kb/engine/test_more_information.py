"""More information never makes less of what counts, nor a pass of a denial."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import example, given, settings
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


SIDES = st.sampled_from([("RT",), ("LT",), ("50",), ()])
CODES_OF_ONE = st.sampled_from(["64483", "64479"])
LIMITS = st.tuples(
    st.sampled_from(["session", "line", "unit", "level"]),
    st.sampled_from([(), ("side",), ("region",), ("side", "region"), ("level",)]),
    st.sampled_from([rolling(12, "month"), {"kind": "date"}, {"kind": "lifetime"}]),
)
SERVICES = st.tuples(DAYS, CODES_OF_ONE, SIDES)


def earlier_of(services: list[Any]) -> list[HistoryLine]:
    return [past(day, code, *modifiers) for day, code, modifiers in services]


@given(LIMITS, SIDES, st.lists(SERVICES, max_size=4), SERVICES)
@example(
    # Both knees: the left one counts for the left alone, and takes nothing from the right.
    ("session", ("side",), rolling(12, "month")),
    ("RT",),
    [("2025-09-01", "64483", ("RT",)), ("2026-02-01", "64483", ("RT",))],
    ("2025-09-01", "64483", ("LT",)),
)
def test_a_further_service_of_any_side_makes_no_pass_of_a_denial(
    given_limit: Any, side: tuple[str, ...], services: list[Any], more: Any
) -> None:
    unit, per, window = given_limit
    rule = ir(limit(2, unit, window, *per))

    def status(seen: list[Any]) -> str:
        return asked(rule, claim(line(modifiers=side), earlier=earlier_of(seen))).status

    fewer, all_of_them = status(services), status([*services, more])

    assert ORDER.index(all_of_them) <= ORDER.index(fewer)


@given(LIMITS, st.lists(SERVICES, max_size=4), st.integers(0, 3))
def test_a_side_told_later_changes_only_what_was_open(
    given_limit: Any, services: list[Any], place: int
) -> None:
    # A line that tells no side stands for levels of one side: so levels are counted.
    unit, per, window = given_limit
    unit = "session" if unit == "level" else unit
    rule = ir(limit(2, unit, window, *per))

    def status(seen: list[Any]) -> str:
        mine = claim(line(modifiers=("RT",)), earlier=earlier_of(seen))
        return asked(rule, mine).status

    known = list(services)
    if known and not known[place % len(known)][2]:
        day, code, _none = known[place % len(known)]
        known[place % len(known)] = (day, code, ("LT",))

    assert status(services) != "not-met" or status(known) == "not-met"
    assert status(services) != "met" or status(known) == "met"


FACTS = st.dictionaries(
    st.sampled_from(["new-patient", "approach-changed"]), st.booleans(), max_size=2
)
TRUTHS = st.recursive(
    st.sampled_from(["new-patient", "approach-changed"]).map(
        lambda fact: {
            "op": "yes",
            "fact": fact,
            "of": "patient" if fact == "new-patient" else "claim",
        }
    ),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda of: {"op": "and", "of": of}),
        st.lists(parts, min_size=1, max_size=3).map(lambda of: {"op": "or", "of": of}),
        parts.map(lambda of: {"op": "not", "of": [of]}),
    ),
    max_leaves=5,
)


@settings(max_examples=60)
@given(TRUTHS, st.none() | TRUTHS, st.none() | TRUTHS, FACTS, FACTS)
def test_a_fact_told_later_changes_only_what_was_open(
    asks: Any, when: Any, unless: Any, facts: dict[str, bool], more: dict[str, bool]
) -> None:
    rule = ir({"duty": "require", "test": asks}, when=when, unless=unless)

    def standing(told: dict[str, bool]) -> str:
        status = asked(rule, claim(facts=told)).status
        return status if status in ("not-met", "unknown") else "quiet"

    before = standing(facts)

    assert before == "unknown" or standing({**more, **facts}) == before
