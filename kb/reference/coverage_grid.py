"""How much is known of each payer and family of procedures, on a day."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Literal

from cachetools import LRUCache

from kb.plain.headings import TILES
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import Payer
from kb.read.source_store import sources
from kb.reference.card_days import unchanged_since
from kb.reference.card_making import Asked
from kb.reference.cards import Subject, family_subjects, spokesmen

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
    says: tuple[object, ...]
    """The same for grids of a build that say the same, as short as can be."""

    def count(self, how: How) -> int:
        """How many cells are so."""
        return sum(cell.how == how for row in self.rows for cell in row.cells)

    @property
    def stale(self) -> int:
        """How many cells stand on a source that is overdue."""
        return sum(cell.is_stale for row in self.rows for cell in row.cells)


MOST_GRIDS = 64
"""Of a build, kept in memory: those last asked for, of some 100 kB each."""


class _Grids:
    """The grids of a build, for every thread."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.made: LRUCache[tuple[str, str, str, int], Grid] = LRUCache(MOST_GRIDS)


def coverage_grid(
    kb: KnowledgeBase, day: date, state: str = "", place: str = ""
) -> Grid:
    """The grid of a day; made once for all days on which nothing changes or falls due."""
    today = day.isoformat()
    overdue = bisect_left(kb.once(_review_days), today)
    key = unchanged_since(kb, today), state, place, overdue
    grids = kb.once(_no_grids)
    with grids.lock:
        found = grids.made.get(key)
    if found is None:
        found = _made(kb, day, state, place)
        with grids.lock:
            grids.made[key] = found
    return found


def _no_grids(_kb: KnowledgeBase) -> _Grids:
    return _Grids()


def _review_days(kb: KnowledgeBase) -> tuple[str, ...]:
    return tuple(sorted({each.review_by for each in sources(kb) if each.review_by}))


def _made(kb: KnowledgeBase, day: date, state: str, place: str) -> Grid:
    families, today = family_subjects(kb, day), day.isoformat()
    rows = tuple(
        GridRow(each.payer, tuple(_known(kb, each, one, today) for one in families))
        for each in spokesmen(kb, day, state, place)
    )
    cells = (cell for row in rows for cell in row.cells)
    short = bytes(2 * each.answered + each.is_stale for each in cells)
    return Grid(families, rows, (families, short))


def _known(kb: KnowledgeBase, asked: Asked, family: Subject, today: str) -> Known:
    found = asked.answered_of(kb, family)
    answered = len(found.aspects & _KEYS)
    is_stale = bool(answered) and bool(found.review_by) and found.review_by < today
    return Known(family.key, family.title, answered, is_stale)
