"""How a line is billed beside the others of its day: once, and on which sides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.claims.model import ClaimLine
from tests.kb.engine.columns.one_rule import claim, ir, line, past, require
from tests.kb.engine.one_line import asked, lines_of, program, said

ONE, OTHER = "1234567893", "1993999998"
ONCE = ir(require({"op": "billed", "how": "once"}))
BOTH = ir(require({"op": "billed", "how": "on-both-sides"}))


def statuses(rule: Any, *lines: ClaimLine, **more: Any) -> list[str]:
    found = lines_of(program(rule), claim(*lines, **more))
    return [x.results[0].status for x in found]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({}, {}, "not-met"),
        ({"modifiers": ("LT",)}, {"modifiers": ("LT",)}, "not-met"),
        ({"modifiers": ("RT", "KX")}, {"modifiers": ("KX", "RT")}, "not-met"),
        ({"modifiers": ("RT",)}, {"modifiers": ("LT",)}, "met"),
        ({}, {"modifiers": ("59",)}, "met"),
        ({}, {"code": "64484"}, "met"),
        ({}, {"on": "2026-03-11"}, "met"),
        ({"level": "L4-L5"}, {"level": "L5-S1"}, "not-met"),
        ({"rendering": ONE}, {"rendering": OTHER}, "met"),
        ({"rendering": ONE}, {}, "not-met"),
    ],
)
def test_the_second_of_two_equal_lines(first: Any, second: Any, expected: str) -> None:
    found = statuses(ONCE, line(number=1, **first), line(number=2, **second))

    assert found == ["met", expected]


@pytest.mark.parametrize(
    ("mine", "earlier", "expected"),
    [
        (ONE, past("2026-03-10", rendering=ONE), "not-met"),
        (ONE, past("2026-03-10", rendering=OTHER), "met"),
        (ONE, past("2026-03-10"), "unknown about provider"),
        ("", past("2026-03-10"), "unknown about provider"),
        (ONE, past("2026-03-10", rendering=ONE, status="denied"), "met"),
        (ONE, past("2026-03-09", rendering=ONE), "met"),
        (ONE, past("2026-03-10", "64483", "LT", rendering=ONE), "met"),
    ],
)
def test_an_equal_service_of_the_history(
    mine: str, earlier: Any, expected: str
) -> None:
    found = asked(ONCE, claim(line(rendering=mine), earlier=[earlier]))

    assert said(found) == expected


def test_no_claim_stands_before_another() -> None:
    claims = [claim(line(rendering=ONE), id=name) for name in ("A", "B")]

    found = lines_of(program(ONCE), *claims)

    assert [x.results[0].status for x in found] == ["not-met", "not-met"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"modifiers": ("RT",)}, {"modifiers": ("LT",)}, "met"),
        ({"modifiers": ("LT",)}, {"modifiers": ("LT",)}, "not-met"),
        ({"modifiers": ("50",)}, {"code": "64484"}, "met"),
        ({"modifiers": ("RT", "LT")}, {"code": "64484"}, "met"),
        ({"modifiers": ("RT",)}, {"modifiers": ("50",)}, "met"),
        ({"modifiers": ("RT",)}, {}, "not-met"),
        ({}, {}, "not-met"),
        ({"modifiers": ("RT",)}, {"modifiers": ("LT",), "code": "64484"}, "not-met"),
        ({"modifiers": ("RT",)}, {"modifiers": ("LT",), "on": "2026-03-11"}, "not-met"),
        (
            {"modifiers": ("RT",), "level": "L4-L5"},
            {"modifiers": ("LT",), "level": "L5-S1"},
            "not-met",
        ),
        ({"modifiers": ("RT",), "level": "L4-L5"}, {"modifiers": ("LT",)}, "met"),
    ],
)
def test_both_sides(first: Any, second: Any, expected: str) -> None:
    found = statuses(BOTH, line(number=1, **first), line(number=2, **second))

    assert found[0] == expected


SIDES = st.sampled_from([(), ("RT",), ("LT",), ("50",)])


@given(st.lists(st.tuples(SIDES, st.sampled_from(["", "L4-L5", "L5-S1"])), min_size=1,
                max_size=4), st.tuples(SIDES, st.sampled_from(["", "L4-L5"])))  # fmt: skip
def test_a_further_line_takes_no_repeat_away(given_lines: Any, more: Any) -> None:
    lines = [
        line(number=n, modifiers=modifiers, level=level)
        for n, (modifiers, level) in enumerate(given_lines, 1)
    ]
    further = line(number=len(lines) + 1, modifiers=more[0], level=more[1])

    before, after = statuses(ONCE, *lines), statuses(ONCE, *lines, further)

    assert after[: len(before)] == before
