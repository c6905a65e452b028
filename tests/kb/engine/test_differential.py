"""The interpreter and the column engine, held together by random programs."""

from __future__ import annotations

from typing import Any

import pytest

from kb.engine.columns.arrays import STATUSES, evaluate_columns
from kb.engine.columns.batch_claims import batch_from_claims
from kb.engine.judge.answer import HEADLINE_ORDER
from kb.engine.judge.evaluate import evaluate
from tests.kb.engine.columns.random_cases import Case, random_case
from tests.seeds import fresh

Answers = dict[tuple[str, int, str], Any]


def by_interpreter(case: Case) -> Answers:
    """Status by claim, line and rule; under no rule the line's two headlines."""
    found: Answers = {}
    for answer in evaluate(case.program, case.claims):
        for line in answer.lines:
            found[answer.claim, line.number, ""] = line.outcome, line.as_billed
            for result in line.results:
                found[answer.claim, line.number, result.rule] = result.status
    return found


def by_columns(case: Case) -> Answers:
    """The same from the column engine."""
    batch = batch_from_claims(case.claims)
    result = evaluate_columns(case.program, batch)
    names = [
        (case.claims[claim].id, number)
        for claim, number in zip(
            batch.lines.claim.tolist(), batch.lines.number.tolist(), strict=True
        )
    ]
    found: Answers = {
        (*name, ""): (HEADLINE_ORDER[outcome], HEADLINE_ORDER[billed])
        for name, outcome, billed in zip(
            names, result.headline.tolist(), result.as_billed.tolist(), strict=True
        )
    }
    for column in result.rules:
        for line, status in zip(
            column.lines.tolist(), column.status.tolist(), strict=True
        ):
            found[*names[line], column.rule] = STATUSES[status]
    return found


@pytest.mark.parametrize("start", range(0, 4000, 500), ids=lambda n: f"seeds-{n}")
def test_both_engines_answer_alike(start: int) -> None:
    for seed in map(fresh, range(start, start + 500)):
        case = random_case(seed)
        assert by_columns(case) == by_interpreter(case), f"seed {seed}"
