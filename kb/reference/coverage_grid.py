"""How much is known of each payer and family of procedures, on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kb.plain.headings import TILES
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import Payer
from kb.read.store import payers
from kb.reference.cards import Card, Subject, cards_of_code, family_subjects
from kb.reference.days import light

How = Literal["known", "partly", "nothing"]
ENOUGH = 5
"""Of the eight questions: so many answered make a family known."""
QUESTIONS = len(TILES)
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
    """The grid of a day; made once for each day, state and place that is asked for."""
    key = f"{day.isoformat()}|{state}|{place}"
    return kb.items(_read_grids, [key])[key]


def _read_grids(kb: KnowledgeBase, keys: list[str]) -> dict[str, Grid]:
    return {key: _grid(kb, *key.split("|")) for key in keys}


def _grid(kb: KnowledgeBase, on: str, state: str, place: str) -> Grid:
    day = date.fromisoformat(on)
    subjects = family_subjects(kb, day)
    by_family = [cards_of_code(kb, each.key, day, state, place) for each in subjects]
    rows = (
        GridRow(payer, tuple(_known(cards[at], day) for cards in by_family))
        for at, payer in enumerate(payers(kb))
    )
    return Grid(subjects, tuple(rows))


def _known(card: Card, day: date) -> Known:
    answered = [
        cell
        for cell in card.cells
        if cell.aspect.key in _KEYS and any(row.codes for row in cell.rows)
    ]
    stale = any(light(each.review_by, day) == "stale" for each in card.sources)
    return Known(
        family=card.subject.key,
        title=card.subject.title,
        answered=len(answered),
        is_stale=bool(answered) and stale,
    )
