"""The plan of each claim that names none, where its payer has but one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kb.engine.columns.batch import ClaimBatch
from kb.engine.plans import plans_of
from kb.engine.program import Program


def with_own_plans(program: Program, batch: ClaimBatch) -> ClaimBatch:
    """The batch with the plan of its payer for each claim that names none."""
    unsaid = batch.claims.plan == 0
    if not unsaid.any():
        return batch
    numbers = {word: number for number, word in enumerate(batch.words.words)}
    of_payer = np.zeros(len(numbers), np.int32)
    for payer, own in plans_of(program).items():
        if payer in numbers and numbers[payer] < len(of_payer):
            of_payer[numbers[payer]] = numbers.setdefault(own, len(numbers))
    plan = np.where(unsaid, of_payer[batch.claims.payer], batch.claims.plan)
    return replace(
        batch,
        claims=replace(batch.claims, plan=plan.astype(np.int32)),
        words=replace(batch.words, words=tuple(numbers)),
    )
