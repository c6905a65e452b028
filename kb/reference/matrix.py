"""What payers say of each family of procedures: one row a payer, one cell a question.

The cells are those of the cards.  Contractors of one payer whose cells are the same word
for word share a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kb.plain.headings import TILES
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import Payer
from kb.read.store import contractors
from kb.reference.card_rows import Row as CardRow
from kb.reference.cards import (
    Card,
    Subject,
    card_of_contractor,
    cards_of_code,
    family_subjects,
)
from kb.reference.comparison import Voice, distinct, followers

COLUMNS = TILES


@dataclass(frozen=True, slots=True)
class Statement:
    """One answer as a short sentence."""

    text: str
    outcome: str
    grade: str
    status: str
    """Of its policy: ``draft`` for an old text or one that is only proposed."""
    path: str
    """Of the rule, from the site's root."""


@dataclass(frozen=True, slots=True)
class Row:
    """What those who say the same answer; one cell a column."""

    voices: tuple[Voice, ...]
    cells: tuple[tuple[Statement, ...], ...]
    follows: str
    """Title of the payer whose policies hold where this one says nothing; or empty."""

    @property
    def answers(self) -> bool:
        """Whether any question is answered."""
        return any(self.cells)


@dataclass(frozen=True, slots=True)
class FamilyTable:
    """One family with all who say something of it, and all who do not."""

    family: str
    title: str
    codes: tuple[str, ...]
    rows: tuple[Row, ...]
    """Some answer none of the questions: their rules say other things of the family."""
    followers: tuple[Voice, ...]
    """Payers that say nothing themselves and follow one that does."""
    nothing_loaded: tuple[Voice, ...]


def matrix(kb: KnowledgeBase, day: date) -> tuple[FamilyTable, ...]:
    """Every family of procedures on a day."""
    following = followers(kb, day)
    return tuple(
        _family_table(kb, subject, following, day)
        for subject in family_subjects(kb, day)
    )


def _family_table(
    kb: KnowledgeBase, subject: Subject, following: dict[str, Voice], day: date
) -> FamilyTable:
    alike: dict[object, list[Row]] = {}
    quiet: list[Payer] = []
    led: list[Voice] = []
    for card in cards_of_code(kb, subject.key, day):
        if card.is_silent:
            quiet.append(card.payer)
        if card.is_silent or card.is_led:
            led += [following[card.payer.id]] if card.is_led else []
            continue
        for voice, own in _voices(kb, card):
            cells = tuple(_statements(own, column.key) for column in COLUMNS)
            leader = following.get(card.payer.id)
            row = Row((voice,), cells, leader.payer_title if leader else "")
            words = tuple(tuple(each.text for each in cell) for cell in cells)
            alike.setdefault((voice.payer_title or voice.title, words), []).append(row)
    return FamilyTable(
        family=subject.key,
        title=subject.title,
        codes=tuple(sorted(subject.codes)),
        rows=tuple(map(_one_row, alike.values())),
        followers=tuple(led),
        nothing_loaded=tuple(_voice(each) for each in quiet),
    )


def _voice(payer: Payer) -> Voice:
    return Voice(payer.title, "", f"/payer/{payer.id}")


def _voices(kb: KnowledgeBase, card: Card) -> Iterator[tuple[Voice, Card]]:
    """Who speaks with which card: a payer, or each of its contractors."""
    deciding = contractors(kb, card.payer.id)
    if not deciding:
        yield _voice(card.payer), card
    for each in deciding:
        own = card_of_contractor(kb, card.payer.id, each.id, card.subject.key, card.day)
        if own is not None and not own.is_silent:
            path = f"/payer/{card.payer.id}"
            yield Voice(each.title, card.payer.title, path), own


def _one_row(same: list[Row]) -> Row:
    voices = distinct(voice for row in same for voice in row.voices)
    return Row(voices, same[0].cells, same[0].follows)


def _statements(card: Card, key: str) -> tuple[Statement, ...]:
    """The payer's own rows of a cell that name codes."""
    found: dict[str, Statement] = {}
    for row in card.cell(key).rows:
        if row.codes and not row.follows and not row.anyone:
            statement = _statement(row)
            found.setdefault(statement.text, statement)
    return tuple(found.values())


def _statement(row: CardRow) -> Statement:
    text = f"{row.codes_words}: {row.sentence}" if row.partial else row.sentence
    if row.condition:
        text += f" ({row.condition})"
    status = "draft" if row.draft else "active"
    return Statement(text, row.outcome, row.grade, status, row.path)
