"""A line that nobody can judge says what was looked for, whose text holds, whom to ask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.engine.judge.answer import LineAnswer, NotJudged
from kb.engine.judge.undecided import NO_RULE, NO_STATE
from kb.engine.report.claim_sentences import tell
from kb.engine.report.explain import explain
from kb.engine.report.unknown import do_unknown, reason_in_words
from tests.kb.engine.report import made

SOUGHT = "Searched for a policy on nerve blocks. Ask the plan."
GAP = made.words("not-found", "Blocks of peripheral nerves", prose=SOUGHT)
ENGINE = replace(made.ENGINE, words={**made.WORDS, GAP.id: GAP})
OPEN = made.line(
    "unknown", reason=f"{NO_RULE}medicare-part-b covers 64483 as billed here"
)
SEARCHED = replace(OPEN, open_points=(GAP.id,), sought=(GAP.id,))


def test_it_says_what_was_looked_for_and_not_found() -> None:
    assert reason_in_words(SEARCHED, ENGINE) == (
        "What the payer asks for 64483 was not found. Searched for a policy on nerve blocks."
    )


def test_without_a_gap_it_says_that_no_rule_covers() -> None:
    assert reason_in_words(OPEN, ENGINE).startswith("The loaded policies of ")


def test_a_gap_of_every_line_is_not_what_was_looked_for_of_the_code() -> None:
    of_every_line = replace(OPEN, open_points=(GAP.id,))

    assert reason_in_words(of_every_line, ENGINE).startswith("The loaded policies of ")


def test_what_was_looked_for_is_told_once() -> None:
    text = explain(made.answer(SEARCHED), ENGINE)

    assert text.count("nerve blocks") == 1
    assert "Blocks of peripheral nerves" not in text


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (OPEN, "Ask the payer whether it covers 64483."),
        (
            replace(OPEN, not_judged=(NotJudged("approval", "no loaded rule"),)),
            "Ask the payer whether it covers 64483, and whether it must be approved first.",
        ),
        (
            replace(
                OPEN, reason=f"{NO_STATE}, so it is open whose text holds: CGS or NGS"
            ),
            "Give the state where the service was rendered. Then check the claim again.",
        ),
        (
            replace(
                OPEN,
                reason="the policy E begins on 2026-04-01; the service was on 2026-03-10",
            ),
            "Look for the payer's text of 2026-03-10, or ask whether it covers 64483.",
        ),
        (replace(OPEN, reason="no loaded payer goes by this name"), ""),
    ],
)
def test_somebody_can_be_asked(line: LineAnswer, told: str) -> None:
    assert do_unknown(line) == told


def test_an_open_line_is_told_beside_a_chart_that_decides_another() -> None:
    waiting = made.line("needs-evidence", billed="unknown", chart=("imaging",))
    told = tell(made.answer(waiting, replace(SEARCHED, number=2)), ENGINE).claim

    assert "Line 2: What the payer asks for 64483 was not found." in told.say
    assert told.do.startswith("Ask the payer whether it covers 64483.")


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ((), "The claim gives no diagnosis; 1 point of the chart decides."),
        ((2,), "Line 1 gives no diagnosis; 1 point of the chart decides."),
    ],
)
def test_what_the_claim_does_not_say_comes_before_the_chart(
    others: tuple[int, ...], told: str
) -> None:
    asked = made.result("needed", "unknown", "needs-evidence", about=("diagnosis",))
    lacking = made.line(
        "needs-evidence", asked, billed="needs-evidence", chart=("imaging",)
    )
    more = [made.line("pass", number=number) for number in others]
    said = tell(made.answer(lacking, *more), ENGINE).claim

    assert said.say == told
    assert said.do.startswith("Point the line to its diagnosis codes. Have ready: ")
