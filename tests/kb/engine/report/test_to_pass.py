"""What would make a claim pass: verified by the engine, and nothing of it without need."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kb.claims.facts import fact_from_json
from kb.engine import Engine
from kb.engine.program import FactWords
from kb.engine.report.to_pass import answered, objections, to_pass
from tests.kb.engine.columns.one_rule import amount, claim, ir, require
from tests.kb.engine.one_line import program

FACTS = {
    "approved": FactWords("yes-no", "claim"),
    "pain": FactWords("duration", "claim"),
    "care": FactWords("duration", "claim"),
    "failed": FactWords("yes-no", "claim"),
    "guidance": FactWords("choice", "claim", choices=("ct", "none-used")),
    "imaging": FactWords("date", "claim"),
}


def yes(fact: str) -> dict[str, Any]:
    return {"op": "yes", "fact": fact, "of": "claim"}


def no(test: dict[str, Any]) -> dict[str, Any]:
    return {"op": "not", "of": [test]}


def at_least(fact: str, weeks: int, cmp: str = ">=") -> dict[str, Any]:
    asked = amount(weeks, "week")
    return {"op": "compare", "fact": fact, "of": "claim", "cmp": cmp, "amount": asked}


def group(op: str, *of: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"op": op, "of": list(of), **more}


def choice(*words: str) -> dict[str, Any]:
    return {"op": "choice", "fact": "guidance", "of": "claim", "in": list(words)}


def engine(*tests: dict[str, Any]) -> Engine:
    made = program(*(ir(require(test)) for test in tests))
    return Engine.of(replace(made, facts=FACTS))


def needs(*tests: dict[str, Any], **more: Any) -> dict[str, str]:
    found = to_pass(claim(**more), engine(*tests))
    return {need.name: need.words for need in found.needs}


@pytest.mark.parametrize(
    ("test", "found"),
    [
        (yes("approved"), {"approved": "yes"}),
        (no(yes("approved")), {"approved": "no"}),
        (at_least("pain", 4), {"pain": "at least 4 weeks"}),
        (at_least("pain", 4, "<"), {"pain": "less than 4 weeks"}),
        (no(at_least("pain", 4, "<=")), {"pain": "more than 4 weeks"}),
        (choice("ct"), {"guidance": "ct"}),
        (no(choice("ct")), {"guidance": "none of these"}),
        (group("and", yes("approved"), at_least("pain", 4)),
         {"approved": "yes", "pain": "at least 4 weeks"}),
        # The usual way stands first.
        (group("or", at_least("care", 6), yes("failed")), {"care": "at least 6 weeks"}),
        (no(group("or", yes("approved"), yes("failed"))), {"approved": "no", "failed": "no"}),
        (group("at-least", yes("approved"), yes("failed"), at_least("pain", 1), count=1),
         {"approved": "yes"}),
    ],
)  # fmt: skip
def test_an_open_rule_is_answered_as_it_asks(
    test: dict[str, Any], found: dict[str, str]
) -> None:
    assert needs(test) == found


def test_what_the_claim_says_already_is_not_asked() -> None:
    given = {"care": fact_from_json("2 weeks")}
    test = group("or", at_least("care", 6), yes("failed"))

    assert needs(test, facts=given) == {"failed": "yes"}


def test_what_nothing_can_mend_needs_nothing() -> None:
    found = to_pass(claim(), engine({"op": "never"}, yes("approved")))

    assert not found.passes
    assert found.answer.outcome == "deny"


def test_each_need_is_needed() -> None:
    tests = (
        yes("approved"),
        group("or", at_least("care", 6), yes("failed")),
        choice("ct"),
    )
    asked, judge = claim(), engine(*tests)
    found = to_pass(asked, judge)

    assert found.passes
    for one in found.needs:
        fewer = tuple(each for each in found.needs if each is not one)
        assert objections(answered(asked, fewer, judge)) > objections(found.answer)
