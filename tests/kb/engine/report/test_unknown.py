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
SEARCHED = OPEN._replace(open_points=(GAP.id,))


def test_it_says_what_was_looked_for_and_not_found() -> None:
    assert reason_in_words(SEARCHED, ENGINE) == (
        "What the payer asks for 64483 was not found. Searched for a policy on nerve blocks."
    )


def test_without_a_gap_it_says_that_no_rule_covers() -> None:
    assert reason_in_words(OPEN, ENGINE).startswith("No loaded rule of ")


def test_what_was_looked_for_is_told_once() -> None:
    text = explain(made.answer(SEARCHED), ENGINE)

    assert text.count("nerve blocks") == 1
    assert "Blocks of peripheral nerves" not in text


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (OPEN, "Ask the payer whether it covers 64483."),
        (
            OPEN._replace(not_judged=(NotJudged("approval", "no loaded rule"),)),
            "Ask the payer whether it covers 64483 and wants it approved first.",
        ),
        (
            OPEN._replace(
                reason=f"{NO_STATE}, so it is open whose text holds: CGS or NGS"
            ),
            "Give the state where the service was rendered. Then check the claim again.",
        ),
        (OPEN._replace(reason="no loaded payer goes by this name"), ""),
    ],
)
def test_somebody_can_be_asked(line: LineAnswer, told: str) -> None:
    assert do_unknown(line) == told


def test_an_open_line_is_told_beside_a_chart_that_decides_another() -> None:
    waiting = made.line("needs-evidence", billed="unknown", chart=("imaging",))
    told = tell(made.answer(waiting, SEARCHED._replace(number=2)), ENGINE).claim

    assert "Line 2: What the payer asks for 64483 was not found." in told.say
    assert told.do.startswith("Ask the payer whether it covers 64483.")
