"""Checks of scenarios: whether every rule is shown at work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dsl.base.diagnostics import MOST_LISTED
from dsl.base.model import Json, Rule
from dsl.ir.forms import DUTY_OF
from dsl.ir.walk import facts
from dsl.lint.registry import Asked, Finding, check
from dsl.lint.trees import deciding, expectations_by, own_rules

MET = ("met", "exempt")


def objects(expectation: Json) -> bool:
    """Whether a scenario expects the rule to object."""
    outcome = expectation["outcome"]
    return expectation["status"] == "not-met" or (
        outcome in ("deny", "fix", "review", "note", "needs-auth")
    )


def agrees(expectation: Json) -> bool:
    """Whether a scenario expects the rule to be kept."""
    return expectation["status"] in MET or expectation["outcome"] == "pass"


@check("L010", "policy-without-scenario", "warning", "A policy without a worked claim")
def policy_without_scenario(asked: Asked) -> Iterator[Finding]:
    """Policies with rules that nothing tests."""
    for policy in deciding(asked.model):
        if policy.rules and not policy.scenarios:
            yield Finding(
                policy.place,
                f"`{policy.path}` has no scenario. Write one for each rule: met, not met, "
                "and unknown where it asks for facts.",
                "scenario name: What happens",
            )


@check("L011", "rule-without-scenario", "warning", "No scenario names the rule")
def rule_without_scenario(asked: Asked) -> Iterator[Finding]:
    """Rules that no expectation names."""
    for policy, rule in own_rules(asked.model):
        if (
            rule.duty != "gap"
            and policy.scenarios
            and not expectations_by(policy, rule, asked)
        ):
            yield Finding(
                rule.place,
                f"No scenario expects anything by `{rule.name}`.",
                f"expect: line 1 met by {rule.name}",
            )


def statuses_of(rule: Rule) -> tuple[str, ...]:
    """The statuses that a line can show of a rule where all is known; none of a gap."""
    return DUTY_OF[rule.duty].statuses if rule.duty != "gap" else ()


@check("L012", "rule-never-objects", "warning", "No scenario where the rule objects")
def rule_never_objects(asked: Asked) -> Iterator[Finding]:
    """Rules that are named, but never seen not met."""
    for policy, rule in own_rules(asked.model):
        found = expectations_by(policy, rule, asked)
        if found and "not-met" in statuses_of(rule) and not any(map(objects, found)):
            yield Finding(
                rule.place,
                f"No scenario shows `{rule.name}` not met.",
                f"expect: line 1 not met by {rule.name}",
            )


@check("L013", "rule-never-kept", "warning", "No scenario where the rule is kept")
def rule_never_kept(asked: Asked) -> Iterator[Finding]:
    """Rules that are named, but never seen met; a rule that is never covered cannot be."""
    for policy, rule in own_rules(asked.model):
        found = expectations_by(policy, rule, asked)
        possible = "met" in statuses_of(rule) or bool(rule.exceptions)
        if found and possible and not any(map(agrees, found)):
            yield Finding(
                rule.place,
                f"No scenario shows `{rule.name}` met.",
                f"expect: line 1 met by {rule.name}",
            )


@check("L014", "unknown-not-shown", "warning", "No scenario where the rule cannot tell")
def unknown_not_shown(asked: Asked) -> Iterator[Finding]:
    """Rules that ask for facts, and are never seen without them."""
    for policy, rule in own_rules(asked.model):
        found = expectations_by(policy, rule, asked)
        blank = ("needs-evidence", "unknown", "needs-auth")
        shown = any(e["outcome"] in blank or e["about"] for e in found)
        if_unknown, read = rule.tree.if_unknown, facts(rule.tree)
        noted = if_unknown is not None and if_unknown.outcome == "note"
        if found and read and not shown and not noted and rule.duty != "gap":
            asked_for = ", ".join(sorted(read)[:3])
            yield Finding(
                rule.place,
                f"`{rule.name}` asks for {asked_for}; no scenario leaves that out.",
                f"expect: line 1 needs evidence by {rule.name}",
            )


@check("L015", "scenario-repeats", "note", "Two scenarios with one claim")
def scenario_repeats(asked: Asked) -> Iterator[Finding]:
    """Scenarios whose claims are equal: one could hold both expectations."""
    for policy in deciding(asked.model):
        seen: dict[str, str] = {}
        for scenario in policy.scenarios:
            claim = str({k: v for k, v in scenario.claim.items() if k != "claim"})
            if claim in seen and scenario.origin == policy.path:
                yield Finding(
                    scenario.place,
                    f"`{scenario.name}` has the claim of `{seen[claim]}`.",
                )
            seen.setdefault(claim, scenario.name)


@check("L016", "title-repeated", "note", "Two rules of a policy share a title")
def title_repeated(asked: Asked) -> Iterator[Finding]:
    """Rules that a reader cannot tell apart."""
    for policy in deciding(asked.model):
        titles = Counter((rule.title, rule.name) for rule in policy.rules)
        names: dict[str, list[str]] = {}
        for title, name in sorted(titles):
            names.setdefault(title, []).append(name)
        for rule in policy.rules:
            if len(names[rule.title]) > 1 and rule.origin == policy.path:
                others = others_than(rule.name, names[rule.title])
                yield Finding(
                    rule.place, f"`{rule.name}` has the same title as `{others}`."
                )


def others_than(name: str, names: list[str]) -> str:
    """The other names with commas between; of very many only the first, and how many more."""
    first = [other for other in names[: MOST_LISTED + 1] if other != name]
    more = len(names) - 1 - len(first)
    return ", ".join(first) + (f" and {more:,} more" if more else "")
