"""The index: for a policy and a code the rules that could be in scope."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from kb.claims.model import Claim
from kb.engine.plans import Plans, plan_of
from kb.engine.program import CompiledPolicy, CompiledRule, Program
from kb.engine.select import find_payer

Rules = tuple[CompiledRule, ...]


@dataclass(frozen=True, slots=True)
class CodesOfPolicy:
    """The rules of one policy version by code, in the order of the policy."""

    by_code: dict[str, Rules]
    for_every_line: Rules
    """Rules without a code scope."""


@dataclass(frozen=True, slots=True)
class Index:
    """Rules by policy version and code; a version is indexed when it is first asked."""

    program: Program
    known: dict[str, CodesOfPolicy] = field(default_factory=dict)
    plans: Plans = field(default_factory=dict)
    """The plans that payers of one line of business supply, as far as asked."""

    def rules(self, policy: CompiledPolicy, code: str) -> Rules:
        """The rules of a policy that could be in scope for a code."""
        found = self.known.get(policy.id)
        if found is None:
            found = self.known[policy.id] = codes_of(policy, self.program)
        return found.by_code.get(code, found.for_every_line)


def index_program(program: Program) -> Index:
    """The index of a program, as yet without a policy."""
    return Index(program)


def codes_of(policy: CompiledPolicy, program: Program) -> CodesOfPolicy:
    """Index one policy."""
    lists: dict[str, list[CompiledRule]] = defaultdict(list)
    scopes = {
        rule.id: program.sets.get(rule.tree.scope or "", {}) for rule in policy.rules
    }
    codes = {code for members in scopes.values() for code in members}
    for rule in policy.rules:
        for code in codes if rule.tree.scope is None else scopes[rule.id]:
            lists[code].append(rule)
    return CodesOfPolicy(
        {code: tuple(rules) for code, rules in lists.items()},
        tuple(rule for rule in policy.rules if rule.tree.scope is None),
    )


def with_own_plan(claim: Claim, index: Index) -> Claim:
    """The claim with the plan of its payer, where it names none.

    By all that is loaded, also for an engine that hears one policy only.
    """
    if claim.plan:
        return claim
    payer, _why = find_payer(claim.payer, index.program)
    plan = plan_of(payer, claim.state, index.program, index.plans)
    return replace(claim, plan=plan) if plan else claim
