"""Which payers say anything of a family of procedures, apart from what they say not to know."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ir.duties import Covers
from kb.engine.program import CompiledRule, Program

FAMILY = "family"


def spoken_of(program: Program) -> frozenset[tuple[str, str]]:
    """Payers, each with a family of which a rule of coverage speaks, on whatever day.

    A code outside all families is a family of its own.  Drafts count, gaps do not.
    """
    return frozenset(
        (policy.payer, family)
        for policy in program.policies
        if policy.coverage
        for rule in policy.rules
        if rule.tree.kind == "rule"
        for code in program.sets.get(rule.tree.scope or "", ())
        for family in families_of(code, program)
    )


def families_of(code: str, program: Program) -> Iterator[str]:
    """The families of a code, or the code itself where it belongs to none."""
    groups = program.groupings.get(FAMILY, {}).get(code, ())
    yield from {group for group, _days in groups} or {code}


def declared_only(program: Program) -> frozenset[str]:
    """Ids of rules that say "covered without a policy"."""
    return frozenset(
        rule.id for rule in all_rules(program) if isinstance(rule.tree.duty, Covers)
    )


def all_rules(program: Program) -> Iterator[CompiledRule]:
    """Every rule and gap."""
    for policy in program.policies:
        yield from policy.rules
