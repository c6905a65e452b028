"""All mutants of one policy version, in a fixed order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from sqlite3 import Connection
from typing import Any

from dsl.ir.places import Place, places, put
from kb.engine.program import CompiledPolicy, CompiledRule, Members, Program
from kb.mutation import logic, numbers, whole
from kb.mutation.days import day_edits, moved_policies
from kb.mutation.edits import Edit
from kb.mutation.judged import with_tree
from kb.mutation.lists import list_edits, lists_of
from kb.mutation.words import name_of_set

OPERATORS: tuple[Callable[[Place], Iterator[Edit]], ...] = (
    numbers.number_edits,
    numbers.unit_edits,
    numbers.window_edits,
    logic.comparison_edits,
    logic.and_or_edits,
    logic.not_edits,
    logic.turned_edits,
    logic.part_edits,
    whole.way_out_edits,
    logic.group_edits,
    logic.filter_edits,
    logic.modifier_edits,
    logic.counting_edits,
    logic.choice_edits,
    logic.diagnosis_edits,
    whole.outcome_edits,
    whole.right_code_edits,
    whole.if_unknown_edits,
)
LEFT_OUT_FOR_GAPS = (
    "duties, unless, exceptions and `if unknown` (a gap has none), and code lists that "
    "only gaps name"
)


@dataclass(frozen=True, slots=True)
class Site:
    """Where something stands in the policy files."""

    file: str
    line: int
    kind: str = ""
    """Kind of the codes, for a code list."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Where rules, exceptions, code lists and policies stand."""

    rules: dict[str, Site] = field(default_factory=dict)
    """By row id."""
    exceptions: dict[tuple[str, str], Site] = field(default_factory=dict)
    """By row id of the rule and name of the exception."""
    lists: dict[str, Site] = field(default_factory=dict)
    policies: dict[str, Site] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A policy version with one change, and all that tells where it can matter."""

    operator: str
    subject: str
    """Name of the rule or code list; ``policy`` for the policy's own days."""
    change: str
    site: Site
    policy: CompiledPolicy
    rules: frozenset[str]
    """Names of the rules whose results can differ."""
    sets: dict[str, Members] = field(default_factory=dict)
    """Code lists that differ, by key."""
    part: str = ""
    """The line of the rule that is changed, as ``when``; empty for the rule as a whole."""
    code: str = ""
    """When not empty: only claims that name this code can tell."""


def read_sites(connection: Connection) -> Sites:
    """The places of everything that mutants name."""

    def sites(sql: str) -> Iterable[tuple[Any, ...]]:
        return (tuple(row) for row in connection.execute(sql))

    rows = sites("SELECT rule, name, file, line FROM rule_exception")
    kinds = sites("SELECT id, file, line, kind FROM code_set")
    versions = sites("SELECT id, file, line FROM policy_version")
    return Sites(
        rules={k: Site(*at) for k, *at in sites("SELECT id, file, line FROM rule")},
        exceptions={(rule, name): Site(file, line) for rule, name, file, line in rows},
        lists={key: Site(*at) for key, *at in kinds},
        policies={key: Site(*at) for key, *at in versions},
    )


def mutants_of(
    policy: CompiledPolicy, program: Program, sites: Sites
) -> Iterator[Mutant]:
    """Every mutant of a policy version: of its rules, its code lists and its days."""
    for rule in policy.rules:
        for edit in edits_of(rule, policy):
            yield rule_mutant(edit, rule, policy, sites)
    for key, rules in lists_of(policy).items():
        site = sites.lists.get(key, Site("", 0))
        for change in list_edits(key, site.kind, policy, program):
            yield Mutant(
                operator="code" if change.change.startswith("with") else "date",
                subject=name_of_set(key),
                change=change.change,
                site=site,
                policy=policy,
                rules=rules,
                sets={key: change.members},
                code=change.code,
            )
    names = frozenset(rule.name for rule in policy.rules)
    for words, changed in moved_policies(policy):
        site = sites.policies.get(policy.id, Site("", 0))
        yield Mutant("date", "policy", words, site, changed, names)


def told_apart(mutants: Iterable[Mutant]) -> list[Mutant]:
    """The mutants, those that would print alike with the line of the rule or a number."""
    found = list(mutants)
    for telling in (with_part, with_number):
        alike: dict[tuple[Site, str, str], list[int]] = {}
        for at, mutant in enumerate(found):
            alike.setdefault((mutant.site, mutant.subject, mutant.change), []).append(
                at
            )
        for same in alike.values():
            same_part = len({found[at].part for at in same}) == 1
            if len(same) == 1 or (telling is with_part and same_part):
                continue
            for number, at in enumerate(same, 1):
                found[at] = telling(found[at], number, len(same))
    return found


def with_part(mutant: Mutant, _number: int, _of: int) -> Mutant:
    """The mutant with the line of the rule that it changes: ``when``, ``require``."""
    if not mutant.part:
        return mutant
    return replace(mutant, change=f"{mutant.change} (in `{mutant.part}`)")


def with_number(mutant: Mutant, number: int, of: int) -> Mutant:
    """The mutant with its number among those that print alike."""
    return replace(mutant, change=f"{mutant.change} (place {number} of {of})")


def edits_of(rule: CompiledRule, policy: CompiledPolicy) -> Iterator[Edit]:
    """Every change of one rule that is not the same rule by construction."""
    for place in places(rule.tree):
        for operator in OPERATORS:
            yield from in_case(place, operator(place))
        yield from in_case(place, day_edits(place, rule, policy))


def in_case(place: Place, edits: Iterator[Edit]) -> Iterator[Edit]:
    """The edits, those of a choice's limit with the choice before them."""
    for edit in edits:
        words = f"{place.case}: {edit.change}" if place.case else edit.change
        yield replace(edit, change=words)


def rule_mutant(
    edit: Edit, rule: CompiledRule, policy: CompiledPolicy, sites: Sites
) -> Mutant:
    """The policy with one rule changed."""
    changed = with_tree(rule, put(rule.tree, edit.path, edit.value))
    rules = tuple(changed if other is rule else other for other in policy.rules)
    site = sites.rules.get(rule.id, Site("", 0))
    if edit.exception:
        site = sites.exceptions.get((rule.id, edit.exception), site)
    return Mutant(
        operator=edit.operator,
        subject=rule.name,
        change=edit.change,
        site=site,
        policy=replace(policy, rules=rules),
        rules=frozenset({rule.name}),
        part=part_of(edit),
    )


def part_of(edit: Edit) -> str:
    """The label of the line that an edit changes; empty for the rule as a whole."""
    labels = {"when": "when", "unless": "unless", "last": "looking at"}
    first = str(edit.path[0]) if edit.path else ""
    if edit.path[:2] == ("duty", "test"):
        return "require"
    return labels.get(first, "")
