"""What claim and history say of one fact: where they contradict, nothing is settled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kb.claims.model import Amount, Claim, FactValue
from kb.engine.columns.arrays import STATUSES
from kb.engine.judge.evaluate import Engine
from kb.engine.judge.evidence import contradict
from kb.engine.report.explain import explain
from tests.kb.engine.columns import one_rule
from tests.kb.engine.columns.one_rule import claim, ir, line, past, require
from tests.kb.engine.one_line import asked, lines_of, program, said

Json = dict[str, Any]
LAST = {"set": "esi", "same": ["region"]}
HELPED = {
    "op": "compare",
    "fact": "pain-relief",
    "of": "procedure",
    "cmp": ">=",
    "amount": one_rule.amount(50, "percent"),
}
RULE = ir(require(HELPED), last=LAST)


def percent(number: object) -> Json:
    return {"pain-relief": Amount(Decimal(str(number)), "percent")}


def answered(*claims: Claim) -> str:
    """What the interpreter says of the last claim by id; the columns must agree."""
    found = asked_last(*claims)
    in_columns = one_rule.statuses(program(RULE), *claims)[-1]
    assert in_columns == found.status
    assert in_columns in STATUSES
    return said(found)


def asked_last(*claims: Claim) -> Any:
    return lines_of(program(RULE), *claims)[-1].results[0]


OPEN = "unknown about pain-relief"
SAME, OTHER = (past("2026-01-01", facts=percent(number)) for number in (80, 10))


@pytest.mark.parametrize(
    ("on_claim", "history", "expected"),
    [
        (80, [past("2026-01-01", facts=percent(10))], OPEN),
        (10, [past("2026-01-01", facts=percent(80))], OPEN),
        (80, [past("2026-01-01", facts=percent(60))], OPEN),
        (80, [past("2026-01-01", facts=percent("80.0"))], "met"),
        (80, [past("2026-01-01")], "met"),
        (80, [past("2025-01-01", facts=percent(10)), past("2026-01-01")], "met"),
        (80, [past("2026-01-01", "64479", facts=percent(10))], "met"),
        (80, [past("2026-01-01", "62323", facts=percent(10))], OPEN),
        (80, [past("2026-01-01", facts=percent(10), status="denied")], "met"),
        (80, [SAME, past("2026-02-01", "62323", facts=percent(10))], OPEN),
        (80, [OTHER, past("2026-02-01", "62323", facts=percent(80))], OPEN),
        (80, [SAME, past("2026-01-01", "64484", facts=percent(10))], OPEN),
    ],
    ids=[
        "less in the history", "more in the history", "both would do", "the same number",
        "the history is silent", "an older session", "another region",
        "perhaps the same region", "denied", "perhaps a later session",
        "a later one says the same", "one of two lines",
    ],
)  # fmt: skip
@pytest.mark.parametrize("known", ["complete", "partial"])
def test_claim_and_history_of_the_last_session(
    known: str, on_claim: int, history: Any, expected: str
) -> None:
    one = claim(earlier=history, facts=percent(on_claim), known=known)

    assert answered(one) == expected


def test_an_earlier_claim_of_the_run_contradicts_like_its_history() -> None:
    before = claim(line(on="2026-01-01", facts=percent(10)), id="A")
    now = claim(facts=percent(80), id="B")

    assert answered(before, now) == OPEN
    assert asked_last(before, now).because == (
        "pain relief is said twice: 80 percent on the claim,"
        " 10 percent on line 1 of claim A"
    )


@pytest.mark.parametrize(
    ("on_claim", "expected"), [(80, OPEN), (10, "not-met"), (None, "not-met")]
)
def test_a_history_that_repeats_a_claim_of_the_run_is_heard(
    on_claim: int | None, expected: str
) -> None:
    before = claim(line(on="2026-01-01"), id="A")
    again = past("2026-01-01", claim="A", facts=percent(10))
    own = {} if on_claim is None else percent(on_claim)

    assert answered(before, claim(earlier=[again], facts=own, id="B")) == expected


def test_a_repeated_line_that_says_otherwise_than_the_claim_has_it() -> None:
    before = claim(line(on="2026-01-01", facts=percent(80)), id="A")
    again = past("2026-01-01", claim="A", facts=percent(10))

    assert answered(before, claim(earlier=[again], id="B")) == OPEN


def test_both_values_and_their_places_are_said() -> None:
    history = [past("2026-01-01", facts=percent(10))]
    found = asked(RULE, claim(earlier=history, facts=percent(80)))

    assert found.about == ("pain-relief",)
    assert found.because == (
        "pain relief is said twice: 80 percent on the claim,"
        " 10 percent in the history of 2026-01-01"
    )


def test_lines_of_one_session_say_their_values_too() -> None:
    history = [past("2026-01-01", facts=percent(n)) for n in (10, 80)]
    found = asked(RULE, claim(earlier=history))

    assert said(found) == OPEN
    assert found.because == (
        "pain relief is said twice: 10 percent and 80 percent in the history of"
        " 2026-01-01"
    )


def test_the_text_says_it_under_the_rule() -> None:
    engine = Engine.of(program(RULE))
    history = [past("2026-01-01", facts=percent(10))]
    (answer,) = engine.answer([claim(earlier=history, facts=percent(80))])
    text = " ".join(explain(answer, engine).split())

    assert "said twice: 80 percent on the claim, 10 percent in the history" in text


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (Amount(Decimal(80), "percent"), Amount(Decimal("80.0"), "percent"), False),
        (Amount(Decimal(80), "percent"), Amount(Decimal(79), "percent"), True),
        (Amount(Decimal(3), "month"), Amount(Decimal(90), "day"), False),
        (Amount(Decimal(3), "month"), Amount(Decimal(93), "day"), True),
        (Amount(Decimal(84), "day"), Amount(Decimal(3), "month"), True),
        (True, False, True),
        (True, True, False),
        ("low", "high", True),
        (date(2026, 1, 1), date(2026, 1, 2), True),
    ],
    ids=str,
)
def test_values_that_cannot_both_be_true(
    one: FactValue, other: FactValue, apart: bool
) -> None:
    assert contradict(one, other) is apart
    assert contradict(other, one) is apart


@pytest.mark.parametrize(
    ("test", "values"),
    [
        ({"op": "yes", "fact": "f", "of": "procedure"}, (True, False)),
        ({"op": "choice", "fact": "f", "of": "procedure", "in": ["a"]}, ("a", "b")),
        (
            {"op": "elapsed", "side": "before", "cmp": "<=", "fact": "f", "of": "procedure",
             "amount": [{"amount": 2, "unit": "year", "from": None, "through": None}]},
            (date(2026, 1, 1), date(2026, 1, 2)),
        ),
        (
            {**HELPED, "fact": "f", "amount": one_rule.amount(2, "week")},
            (Amount(Decimal(14), "day"), Amount(Decimal(1), "month")),
        ),
    ],
    ids=["yes-no", "choice", "date", "duration"],
)  # fmt: skip
def test_facts_of_every_kind_stay_open(test: Json, values: Any) -> None:
    rule = ir(require(test), last=LAST)
    for one, other in (values, values[::-1]):
        given = claim(
            facts={"f": one}, earlier=[past("2026-01-01", facts={"f": other})]
        )
        assert asked(rule, given).status == "unknown"
        assert one_rule.statuses(program(rule), given) == ["unknown"]
