"""A check of what a rule says of its unknowns: is it more than the default says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from dsl.base.model import Model, Place
from dsl.base.model import Rule as Written
from dsl.ir.duties import NeverCovered, NotWith, Require
from dsl.ir.parts import Amounts, Days
from dsl.ir.rule import Outcome, OutcomeName, Rule
from dsl.ir.tests import (
    Always,
    And,
    AtLeast,
    Choice,
    Compare,
    DateOfService,
    Documented,
    Elapsed,
    Field,
    If,
    Modifier,
    Never,
    Not,
    Or,
    Yes,
)
from dsl.ir.walk import Node, nodes
from dsl.lint.registry import Asked, Finding, check
from dsl.lint.trees import deciding

NEVER_UNKNOWN = (
    And, Or, Not, AtLeast, If, Always, Never, DateOfService, Modifier, Require, NeverCovered,
)  # fmt: skip
"""Forms that are never unknown themselves; their parts may be."""


@check("L038", "default-said", "warning", "A rule says what holds anyway")
def default_said(asked: Asked) -> Iterator[Finding]:
    """Lines ``if unknown:`` without which every answer is the same, wherever it is used."""
    facts = frozenset(fact.key for fact in asked.model.facts)
    used: dict[tuple[str, int], list[Written]] = defaultdict(list)
    for policy in deciding(asked.model):
        for rule in policy.rules:
            used[rule.place.file, rule.place.line].append(rule)
    lines = {file.path: file.text.split("\n") for file in asked.model.files}
    for rules in used.values():
        said = rules[0].tree.if_unknown
        place = line_of(rules[0], said, lines) if said is not None else None
        if said is None or place is None:
            continue
        if all(says_the_default(rule.tree, facts) for rule in rules):
            name = said.outcome.replace("-", " ")
            yield Finding(
                place,
                f"`{rules[0].name}` can only be unknown about {about(said)}, which gives "
                f"`{name}` by itself. Remove the line; `payerkb lint --fix` does.",
            )


def about(said: Outcome) -> str:
    """What gives an outcome by itself when it is not known."""
    return {
        "needs-evidence": "facts of the chart",
        "needs-auth": "the authorization",
    }.get(said.outcome, "history, groups and fields of the claim")


def line_of(rule: Written, said: Outcome, lines: dict[str, list[str]]) -> Place | None:
    """Where a rule's own text says no more than this outcome; ``None``: a change says it."""
    plain = f"if unknown: {said.outcome.replace('-', ' ')}"
    texts = lines[rule.place.file]
    for number in range(rule.place.line, rule.place.end_line + 1):
        if texts[number - 1].partition("#")[0].strip() == plain:
            return Place(rule.place.file, number, number)
    return None


def says_the_default(rule: Rule, facts: frozenset[str]) -> bool:
    """Whether ``if unknown:`` gives what each unknown of the rule would give by itself."""
    said = rule.if_unknown
    if said is None or rule.kind != "rule":
        return False
    return set(defaults(rule, facts)) == {said.outcome}


def without_default(model: Model) -> Model:
    """The model with no outcome of an unknown that its rule has by default."""
    facts = frozenset(fact.key for fact in model.facts)
    policies = (
        replace(policy, rules=tuple(bare(rule, facts) for rule in policy.rules))
        for policy in model.policies
    )
    return replace(model, policies=tuple(policies))


def bare(rule: Written, facts: frozenset[str]) -> Written:
    """The rule as it is without the line, where that says the default."""
    if not says_the_default(rule.tree, facts):
        return rule
    return replace(rule, tree=replace(rule.tree, if_unknown=None))


def defaults(rule: Rule, facts: frozenset[str]) -> Iterator[OutcomeName]:
    """What each thing that a rule may not know gives when the rule does not say."""
    span = rule.in_force
    if span.clock != "service" or (span.days.end is not None and not span.ended):
        yield "unknown"
    for node in nodes(rule):
        if not isinstance(node, NEVER_UNKNOWN):
            yield from defaults_of(node, rule, facts)


def defaults_of(node: Node, rule: Rule, facts: frozenset[str]) -> Iterator[OutcomeName]:
    """The same of one test or duty."""
    days = rule.in_force.days
    match node:
        case Yes() | Documented() | Choice():
            yield "needs-evidence" if node.of != "procedure" else "unknown"
        case Compare(amount=amounts):
            sure = node.of != "procedure" and reach(amounts, days)
            yield "needs-evidence" if sure else "unknown"
        case Elapsed(amount=amounts):
            chart = node.fact is not None and node.of != "procedure"
            yield "needs-evidence" if chart and reach(amounts, days) else "unknown"
        case Field(name="authorization") if rule.otherwise.outcome == "needs-auth":
            yield "needs-auth"
        case Field(name=name) if name in facts:
            yield "needs-evidence"
        case NotWith(same=()):
            return
        case _:
            yield "unknown"


def reach(amounts: Amounts, days: Days) -> bool:
    """Whether an amount holds on each of some days."""
    day = days.start or date.min
    for amount in sorted(amounts, key=lambda one: one.days.start or date.min):
        if (amount.days.start or date.min) > day:
            return False
        if amount.days.end is None or amount.days.end == date.max:
            return True
        day = max(day, amount.days.end + timedelta(1))
    return days.end is not None and day > days.end
