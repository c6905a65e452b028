"""Checks of code lists, groupings and codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from dsl.base.model import CodeSet, Policy
from dsl.ir.walk import sets
from dsl.lint.registry import Asked, Finding, check
from dsl.lint.trees import codes_of, deciding, groups_of, own_rules
from dsl.resolve.values import overlap


def written_lists(policy: Policy) -> Iterator[CodeSet]:
    """The named lists that stand in this policy's own file."""
    return (
        s for s in policy.code_sets
        if "/" not in s.name and s.place.file == policy.place.file
    )  # fmt: skip


@check("L030", "header-diagnosis", "warning", "A diagnosis list holds a heading")
def header_diagnosis(asked: Asked) -> Iterator[Finding]:
    """Diagnoses that have finer codes in the same list, or three characters only."""
    for policy in asked.model.policies:
        for listed in written_lists(policy):
            codes = sorted({m.code for m in listed.members})
            for code, following in pairwise(
                codes if listed.kind == "diagnosis" else ()
            ):
                if following.startswith(code):
                    yield Finding(
                        listed.place,
                        f"`{code}` in `{listed.name}` is a heading: finer codes of it are "
                        "in the list. A claim needs the finest code.",
                    )


@check("L031", "same-list-twice", "note", "Two lists hold the same codes")
def same_list_twice(asked: Asked) -> Iterator[Finding]:
    """Lists of one policy with equal content."""
    for policy in asked.model.policies:
        seen: dict[str, str] = {}
        for listed in written_lists(policy):
            same = seen.setdefault(listed.sha256, listed.name)
            if same != listed.name:
                yield Finding(
                    listed.place, f"`{listed.name}` holds what `{same}` holds."
                )


@check("L032", "list-unused", "warning", "A list that nothing uses")
def list_unused(asked: Asked) -> Iterator[Finding]:
    """Lists that no rule of any policy names, by themselves or inside another."""
    used: set[tuple[str, int]] = set()
    for policy in asked.model.policies:
        named = {key for rule in policy.rules for key in sets(rule.tree)}
        inside = [s for s in policy.code_sets if s.key in named or "/" in s.name]
        holders = by_code(inside)
        for listed in policy.code_sets:
            if listed.key in named or listed.inside or is_held(listed, holders):
                used.add((listed.place.file, listed.place.line))
    for policy in asked.model.policies:
        for listed in written_lists(policy):
            if (listed.place.file, listed.place.line) not in used:
                yield Finding(listed.place, f"Nothing uses the list `{listed.name}`.")


Holders = dict[str, list[tuple[str, frozenset[str]]]]
"""By code: key and codes of each list that holds it."""


def by_code(lists: Iterable[CodeSet]) -> Holders:
    """Lists by each of their codes."""
    found: Holders = {}
    for listed in lists:
        codes = frozenset(m.code for m in listed.members)
        for code in codes:
            found.setdefault(code, []).append((listed.key, codes))
    return found


def is_held(listed: CodeSet, holders: Holders) -> bool:
    """Whether another list holds all that this one does."""
    codes = {m.code for m in listed.members}
    # Only the lists that hold its rarest code can hold all of them.
    rarest = min((holders.get(code, []) for code in codes), key=len, default=[])
    return any(key != listed.key and codes <= held for key, held in rarest)


@check(
    "L033",
    "member-never-counts",
    "warning",
    "A code is listed for days that never come",
)
def member_never_counts(asked: Asked) -> Iterator[Finding]:
    """Members whose days lie outside their policy's."""
    for policy in deciding(asked.model):
        for listed in written_lists(policy):
            for member in listed.members:
                if overlap(policy.span, member.span) is None:
                    yield Finding(
                        listed.place,
                        f"`{member.code}` is in `{listed.name}` only while the policy is "
                        "not in force.",
                    )


@check(
    "L034", "code-without-group", "warning", "A code has no group where one is counted"
)
def code_without_group(asked: Asked) -> Iterator[Finding]:
    """Rules that count per grouping, for codes that the grouping leaves out."""
    groupings = {g.key: {m.code for m in g.members} for g in asked.model.groupings}
    for policy, rule in own_rules(asked.model):
        for group in sorted(groups_of(rule) & groupings.keys()):
            lost = codes_of(policy, rule, asked) - groupings[group]
            if lost:
                codes = ", ".join(sorted(lost)[:5])
                yield Finding(
                    rule.place,
                    f"`{rule.name}` counts per {group}, and `{group}` does not sort "
                    f"{codes}: such a line can never be decided.",
                )


@check("L035", "side-not-known", "note", "A side is asked for that we know nothing of")
def side_not_known(asked: Asked) -> Iterator[Finding]:
    """Rules about sides, for codes of which nobody says whether they are paired."""
    known = {code.code for code in asked.model.codes if code.sides}
    for policy, rule in own_rules(asked.model):
        lost = codes_of(policy, rule, asked) - known
        if "side" in groups_of(rule) and lost:
            yield Finding(
                rule.place,
                f"`{rule.name}` looks at sides; no `code` item says whether "
                f"{', '.join(sorted(lost)[:5])} has sides.",
                "sides: paired",
            )


@check("L036", "add-on-without-base", "note", "An add-on code without its base")
def add_on_without_base(asked: Asked) -> Iterator[Finding]:
    """Rules for an add-on code but for none of the codes that it is added to."""
    bases = {
        code.code: set(code.add_on_to) for code in asked.model.codes if code.add_on_to
    }
    for policy, rule in own_rules(asked.model):
        codes = codes_of(policy, rule, asked)
        if rule.duty not in ("limit", "interval"):
            continue
        for code in sorted(codes & bases.keys()):
            if not bases[code] & codes:
                yield Finding(
                    rule.place,
                    f"`{rule.name}` counts `{code}` without the code that it adds to "
                    f"({', '.join(sorted(bases[code]))}).",
                )
