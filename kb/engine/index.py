"""The index: for a policy and a code the rules that could be in scope."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kb.engine.program import CompiledPolicy, CompiledRule, Program

Rules = tuple[CompiledRule, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Rules by policy version and code, in the order of the policy."""

    by_code: dict[str, dict[str, Rules]]
    for_every_line: dict[str, Rules]
    """Rules without a code scope, by policy version."""

    def rules(self, policy: CompiledPolicy, code: str) -> Rules:
        """The rules of a policy that could be in scope for a code."""
        found = self.by_code[policy.id].get(code)
        return self.for_every_line[policy.id] if found is None else found


def index_program(program: Program) -> Index:
    """Index every policy of a program."""
    by_code: dict[str, dict[str, Rules]] = {}
    for_every_line: dict[str, Rules] = {}
    for policy in program.policies:
        lists: dict[str, list[CompiledRule]] = defaultdict(list)
        everywhere = tuple(r for r in policy.rules if r.ir["scope"] is None)
        scopes = {r.id: program.sets.get(r.ir["scope"] or "", {}) for r in policy.rules}
        codes = {code for members in scopes.values() for code in members}
        for rule in policy.rules:
            scoped = rule.ir["scope"] is not None
            for code in scopes[rule.id] if scoped else codes:
                lists[code].append(rule)
        by_code[policy.id] = {code: tuple(rules) for code, rules in lists.items()}
        for_every_line[policy.id] = everywhere
    return Index(by_code, for_every_line)
