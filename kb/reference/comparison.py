"""One code across payers: question by question, each answer with all who give it.

Payers and contractors whose answers are the same word for word stand together, so
that what differs is what one sees, however many payers are loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from dsl.ir.walk import sets as sets_named
from kb.plain.aspects import ASPECTS, OPEN_POINTS, Aspect, aspect_of
from kb.read.policy_store import code_sets
from kb.read.records import CodeDetail, CodeList, CodeRule, CodeSet, Policy
from kb.read.store import KnowledgeBase, payers, policies
from kb.reference.days import holds_on
from kb.reference.quick_reference import Cell, Entry, entry_of, in_force_on, rule_path
from kb.reference.wording import weakest

ABOUT_THE_CODE = frozenset({"for", "every", "same-day", "not-with", "bill-as"})


@dataclass(frozen=True, slots=True)
class Column:
    """What one policy says of the code."""

    policy: Policy
    cells: tuple[Cell, ...]
    gaps: tuple[Entry, ...]

    @property
    def voice(self) -> Voice:
        """Who speaks: a payer, or a contractor of a payer."""
        return voice_of(self.policy)


@dataclass(frozen=True, order=True, slots=True)
class Voice:
    """A payer, or one of its contractors with the title of the payer."""

    title: str
    payer_title: str
    """Of the contractor's payer; empty for a payer itself."""
    path: str = field(compare=False)
    """The page where it says so, from the site's root."""


Said = tuple[Voice, tuple[Entry, ...]]


def voice_of(policy: Policy) -> Voice:
    """Who speaks in a policy."""
    path = f"/policy/{policy.id}"
    if policy.contractor:
        return Voice(policy.contractor_title, policy.payer_title, path)
    return Voice(policy.payer_title or "Any payer", "", path)


@dataclass(frozen=True, slots=True)
class Answer:
    """What several say in the same words; the weakest grade of theirs."""

    entries: tuple[Entry, ...]
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers, and who covers the code without answering it."""

    key: str
    title: str
    answers: tuple[Answer, ...]
    silent: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What every policy in force says of a procedure code."""

    columns: tuple[Column, ...]
    followers: tuple[Voice, ...]
    """Payers that follow another's policies; ``payer_title`` says whose."""
    without: tuple[Voice, ...]
    """Payers that have no coverage rule for the code, and follow nobody."""

    @property
    def voices(self) -> tuple[Voice, ...]:
        """Who has a coverage policy with a rule for the code."""
        return distinct(column.voice for column in self.columns if _covers(column))

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions that at least one policy answers, and the open points."""
        asked = [
            _question(aspect, self.voices, self._said(place))
            for place, aspect in enumerate(ASPECTS)
        ]
        gaps = [(column.voice, column.gaps) for column in self.columns]
        asked.append(_question(OPEN_POINTS, (), gaps))
        return tuple(question for question in asked if question.answers)

    def _said(self, place: int) -> list[Said]:
        return [(each.voice, each.cells[place].entries) for each in self.columns]

    @property
    def unanswered(self) -> tuple[Aspect, ...]:
        """The questions that no loaded policy answers for the code."""
        answered = {question.key for question in self.questions}
        return tuple(aspect for aspect in ASPECTS if aspect.key not in answered)


def _covers(column: Column) -> bool:
    return column.policy.decides == "coverage"


def _question(
    aspect: Aspect, voices: tuple[Voice, ...], said: Iterable[Said]
) -> Question:
    alike: dict[object, list[Said]] = {}
    for voice, entries in said:
        if entries:
            alike.setdefault(_words_of(entries), []).append((voice, entries))
    answers = sorted(map(_answer, alike.values()), key=_many_first)
    heard = {voice for answer in answers for voice in answer.voices}
    silent = tuple(voice for voice in voices if voice not in heard)
    return Question(aspect.key, aspect.title, tuple(answers), silent)


def _answer(same: list[Said]) -> Answer:
    entries = tuple(
        replace(alike[0], grade=weakest(each.grade for each in alike))
        for alike in zip(*(entries for _, entries in same), strict=True)
    )
    return Answer(entries, distinct(voice for voice, _ in same))


def distinct(voices: Iterable[Voice]) -> tuple[Voice, ...]:
    """Each voice once, contractors beside those of their payer."""
    return tuple(sorted(set(voices), key=lambda each: (each.payer_title, each.title)))


def _many_first(answer: Answer) -> tuple[int, tuple[Voice, ...]]:
    return -len(answer.voices), answer.voices


def _words_of(
    entries: tuple[Entry, ...],
) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """The answers as they read, without where their rules stand."""
    return tuple(
        (entry.text, tuple(detail.text for detail in entry.details), entry.outcome)
        for entry in entries
    )


def compare_policies(kb: KnowledgeBase, detail: CodeDetail, day: date) -> Comparison:
    """What every policy in force on a day says of a procedure code."""
    by_policy: dict[str, list[CodeRule]] = {}
    for use in detail.rules:
        if use.use in ABOUT_THE_CODE and _holds(use, day):
            by_policy.setdefault(use.policy.id, []).append(use)
    named = {key for uses in by_policy.values() for key in _lists_of(uses)}
    sets = {each.id: each for each in code_sets(kb, named)}
    columns = tuple(_column(uses, sets, day) for uses in by_policy.values())
    covering = {each.policy.payer for each in columns if _covers(each)}
    following = followers(kb, day)
    others = (each for each in payers(kb) if each.id not in covering)
    return Comparison(
        columns=columns,
        followers=tuple(following.values()),
        without=tuple(
            Voice(each.title, "", f"/payer/{each.id}")
            for each in others
            if each.id not in following
        ),
    )


def followers(kb: KnowledgeBase, day: date) -> dict[str, Voice]:
    """By payer: whose policies hold for its claims too."""
    titles = {each.id: each.title for each in payers(kb)}
    return {
        each.payer: Voice(
            each.payer_title, titles[each.defers_to], f"/policy/{each.id}"
        )
        for each in policies(kb, on=day.isoformat())
        if each.defers_to
    }


def _holds(use: CodeRule, day: date) -> bool:
    return holds_on(use.from_day, use.through_day, day) and in_force_on(use.rule, day)


def _lists_of(uses: Iterable[CodeRule]) -> set[str]:
    """The lists that rules are for, and those that they name."""
    rules = {use.rule.id: use.rule for use in uses}.values()
    scopes = {rule.code_set for rule in rules} - {""}
    return scopes | {key for rule in rules for key in sets_named(rule.tree)}


def _column(uses: list[CodeRule], sets: dict[str, CodeSet], day: date) -> Column:
    policy = uses[0].policy
    rules = list({use.rule.id: use.rule for use in uses}.values())
    answers: dict[str, list[Entry]] = {aspect.key: [] for aspect in ASPECTS}
    in_scope = {use.rule.id for use in uses if use.use in {"for", "every"}}
    for rule in rules:
        own = rule.id in in_scope
        entry = entry_of(policy, rule, sets, rule.code_set if own else "", day)
        # A rule for other codes that only names this one is about the same day.
        question = aspect_of(rule.tree) if own or rule.kind == "gap" else "same-day"
        answers.setdefault(question, []).append(entry)
    cells = tuple(Cell(aspect, tuple(answers[aspect.key])) for aspect in ASPECTS)
    return Column(policy, cells, tuple(answers.get(OPEN_POINTS.key, ())))


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """Whether the list of a policy holds a diagnosis on a day."""

    policy: Policy
    title: str
    path: str
    holds: bool | None
    """``None``: the policy has no list that is loaded."""


def diagnosis_lists(
    kb: KnowledgeBase, detail: CodeDetail, day: date
) -> tuple[ListAnswer, ...]:
    """Every diagnosis list that a rule requires, of every policy in force on a day."""
    holding = {each.id for each in detail.lists if _list_holds(each, day)}
    found: dict[tuple[str, str], ListAnswer] = {}
    required_by = kb.once(_required_lists)
    for policy in policies(kb, on=day.isoformat()):
        required = required_by.get(policy.id, ())
        if not required:
            path = f"/policy/{policy.id}"
            found[policy.id, ""] = ListAnswer(policy, "", path, holds=None)
        for rule, set_id, title, name in required:
            answer = ListAnswer(
                policy=policy,
                title=title or name,
                path=f"/policy/{policy.id}#rule-{rule}",
                holds=set_id in holding,
            )
            found.setdefault((policy.id, set_id), answer)
    return tuple(found.values())


def _list_holds(found: CodeList, day: date) -> bool:
    return holds_on(found.from_day, found.through_day, day)


def _required_lists(
    kb: KnowledgeBase,
) -> dict[str, list[tuple[str, str, str, str]]]:
    """By policy version: rule name, list, its title and name, where a duty asks for it."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for version, *required in kb.connection.execute(
        """SELECT DISTINCT r.policy_version, r.name, s.id, s.title, s.name
        FROM rule r CROSS JOIN json_tree(r.ir, '$.duty') t CROSS JOIN code_set s
        WHERE r.id IN (SELECT rule FROM rule_mention WHERE use = 'diagnosis')
          AND t.key = 'set' AND s.id = t.value AND s.kind = 'diagnosis'
        ORDER BY r.policy_version, r.position, s.id"""
    ):
        rule, key, title, name = required
        found.setdefault(version, []).append((rule, key, title, name))
    return found


def other_uses(detail: CodeDetail, shown: Iterable[str], day: date) -> list[CodeRule]:
    """Rules that name the code otherwise than being for it, but those ``shown``."""
    seen: dict[tuple[str, str], CodeRule] = {}
    for use in detail.rules:
        if use.use not in ABOUT_THE_CODE and _holds(use, day):
            seen.setdefault((use.rule.id, use.use), use)
    paths = set(shown)
    return [
        use for use in seen.values() if rule_path(use.policy, use.rule) not in paths
    ]
