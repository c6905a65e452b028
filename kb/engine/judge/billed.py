"""As billed: what a rule decides from claim, history and tables, without the chart.

A claim from a clearinghouse has no chart.  What only the chart, or a history that nobody
gave, could still show does not count against it here; what the claim itself should say
(its plan, a side, a diagnosis, a number) does.
"""

from __future__ import annotations

from collections.abc import Iterable

from dsl.ir.rule import Rule
from kb.engine.judge.answer import Outcome, Status
from kb.engine.judge.kleene import Truth
from kb.engine.judge.outcome import outcome_of
from kb.engine.program import Program


def left_to_the_claim(about: Iterable[str], program: Program) -> frozenset[str]:
    """What the claim itself would have to say: no more stands in chart or history."""
    facts = program.facts
    return frozenset([x for x in about if x not in facts and x != "history"])


def open_elsewhere(about: frozenset[str], program: Program) -> bool:
    """Whether an unknown waits for chart and history alone."""
    return bool(about) and not left_to_the_claim(about, program)


def billed_outcome(
    rule: Rule,
    status: Status,
    found: Truth,
    outcome: Outcome,
    program: Program,
    *,
    applies: int,
) -> Outcome:
    """What a rule adds to the headline of the claim as it was billed.

    ``outcome`` is what it adds with the chart.
    """
    if status != "unknown" or not found.about:
        return outcome
    said = left_to_the_claim(found.about, program)
    if not said:
        return "pass"
    if len(said) == len(found.about):
        return outcome
    return outcome_of(rule, status, Truth(0, said), program, applies=applies)
