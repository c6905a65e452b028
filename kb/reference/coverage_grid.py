"""How much is known of each payer and family of procedures, on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kb.plain.headings import TILES
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import Payer
from kb.read.store import payers
from kb.reference.cards import (
    Card,
    Subject,
    cards_of_code,
    family_subjects,
    unchanged_since,
)

How = Literal["known", "partly", "nothing"]
ENOUGH = 5
"""Of the eight questions: so many answered make a family known."""
QUESTIONS = len(TILES)
NEVER = "9999-12-31"
_KEYS = frozenset(each.key for each in TILES)


@dataclass(frozen=True, slots=True)
class Known:
    """How much a payer's policies say of a family."""

    family: str
    title: str
    answered: int
    """Of the eight questions, by rules that name codes of the family."""
    is_stale: bool
    """Whether a source that an answer stands on was to be read again before the day."""

    @property
    def how(self) -> How:
        """In one word."""
        if not self.answered:
            return "nothing"
        return "known" if self.answered >= ENOUGH else "partly"


@dataclass(frozen=True, slots=True)
class GridRow:
    """One payer with its families."""

    payer: Payer
    cells: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """All payers and families."""

    families: tuple[Subject, ...]
    rows: tuple[GridRow, ...]

    def count(self, how: How) -> int:
        """How many cells are so."""
        return sum(cell.how == how for row in self.rows for cell in row.cells)

    @property
    def stale(self) -> int:
        """How many cells stand on a source that is overdue."""
        return sum(cell.is_stale for row in self.rows for cell in row.cells)


def coverage_grid(
    kb: KnowledgeBase, day: date, state: str = "", place: str = ""
) -> Grid:
    """The grid of a day; what is counted is so once for all days that are alike."""
    today = day.isoformat()
    key = f"{unchanged_since(kb, today)}|{state}|{place}"
    rows = tuple(
        GridRow(payer, tuple(each.on(today) for each in own))
        for payer, own in kb.items(_read_counts, [key])[key]
    )
    return Grid(family_subjects(kb, day), rows)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A cell before the day is known."""

    family: str
    title: str
    answered: int
    review_by: str
    """The first day by which a source of its card is to be read again."""

    def on(self, today: str) -> Known:
        """The cell of a day."""
        is_stale = bool(self.answered) and self.review_by < today
        return Known(self.family, self.title, self.answered, is_stale)


Counts = tuple[tuple[Payer, tuple[_Counted, ...]], ...]


def _read_counts(kb: KnowledgeBase, keys: list[str]) -> dict[str, Counts]:
    return {key: _counts(kb, *key.split("|")) for key in keys}


def _counts(kb: KnowledgeBase, since: str, state: str, place: str) -> Counts:
    day = date.fromisoformat(since) if since else date.min
    by_family = [
        cards_of_code(kb, each.key, day, state, place)
        for each in family_subjects(kb, day)
    ]
    return tuple(
        (payer, tuple(_counted(cards[at]) for cards in by_family))
        for at, payer in enumerate(payers(kb))
    )


def _counted(card: Card) -> _Counted:
    answered = sum(
        cell.aspect.key in _KEYS and any(row.codes for row in cell.rows)
        for cell in card.cells
    )
    days = (each.review_by for each in card.sources if each.review_by)
    title = card.subject.title
    return _Counted(card.subject.key, title, answered, min(days, default=NEVER))
