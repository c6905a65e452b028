"""A rule of a policy and a row of a table that say the same are told once.

The stricter of the two is told; of equals the table, for it names edition and hash, but
rows that ship behind the policy, which was read for its own sake.  The other is named
beneath it.  Where the two contradict each other, both are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from dsl.ir import duties as d
from dsl.ir.rule import Rule
from dsl.ir.tests import Billed, Modifier, SameDay
from dsl.ir.walk import find
from kb.engine.judge.answer import RuleResult
from kb.engine.judge.outcome import RANK
from kb.engine.judge.silence import questions
from kb.engine.judge.tables.finding import Finding
from kb.engine.program import CompiledRule

OF_BILLING = frozenset({"coding", "modifier", "bundled"})
Same = Callable[[Rule], bool]


def of_pairs(tree: Rule) -> bool:
    """It keeps two codes of a day apart."""
    return isinstance(tree.duty, d.NotWith)


def of_units(tree: Rule) -> bool:
    """It caps the units of a date."""
    return "units" in set(questions(tree))


def of_add_ons(tree: Rule) -> bool:
    """It asks for another code of the day."""
    asked = isinstance(tree.duty, d.Require) and any(find(tree, SameDay))
    return asked and tree.otherwise.reason == "coding"


def of_modifiers(tree: Rule) -> bool:
    """It is about how sides and parts are billed."""
    read = any(find(tree, Modifier)) or any(find(tree, Billed))
    return tree.otherwise.reason in OF_BILLING and read


SAME: dict[str, Same] = {
    "pairs": of_pairs,
    "units": of_units,
    "add-ons": of_add_ons,
    "modifiers": of_modifiers,
}
"""By question: whether a rule of a policy asks what the table asks."""


def says_same(result: RuleResult, rule: CompiledRule | None, found: Finding) -> bool:
    """Whether a broken rule says of a line what a table says of it."""
    alike = SAME.get(found.question)
    if rule is None or alike is None or not alike(rule.tree):
        return False
    if result.status != "not-met" or "pass" in (result.outcome, found.outcome):
        return False
    if found.outcome == "note":
        # It contradicts the rule.
        return False
    if found.question != "pairs":
        return True
    mine, theirs = set(found.with_lines), set(result.with_lines)
    return mine <= theirs if mine else not theirs


def told_once(
    results: Iterable[RuleResult],
    told: Iterable[tuple[Finding, RuleResult]],
    rules: Mapping[str, CompiledRule],
) -> tuple[RuleResult, ...]:
    """The results of policies and tables, each double behind the one that is told."""
    policies = {one.rule: one for one in results}
    of_tables = []
    for found, result in told:
        same = [
            one
            for one in policies.values()
            if says_same(one, rules.get(one.rule), found)
        ]
        first = min(same, key=lambda one: RANK[one.outcome], default=None)
        if first is not None and behind(found, first):
            shown = first.same_as or first.rule
            of_tables.append(result._replace(same_as=shown))
            continue
        of_tables.append(result)
        for one in same:
            policies[one.rule] = one._replace(same_as=result.rule)
    return (*policies.values(), *of_tables)


def behind(found: Finding, policy: RuleResult) -> bool:
    """Whether the policy's rule is the one to tell."""
    table, rule = RANK[found.outcome], RANK[policy.outcome]
    return rule < table or (rule == table and found.edition.shipped)
