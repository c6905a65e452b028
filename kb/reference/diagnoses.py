"""Which payers' lists hold a diagnosis, procedure by procedure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dsl.ir.duties import Require
from dsl.ir.tests import And, Diagnosis, Or, Test
from kb.plain.trade import codes_words
from kb.read.families import FAMILIES
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import CodeList, Policy, Rule
from kb.read.rule_store import rules
from kb.read.store import policies
from kb.reference.cards import Subject, family_subjects
from kb.reference.days import holds_on
from kb.reference.places import in_force_on, rule_path

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
    kb: KnowledgeBase, lists: Iterable[CodeList], day: date, state: str = ""
) -> DiagnosisTable:
    """Who lists a diagnosis, of the policies in force on a day (and in a state).

    ``lists`` are those that hold it on any day.
    """
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
    holding = {
        each.id for each in lists if holds_on(each.from_day, each.through_day, day)
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


@dataclass(frozen=True, slots=True)
class _Scope:
    """A rule with the codes of each family that it is for."""

    version: str
    covers: bool
    """Whether it is a rule of a policy that decides coverage."""
    asks: bool
    """Whether it requires something and names a list of diagnoses."""
    codes: dict[str, set[str]]


def _scopes(kb: KnowledgeBase) -> dict[str, _Scope]:
    """Rules of deciding policies that are for codes of families, by id."""
    found: dict[str, _Scope] = {}
    for rule, version, decides, asks, family, code in kb.connection.execute(
        """SELECT r.id, v.id, v.decides = 'coverage', r.duty = 'require' AND r.id IN
            (SELECT rule FROM rule_mention WHERE use = 'diagnosis'), m.code_group, c.code
        FROM policy_version v JOIN rule r ON r.policy_version = v.id
        JOIN rule_code c ON c.rule = r.id
        JOIN code_group_member m ON m.code = c.code AND m.code_grouping = ?
        WHERE v.status <> 'shared' AND r.kind = 'rule'""",
        (FAMILIES,),
    ):
        scope = _Scope(version, covers=bool(decides), asks=bool(asks), codes={})
        found.setdefault(rule, scope).codes.setdefault(family, set()).add(code)
    return found


def _covering(kb: KnowledgeBase) -> defaultdict[str, set[str]]:
    """By policy version that decides coverage: the families that its rules are for."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for scope in kb.once(_scopes).values():
        if scope.covers:
            found[scope.version] |= scope.codes.keys()
    return found


def _asking(kb: KnowledgeBase) -> tuple[_Asked, ...]:
    """The rules that require a diagnosis of a list, with the families that they are for."""
    scopes = kb.once(_scopes)
    ids = [key for key, scope in scopes.items() if scope.asks]
    found = (
        _Asked(
            rule,
            lists_required(rule),
            {family: frozenset(own) for family, own in scopes[key].codes.items()},
        )
        for key, rule in rules(kb, ids).items()
    )
    return tuple(each for each in found if each.groups)


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
