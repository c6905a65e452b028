"""The quick reference of a policy: one answer a question, each with its rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from dsl.ir.tests import Diagnosis
from dsl.ir.walk import walk
from kb.plain.aspects import ASPECTS, Aspect, aspect_of
from kb.plain.trade import codes_words
from kb.read.policy_store import policy_contents
from kb.read.records import (
    Citation,
    CodeList,
    CodeSet,
    Fact,
    Policy,
    PolicyContent,
    Rule,
)
from kb.read.store import KnowledgeBase, policies
from kb.reference.days import holds_on
from kb.reference.documents import Document, documents_of
from kb.reference.wording import conditions_of, headline_of


@dataclass(frozen=True, slots=True)
class Detail:
    """What narrows an answer: its own codes, its list, its ways out, its last day."""

    text: str
    path: str = ""
    """Of the list on the site, when it is about one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule as an answer."""

    text: str
    details: tuple[Detail, ...]
    outcome: str
    grade: str
    path: str
    """Of the rule, from the site's root."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The answers to one question; none: it is not known."""

    aspect: Aspect
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class QuickReference:
    """One policy version in force on a day."""

    policy: Policy
    codes: tuple[str, ...]
    about_codes: bool
    """Whether any of its rules names codes; else all are for every line."""
    cells: tuple[Cell, ...]
    """Every question for a coverage policy; those it answers for a billing policy."""
    documents: tuple[Document, ...]
    gaps: tuple[Rule, ...]
    sources: tuple[Citation, ...]

    @property
    def path(self) -> str:
        """Of the policy's page."""
        return policy_path(self.policy)

    @property
    def anchor(self) -> str:
        """Of the reference on a page of several."""
        return "policy-" + self.policy.id.replace("/", "-").replace("@", "-")


def policy_path(policy: Policy) -> str:
    """The page of a policy version, from the site's root."""
    return f"/policy/{policy.id}"


def rule_path(policy: Policy, rule: Rule) -> str:
    """The place of a rule on the page of its policy version."""
    return f"{policy_path(policy)}#{rule_anchor(rule)}"


def rule_anchor(rule: Rule) -> str:
    """The rule's anchor: its name, with its first day when a later version of it."""
    return "rule-" + rule.id.partition("#")[2]


def references_of_payer(
    kb: KnowledgeBase,
    payer_id: str,
    day: date,
    state: str = "",
    codes: frozenset[str] | None = None,
) -> tuple[QuickReference, ...]:
    """The policies of a payer in force on a day (and in a state), drafts too.

    With ``codes`` only the rules for these, of the policies that have any.
    """
    chosen = policies(kb, payer_id=payer_id, on=day.isoformat())
    found = policy_contents(
        kb,
        (
            each.id
            for each in chosen
            if not state or not each.states or state in each.states
        ),
    )
    references = (quick_reference(each, day, codes) for each in found)
    return tuple(each for each in references if codes is None or each.about_codes)


def quick_reference(
    detail: PolicyContent, day: date, codes: frozenset[str] | None = None
) -> QuickReference:
    """The answers of one policy version on a day, for some codes or for all."""
    sets = {each.id: each for each in detail.code_sets}
    rules = [
        rule
        for rule in detail.rules
        if in_force_on(rule, day) and _is_for(rule, sets, codes, day)
    ]
    deciding = [rule for rule in rules if rule.kind == "rule"]
    main = main_set(deciding)
    listed = codes_on(sets[main], day) if main in sets else ()
    return QuickReference(
        policy=detail.policy,
        codes=tuple(code for code in listed if codes is None or code in codes),
        about_codes=any(rule.code_set in sets for rule in rules),
        cells=tuple(
            cell
            for cell in cells_of(detail.policy, deciding, sets, main, day)
            if cell.entries or detail.policy.decides == "coverage"
        ),
        documents=documents_of(_asked(detail.facts, deciding)),
        gaps=tuple(rule for rule in rules if rule.kind == "gap"),
        sources=_distinct([*detail.citations, *_cited(rules)]),
    )


def _is_for(
    rule: Rule, sets: dict[str, CodeSet], codes: frozenset[str] | None, day: date
) -> bool:
    """Whether a rule is for one of the codes; a rule for every line is."""
    if codes is None or rule.code_set not in sets:
        return True
    return not codes.isdisjoint(codes_on(sets[rule.code_set], day))


def in_force_on(rule: Rule, day: date) -> bool:
    """Whether the rule's and its policy's days hold the day."""
    return rule.tree.in_force.days.hold(day)


def cells_of(
    policy: Policy,
    rules: Iterable[Rule],
    sets: dict[str, CodeSet],
    main: str,
    day: date,
) -> tuple[Cell, ...]:
    """Every question with the rules that answer it."""
    answers: dict[str, list[Entry]] = {aspect.key: [] for aspect in ASPECTS}
    for rule in rules:
        answers[aspect_of(rule.tree)].append(entry_of(policy, rule, sets, main, day))
    return tuple(Cell(aspect, tuple(answers[aspect.key])) for aspect in ASPECTS)


def entry_of(
    policy: Policy, rule: Rule, sets: dict[str, CodeSet], main: str, day: date
) -> Entry:
    """One rule as an answer; its codes are said when they are not the main ones."""

    def say_set(key: str) -> str:
        return f"“{sets[key].title or sets[key].name}”" if key in sets else key

    details = []
    if rule.code_set != main and rule.code_set in sets:
        codes = codes_words(codes_on(sets[rule.code_set], day))
        details.append(Detail(f"for {codes}"))
    details += [
        _list_detail(policy, sets[key], day) for key in _diagnosis_lists(rule, sets)
    ]
    details += [Detail(words) for words in conditions_of(rule, say_set)]
    details += [Detail(f"except: {each.title}") for each in rule.exceptions]
    if rule.through_day:
        details.append(Detail(f"through {rule.through_day}"))
    return Entry(
        text=headline_of(rule, say_set),
        details=tuple(details),
        outcome=rule.outcome,
        grade=rule.grade,
        path=rule_path(policy, rule),
    )


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


def _list_detail(policy: Policy, code_set: CodeSet, day: date) -> Detail:
    number = len(codes_on(code_set, day))
    text = f"{number} codes: {code_set.title or code_set.name}"
    return Detail(text, f"{policy_path(policy)}#{set_anchor(code_set)}")


def _diagnosis_lists(rule: Rule, sets: dict[str, CodeSet]) -> list[str]:
    if rule.tree.duty is None or aspect_of(rule.tree) != "diagnosis":
        return []
    tests = (node for node in walk(rule.tree.duty) if isinstance(node, Diagnosis))
    return [key for key in dict.fromkeys(test.set for test in tests) if key in sets]


def main_set(rules: Iterable[Rule]) -> str:
    """The set that most rules are for: the procedures that the policy is about."""
    counts = Counter(rule.code_set for rule in rules if rule.code_set)
    return max(sorted(counts), key=lambda key: counts[key], default="")


def _asked(facts: Iterable[Fact], rules: Iterable[Rule]) -> tuple[Fact, ...]:
    wanted = {fact for rule in rules for fact in rule.facts}
    return tuple(fact for fact in facts if fact.id in wanted)


def _cited(rules: Iterable[Rule]) -> Iterator[Citation]:
    for rule in rules:
        yield from rule.citations
        for way_out in rule.exceptions:
            yield from way_out.citations


def _distinct(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    return tuple({each.source: each for each in reversed([*citations])}.values())[::-1]
