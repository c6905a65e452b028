"""Laws that hold for any program and any claims."""

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from kb.claims.model import Claim
from kb.engine.columns import counts as column_counts
from kb.engine.columns import duties as column_duties
from kb.engine.columns import sums as column_sums
from kb.engine.columns.arrays import STATUSES, evaluate_columns
from kb.engine.columns.batch import Bools, Ints
from kb.engine.columns.batch_claims import batch_from_claims
from kb.engine.columns.parts import evaluate_in_parts
from kb.engine.columns.run import Rows, Run
from kb.engine.program import Program
from tests.kb.engine.columns.random_cases import random_case
from tests.seeds import fresh

KEPT = {"met", "exempt", "not-applicable"}
Answers = dict[tuple[str, int, str], Any]


def answers(program: Program, claims: tuple[Claim, ...]) -> Answers:
    """Status by claim, line and rule, and the headline of each line."""
    batch = batch_from_claims(claims)
    result = evaluate_columns(program, batch)
    ids = [claims[number].id for number in batch.lines.claim]
    numbers = batch.lines.number.tolist()
    found: Answers = {
        (claim, number, ""): int(headline)
        for claim, number, headline in zip(ids, numbers, result.headline, strict=True)
    }
    for column in result.rules:
        for line, status in zip(column.lines, column.status, strict=True):
            found[ids[line], numbers[line], column.rule] = STATUSES[status]
    return found


@pytest.mark.parametrize("seed", range(0, 300, 100))
def test_file_order_changes_nothing(seed: int) -> None:
    for number in map(fresh, range(seed, seed + 100)):
        case, random = random_case(number), Random(number)
        shuffled = tuple(
            replace(claim, lines=tuple(random.sample(claim.lines, len(claim.lines))))
            for claim in random.sample(case.claims, len(case.claims))
        )
        found = answers(case.program, shuffled)
        assert found == answers(case.program, case.claims), f"seed {number}"


@pytest.mark.parametrize("seed", range(1000, 1600, 100))
def test_shared_ledgers_count_what_single_events_count(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [random_case(number) for number in map(fresh, range(seed, seed + 100))]
    shared = [answers(case.program, case.claims) for case in cases]

    def nothing_known(
        _run: Run, rows: Rows, _events: object, _same: object
    ) -> tuple[Ints | None, Bools]:
        return None, np.zeros(len(rows), np.bool_)

    for module in (column_counts, column_duties, column_sums):
        monkeypatch.setattr(module, "split_by_knowledge", nothing_known)
    assert [answers(case.program, case.claims) for case in cases] == shared


@pytest.mark.parametrize("seed", range(2000, 2300, 100))
def test_a_patient_alone_gets_the_answers_that_he_gets_among_others(seed: int) -> None:
    for number in map(fresh, range(seed, seed + 100)):
        case = random_case(number)
        together = answers(case.program, case.claims)
        apart: Answers = {}
        for patient in sorted({claim.patient for claim in case.claims}):
            own = tuple(claim for claim in case.claims if claim.patient == patient)
            apart |= answers(case.program, own)
        assert apart == together, f"seed {number}"


@pytest.mark.parametrize("seed", range(3000, 3200, 100))
def test_a_complete_history_only_turns_unknown_into_known(seed: int) -> None:
    for number in map(fresh, range(seed, seed + 100)):
        case = random_case(number)
        told = tuple(
            replace(
                claim,
                history=replace(claim.history, state="complete", reach="all-billers"),
            )
            for claim in case.claims
        )
        before, after = (answers(case.program, c) for c in (case.claims, told))
        for key, status in before.items():
            if key[2] and status in {"not-met", *KEPT}:
                assert (after[key] in KEPT) == (status in KEPT), f"seed {number}"


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_parts_together_answer_like_the_whole(parts: int) -> None:
    for number in map(fresh, range(4000, 4100)):
        case = random_case(number)
        batch = batch_from_claims(case.claims)
        whole = evaluate_columns(case.program, batch)
        found = evaluate_in_parts(case.program, batch, parts)
        assert found.headline.tolist() == whole.headline.tolist()
        assert found.decided_by.tolist() == whole.decided_by.tolist(), number
        for ours, theirs in zip(found.rules, whole.rules, strict=True):
            assert ours.lines.tolist() == theirs.lines.tolist()
            assert ours.status.tolist() == theirs.status.tolist()


def test_parts_may_run_in_processes_of_their_own() -> None:
    case = random_case(4242)
    batch = batch_from_claims(case.claims)
    whole = evaluate_columns(case.program, batch)
    found = evaluate_in_parts(case.program, batch, 2, processes=2)
    assert found.headline.tolist() == whole.headline.tolist()
