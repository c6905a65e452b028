"""Outcomes of the engine to codes of the CRD guide: a table."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kb.crd.assertion import Assertion, assertion_of
from kb.crd.orders import Order, read_order
from kb.crd.resources import Resources
from kb.engine.judge.answer import LineAnswer, NotJudged, Outcome, RuleResult

from .asking import order

UNASKED = (NotJudged("approval", "no loaded rule speaks of approval"),)


def read(day: str | None = "2026-03-10") -> Order:
    return read_order(order(day=day), Resources())


def line(outcome: Outcome, *results: RuleResult, **more: Any) -> LineAnswer:
    return LineAnswer(1, "64483", (), date(2026, 3, 10), outcome, results, **more)


def found(outcome: Outcome, status: Any = "unknown", *about: str) -> RuleResult:
    return RuleResult("p@1#r", status, outcome, about)


BROKEN = found("deny", "not-met")
BESIDE = BROKEN._replace(with_lines=(2,))

TABLE = {
    "deny": (line("deny", BROKEN), Assertion("not-covered")),
    "deny though an approval is lacking": (
        line("deny", BROKEN, found("needs-auth")),
        Assertion("not-covered"),
    ),
    "pass": (line("pass"), Assertion("covered", "no-auth")),
    "note": (line("note", found("note", "not-met")), Assertion("covered", "no-auth")),
    "pass, approval not judged": (
        line("pass", not_judged=UNASKED),
        Assertion("covered", "conditional", info_needed=("OTH",)),
    ),
    "approval alone": (
        line("needs-auth", found("needs-auth", "unknown", "authorization")),
        Assertion("covered", "auth-needed"),
    ),
    "approval and chart": (
        line(
            "needs-auth",
            found("needs-auth", "unknown", "authorization"),
            found("needs-evidence", "unknown", "pain-duration"),
            chart=("pain-duration",),
        ),
        Assertion(
            "conditional", "auth-needed", ("clinical",), ("retain-doc",), ("OTH",)
        ),
    ),
    "chart": (
        line(
            "needs-evidence",
            found("needs-evidence", "unknown", "pain-duration"),
            chart=("pain-duration",),
        ),
        Assertion("conditional", "no-auth", ("clinical",), ("retain-doc",), ("OTH",)),
    ),
    "fix": (
        line("fix", found("fix", "not-met")),
        Assertion("conditional", "no-auth", info_needed=("detail-code",)),
    ),
    "review": (
        line("review", found("review", "gap")),
        Assertion("conditional", "no-auth", info_needed=("OTH",)),
    ),
    "unknown for want of who does it": (
        line("unknown", found("unknown", "unknown", "performer")),
        Assertion("conditional", "no-auth", info_needed=("performer",)),
    ),
    "unknown for want of the place, and of history": (
        line("unknown", found("unknown", "unknown", "place", "history")),
        Assertion("conditional", "no-auth", info_needed=("location", "OTH")),
    ),
    "unknown, no policy": (
        line("unknown", reason="no policy is loaded for 64483 under x"),
        Assertion("conditional", "conditional", info_needed=("OTH",)),
    ),
    "unknown, no state": (
        line(
            "unknown",
            reason="the claim does not say in which state the service was given",
        ),
        Assertion("conditional", "conditional", info_needed=("location", "OTH")),
    ),
}


@pytest.mark.parametrize(("answer", "wanted"), TABLE.values(), ids=TABLE.keys())
def test_an_outcome_is_asserted_as_the_table_says(
    answer: LineAnswer, wanted: Assertion
) -> None:
    assert assertion_of(answer, read()) == wanted


@pytest.mark.parametrize(
    ("day", "results", "wanted"),
    [
        ("2026-03-10", (BESIDE,), Assertion("not-covered")),
        (None, (BROKEN,), Assertion("not-covered")),
        (None, (BESIDE, BROKEN), Assertion("not-covered")),
        (
            None,
            (BESIDE,),
            Assertion("conditional", "no-auth", info_needed=("timeframe",)),
        ),
    ],
)
def test_orders_without_a_day_may_be_done_on_two(
    day: str | None, results: tuple[RuleResult, ...], wanted: Assertion
) -> None:
    assert assertion_of(line("deny", *results), read(day)) == wanted
