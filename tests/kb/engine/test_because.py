"""The reason of a denial: the value, the day, the age and the limit are in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kb.claims.model import Amount
from kb.engine.judge.wording import ordinal
from tests.kb.engine.columns.one_rule import (
    Json,
    amount,
    claim,
    earlier,
    ir,
    limit,
    line,
    past,
    require,
    rolling,
)
from tests.kb.engine.one_line import ALWAYS, NEVER, UNKNOWN, asked

YES_NO = {"op": "yes", "fact": "approach-changed", "of": "claim"}
FOUR_WEEKS = {
    "op": "compare",
    "fact": "pain-duration",
    "of": "claim",
    "cmp": ">=",
    "amount": amount(4, "week"),
}


def imaging(cmp: str, number: int, unit: str, side: str = "before") -> Json:
    test = {"op": "elapsed", "fact": "imaging-date", "of": "claim"}
    return {**test, "side": side, "cmp": cmp, "amount": amount(number, unit)}


def received(days: int) -> Json:
    test = {"op": "elapsed", "clock": "received", "side": "after", "cmp": "<="}
    return {**test, "amount": amount(days, "day")}


def negated(*tests: Json) -> Json:
    return {"op": "not", "of": list(tests)}


def of(op: str, *tests: Json, **more: Any) -> Json:
    return {"op": op, **more, "of": list(tests)}


def on(day: str) -> dict[str, Any]:
    return {"facts": {"imaging-date": date.fromisoformat(day)}}


SERVICE = "service of 2026-03-10"
NPIS = {"op": "same-npi", "fields": ["performer-npi", "billing-npi"]}
TWO_OF = of("at-least", YES_NO, UNKNOWN, ALWAYS, count=3)
NO_OTHER = {
    "op": "same-day",
    "set": "guidance",
    "count": {"min": 0, "max": 0},
    "same": [],
}


@pytest.mark.parametrize(
    ("test", "more", "because"),
    [
        (
            imaging("<=", 24, "month"),
            on("2020-01-01"),
            (
                f"imaging date: 2020-01-01, 74 months and 9 days before the {SERVICE}; "
                "at most 24 months before it are asked"
            ),
        ),
        (
            imaging("<=", 1, "year"),
            on("2025-03-09"),
            (
                f"imaging date: 2025-03-09, 1 year and 1 day before the {SERVICE}; "
                "at most 1 year before it is asked"
            ),
        ),
        (
            imaging("<=", 2, "week"),
            on("2026-02-23"),
            (
                f"imaging date: 2026-02-23, 2 weeks and 1 day before the {SERVICE}; "
                "at most 2 weeks before it are asked"
            ),
        ),
        (
            imaging("<=", 24, "month"),
            on("2026-03-11"),
            (
                f"imaging date: 2026-03-11, 1 day after the {SERVICE}; "
                "at most 24 months before it are asked"
            ),
        ),
        (
            imaging(">=", 1, "day"),
            on("2026-03-10"),
            (
                f"imaging date: 2026-03-10, on the {SERVICE}; "
                "at least 1 day before it is asked"
            ),
        ),
        (
            imaging("<=", 24, "month"),
            {},
            "imaging date: not given; at most 24 months before the service are asked",
        ),
        (
            {**imaging("<=", 24, "month"), "amount": []},
            on("2020-01-01"),
            "imaging date: 2020-01-01; no amount is in force on the date",
        ),
        (
            received(90),
            {"received": date(2026, 6, 30)},
            (
                f"claim received: 2026-06-30, 112 days after the {SERVICE}; "
                "at most 90 days after it are asked"
            ),
        ),
        (
            NPIS,
            {"fields": {"performer-npi": "1", "billing-npi": "2"}},
            "performer-npi and billing-npi: two providers; the same is asked",
        ),
        (NPIS, {"fields": {"performer-npi": "1"}}, "billing-npi: not given"),
        (
            negated(NPIS),
            {"fields": {"performer-npi": "1", "billing-npi": "1"}},
            "performer-npi and billing-npi: the same; not the same is asked",
        ),
        (
            negated(FOUR_WEEKS),
            {"facts": {"pain-duration": Amount(Decimal(35), "day")}},
            "pain duration: 35 days; less than 4 weeks are asked",
        ),
        (
            negated(of("or", UNKNOWN, negated(FOUR_WEEKS))),
            {
                "facts": {
                    "new-patient": False,
                    "pain-duration": Amount(Decimal(7), "day"),
                }
            },
            "pain duration: 7 days; at least 4 weeks are asked",
        ),
        (
            TWO_OF,
            {"facts": {"approach-changed": False}},
            "1 of 3 hold: approach changed: no, new patient: not given; at least 3 are asked",
        ),
        (
            of("if", UNKNOWN, NEVER, FOUR_WEEKS),
            {
                "facts": {
                    "new-patient": False,
                    "pain-duration": Amount(Decimal(7), "day"),
                }
            },
            "pain duration: 7 days; at least 4 weeks are asked",
        ),
        (
            of("if", UNKNOWN, FOUR_WEEKS, ALWAYS),
            {
                "facts": {
                    "new-patient": True,
                    "pain-duration": Amount(Decimal(7), "day"),
                }
            },
            "pain duration: 7 days; at least 4 weeks are asked",
        ),
        (
            earlier(0, 1, window=rolling(12, "month")),
            {"earlier": [past("2025-04-02"), past("2025-06-10"), past("2024-01-05")]},
            (
                "62323, 64479, 64483 or 64484 before 2026-03-10 in 12 months: "
                "2025-04-02, 2025-06-10; at most 1 is asked"
            ),
        ),
        (
            earlier(2),
            {},
            "62323, 64479, 64483 or 64484 before 2026-03-10: none; at least 2 are asked",
        ),
        (
            NO_OTHER,
            {},
            "77003 on line 2 on the same day; none of 77003 is allowed",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_reason_says_what_was_found_and_what_was_asked(
    test: Json, more: dict[str, Any], because: str
) -> None:
    one = claim(line(), line("77003", number=2), **more)

    assert asked(ir(require(test)), one).because == because


def test_a_limit_by_a_fact_says_the_fact_and_the_sum() -> None:
    by: Json = {"duty": "limit-by", "fact": "opioid-risk", "of": "claim"}
    cases = [
        {"choice": choice, "limit": limit(count, "session", rolling(12, "month"))}
        for choice, count in (("low", 1), ("high", 3))
    ]
    one = claim(line(), earlier=[past("2025-06-10")], facts={"opioid-risk": "low"})

    found = asked(ir({**by, "cases": cases}), one)

    assert (found.status, found.because) == (
        "not-met",
        (
            "opioid risk: low; 2nd session in 12 months,"
            " counting 62323, 64479, 64483 or 64484; the limit is 1"
        ),
    )


def test_of_an_or_that_failed_each_part_is_named() -> None:
    one = claim(
        line(),
        facts={
            "approach-changed": False,
            "new-patient": False,
            "pain-duration": Amount(Decimal(7), "day"),
        },
    )

    assert asked(ir(require(of("or", YES_NO, UNKNOWN, FOUR_WEEKS))), one).because == (
        "none of these holds: approach changed: no (yes is asked); "
        "new patient: no (yes is asked); "
        "pain duration: 7 days (at least 4 weeks are asked)"
    )


def test_what_is_not_given_is_told_together() -> None:
    one = claim(line())

    assert asked(ir(require(of("and", YES_NO, FOUR_WEEKS))), one).because == (
        "not given: approach changed (yes is asked), "
        "pain duration (at least 4 weeks are asked)"
    )


def test_no_question_of_a_rule_that_may_not_apply() -> None:
    rule = ir(require(YES_NO), when=UNKNOWN)

    found = asked(rule, claim(line()))

    assert found.status == "unknown"
    assert found.because == (
        "whether the rule applies is open: new patient: not given; yes is asked"
    )


def test_a_bare_prohibition_says_what_it_was_matched_to() -> None:
    rule = ir({"duty": "never"}, when={"op": "modifier", "modifier": "50"})

    found = asked(rule, claim(line(modifiers=("50",))))

    assert found.because == "64483 is not covered here: the line has modifier 50"


def test_a_prohibition_that_only_warns_refuses_nothing() -> None:
    beside = {
        "op": "same-day",
        "set": "guidance",
        "count": {"min": 1, "max": None},
        "same": [],
    }
    rule = ir({"duty": "never"}, when=beside, advisory=True)

    found = asked(rule, claim(line(), line("77003", number=2)))

    assert found.because == "64483 beside 77003 on line 2 on the same day"


def test_what_is_not_there_is_no_reason_beside_what_is() -> None:
    beside = {
        "op": "same-day",
        "set": "guidance",
        "count": {"min": 1, "max": None},
        "same": [],
    }
    without = {**beside, "set": "sedation", "count": {"min": 0, "max": 0}}
    rule = ir({"duty": "never"}, when=of("and", beside, without))

    found = asked(rule, claim(line(), line("77003", number=2)))

    assert (
        found.because == "64483 is not covered beside 77003 on line 2 on the same day"
    )


def test_a_limit_by_a_choice_that_is_not_known_says_the_sum_of_each() -> None:
    year = rolling(12, "month")
    rule = ir(
        {
            "duty": "limit-by",
            "fact": "opioid-risk",
            "of": "claim",
            "cases": [
                {"choice": "low", "limit": limit(1, "session", year)},
                {"choice": "high", "limit": limit(3, "session", year)},
            ],
        }
    )

    found = asked(rule, claim(line(), earlier=[past("2026-01-05")]))

    assert found.because.count("if ") == 2
    assert "if low: 2 sessions" in found.because
    assert "if high: 2 sessions" in found.because
    assert "the limit is 1" in found.because
    assert "the limit is 3" in found.because


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"),
     (13, "13th"), (21, "21st"), (22, "22nd"), (101, "101st"), (111, "111th")],
)  # fmt: skip
def test_sessions_have_their_ordinals(number: int, word: str) -> None:
    assert ordinal(number) == word
