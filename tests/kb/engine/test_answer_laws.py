"""Laws of what a line says beside its outcome, over random programs and claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kb.claims.model import Claim
from kb.engine.judge.answer import ClaimAnswer, LineAnswer
from kb.engine.judge.evaluate import evaluate
from kb.engine.judge.outcome import RANK
from tests.kb.engine.columns.random_cases import Case, random_case
from tests.kb.engine.test_soundness import complete
from tests.seeds import fresh

SEEDS = 300
OBJECTIONS = ("deny", "fix", "needs-auth", "needs-evidence", "review")


def cases() -> Iterator[tuple[int, Case]]:
    for seed in map(fresh, range(SEEDS)):
        yield seed, random_case(seed)


def lines_of(case: Case) -> dict[tuple[str, int], LineAnswer]:
    return {
        (answer.claim, line.number): line
        for answer in evaluate(case.program, case.claims)
        for line in answer.lines
    }


def test_a_claim_is_judged_no_more_strictly_as_billed() -> None:
    for seed, case in cases():
        for answer in evaluate(case.program, case.claims):
            assert RANK[answer.outcome] <= RANK[answer.as_billed], seed
            for line in answer.lines:
                assert RANK[line.outcome] <= RANK[line.as_billed], seed


def test_a_pass_has_a_ground_that_was_met_or_let_go() -> None:
    passed = 0
    for seed, case in cases():
        for line in lines_of(case).values():
            status = {result.rule: result.status for result in line.results}
            assert all(status[rule] in ("met", "exempt") for rule in line.grounds)
            if line.outcome == "pass":
                passed += 1
                assert line.grounds, seed
    assert passed


def test_the_chart_asks_only_what_a_rule_is_open_about() -> None:
    asked = 0
    for seed, case in cases():
        for line in lines_of(case).values():
            about = {name for result in line.results for name in result.about}
            assert set(line.chart) <= about & case.program.facts.keys(), seed
            asked += len(line.chart)
    assert asked > 50


def test_with_the_whole_chart_known_the_headlines_differ_by_history_alone() -> None:
    """Where no rule is open about chart or history, both headlines are one."""
    for seed, case in cases():
        elsewhere = {*case.program.facts, "history"}
        for line in lines_of(case).values():
            about = {name for result in line.results for name in result.about}
            if not about & elsewhere:
                assert line.as_billed == line.outcome, seed


def test_each_question_is_named_once() -> None:
    for seed, case in cases():
        for line in lines_of(case).values():
            questions = [one.question for one in line.not_judged]
            assert len(questions) == len(set(questions)), seed
            assert "everything" not in questions or len(questions) == 1, seed


def by_number(answer: ClaimAnswer) -> ClaimAnswer:
    lines = tuple(sorted(answer.lines, key=lambda line: line.number))
    return replace(answer, lines=lines, receipt=replace(answer.receipt, claim=""))


def test_lines_in_another_order_change_nothing_but_the_order() -> None:
    for seed, case in cases():
        turned = [replace(claim, lines=claim.lines[::-1]) for claim in case.claims]
        before = evaluate(case.program, case.claims)
        after = evaluate(case.program, turned)

        assert list(map(by_number, after)) == list(map(by_number, before)), seed


def stranger(claim: Claim) -> Claim:
    """The same services of somebody else."""
    return replace(claim, id=f"other {claim.id}", patient=f"other {claim.patient}")


def test_the_claims_of_another_patient_change_nothing() -> None:
    for seed, case in cases():
        both = [*map(stranger, case.claims), *case.claims]
        after = evaluate(case.program, both)[len(case.claims) :]

        assert after == evaluate(case.program, case.claims), seed


@pytest.mark.no_cover
def test_an_objection_never_becomes_a_pass_by_more_that_is_known() -> None:
    """Facts, levels and earlier services, where the rule that denied still denies."""
    denied = 0
    for seed, case in cases():
        before = lines_of(case)
        for choice in range(2):
            for key, after in lines_of(complete(seed, case, choice)).items():
                broken = {
                    result.rule
                    for result in before[key].results
                    if result.status == "not-met" and result.outcome in OBJECTIONS
                }
                if broken:
                    denied += 1
                    assert after.outcome in OBJECTIONS, (seed, choice, key)
    assert denied > 50
