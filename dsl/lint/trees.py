"""What checks ask of policies and of the rules in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dsl.base.model import Json, Member, Model, Policy, Rule
from dsl.ir.parts import Role
from dsl.ir.walk import nodes, words

if TYPE_CHECKING:
    from dsl.lint.registry import Asked


def deciding(model: Model) -> Iterator[Policy]:
    """The policies that decide; shared texts are judged where they are used."""
    return (policy for policy in model.policies if policy.status != "shared")


def own_rules(model: Model) -> Iterator[tuple[Policy, Rule]]:
    """Every rule once: in the policy that wrote it, or in the first that inherits it."""
    seen: set[tuple[str, int]] = set()
    for policy in deciding(model):
        for rule in policy.rules:
            if (where := (rule.place.file, rule.place.line)) not in seen:
                seen.add(where)
                yield policy, rule


def groups_of(rule: Rule) -> set[str]:
    """The groups that a rule counts apart or wants the same."""
    last = rule.tree.last
    within = {group for node in nodes(rule.tree) for group in words(node, Role.GROUPS)}
    return within | set(last.same if last else ())


def codes_of(policy: Policy, rule: Rule, asked: Asked) -> set[str]:
    """The codes of a rule's scope, on any day."""
    return {m.code for m in members_of(policy, rule.scope, asked)}


def members_of(policy: Policy, key: str | None, asked: Asked) -> tuple[Member, ...]:
    """The members of a code set that a policy may name."""
    listed = asked.lists_of(policy).get(key) if key else None
    return listed.members if listed else ()


def expectations_by(policy: Policy, rule: Rule, asked: Asked) -> list[Json]:
    """What the policy's scenarios expect of a rule by its name."""
    return asked.expected_of(policy).get(rule.name, [])
