"""Seats: the lines of worked claims in their situations, with what a policy says there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.claims.model import Claim
from kb.engine.judge.answer import RuleResult
from kb.engine.judge.events import services_of
from kb.engine.judge.interpret import in_scope, result_of
from kb.engine.judge.situation import Situation
from kb.engine.program import CompiledPolicy, Program
from kb.engine.select import select

Results = dict[str, RuleResult]
"""What rules say of one line, by row id."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One line of a claim in its situation, with what one policy version says of it."""

    at: Situation
    asked: bool
    """Whether the policy version is one of those that the line is under."""
    results: Results


def seats_of(
    claim: Claim,
    program: Program,
    policy: CompiledPolicy,
    names: frozenset[str] | None = None,
) -> Iterator[Seat]:
    """The lines of a claim, with what the rules (all, or those of these names) say."""
    services = services_of([claim])[claim.id]
    for line in claim.lines:
        selection = select(claim, line.date, program)
        at = Situation(program, claim, line, selection.payer, services)
        asked = any(found.id == policy.id for found in selection.policies)
        yield Seat(at, asked, results_at(at, policy, names) if asked else {})


def results_at(
    at: Situation, policy: CompiledPolicy, names: frozenset[str] | None = None
) -> Results:
    """What the rules of a policy version, or those of these names, say of a line."""
    return {
        rule.id: result_of(rule, policy, at)
        for rule in policy.rules
        if (names is None or rule.name in names) and in_scope(rule, at)
    }
