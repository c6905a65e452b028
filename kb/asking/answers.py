"""Questions answered: the cells of cards that they ask for, or the page that they mean.

``ask`` reads a question (``kb.asking.reader``) and answers from the merged cards
(``kb.reference.cards``).  What nothing loaded answers says so, with what was searched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from kb.asking.advice import NOT_KEPT, advice_on, documents_of, payers_of_documents
from kb.asking.answered import Asked, CardAnswer, Table
from kb.asking.cms import settles, told_by_cms
from kb.asking.coding import further_codes, several
from kb.asking.denials import asked_by, rows_that_deny, sentences_of, told_apart
from kb.asking.diagnoses import verdicts
from kb.asking.find import Found, find
from kb.asking.followed import relief_before
from kb.asking.grouping import of_blocks, without_numbers
from kb.asking.pairs import asks_pairs, rows_of_both, rows_of_modifiers
from kb.asking.reader import understand
from kb.asking.subjects import (
    card_path,
    is_code,
    page_of,
    place_of,
    state_of,
    subject_title,
    subject_words,
    subjects_of,
)
from kb.asking.tables import choices, of_payers, of_topic, table_of
from kb.asking.topics import (
    CELLS,
    OF_SIDES,
    asked_cells,
    other_cells,
    payer_wide,
    topic_rows,
)
from kb.asking.understood import (
    ABSENT,
    BRAND,
    CODES,
    DAY,
    DENIAL,
    DIAGNOSIS,
    DOCUMENT,
    MODIFIER,
    PAYER,
    SPAN,
    STATE,
    UNLOADED,
    Chip,
    Understood,
)
from kb.asking.vocabulary import Vocabulary, vocabulary
from kb.read.store import KnowledgeBase, open_knowledge_base
from kb.reference.card_rows import Row
from kb.reference.cards import Card, card, cards_of_payer

MOST_CARDS = 3
"""Payers times procedures of one question that are answered in full."""
MOST_COMPARED = 4
"""Payers that one page shows side by side."""
MOST_HITS = 8
WITHOUT_HITS = frozenset({*NOT_KEPT, "changed"})
"""Topics of which full-text search finds nothing that answers."""
BROAD = frozenset(topic for topic, cells in CELLS.items() if cells) | {"drug"}
"""Topics of every procedure: alone they answer nothing."""
LETTERS = {
    "PA": "PA may be prior authorization (write: prior auth), a physician assistant (write: "
    "PA-C) or Pennsylvania (write: in Pennsylvania)."
}
"""Letters that staff write for several things."""


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
    understood = _with_questions(understood, payers, subjects)
    told = _told(kb, understood, payers, subjects)
    answered = (each for table in told.tables for each in table.groups)
    understood = without_numbers(understood, answered)
    advice = advice_on(kb, understood)
    if advice and "appeal" in understood.topics:
        told = told._replace(cards=tuple(_without_silence(told.cards)))
        # Rules that are only about an appeal of their own kind give no days of appeals.
        told = told if subjects else told._replace(tables=())
    cms = told_by_cms(kb, understood)
    settled = settles(kb, understood, cms)
    silences = () if settled else _silences(told.cards, told.tables)
    return Asked(
        understood=understood,
        title=told.title,
        path=told.path,
        cards=told.cards,
        tables=told.tables,
        notes=(*_notes(understood, known), *told.notes, *silences),
        meanings=_siblings(payers, known, {each.card.payer.id for each in told.cards}),
        readings=_other_readings(understood),
        cms=cms,
        advice=(
            *_of_denials(understood, is_shown=bool(told.cards or told.tables)),
            *advice,
            *documents_of(understood, [each.card for each in told.cards]),
        ),
        hits=()
        if understood.one(ABSENT, UNLOADED, DENIAL)
        or WITHOUT_HITS & {*understood.topics}
        else _hits(kb, understood, is_silent=_is_silent(told.cards, told.tables)),
    )


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


def _with_questions(
    understood: Understood, payers: list[Chip], subjects: list[str]
) -> Understood:
    """With what a denial of no procedure, or several levels, ask where nothing else is asked."""
    if understood.topics:
        return understood
    asked: tuple[Chip, ...] = ()
    if payers and not subjects:
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
        return _Told(*_changes(understood, payers))
    if subjects:
        return _of_subjects(kb, understood, payers, subjects)
    if payers and not (understood.one(DOCUMENT) and not understood.topics):
        title, path, cards, tables = _of_payer(kb, understood, payers[0])
        return _Told(title, path, cards, tables)
    title, path, tables = _page(kb, understood, subjects)
    return _Told(title, path, (), tables)


def _of_subjects(
    kb: KnowledgeBase, understood: Understood, payers: list[Chip], subjects: list[str]
) -> _Told:
    """What payers say of procedures: each by itself, side by side, or all of them."""
    if _compares(understood, payers):
        title, path, tables = _compared(kb, understood, payers, subjects)
        return _Told(title, path, (), tables)
    if payers:
        cards = _with_siblings(kb, understood, payers, subjects)
        alone = len(cards) == 1
        title = cards[0].title if alone else "Side by side"
        return _Told(title, cards[0].path if alone else "", cards)
    brand = understood.one(BRAND)
    if brand or _wants_table(understood, subjects):
        return _of_all(kb, understood, brand, subjects)
    title, path, tables = _page(kb, understood, subjects)
    return _Told(title, path, (), tables)


def _of_all(
    kb: KnowledgeBase, understood: Understood, brand: Chip | None, subjects: list[str]
) -> _Told:
    """Many payers side by side; without lists of diagnoses what else they say."""
    only = frozenset(brand.values) if brand else None
    understood, subjects = of_blocks(understood, subjects)
    path = "" if brand else page_of(subjects[0])
    table = of_payers(kb, understood, subjects, only)
    diagnosis = understood.one(DIAGNOSIS)
    if table.rows or diagnosis is None:
        return _Told(table.title, path, (), (table,))
    kept = tuple(chip for chip in understood.chips if chip.kind != DIAGNOSIS)
    table = of_payers(kb, replace(understood, chips=kept), subjects, only)
    note = f"None of these payers has a loaded list of diagnoses to look {diagnosis.value} up in."
    return _Told(table.title, path, (), (table,), (note,))


def _page_of_payer(payers: list[Chip]) -> _Told:
    return _Told(payers[0].label, f"/payer/{payers[0].value}") if payers else _Told()


def _with_siblings(
    kb: KnowledgeBase, understood: Understood, payers: list[Chip], subjects: list[str]
) -> tuple[CardAnswer, ...]:
    """The payers' cards; where they are silent, those of others of the same name too."""
    cards = _cards(kb, understood, payers, subjects)
    asked = understood.topics and payers[0].others
    if not asked or not all(each.is_silent for each in cards):
        return cards
    titles = vocabulary(kb).payers
    others = [
        replace(payers[0], values=(key,), label=titles[key].title, others=())
        for key in payers[0].others
    ]
    told = _cards(kb, understood, others, subjects)
    return (*cards, *(each for each in told if not each.is_silent))


def _hits(
    kb: KnowledgeBase, understood: Understood, *, is_silent: bool
) -> tuple[Found, ...]:
    """What holds the words; beside an answer only what holds them all."""
    found = find(kb, understood, MOST_HITS, with_topics=is_silent)
    return found if is_silent else tuple(hit for hit in found if not hit.without)


def _cards(
    kb: KnowledgeBase, understood: Understood, payers: list[Chip], subjects: list[str]
) -> tuple[CardAnswer, ...]:
    pairs = [(payer.value, subject) for payer in payers for subject in subjects]
    if asks_pairs(understood, subjects):
        pairs = [(payer.value, subjects[0]) for payer in payers]
    found = []
    for payer, subject in pairs[:MOST_CARDS]:
        made = card(
            kb,
            payer,
            subject,
            understood.day,
            state_of(kb, understood),
            place_of(understood),
        )
        if made is not None:
            found.append(_card_answer(kb, understood, made, subjects))
            found += _at_the_end(kb, understood, found[-1], subjects)
    return tuple(found)


def _at_the_end(
    kb: KnowledgeBase, understood: Understood, first: CardAnswer, subjects: list[str]
) -> list[CardAnswer]:
    """What a month or year ends with, where that is not what it began with."""
    day = understood.one(DAY)
    if day is None or not day.others or not first.asked:
        return []
    made = first.card
    last = date.fromisoformat(day.others[0])
    later = card(kb, made.payer.id, made.subject.key, last, made.state, made.place)
    if later is None:
        return []
    same = all(
        later.cell(cell.aspect.key).short == cell.short
        and len(later.cell(cell.aspect.key).rows) == len(cell.rows)
        for cell in first.asked
    )
    return [] if same else [_card_answer(kb, understood, later, subjects)]


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


def _card_answer(
    kb: KnowledgeBase, understood: Understood, made: Card, subjects: list[str]
) -> CardAnswer:
    asked = asked_cells(understood, made)
    rows = topic_rows(understood, made)
    title = f"{made.payer.title}: {subject_words(made)}"
    typed = [chip.value for chip in understood.all(MODIFIER)]
    modifiers = [each for each in typed if each not in OF_SIDES]
    if modifiers:
        rows = (*rows_of_modifiers(kb, made, modifiers), *rows)
    if "repeat" in understood.topics and not any(cell.rows for cell in asked):
        rows = (*rows, *relief_before(kb, made))
    both = asks_pairs(understood, subjects)
    if both:
        others = [each for each in subjects if each != made.subject.key]
        asked = tuple(cell for cell in asked if cell.aspect.key != "same-day")
        rows = (*rows_of_both(kb, made, others), *rows)
        title += f" with {', '.join(subject_title(kb, each) for each in others)}"
    diagnosis, denials = understood.one(DIAGNOSIS), understood.all(DENIAL)
    return CardAnswer(
        card=made,
        title=title,
        path=card_path(made, understood),
        asked=asked,
        others=other_cells(made, asked),
        rows=rows,
        wants_rows=bool(understood.topics or modifiers) or both,
        documents=made.documents if "chart" in understood.topics else (),
        verdicts=verdicts(kb, made, diagnosis.values) if diagnosis else (),
        denied=_denied(kb, made, denials, typed) if denials else None,
    )


def _denied(
    kb: KnowledgeBase,
    made: Card,
    denials: tuple[Chip, ...],
    modifiers: Iterable[str],
) -> tuple[Row, ...]:
    """The rows that may be behind any of some denials, those that name a modifier first."""
    found = {row.path: row for one in denials for row in rows_that_deny(kb, made, one)}
    named = {row.path for row in rows_of_modifiers(kb, made, modifiers)}
    return tuple(sorted(found.values(), key=lambda row: row.path not in named))


def _of_payer(
    kb: KnowledgeBase, understood: Understood, payer: Chip
) -> tuple[str, str, tuple[CardAnswer, ...], tuple[Table, ...]]:
    """A payer without a procedure: its page, and its cells by family for what is asked."""
    path = f"/payer/{payer.value}"
    if state := understood.one(STATE):
        path += f"?state={state.value}"
    if understood.one(MODIFIER) and not understood.topics:
        title, _, tables = of_topic(kb, understood, payer.value)
        return f"{payer.label}: {title}", path, (), tables
    if not understood.topics:
        return payer.label, path, (), ()
    cards = cards_of_payer(
        kb, payer.value, understood.day, state_of(kb, understood), place_of(understood)
    )
    if wide := payer_wide(understood, cards):
        of_all = CardAnswer(
            cards[0],
            payer.label,
            path,
            wide,
            (),
            (),
            wants_rows=False,
            documents=(),
            verdicts=(),
        )
        return payer.label, path, (of_all,), ()
    table = table_of(kb, understood, payer.label, cards, by_payer=False)
    return payer.label, path, (), (table,)


def _changes(understood: Understood, payers: list[Chip]) -> tuple[str, str]:
    span = understood.one(SPAN)
    asked = {"from": span.values[0], "to": span.values[1]} if span else {}
    if payers:
        asked["payer"] = payers[0].value
    whose = f" at {payers[0].label}" if payers else ""
    return f"What changed{whose}", "/changes" + (
        f"?{urlencode(asked)}" if asked else ""
    )


def _page(
    kb: KnowledgeBase, understood: Understood, subjects: list[str]
) -> tuple[str, str, tuple[Table, ...]]:
    """The page of what is named alone: a document, a code, a diagnosis, a topic."""
    for kind, where in ((DOCUMENT, "source"), (DIAGNOSIS, "code")):
        chip = understood.one(kind)
        if chip is not None and chip.known:
            return chip.label, f"/{where}/{chip.value}", ()
    if subjects:
        chip = understood.one(CODES)
        return (chip.label if chip else subjects[0]), f"/code/{subjects[0]}", ()
    brand = understood.one(BRAND)
    if brand and not understood.topics:
        return f"{brand.label}: which payer?", "", (choices(kb, brand),)
    if understood.not_understood and not brand and BROAD.issuperset(understood.topics):
        return "", "", ()  # it is about something that nothing here knows
    return of_topic(kb, understood)


def _notes(understood: Understood, known: Vocabulary) -> list[str]:
    """What is named and not loaded."""
    return [
        _not_loaded(chip, known)
        for chip in understood.chips
        if not chip.known and chip.kind != DENIAL
    ]


def _of_denials(understood: Understood, *, is_shown: bool) -> list[str]:
    """What each denial says; without rows that deny so, what must be named to see them."""
    denials = understood.all(DENIAL)
    said = [*map(sentences_of, told_apart(denials))]
    if any(chip.known for chip in denials) and not is_shown:
        said.append("Name the payer and the code to see which of its rules deny so.")
    return said


def _is_silent(cards: tuple[CardAnswer, ...], tables: tuple[Table, ...]) -> bool:
    """Whether neither card nor table knows what was asked."""
    return not tables and all(each.is_silent for each in cards)


def _not_loaded(chip: Chip, known: Vocabulary) -> str:
    if chip.kind == ABSENT:
        return f"{chip.label} is not loaded. That is no answer about it."
    if chip.kind == UNLOADED:
        return f"Nothing is loaded about {chip.label}. That is no answer to whether it is covered."
    if chip.kind in (PAYER, BRAND):
        keys = dict.fromkeys((*chip.values, *chip.others))
        loaded = ", ".join(known.payers[key].title for key in keys)
        return f"{chip.label} is not loaded. That is no answer about it. Loaded are: {loaded}."
    if chip.kind == DOCUMENT:
        return f"No document {chip.value} is loaded."
    return (
        f"No rule or list that is loaded names {chip.value}. That is no answer to whether it "
        "is covered."
    )


def _siblings(
    payers: list[Chip], known: Vocabulary, shown: set[str]
) -> tuple[str, ...]:
    """The other payers that the same name may mean, but those that are shown."""
    others = {
        chip.typed: [known.payers[k].title for k in chip.others if k not in shown]
        for chip in payers
    }
    return tuple(
        f"{typed} may also mean {' or '.join(titles)}: name it to ask of it."
        for typed, titles in others.items()
        if titles
    )


def _other_readings(understood: Understood) -> tuple[str, ...]:
    """What two letters were taken for that stand for other things too."""
    read = next((c for c in understood.chips if c.typed.upper() in LETTERS), None)
    if read is None:
        return ()
    return (
        (
            f"{read.typed} was read as {read.label.rstrip('?')}. "
            f"{LETTERS[read.typed.upper()]}"
        ),
    )


def _silences(cards: tuple[CardAnswer, ...], tables: tuple[Table, ...]) -> list[str]:
    """What a reader must know to read an absence."""
    return [
        *(
            f"No loaded rule of {each.card.payer.title} speaks of this; "
            f"{len(each.card.searched)} policies were searched."
            for each in cards
            if not (each.asked or each.rows or each.documents or each.card.is_silent)
            and each.wants_rows
        ),
        *(
            f"No loaded rule of {each.card.payer.title} names {subject_words(each.card)}; "
            f"{len(each.card.searched)} policies were searched. That is no answer to whether "
            "it is covered."
            for each in cards
            if each.card.is_silent and each.is_of_subject
        ),
        *(
            f"No loaded rule speaks of this: {table.title}."
            for table in tables
            if not table.rows
        ),
    ]


def _wants_table(understood: Understood, subjects: list[str]) -> bool:
    """A question about all payers; a code alone is its page."""
    asked = set(understood.topics) - {"changed"}
    narrowed = asked or understood.one(MODIFIER, DIAGNOSIS)
    both = asks_pairs(understood, subjects)
    return bool(narrowed) or both or not is_code(subjects[0])
