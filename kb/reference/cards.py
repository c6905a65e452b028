"""One card per payer and procedure, as of a day: all that its policies in force answer.

A card is merged from every policy that holds for the payer: its own, those of its
contractors, those for any payer, and those of a payer that it follows.  Its cells come in
the fixed order of ``kb.plain.aspects.ASPECTS``.  A cell is ``silent`` only where no rule
in force of any of these policies answers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from threading import Lock

from cachetools import LRUCache

from kb.plain.headings import ASPECTS, OPEN_POINTS, Aspect
from kb.plain.trade import in_trade_words
from kb.read.card_store import (
    Answer,
    Answers,
    Holding,
    Scoped,
    answers_of,
    days_of_change,
    holdings,
)
from kb.read.families import families, family_title
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import Payer, Policy, Source
from kb.read.source_store import sources
from kb.read.store import payers, policy_versions
from kb.reference.approval_lists import APPROVAL, silence_of
from kb.reference.card_rows import Row, Spoken, best_first, rows_of, usual_codes
from kb.reference.card_words import Known, covered_row, short_of, silence_words
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


def _place(answer: Answer) -> tuple[int, str]:
    """Where an answer stands in its policy."""
    return answer.position, answer.from_day or ""


NO_CODES: frozenset[str] = frozenset()


class _Asked:
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
    def minds(self) -> frozenset[str]:
        """Which of state and place change what they say."""
        answers = (each for one in self.answers.values() for each in one.all)
        fields = {field for each in answers for field, *_ in each.confined}
        by_state = any(each.states for each in self.holding)
        if by_state or any(each.contractor for each in self.policies.values()):
            fields.add("state")
        return frozenset(fields)

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


MOST_CARDS = 3000
"""Kept in memory, of some 10 kB each: all payers and families, and the codes last asked for."""
MOST_ASKED = 1000
"""Payers with a state, a place and a day, whose policies in force are kept together."""


class _Cards:
    """Cards that were made of a build, for every thread."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.made: LRUCache[tuple[str, ...], Card] = LRUCache(maxsize=MOST_CARDS)
        self.asked: LRUCache[tuple[str, ...], _Asked] = LRUCache(maxsize=MOST_ASKED)


def _no_cards(_kb: KnowledgeBase) -> _Cards:
    return _Cards()


def unchanged_since(kb: KnowledgeBase, day: str) -> str:
    """The last day up to ``day`` on which anything of the base begins, or has ended.

    Between two such days every card stays the same.
    """
    days = days_of_change(kb)
    at = bisect_right(days, day)
    return days[at - 1] if at else ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where and when cards are asked for."""

    day: date
    state: str = ""
    place: str = ""
    contractor: str | None = None


def _kept(kb: KnowledgeBase, payer: Payer, about: Subject, at: _Place) -> Card:
    """The card, made once for all days between two on which something changes.

    And once for all states and places, where the payer's policies tell none apart.
    """
    cards = kb.once(_no_cards)
    since = unchanged_since(kb, at.day.isoformat())
    minds = frozenset[str]()
    if at.state or at.place:
        everywhere = replace(at, state="", place="")
        minds = _policies_at(kb, payer, everywhere, cards, since).minds
    told = replace(
        at,
        state=at.state if "state" in minds else "",
        place=at.place if "place" in minds else "",
    )
    key = about.key, *_key(payer, told, since)
    with cards.lock:
        found = cards.made.get(key)
    if found is None:
        found = _policies_at(kb, payer, told, cards, since).card(kb, about)
        with cards.lock:
            cards.made[key] = found
    if (found.day, found.state, found.place) == (at.day, at.state, at.place):
        return found
    return replace(found, day=at.day, state=at.state, place=at.place)


def _key(payer: Payer, at: _Place, since: str) -> tuple[str, ...]:
    contractor = "any" if at.contractor is None else f"={at.contractor}"
    return payer.id, since, at.state, at.place, contractor


def _policies_at(
    kb: KnowledgeBase, payer: Payer, at: _Place, cards: _Cards, since: str
) -> _Asked:
    """The policies in force there, gathered once for all cards."""
    spot = _key(payer, at, since)
    with cards.lock:
        found = cards.asked.get(spot)
    if found is None:
        found = _Asked(kb, payer, at.day, at.state, at.place, at.contractor)
        with cards.lock:
            cards.asked[spot] = found
    return found


def card(
    kb: KnowledgeBase,
    payer_id: str,
    subject: str,
    day: date,
    state: str = "",
    place: str = "",
) -> Card | None:
    """The card of a payer for a family or code; ``None`` for an unknown payer or subject.

    ``subject`` is the key of a family (``epidural``) or a procedure code (``64483``);
    ``state`` two letters, ``place`` a place of service; empty asks for all of them.
    """
    payer, about = _payer(kb, payer_id), subject_of(kb, subject, day)
    at = _Place(day, state, place)
    return _kept(kb, payer, about, at) if payer and about else None


def cards_of_payer(
    kb: KnowledgeBase, payer_id: str, day: date, state: str = "", place: str = ""
) -> tuple[Card, ...]:
    """A card for each family of procedures, silent ones too; none for an unknown payer."""
    payer, at = _payer(kb, payer_id), _Place(day, state, place)
    if payer is None:
        return ()
    return tuple(_kept(kb, payer, each, at) for each in family_subjects(kb, day))


def cards_of_code(
    kb: KnowledgeBase, subject: str, day: date, state: str = "", place: str = ""
) -> tuple[Card, ...]:
    """A card for each payer, by its title; none for an unknown family or code."""
    about = subject_of(kb, subject, day)
    if about is None:
        return ()
    kb.once(_all_answers)
    at = _Place(day, state, place)
    return tuple(_kept(kb, each, about, at) for each in payers(kb))


def _all_answers(kb: KnowledgeBase) -> int:
    """Read what every policy says in one go; how many there are."""
    held = holdings(kb).values()
    return len(answers_of(kb, (each.version for own in held for each in own)))


def card_of_contractor(
    kb: KnowledgeBase, payer_id: str, contractor: str, subject: str, day: date
) -> Card | None:
    """What holds where one contractor of a payer decides, in any of its states."""
    payer, about = _payer(kb, payer_id), subject_of(kb, subject, day)
    if payer is None or about is None:
        return None
    return _kept(kb, payer, about, _Place(day, contractor=contractor))


def _cited(kb: KnowledgeBase, keys: set[str]) -> tuple[Source, ...]:
    """Sources by publisher and title."""
    known = kb.once(_sources_by_key)
    found = sorted((known[key] for key in keys), key=lambda each: each[0])
    return tuple(each for _, each in found)


def _sources_by_key(kb: KnowledgeBase) -> dict[str, tuple[int, Source]]:
    return {each.id: (at, each) for at, each in enumerate(sources(kb))}


def _payer(kb: KnowledgeBase, payer_id: str) -> Payer | None:
    return next((each for each in payers(kb) if each.id == payer_id), None)


def family_subjects(kb: KnowledgeBase, day: date) -> tuple[Subject, ...]:
    """Every family of procedures with its codes of the day, in order."""
    return tuple(
        Subject(key, family_title(key), codes, is_family=True)
        for key, codes in families(kb, day).items()
    )


def subject_of(kb: KnowledgeBase, key: str, day: date) -> Subject | None:
    """A family, or a procedure code, by its key; ``None`` when neither is loaded."""
    for each in family_subjects(kb, day):
        if each.key == key:
            return each
    label = procedure_labels(kb).get(key.upper())
    if label is None:
        return None
    return Subject(key.upper(), label, frozenset({key.upper()}), is_family=False)


def procedure_labels(kb: KnowledgeBase) -> dict[str, str]:
    """Every procedure code with our words for it, which may be none."""
    return kb.once(_procedure_labels)


def _procedure_labels(kb: KnowledgeBase) -> dict[str, str]:
    return {
        row["id"]: in_trade_words(row["label"])
        for row in kb.rows("SELECT id, label FROM code WHERE kind = 'procedure'")
    }


def policies_in_force(
    kb: KnowledgeBase, payer_id: str, day: date, state: str = ""
) -> tuple[Policy, ...]:
    """Every policy that holds for a payer, those for any payer and followed ones too."""
    payer = _payer(kb, payer_id)
    return tuple(_Asked(kb, payer, day, state).policies.values()) if payer else ()


def codes_of_payer(
    kb: KnowledgeBase, payer_id: str, day: date, state: str = ""
) -> tuple[str, ...]:
    """The procedure codes that rules of a payer's own policies in force are for."""
    own = [
        each.id
        for each in policies_in_force(kb, payer_id, day, state)
        if not each.any_payer
    ]
    text = day.isoformat()
    return tuple(
        sorted(
            {
                code
                for answers in answers_of(kb, own).values()
                for code, scoped in answers.by_code.items()
                if any(
                    (each.from_day or "") <= text <= (each.through_day or "9999")
                    for each in scoped
                )
            }
        )
    )
