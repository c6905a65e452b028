"""Which payers' lists hold a diagnosis, procedure by procedure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dsl.ir.duties import Require
from dsl.ir.tests import And, Diagnosis, Or, Test
from kb.plain.trade import codes_words
from kb.read.families import FAMILIES
from kb.read.knowledge_base import KnowledgeBase
from kb.read.policy_store import code_sets
from kb.read.records import Policy, Rule
from kb.read.rule_store import rules
from kb.read.store import policies
from kb.reference.cards import Subject, family_subjects
from kb.reference.places import codes_on, in_force_on, rule_path

Held = Literal["yes", "no", "some"]
Groups = tuple[tuple[str, ...], ...]
Voice = tuple[str, str]
"""Keys of a payer and of its contractor, if it is one's."""


@dataclass(frozen=True, slots=True)
class OnList:
    """What the lists of one payer or contractor say for one family."""

    held: Held
    """``no``: it is not on a list that is asked for; ``some``: that goes by the code."""
    codes: str
    """For which codes it is on the lists, where only for some."""
    path: str
    """Of a rule that asks for a list."""


@dataclass(frozen=True, slots=True)
class Decider:
    """A payer, or one of its contractors, with its lists by family."""

    payer: str
    title: str
    states: tuple[str, ...]
    cells: tuple[OnList | None, ...]
    """One a family; ``None`` where it asks for no list that is loaded."""


@dataclass(frozen=True, slots=True)
class WithoutList:
    """Payers whose policies decide coverage of a family by no list that is loaded."""

    family: Subject
    payers: tuple[tuple[str, str], ...]
    """Keys and titles."""


@dataclass(frozen=True, slots=True)
class DiagnosisTable:
    """A diagnosis in the lists of all payers."""

    families: tuple[Subject, ...]
    """Those for which anybody asks for a list."""
    deciders: tuple[Decider, ...]
    without: tuple[WithoutList, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    rule: Rule
    groups: Groups
    codes: dict[str, frozenset[str]]
    """By family."""


def diagnosis_table(
    kb: KnowledgeBase, diagnosis: str, day: date, state: str = ""
) -> DiagnosisTable:
    """Who lists the diagnosis, of the policies in force on a day (and in a state)."""
    in_force = {
        each.id: each
        for each in policies(kb, on=day.isoformat())
        if not state or not each.states or state in each.states
    }
    asked = [
        each
        for each in kb.once(_asking)
        if each.rule.policy_version in in_force and in_force_on(each.rule, day)
    ]
    named = {key for one in asked for group in one.groups for key in group}
    holding = {
        each.id for each in code_sets(kb, named) if diagnosis in codes_on(each, day)
    }
    found: dict[Voice, dict[str, list[_Asked]]] = {}
    whose: dict[Voice, Policy] = {}
    for one in asked:
        policy = in_force[one.rule.policy_version]
        voice = policy.payer, policy.contractor
        whose.setdefault(voice, policy)
        for family in one.codes:
            found.setdefault(voice, {}).setdefault(family, []).append(one)
    cells = {
        voice: {
            family: _on_list(own, family, holding, in_force)
            for family, own in by_family.items()
        }
        for voice, by_family in found.items()
    }
    subjects = [
        each
        for each in family_subjects(kb, day)
        if any(each.key in own for own in cells.values())
    ]
    return DiagnosisTable(
        families=tuple(subjects),
        deciders=tuple(_deciders(cells, whose, subjects)),
        without=tuple(_without(kb, in_force, cells, subjects)),
    )


def _on_list(
    own: list[_Asked], family: str, holding: set[str], in_force: dict[str, Policy]
) -> OnList:
    """What the rules of one voice say: a code's diagnosis must pass all that ask of it."""
    good = [one for one in own if all(holding & {*group} for group in one.groups)]
    asked_of = frozenset().union(*(one.codes[family] for one in own))
    refused = frozenset().union(*(one.codes[family] for one in own if one not in good))
    held: Held = "no" if refused == asked_of else "some" if refused else "yes"
    shown = (good if held != "no" else own)[0]
    return OnList(
        held=held,
        codes=codes_words(asked_of - refused) if held == "some" else "",
        path=rule_path(in_force[shown.rule.policy_version], shown.rule),
    )


def _deciders(
    found: dict[Voice, dict[str, OnList]],
    whose: dict[Voice, Policy],
    subjects: list[Subject],
) -> Iterator[Decider]:
    for voice in sorted(found, key=lambda each: _order(whose[each])):
        policy, own = whose[voice], found[voice]
        if own:
            yield Decider(
                payer=policy.payer,
                title=policy.contractor_title or policy.payer_title or "Any payer",
                states=policy.states if policy.contractor else (),
                cells=tuple(own.get(each.key) for each in subjects),
            )


def _order(policy: Policy) -> tuple[str, str]:
    return policy.payer_title, policy.contractor_title


def _without(
    kb: KnowledgeBase,
    in_force: dict[str, Policy],
    found: dict[Voice, dict[str, OnList]],
    subjects: list[Subject],
) -> Iterator[WithoutList]:
    """By family: who decides its coverage and asks for no list that is loaded."""
    listing = {(payer, family) for (payer, _), own in found.items() for family in own}
    covering = kb.once(_covering)
    for subject in subjects:
        silent = {
            (policy.payer, policy.payer_title)
            for policy in in_force.values()
            if policy.payer
            and subject.key in covering[policy.id]
            and (policy.payer, subject.key) not in listing
        }
        if silent:
            yield WithoutList(subject, tuple(sorted(silent, key=lambda each: each[1])))


def _covering(kb: KnowledgeBase) -> defaultdict[str, set[str]]:
    """By policy version that decides coverage: the families that its rules are for."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for version, family in kb.connection.execute(
        """SELECT DISTINCT r.policy_version, m.code_group
        FROM policy_version v JOIN rule r ON r.policy_version = v.id
        JOIN rule_code c ON c.rule = r.id
        JOIN code_group_member m ON m.code = c.code AND m.code_grouping = ?
        WHERE v.decides = 'coverage' AND v.status <> 'shared' AND r.kind = 'rule'""",
        (FAMILIES,),
    ):
        found[version].add(family)
    return found


def _asking(kb: KnowledgeBase) -> tuple[_Asked, ...]:
    """The rules that require a diagnosis of a list, with the families that they are for."""
    ids = kb.column(
        """SELECT r.id FROM rule r JOIN policy_version v ON v.id = r.policy_version
        WHERE r.duty = 'require' AND v.status <> 'shared'
          AND r.id IN (SELECT rule FROM rule_mention WHERE use = 'diagnosis')"""
    )
    codes: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for rule_id, family, code in kb.connection.execute(
        """SELECT c.rule, m.code_group, c.code FROM rule_code c
        JOIN code_group_member m ON m.code = c.code AND m.code_grouping = ?
        WHERE c.rule IN (SELECT value FROM json_each(?))""",
        (FAMILIES, json.dumps(ids)),
    ):
        codes[rule_id][family].add(code)
    found = (
        _Asked(
            rule, lists_required(rule), {f: frozenset(c) for f, c in codes[key].items()}
        )
        for key, rule in rules(kb, ids).items()
    )
    return tuple(each for each in found if each.groups and each.codes)


def lists_required(rule: Rule) -> Groups:
    """Groups of lists: the diagnosis must be on one of each.

    A list that is only one way among others, or only asked for in some case, requires
    nothing by itself.
    """
    duty = rule.tree.duty
    if not isinstance(duty, Require) or rule.tree.when or rule.tree.last:
        return ()
    return _required(duty.test)


def _required(test: Test) -> Groups:
    match test:
        case Diagnosis():
            return ((test.set,),)
        case And():
            return tuple(group for part in test.of for group in _required(part))
        case Or():
            parts = [_required(part) for part in test.of]
            if all(len(groups) == 1 for groups in parts):
                return (tuple(key for groups in parts for key in groups[0]),)
    return ()
