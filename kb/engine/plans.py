"""The plan that a payer of one line of business has, where the claim does not say it."""

from __future__ import annotations

from dataclasses import replace

from dsl.ir import tests as t
from dsl.ir.walk import find
from kb.claims.model import Claim
from kb.engine.payers import find_payer
from kb.engine.program import Program

Plans = dict[str, str]
"""The plan of each payer that was asked for, by its key; empty where claims must say it."""


def own_plan(payer: str, program: Program, known: Plans) -> str:
    """The plan that every claim of a payer has: its line of business.

    Empty for a payer whose policies or rules tell plans apart that are no lines of
    business.  Only the rules of payers that are asked for are read.
    """
    if payer not in known:
        known[payer] = found_plan(payer, program)
    return known[payer]


def found_plan(payer: str, program: Program) -> str:
    """The plan as the policies of a payer have it."""
    lines = {one.line_of_business for one in program.payers}
    told: set[str] = set()
    for policy in (p for p in program.policies if p.payer == payer):
        told |= policy.plans
        for rule in policy.rules:
            fields = find(rule.tree, t.Field)
            told.update(v for f in fields if f.name == "plan" for v in f.values)
    own = [one.line_of_business for one in program.payers if one.key == payer]
    return own[0] if own and told <= lines else ""


def with_own_plan(claim: Claim, program: Program, known: Plans) -> Claim:
    """The claim with its payer's plan, where it names none."""
    if claim.plan:
        return claim
    payer = find_payer(claim.payer, program)[0]
    plan = own_plan(payer, program, known) if payer else ""
    return replace(claim, plan=plan) if plan else claim
