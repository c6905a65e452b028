"""Walking compiled rules: what a tree names, and where."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.base.model import Json, Model, Policy, Rule


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


def nodes(tree: object) -> Iterator[Json]:
    """Every object of a tree, the outer ones first."""
    if isinstance(tree, dict):
        yield tree
        for part in tree.values():
            yield from nodes(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from nodes(part)


def texts(tree: object) -> Iterator[str]:
    """Every text of a tree."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for part in tree.values():
            yield from texts(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from texts(part)


def facts_of(rule: Rule) -> set[str]:
    """The facts that a rule looks at."""
    return {str(node["fact"]) for node in nodes(rule.ir) if "fact" in node}


def groups_of(rule: Rule) -> set[str]:
    """The groups that a rule counts apart or wants the same."""
    found: set[str] = set()
    for node in nodes(rule.ir):
        found |= set(node.get("per", ())) | set(node.get("same", ()))
    return found


def codes_of(policy: Policy, rule: Rule, model: Model) -> set[str]:
    """The codes of a rule's scope, on any day."""
    sets = (*policy.code_sets, *model.code_sets)
    return {m.code for s in sets if s.key == rule.scope for m in s.members}


def expectations_by(policy: Policy, rule: Rule) -> list[Json]:
    """What the policy's scenarios expect of a rule by its name."""
    return [e for s in policy.scenarios for e in s.expect if e["by"] == rule.name]
