"""Questions answered: the cells of cards that they ask for, or the page that they mean.

``ask`` reads a question (``kb.asking.reader``) and answers from the merged cards
(``kb.reference.cards``).  What nothing loaded answers says so, with what was searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from dsl.load.words import TOPICS
from kb.asking.advice import NOT_KEPT, advice_on, documents_of, payers_of_documents
from kb.asking.answered import Asked, CardAnswer, Table
from kb.asking.card_answers import (
    MOST_CARDS,
    cards_of_siblings,
    cards_with_siblings,
)
from kb.asking.cms import leads_of_tables, settles, told_by_cms
from kb.asking.code_names import asks_for_codes
from kb.asking.coding import further_codes, several
from kb.asking.denials import asked_by
from kb.asking.find import Found, find
from kb.asking.grouping import of_blocks, without_numbers
from kb.asking.leads import leads_of
from kb.asking.meant_pages import changes, page, payer_alone
from kb.asking.modifier_words import modifiers_told
from kb.asking.notes import (
    denials_on,
    notes_on,
    nothing_is_known,
    other_readings,
    siblings_of,
    silences_of,
)
from kb.asking.pairs import asks_pairs, parted
from kb.asking.reader import understand
from kb.asking.settling import MEDICARE
from kb.asking.subjects import (
    is_code,
    page_of,
    state_of,
    subject_title,
    subjects_of,
)
from kb.asking.tables import of_payers
from kb.asking.topics import OF_SIDES
from kb.asking.understood import (
    ABSENT,
    BRAND,
    CODES,
    DENIAL,
    DIAGNOSIS,
    DOCUMENT,
    MODIFIER,
    PAYER,
    SPAN,
    TOPIC,
    UNLOADED,
    Chip,
    Understood,
)
from kb.asking.vocabulary import vocabulary
from kb.read.store import KnowledgeBase, open_knowledge_base

MOST_COMPARED = 4
"""Payers that one page shows side by side."""
MOST_APART = 2
"""Procedures of which each is told beside what is said of both."""
MOST_HITS = 8
WITHOUT_HITS = frozenset({*NOT_KEPT, "changed"})
"""Topics of which full-text search finds nothing that answers."""


def ask(
    source: KnowledgeBase | Path | str, text: str, today: date | None = None
) -> Asked:
    """Answer a question in one's own words; any text has an answer, if only that none is.

    ``source`` is a knowledge base, or the path of the file that ``payerkb build`` wrote.
    ``today`` is the day when the question names none; that of the clock in UTC by default.

    Raises ``KnowledgeBaseError`` for a path at which there is no sound knowledge base.
    """
    day = today or datetime.now(UTC).date()
    if isinstance(source, KnowledgeBase):
        return answer(source, understand(source, text, day))
    with closing(open_knowledge_base(Path(source))) as connection:
        return ask(KnowledgeBase(connection), text, day)


def answer(kb: KnowledgeBase, understood: Understood) -> Asked:
    """Answer a question as it was understood; for chips that a person has changed."""
    known = vocabulary(kb)
    named = (*subjects_of(kb, understood), *further_codes(kb, understood))
    subjects = [*dict.fromkeys(named)]
    payers = [chip for chip in understood.all(PAYER) if chip.known]
    if subjects and not understood.one(PAYER, BRAND, ABSENT):
        payers = payers_of_documents(kb, understood)
    understood, subjects = of_blocks(understood, subjects)
    understood = _with_questions(understood, payers, subjects)
    told = _told(kb, understood, payers, subjects)
    siblings = cards_of_siblings(kb, understood, payers, subjects, told.cards)
    answered = (each for table in told.tables for each in table.groups)
    understood = without_numbers(understood, answered)
    advice = (
        *advice_on(kb, understood),
        *modifiers_told(kb, understood, subjects, told.cards),
    )
    if advice and "appeal" in understood.topics:
        told = told._replace(cards=tuple(_without_silence(told.cards)))
        # Rules that are only about an appeal of their own kind give no days of appeals.
        told = told if subjects else told._replace(tables=())
    cms = told_by_cms(kb, understood)
    settled = settles(kb, understood, cms)
    silences = () if settled else silences_of(told.tables)
    of_medicare = _denied_by_medicare(kb, understood, payers, subjects)
    leads = leads_of(kb, understood, (*told.cards, *of_medicare), siblings)
    if settled:
        leads = tuple(each for each in leads if each.known != "silent")
    return Asked(
        understood=understood,
        title=told.title,
        path=told.path,
        cards=told.cards,
        tables=told.tables,
        leads=(*leads_of_tables(kb, understood, cms), *leads),
        notes=(*notes_on(understood, known), *told.notes, *silences),
        meanings=siblings_of(
            payers, known, {each.card.payer.id for each in (*told.cards, *siblings)}
        ),
        readings=other_readings(understood),
        cms=cms,
        advice=(
            *denials_on(understood, is_shown=bool(told.cards or told.tables)),
            *advice,
            *documents_of(understood, [each.card for each in told.cards]),
        ),
        hits=()
        if understood.one(ABSENT, UNLOADED, DENIAL)
        or WITHOUT_HITS & {*understood.topics}
        or (advice and asks_for_codes(understood))
        else _hits(kb, understood, is_silent=nothing_is_known(told.cards, told.tables)),
    )


def _denied_by_medicare(
    kb: KnowledgeBase, understood: Understood, payers: list[Chip], subjects: list[str]
) -> tuple[CardAnswer, ...]:
    """What Medicare denies so of a procedure, where a denial names no payer."""
    titles = vocabulary(kb).payers
    named = payers or understood.one(PAYER, BRAND, ABSENT)
    if named or not (understood.one(DENIAL) and subjects) or MEDICARE not in titles:
        return ()
    medicare = Chip(PAYER, (MEDICARE,), titles[MEDICARE].title, "")
    return cards_with_siblings(kb, understood, [medicare], subjects)[:1]


class _Told(NamedTuple):
    """What answers: the page, and the cards or tables on it."""

    title: str = ""
    path: str = ""
    cards: tuple[CardAnswer, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


def _without_silence(cards: Iterable[CardAnswer]) -> Iterator[CardAnswer]:
    """The cards without what no rule says where sentences are the answer."""
    for each in cards:
        asked = tuple(cell for cell in each.asked if not cell.says_nothing)
        if asked or each.rows:
            yield replace(each, asked=asked)


TIMES = re.compile(r"\bx ?\d{1,2}\b|\b\d{1,2} ?x\b", re.IGNORECASE)
"""How often a code stands on a claim: ``64483 x2``."""


_WITHOUT = re.compile(r"\b(?:without|w/o|no|blind)\b", re.IGNORECASE)
"""Of a procedure that lacks something: whether it is covered so."""


def _with_questions(
    understood: Understood, payers: list[Chip], subjects: list[str]
) -> Understood:
    """With what a denial of no procedure, or several levels, ask where nothing else is asked."""
    if understood.topics:
        return understood
    asked: tuple[Chip, ...] = ()
    if (times := TIMES.search(understood.text)) and len(subjects) == 1:
        asked = (Chip(TOPIC, ("units",), TOPICS["units"], times[0]),)
    elif any(_WITHOUT.search(chip.typed) for chip in understood.all(CODES)):
        asked = (Chip(TOPIC, ("covered",), TOPICS["covered"], ""),)
    elif any(chip.value in OF_SIDES for chip in understood.all(MODIFIER)):
        asked = (Chip(TOPIC, ("sides",), TOPICS["sides"], ""),)
    elif payers and not subjects:
        asked = asked_by(understood.all(DENIAL))
    elif subjects and (level := several(understood)):
        asked = (level,)
    return replace(understood, chips=(*understood.chips, *asked))


def _told(
    kb: KnowledgeBase, understood: Understood, payers: list[Chip], subjects: list[str]
) -> _Told:
    """The page, cards and tables that answer."""
    unloaded = [chip for chip in understood.chips if not chip.known]
    if any(chip.kind in (PAYER, BRAND, ABSENT) for chip in unloaded):
        return _Told()  # another payer's answer would be taken for this one's
    if understood.one(UNLOADED) and not subjects:
        return _Told()  # nor is what a payer says of others an answer
    if understood.topics and NOT_KEPT.keys() >= {*understood.topics}:
        return _page_of_payer(payers)
    if "changed" in understood.topics and (
        payers or understood.one(SPAN) or not subjects
    ):
        return _Told(*changes(understood, payers))
    if subjects and understood.topics == ("global",):
        return _Told(subject_title(kb, subjects[0]), page_of(subjects[0]))
    if subjects:
        return _of_subjects(kb, understood, payers, subjects)
    if payers and not (understood.one(DOCUMENT) and not understood.topics):
        title, path, cards, tables = payer_alone(kb, understood, payers[0])
        return _Told(title, path, cards, tables)
    title, path, tables = page(kb, understood, subjects)
    return _Told(title, path, (), tables)


def _of_subjects(
    kb: KnowledgeBase, understood: Understood, payers: list[Chip], subjects: list[str]
) -> _Told:
    """What payers say of procedures: each by itself, side by side, or all of them."""
    if _compares(understood, payers):
        title, path, tables = _compared(kb, understood, payers, subjects)
        return _Told(title, path, (), tables)
    if payers:
        of_both, of_each = parted(understood, subjects)
        cards = cards_with_siblings(kb, of_both, payers, subjects)
        if of_each:
            cards += cards_with_siblings(kb, of_each, payers[:1], subjects)
        alone = len(cards) == 1
        title = cards[0].title if alone else "Side by side"
        return _Told(title, cards[0].path if alone else "", cards)
    brand = understood.one(BRAND)
    if not brand and asks_for_codes(understood):
        return _Told(subject_title(kb, subjects[0]), page_of(subjects[0]))
    if brand or _wants_table(understood, subjects):
        return _of_all(kb, understood, brand, subjects)
    title, path, tables = page(kb, understood, subjects)
    return _Told(title, path, (), tables)


def _of_all(
    kb: KnowledgeBase, understood: Understood, brand: Chip | None, subjects: list[str]
) -> _Told:
    """Many payers side by side; without lists of diagnoses what else they say."""
    only = frozenset(brand.values) if brand else None
    path = "" if brand else page_of(subjects[0])
    of_both, of_each = parted(understood, subjects)
    table = of_payers(kb, of_both, subjects, only)
    if of_each:
        each = (of_payers(kb, of_each, [one], only) for one in subjects[:MOST_APART])
        return _Told(table.title, path, (), (table, *each))
    diagnosis = understood.one(DIAGNOSIS)
    if table.rows or diagnosis is None:
        return _Told(table.title, path, (), (table,))
    kept = tuple(chip for chip in understood.chips if chip.kind != DIAGNOSIS)
    table = of_payers(kb, replace(understood, chips=kept), subjects, only)
    note = f"None of these payers has a loaded list of diagnoses to look {diagnosis.value} up in."
    return _Told(table.title, path, (), (table,), (note,))


def _hits(
    kb: KnowledgeBase, understood: Understood, *, is_silent: bool
) -> tuple[Found, ...]:
    """What holds the words; beside an answer only what holds them all."""
    found = find(kb, understood, MOST_HITS, with_topics=is_silent)
    return found if is_silent else tuple(hit for hit in found if not hit.without)


def _compares(understood: Understood, payers: list[Chip]) -> bool:
    """Whether several payers are asked about side by side."""
    return len(payers) >= MOST_CARDS or (
        len(payers) > 1 and "compared" in understood.topics
    )


def _compared(
    kb: KnowledgeBase, understood: Understood, payers: list[Chip], subjects: list[str]
) -> tuple[str, str, tuple[Table, ...]]:
    """Payers side by side, with the page that shows all of their cells."""
    keys = [chip.value for chip in payers]
    table = of_payers(kb, understood, subjects, frozenset(keys))
    kind = "code" if is_code(subjects[0]) else "family"
    asked = {"payers": ",".join(keys[:MOST_COMPARED]), kind: subjects[0]}
    if state := state_of(kb, understood):
        asked["state"] = state
    return table.title, f"/compare?{urlencode(asked, safe=',')}", (table,)


def _wants_table(understood: Understood, subjects: list[str]) -> bool:
    """A question about all payers; a code alone is its page."""
    asked = set(understood.topics) - {"changed"}
    narrowed = asked or understood.one(MODIFIER, DIAGNOSIS)
    both = asks_pairs(understood, subjects)
    return bool(narrowed) or both or not is_code(subjects[0])


def _page_of_payer(payers: list[Chip]) -> _Told:
    return _Told(payers[0].label, f"/payer/{payers[0].value}") if payers else _Told()
