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


def elsewhere(name: str, program: Program) -> bool:
    """Whether a missing thing stands in the chart or the history, not on the claim."""
    return name in program.facts or name == "history"


def left_to_the_claim(about: Iterable[str], program: Program) -> frozenset[str]:
    """What the claim itself would have to say."""
    return frozenset(name for name in about if not elsewhere(name, program))


def open_elsewhere(about: frozenset[str], program: Program) -> bool:
    """Whether an unknown waits for chart and history alone."""
    return bool(about) and not left_to_the_claim(about, program)


def billed_outcome(
    rule: Rule, status: Status, found: Truth, program: Program, *, applies: int
) -> Outcome:
    """What a rule adds to the headline of the claim as it was billed."""
    if status != "unknown" or not found.about:
        return outcome_of(rule, status, found, program, applies=applies)
    said = left_to_the_claim(found.about, program)
    if not said:
        return "pass"
    return outcome_of(rule, status, Truth(0, said), program, applies=applies)
