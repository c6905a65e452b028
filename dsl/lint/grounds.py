"""Checks of what grounds a pass, and of the code that a rule says to bill instead."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.base.model import Policy, Rule
from dsl.ir.duties import BillAs
from dsl.lint.registry import Asked, Finding, check
from dsl.lint.trees import codes_of, deciding, members_of, own_rules
from dsl.resolve.values import overlap


@check("L070", "ground-on-memory", "error", "A ground to pass stands on memory alone")
def ground_on_memory(asked: Asked) -> Iterator[Finding]:
    """What is covered without a policy by a source that nobody has read."""
    for _policy, rule in own_rules(asked.model):
        if rule.duty == "covers" and rule.grade == "recalled":
            yield Finding(
                rule.place,
                f"`{rule.name}` says that its codes are covered without a policy, and its "
                "source is recalled: it grounds nothing. Cite a source that was read (primary "
                "or secondary), or leave the rule out.",
            )


@check("L071", "bill-as-itself", "error", "A code is to be billed as itself")
def bill_as_itself(asked: Asked) -> Iterator[Finding]:
    """Rules that name the billed code as the right one."""
    for policy, rule in own_rules(asked.model):
        if isinstance(rule.tree.duty, BillAs):
            right = {m.code for m in members_of(policy, rule.tree.duty.set, asked)}
            for code in sorted(right & codes_of(policy, rule, asked)):
                yield Finding(
                    rule.place,
                    f"`{rule.name}` says to bill {code} as {code}. Leave it out of `for:`, or "
                    "name the other code.",
                    f"for: ... except {code}",
                )


@check("L072", "no-code-to-bill", "error", "No code to bill instead on some days")
def no_code_to_bill(asked: Asked) -> Iterator[Finding]:
    """Rules whose right code begins after them, or ends before."""
    for policy, rule in own_rules(asked.model):
        if isinstance(rule.tree.duty, BillAs) and not always_named(
            policy, rule, rule.tree.duty, asked
        ):
            yield Finding(
                rule.place,
                f"On some days of `{rule.name}` no code of `bill as:` holds, so nobody can tell "
                "what to bill. Give the rule the days of the code, as `in force: from "
                "2020-01-01`.",
            )


@check("L073", "first-day-not-cited", "warning", "A first day that no source states")
def first_day_not_cited(asked: Asked) -> Iterator[Finding]:
    """Policies that answer by a later text than that of their first day, on nobody's word."""
    for policy in deciding(asked.model):
        first, start = policy.first_day, policy.span.start
        later = first.read_in and start and start < first.read_in
        if later and (first.stated is None or first.grade == "recalled"):
            yield Finding(
                policy.place,
                f"`{policy.path}` answers from {start} by the text of {first.read_in}, and no "
                "source that was read states that first day. Cite the one that does, or begin "
                f"on {first.read_in}.",
                "first day: KEY, passage",
            )


@check("L074", "first-day-silent", "warning", "Nothing is said of a first day")
def first_day_silent(asked: Asked) -> Iterator[Finding]:
    """Policies with a first day of which no line says who states it."""
    for policy in deciding(asked.model):
        first, start = policy.first_day, policy.span.start
        if start and first.found and first.stated is None:
            yield Finding(
                policy.place,
                f"`{policy.path}` is in force from {start}, and nothing says who states that "
                "day. Cite the source that does; where none was found, say so.",
                "first day: not found",
            )


def always_named(policy: Policy, rule: Rule, duty: BillAs, asked: Asked) -> bool:
    """Whether one code at least holds as long as the rule does."""
    return any(
        overlap(member.span, rule.span) == rule.span
        for member in members_of(policy, duty.set, asked)
    )
