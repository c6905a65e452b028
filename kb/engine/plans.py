"""The plan that a payer of one line of business has, where the claim does not say it."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ir.tests import Field
from dsl.ir.walk import find
from kb.engine.program import CompiledPolicy, Program, with_word

Plans = dict[tuple[str, str], str]
"""The plan of a payer's claims in a state; empty where they may have several."""


def plan_of(payer: str, state: str, program: Program, known: Plans) -> str:
    """The plan that claims of a payer have in a state: its line of business.

    None where policies or rules tell plans apart that are no lines of business.
    """
    if (payer, state) not in known:
        known[payer, state] = found_plan(payer, state, program)
    return known[payer, state]


def found_plan(payer: str, state: str, program: Program) -> str:
    """The same, looked up."""
    own = [one.line_of_business for one in program.payers if one.key == payer]
    if not own or not own[0]:
        return ""
    businesses = {one.line_of_business for one in program.payers}
    told = {
        plan
        for policy in program.policies
        if policy.payer == payer
        and (not policy.states or not state or state in policy.states)
        for plan in plans_told(policy)
    }
    return own[0] if told <= businesses else ""


def plans_told(policy: CompiledPolicy) -> Iterator[str]:
    """The plans that a policy and its rules tell apart."""
    yield from policy.plans
    for rule in with_word(policy.rules, '"plan"'):
        for test in find(rule.tree, Field):
            if test.name == "plan":
                yield from test.values
