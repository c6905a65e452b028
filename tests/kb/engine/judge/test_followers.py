"""A drug that no text names follows the procedure that it was given in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kb.engine.judge.answer import LineAnswer, Outcome, RuleResult
from kb.engine.judge.followers import of_claim, of_claim_billed
from kb.engine.judge.undecided import NO_RULE

DAY = date(2026, 11, 10)
OPEN = f"{NO_RULE}aetna covers J1100 as billed here"


def line(code: str, outcome: Outcome, reason: str = "") -> LineAnswer:
    return LineAnswer(1, code, (), DAY, outcome, (), reason, as_billed=outcome)


EPIDURAL, DRUG = line("62323", "note"), line("J1100", "unknown", OPEN)


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        ((EPIDURAL, DRUG), "note"),
        ((line("62323", "deny"), DRUG), "deny"),
        ((line("62323", "unknown"), DRUG), "unknown"),
        ((DRUG,), "unknown"),
        ((line("99213", "pass"), DRUG), "unknown"),
        ((line("J3301", "pass"), DRUG), "unknown"),
        ((replace(EPIDURAL, date=date(2026, 11, 9)), DRUG), "unknown"),
        ((EPIDURAL, line("J0585", "unknown", OPEN)), "unknown"),
        ((EPIDURAL, line("J1100", "unknown", "the claim gives no state")), "unknown"),
        ((EPIDURAL, replace(DRUG, outcome="fix")), "fix"),
    ],
)
def test_the_claim_is_as_its_procedure(
    lines: tuple[LineAnswer, ...], outcome: Outcome
) -> None:
    assert of_claim(lines) == outcome


def test_a_rule_of_its_own_that_is_open_keeps_the_claim_open() -> None:
    asked = (RuleResult("p@v#r", "unknown", "unknown"),)

    assert of_claim((EPIDURAL, replace(DRUG, results=asked))) == "unknown"


def test_as_billed_it_follows_whatever_the_chart_decides() -> None:
    waits = replace(DRUG, outcome="needs-evidence", reason="")

    assert of_claim((EPIDURAL, waits)) == "needs-evidence"
    assert of_claim_billed((EPIDURAL, waits)) == "note"
