"""The plan that a payer of one line of business has, where the claim does not say it."""

from __future__ import annotations

from dataclasses import replace

from kb.claims.model import Claim
from kb.engine.program import Program
from kb.engine.select import find_payer

Plans = dict[str, str]
"""The plan of each payer whose claims can have no other."""


def plans_of(program: Program) -> Plans:
    """The plan of each payer, by its key: its line of business.

    None for a payer whose policies tell plans apart that are no lines of business.
    """
    lines = {payer.line_of_business for payer in program.payers}
    told: dict[str, set[str]] = {}
    for policy in program.policies:
        told.setdefault(policy.payer, set()).update(policy.plans)
    return {
        payer.key: payer.line_of_business
        for payer in program.payers
        if payer.line_of_business and told.get(payer.key, set()) <= lines
    }


def with_own_plan(claim: Claim, program: Program, plans: Plans) -> Claim:
    """The claim with its payer's plan, where it names none."""
    if claim.plan:
        return claim
    plan = plans.get(find_payer(claim.payer, program)[0], "")
    return replace(claim, plan=plan) if plan else claim
