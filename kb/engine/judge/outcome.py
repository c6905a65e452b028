"""Outcomes: what a rule's status adds, and which outcome leads."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.ir.rule import Rule
from kb.engine.judge.answer import HEADLINE_ORDER, Outcome, Status
from kb.engine.judge.kleene import Truth
from kb.engine.program import Program

RANK = {outcome: rank for rank, outcome in enumerate(HEADLINE_ORDER)}
CLAMPED = frozenset({"deny", "fix", "needs-auth", "needs-evidence"})
POINTS_ONLY = frozenset({"note", "pass"})
"""Gaps that say so stand beside a pass; one about criteria (``unknown``) stops it."""


def headline(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome that leads: the first in headline order; ``pass`` for none."""
    return min(outcomes, key=RANK.__getitem__, default="pass")


def outcome_of(
    rule: Rule, status: Status, truth: Truth, program: Program, *, applies: int = 1
) -> Outcome:
    """What a rule's status adds to the headline."""
    if status == "not-met":
        found: Outcome = rule.otherwise.outcome
    elif status == "unknown":
        found = outcome_of_unknown(rule, truth, program, applies)
    elif status == "gap":
        found = rule.otherwise.outcome
        return "pass" if found in POINTS_ONLY else clamped(rule, found)
    else:
        return "pass"
    return clamped(rule, found)


def clamped(rule: Rule, outcome: Outcome) -> Outcome:
    """A rule that may only advise says at most ``review``."""
    return "review" if rule.advisory and outcome in CLAMPED else outcome


def outcome_of_unknown(
    rule: Rule, truth: Truth, program: Program, applies: int
) -> Outcome:
    """What an unknown adds: as the rule says, else by what it is about.

    A chart fact asks for evidence, an authorization for an authorization when the rule
    does, everything else (history, claim fields, groups) leaves the rule undecided.
    """
    said = rule.if_when_unknown if applies == 0 else None
    said = said or rule.if_unknown
    if said is not None:
        return said.outcome
    return headline(kind_of(name, rule, program) for name in truth.about or ("",))


def kind_of(name: str, rule: Rule, program: Program) -> Outcome:
    """What one missing thing asks for."""
    if name in program.facts:
        return "needs-evidence"
    if name == "authorization" and rule.otherwise.outcome == "needs-auth":
        return "needs-auth"
    return "unknown"
