"""A card made: what the policies that hold for a payer on a day answer, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from kb.plain.headings import ASPECTS, OPEN_POINTS, Aspect
from kb.read.card_store import Answer, Answers, Holding, Scoped, answers_of, holdings
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import Payer, Policy, Source
from kb.read.source_store import sources
from kb.read.store import policy_versions
from kb.reference.approval_lists import APPROVAL, silence_of
from kb.reference.card_rows import (
    Row,
    Spoken,
    best_first,
    firm,
    rows_of,
    saying_the_same,
    usual_codes,
)
from kb.reference.card_words import (
    CONDITIONS,
    Known,
    covered_row,
    short_of,
    silence_words,
)
from kb.reference.documents import Document, documents_for

NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a card is about."""

    key: str
    """A family (``epidural``) or a code (``64483``)."""
    title: str
    codes: frozenset[str]
    is_family: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One question with the answers of all policies."""

    aspect: Aspect
    known: Known
    """``partly``: only for some codes, states, plans or cases, or on a weak ground."""
    short: str
    """The answer in big type: ``4 in 12 months``, ``Required``; empty where silent."""
    rows: tuple[Row, ...]
    """What is most general, and best founded, stands first."""
    searched: str
    """Of a silent cell: what was looked through, as a sentence."""
    ask: str
    """Of a silent cell: whom to ask."""
    silence: str = NOT_KNOWN
    """Of a silent cell: what stands in the answer's place."""

    @property
    def says_nothing(self) -> bool:
        """Whether no rule answers, and no list either that it is not on."""
        return self.known == "silent" and self.silence == NOT_KNOWN


@dataclass(frozen=True, slots=True)
class Card:
    """What a payer says of a family or code, on a day, in a state and place."""

    payer: Payer
    subject: Subject
    day: date
    state: str
    """Empty: in any state."""
    place: str
    """A place of service; empty: in any."""
    usual: tuple[str, ...]
    """The codes that answers are for which name none: those that most coverage rules name."""
    cells: tuple[Cell, ...]
    """Every question, in fixed order; silent ones too."""
    policies: tuple[Policy, ...]
    """Those that answer something here, merged."""
    searched: tuple[Policy, ...]
    """Every policy of the payer in force that was looked through."""
    documents: tuple[Document, ...]
    """What the chart must show."""
    sources: tuple[Source, ...]
    gaps: tuple[Row, ...]
    """What the policies leave open."""

    def cell(self, key: str) -> Cell:
        """The cell of a question by its key; ``KeyError`` for none of that name."""
        return {each.aspect.key: each for each in self.cells}[key]

    @property
    def is_silent(self) -> bool:
        """Whether no rule of the payer names the codes.

        Rules for every line do not count, nor do policies for any payer.
        """
        return not self._own_rows()

    @property
    def is_led(self) -> bool:
        """Whether every rule that names the codes is of a payer that this one follows."""
        own = self._own_rows()
        return bool(own) and all(row.follows for row in own)

    def _own_rows(self) -> list[Row]:
        return [
            row
            for cell in self.cells
            for row in cell.rows
            if row.codes and not row.anyone
        ]


@dataclass(frozen=True, slots=True)
class Answered:
    """How much a card answers."""

    aspects: frozenset[str]
    """Keys of the questions that rules answer which name codes of its subject."""
    review_by: str
    """The first day by which a source of it is to be read again; empty for none."""


def _place(answer: Answer) -> tuple[int, str]:
    """Where an answer stands in its policy."""
    return answer.position, answer.from_day or ""


NO_CODES: frozenset[str] = frozenset()


class Asked:
    """One payer, day, state and place: the policies that hold, read once for all cards."""

    def __init__(
        self,
        kb: KnowledgeBase,
        payer: Payer,
        day: date,
        state: str = "",
        place: str = "",
        contractor: str | None = None,
    ) -> None:
        self.payer, self.day = payer, day
        self.state, self.place = state, place
        self.given = {"state": state, "place": place}
        self.contractor = contractor
        self.day_text = day.isoformat()
        self.holding = self._in_force(kb)
        """The policies in force, and how they hold for the payer."""
        self.policies = self._policies(kb)
        """The same by version, in the order of all policies."""
        self.answers = answers_of(kb, (each.version for each in self.holding))
        """What they say."""
        self.held = self._held(kb)
        self.answered: dict[str, Answered] = {}
        """What is answered of subjects that were asked for, by their keys."""
        self.of_no_code: Card | None = None
        """Its card for codes that none of them names, when it was asked for."""

    def _in_force(self, kb: KnowledgeBase) -> list[Holding]:
        return [
            each
            for each in holdings(kb).get(self.payer.id, ())
            if self._holds(each.from_day, each.through_day)
            and (not self.state or not each.states or self.state in each.states)
        ]

    def _policies(self, kb: KnowledgeBase) -> dict[str, Policy]:
        found = policy_versions(kb, (each.version for each in self.holding))
        if self.contractor is None:
            return found
        own = ("", self.contractor)
        return {key: each for key, each in found.items() if each.contractor in own}

    @cached_property
    def silence(self) -> tuple[str, str]:
        """What every cell says that none of them answers."""
        return silence_words(self.payer, self.policies)

    @cached_property
    def named(self) -> frozenset[str]:
        """Every code that one of them, or one of another state, is for or names."""
        of_each = (
            codes
            for _, _, answers in self.held
            for codes in (answers.by_code, answers.beside)
        )
        return frozenset().union(*of_each)

    @cached_property
    def apart(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """By state or place: the lists of them that what they say depends on."""
        found = {
            "state": {each.states for each in self.holding if each.states},
            "place": set[tuple[str, ...]](),
        }
        for answer in (each for one in self.answers.values() for each in one.all):
            for field, _how, values in answer.confined:
                found[field].add(values)
        if any(each.contractor for each in self.policies.values()):
            found["state"].add(())  # whose they are is said only where none is given
        return {field: tuple(lists) for field, lists in found.items()}

    def alike(self, field: str, given: str) -> str:
        """The same for all states (or places) that they tell not apart; empty for any."""
        lists = self.apart[field] if given else ()
        return "".join("+" if given in each else "-" for each in lists)

    def card(self, kb: KnowledgeBase, subject: Subject) -> Card:
        """The card of a subject."""
        if not subject.codes.isdisjoint(self.named):
            return self._made(kb, subject)
        if self.of_no_code is None:
            self.of_no_code = self._made(kb, subject)
        usual = tuple(sorted(subject.codes))
        cells = tuple(
            # What lists of approval say of a silence depends on the codes.
            self._cell(cell.aspect, [], subject)
            if cell.aspect.key == APPROVAL and not cell.rows
            else cell
            for cell in self.of_no_code.cells
        )
        return replace(self.of_no_code, subject=subject, usual=usual, cells=cells)

    def answered_of(self, kb: KnowledgeBase, subject: Subject) -> Answered:
        """How much a card of the subject would answer, without making it."""
        found = self.answered.get(subject.key)
        if found is None:
            found = self.answered[subject.key] = self._answered(kb, subject)
        return found

    def _answered(self, kb: KnowledgeBase, subject: Subject) -> Answered:
        spoken = [*self._spoken(subject)]
        naming = [each for each in spoken if each.codes]
        aspects = {each.answer.aspect for each in naming}
        conditions = (each for each in naming if each.answer.aspect in CONDITIONS)
        if "covered" not in aspects and any(
            same[0].policy.decides == "coverage" and firm(same)
            for same in saying_the_same(conditions)
        ):
            aspects.add("covered")  # as ``covered_row`` has it
        cited = {key for each in spoken for key in each.answer.sources}
        days = (each.review_by for each in _cited(kb, cited) if each.review_by)
        return Answered(frozenset(aspects), min(days, default=""))

    def _made(self, kb: KnowledgeBase, subject: Subject) -> Card:
        spoken = [*self._spoken(subject)]
        usual = usual_codes(spoken, subject.codes)
        rows = rows_of(spoken, usual, self.given)
        by_aspect: dict[str, list[Row]] = {}
        for row in rows:
            by_aspect.setdefault(row.aspect, []).append(row)
        if APPROVAL in by_aspect:
            # What holds everywhere is the answer, though a person must look at it.
            by_aspect[APPROVAL].sort(key=lambda row: not row.is_general)
        conditional = covered_row(rows)
        if conditional is not None:
            covered = [*by_aspect.get("covered", ()), conditional]
            by_aspect["covered"] = sorted(covered, key=best_first)
        answering = {path for row in rows for path in row.policies}
        cited = {key for row in rows for key in row.sources}
        return Card(
            payer=self.payer,
            subject=subject,
            day=self.day,
            state=self.state,
            place=self.place,
            usual=tuple(sorted(usual)),
            cells=tuple(
                self._cell(aspect, by_aspect.get(aspect.key, []), subject)
                for aspect in ASPECTS
            ),
            policies=tuple(p for p in self.policies.values() if p.id in answering),
            searched=tuple(self.policies.values()),
            documents=documents_for(
                kb,
                {fact for each in spoken if each.codes for fact in each.answer.facts},
            ),
            sources=_cited(kb, cited),
            gaps=tuple(by_aspect.get(OPEN_POINTS.key, ())),
        )

    def _spoken(self, subject: Subject) -> Iterator[Spoken]:
        """Every answer for codes of the subject, with whose it is."""
        for holding in self.holding:
            policy = self.policies.get(holding.version)
            if policy is None:
                continue
            answers = self.answers[holding.version]
            named = self._rules_for(answers.by_code, subject.codes)
            beside = self._rules_for(answers.beside, subject.codes)
            for answer, codes in named.values():
                if self._may_apply(answer, holding):
                    yield Spoken(answer, policy, holding, frozenset(codes))
            for answer in answers.for_all:
                said = answer.kind == "rule" or bool(named)
                if said and self._may_apply(answer, holding):
                    yield Spoken(answer, policy, holding, NO_CODES)
            for answer, codes in beside.values():
                if (
                    answer.rule,
                    answer.from_day or "",
                ) not in named and self._may_apply(answer, holding):
                    own = answers.codes[answer.rule]
                    yield Spoken(answer, policy, holding, frozenset(codes), own)

    def _rules_for(
        self, by_code: Mapping[str, tuple[Scoped, ...]], codes: frozenset[str]
    ) -> dict[tuple[str, str], tuple[Answer, list[str]]]:
        """By rule: its answer, and the codes of the subject that it is for, or names."""
        found: dict[tuple[str, str], tuple[Answer, list[str]]] = {}
        for code in sorted(codes & by_code.keys()):
            for scoped in by_code[code]:
                if self._holds(scoped.from_day, scoped.through_day):
                    answer = scoped.answer
                    key = answer.rule, answer.from_day or ""
                    found.setdefault(key, (answer, []))[1].append(code)
        in_order = sorted(found.items(), key=lambda each: _place(each[1][0]))
        return dict(in_order)

    def _holds(self, first: str | None, last: str | None) -> bool:
        return (first or "") <= self.day_text and (not last or self.day_text <= last)

    def _may_apply(self, answer: Answer, holding: Holding) -> bool:
        """Whether an answer holds on the day, for this payer, and can apply where it is asked."""
        if holding.followed_by and not answer.carried:
            return False
        if not self._holds(answer.from_day, answer.through_day):
            return False
        return all(
            not self.given[field] or (self.given[field] in values) == (how == "only")
            for field, how, values in answer.confined
        )

    def _cell(self, aspect: Aspect, rows: list[Row], subject: Subject) -> Cell:
        short, known = short_of(aspect.key, rows, subject.codes)
        if known != "silent":
            return Cell(aspect, known, short, tuple(rows), "", "")
        searched, ask = self.silence
        if aspect.key == APPROVAL:
            lists = silence_of(self.held, subject.codes)
            if lists.short:
                return Cell(aspect, known, short, (), lists.searched, ask, lists.short)
        return Cell(aspect, known, short, (), searched, ask)

    def _held(self, kb: KnowledgeBase) -> list[tuple[Holding, Policy, Answers]]:
        """The payer's policies of the day, those of other states too, with what they say."""
        of_day = [
            each
            for each in holdings(kb).get(self.payer.id, ())
            if self._holds(each.from_day, each.through_day)
        ]
        versions = [each.version for each in of_day]
        policies, answers = policy_versions(kb, versions), answers_of(kb, versions)
        return [
            (each, policies[each.version], answers[each.version]) for each in of_day
        ]


def _cited(kb: KnowledgeBase, keys: set[str]) -> tuple[Source, ...]:
    """Sources by publisher and title."""
    known = kb.once(_sources_by_key)
    found = sorted((known[key] for key in keys), key=lambda each: each[0])
    return tuple(each for _, each in found)


def _sources_by_key(kb: KnowledgeBase) -> dict[str, tuple[int, Source]]:
    return {each.id: (at, each) for at, each in enumerate(sources(kb))}
