"""The plan of each claim that names none, where its payer has but one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kb.engine.columns.batch import ClaimBatch
from kb.engine.plans import Plans, plan_of
from kb.engine.program import Program


def with_own_plans(program: Program, batch: ClaimBatch) -> ClaimBatch:
    """The batch with the plan of its payer for each claim that names none."""
    claims, words = batch.claims, batch.words.words
    unsaid = np.flatnonzero(claims.plan == 0)
    if not len(unsaid) or not program.payers:
        return batch
    key = claims.payer[unsaid].astype(np.int64) * len(words) + claims.state[unsaid]
    pairs, of_pair = np.unique(key, return_inverse=True)
    numbers = {word: number for number, word in enumerate(words)}
    known: Plans = {}
    found = []
    for payer, state in zip(*np.divmod(pairs, len(words)), strict=True):
        own = plan_of(words[payer], words[state], program, known)
        found.append(numbers.setdefault(own, len(numbers)))
    plan = claims.plan.copy()
    plan[unsaid] = np.array(found, np.int32)[of_pair]
    return replace(
        batch,
        claims=replace(claims, plan=plan),
        words=replace(batch.words, words=tuple(numbers)),
    )
