"""Where policies, their rules and lists stand on the site, and whether a rule holds."""

from __future__ import annotations

from datetime import date

from kb.read.records import CodeList, CodeSet, Policy, Rule
from kb.reference.days import holds_on


def policy_path(policy: Policy) -> str:
    """The page of a policy version, from the site's root."""
    return f"/policy/{policy.id}"


def rule_path(policy: Policy, rule: Rule) -> str:
    """The place of a rule on the page of its policy version."""
    return f"{policy_path(policy)}#{rule_anchor(rule)}"


def rule_anchor(rule: Rule) -> str:
    """The rule's anchor: its name, with its first day when a later version of it."""
    return "rule-" + rule.id.partition("#")[2]


def in_force_on(rule: Rule, day: date) -> bool:
    """Whether the rule's and its policy's days hold the day."""
    return rule.tree.in_force.days.hold(day)


def codes_on(code_set: CodeSet, day: date) -> tuple[str, ...]:
    """The codes of a set on a day."""
    return tuple(
        member.code
        for member in code_set.members
        if holds_on(member.from_day, member.through_day, day)
    )


def set_anchor(code_set: CodeSet | CodeList) -> str:
    """The anchor of a list on the page of a policy that names it."""
    return "codes-" + code_set.id.rpartition("#")[2].replace("/", "-")
