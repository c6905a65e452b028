"""The reason of a denial: the value, the day, the age and the limit are in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kb.claims.model import Amount
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


SERVICE = "date of service 2026-03-10"
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
                f"imaging-date: 2020-01-01, 74 months and 9 days before the {SERVICE}, "
                "asked is at most 24 months before it"
            ),
        ),
        (
            imaging("<=", 1, "year"),
            on("2025-03-09"),
            (
                f"imaging-date: 2025-03-09, 1 year and 1 day before the {SERVICE}, "
                "asked is at most 1 year before it"
            ),
        ),
        (
            imaging("<=", 2, "week"),
            on("2026-02-23"),
            (
                f"imaging-date: 2026-02-23, 2 weeks and 1 day before the {SERVICE}, "
                "asked is at most 2 weeks before it"
            ),
        ),
        (
            imaging("<=", 24, "month"),
            on("2026-03-11"),
            (
                f"imaging-date: 2026-03-11, 1 day after the {SERVICE}, "
                "asked is at most 24 months before it"
            ),
        ),
        (
            imaging(">=", 1, "day"),
            on("2026-03-10"),
            (
                f"imaging-date: 2026-03-10, on the {SERVICE}, "
                "asked is at least 1 day before it"
            ),
        ),
        (
            imaging("<=", 24, "month"),
            {},
            "imaging-date: not given, asked is at most 24 months before the service",
        ),
        (
            {**imaging("<=", 24, "month"), "amount": []},
            on("2020-01-01"),
            "imaging-date: no amount is in force on the date",
        ),
        (
            received(90),
            {"received": date(2026, 6, 30)},
            (
                f"received: 2026-06-30, 112 days after the {SERVICE}, "
                "asked is at most 90 days after it"
            ),
        ),
        (
            NPIS,
            {"fields": {"performer-npi": "1", "billing-npi": "2"}},
            "performer-npi and billing-npi: two providers, asked is the same",
        ),
        (NPIS, {"fields": {"performer-npi": "1"}}, "billing-npi: not given"),
        (
            negated(NPIS),
            {"fields": {"performer-npi": "1", "billing-npi": "1"}},
            "performer-npi and billing-npi: the same, asked is not the same",
        ),
        (
            negated(FOUR_WEEKS),
            {"facts": {"pain-duration": Amount(Decimal(35), "day")}},
            "pain-duration: 35 days, asked is not at least 4 weeks",
        ),
        (
            negated(of("or", UNKNOWN, negated(FOUR_WEEKS))),
            {
                "facts": {
                    "new-patient": False,
                    "pain-duration": Amount(Decimal(7), "day"),
                }
            },
            "pain-duration: 7 days, asked is at least 4 weeks",
        ),
        (
            TWO_OF,
            {"facts": {"approach-changed": False}},
            "1 of 3 hold, asked is at least 3; approach-changed: no; new-patient: not given",
        ),
        (
            of("if", UNKNOWN, NEVER, FOUR_WEEKS),
            {
                "facts": {
                    "new-patient": False,
                    "pain-duration": Amount(Decimal(7), "day"),
                }
            },
            "pain-duration: 7 days, asked is at least 4 weeks",
        ),
        (
            of("if", UNKNOWN, FOUR_WEEKS, ALWAYS),
            {
                "facts": {
                    "new-patient": True,
                    "pain-duration": Amount(Decimal(7), "day"),
                }
            },
            "pain-duration: 7 days, asked is at least 4 weeks",
        ),
        (
            earlier(0, 1, window=rolling(12, "month")),
            {"earlier": [past("2025-04-02"), past("2025-06-10"), past("2024-01-05")]},
            (
                "earlier services: 2025-04-02, 2025-06-10, "
                "asked is at most 1 in any 12 months, looking back"
            ),
        ),
        (
            earlier(2),
            {},
            "earlier services: none that counts, asked is at least 2",
        ),
        (
            NO_OTHER,
            {},
            "other services of the day: 77003, asked is none",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_reason_says_what_was_found_and_what_was_asked(
    test: Json, more: dict[str, Any], because: str
) -> None:
    one = claim(line(), line("77003", number=2), **more)

    assert asked(ir(require(test)), one).because == because


def test_a_limit_by_a_fact_says_the_fact() -> None:
    by: Json = {"duty": "limit-by", "fact": "opioid-risk", "of": "claim"}
    cases = [
        {"choice": choice, "limit": limit(count, "session", rolling(12, "month"))}
        for choice, count in (("low", 1), ("high", 3))
    ]
    one = claim(line(), earlier=[past("2025-06-10")], facts={"opioid-risk": "low"})

    found = asked(ir({**by, "cases": cases}), one)

    assert (found.status, found.because) == ("not-met", "opioid-risk: low")
