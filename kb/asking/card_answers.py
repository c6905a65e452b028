"""The cards that answer a question which names a payer and a procedure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from kb.asking.answered import CardAnswer
from kb.asking.denials import rows_that_deny
from kb.asking.diagnoses import verdicts
from kb.asking.followed import relief_before
from kb.asking.pairs import (
    asks_pairs,
    rows_of_both,
    rows_of_modifiers,
    rows_of_sedation,
)
from kb.asking.subjects import (
    card_path,
    place_of,
    state_of,
    subject_title,
    subject_words,
)
from kb.asking.topics import (
    OF_SIDES,
    asked_cells,
    other_cells,
    topic_rows,
)
from kb.asking.understood import (
    DAY,
    DENIAL,
    DIAGNOSIS,
    MODIFIER,
    Chip,
    Understood,
)
from kb.asking.vocabulary import vocabulary
from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.cards import Card, card

MOST_CARDS = 3
"""Payers times procedures of one question that are answered in full."""


def cards_with_siblings(
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


def cards_of_siblings(
    kb: KnowledgeBase,
    understood: Understood,
    payers: list[Chip],
    subjects: list[str],
    shown: tuple[CardAnswer, ...],
) -> tuple[CardAnswer, ...]:
    """What others of the same name say of one procedure, where one thing of it is asked."""
    asks = understood.topics or understood.one(DIAGNOSIS)
    if not asks or not shown or len(payers) != 1 or len(subjects) != 1:
        return ()
    done = {each.card.payer.id for each in shown}
    others = [key for key in payers[0].others if key not in done]
    titles = vocabulary(kb).payers
    named = [
        replace(payers[0], values=(key,), label=titles[key].title, others=())
        for key in others
    ]
    return _cards(kb, understood, named, subjects)


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
    if "sedation" in understood.topics:
        of_sedation = {row.path: row for row in (*rows, *rows_of_sedation(kb, made))}
        rows = tuple(of_sedation.values())
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
        is_pair=both,
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
