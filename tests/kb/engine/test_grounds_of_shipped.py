"""No pass without a ground: every code that a shipped rule names, on one bare line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dsl.ir.duties import Covers, Require
from kb.claims.model import Claim, ClaimLine, History, PayerNamed
from kb.engine import Engine
from kb.engine.judge.answer import ClaimAnswer
from kb.engine.judge.grounds import COVERAGE, asks
from kb.engine.judge.outcome import RANK

ROUTINE = "Z00.00"
DAY = date(2026, 3, 10)


@pytest.fixture(scope="module")
def shipped(shipped_database: Path) -> Engine:
    return Engine.open(shipped_database)


def named(engine: Engine) -> set[tuple[str, str]]:
    """Each payer with each code that a rule for it names."""
    sets = engine.program.sets
    return {
        (policy.payer, code)
        for policy in engine.program.policies
        if policy.payer
        for rule in policy.rules
        if rule.tree.scope is not None
        for code in sets.get(rule.tree.scope, {})
    }


def bare_lines(engine: Engine, history: History) -> Iterator[Claim]:
    """A claim of one line for each, of a patient of its own."""
    business = {payer.key: payer.line_of_business for payer in engine.program.payers}
    for payer, code in sorted(named(engine)):
        line = ClaimLine(1, code, DAY, place="11", diagnoses=(ROUTINE,))
        name = f"{payer} {code}"
        yield Claim(
            name, name, PayerNamed(payer), (line,), plan=business[payer], state="FL",
            history=history,
        )  # fmt: skip


@pytest.fixture(
    scope="module",
    params=[History(), History("complete")],
    ids=["no history", "nothing before"],
)
def answers(shipped: Engine, request: pytest.FixtureRequest) -> list[ClaimAnswer]:
    return list(shipped.answer(bare_lines(shipped, request.param)))


def test_no_bare_line_passes_without_a_ground(
    shipped: Engine, answers: list[ClaimAnswer]
) -> None:
    rules = {r.id: r.tree for p in shipped.program.policies for r in p.rules}
    lines = [answer.lines[0] for answer in answers]

    assert len(lines) > 2500
    for line in lines:
        assert line.outcome != "pass" or line.grounds
        for ground in line.grounds:
            tree = rules[ground]
            assert tree.otherwise.reason in COVERAGE
            if not isinstance(tree.duty, Covers):
                assert isinstance(tree.duty, Require)
                assert asks(tree.duty.test)


def test_a_claim_is_judged_no_more_strictly_as_billed(
    answers: list[ClaimAnswer],
) -> None:
    for answer in answers:
        assert RANK[answer.outcome] <= RANK[answer.as_billed]


def test_every_line_that_is_undecided_says_what_was_not_judged(
    answers: list[ClaimAnswer],
) -> None:
    silent = [
        answer.claim
        for answer in answers
        if answer.outcome == "unknown" and not answer.lines[0].not_judged
    ]

    assert silent == []
    for answer in answers:
        questions = [one.question for one in answer.lines[0].not_judged]
        assert len(questions) == len(set(questions))
