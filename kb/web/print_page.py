"""One sheet a payer and family: what a biller tapes to the wall, on one Letter page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from kb.plain.headings import TILES
from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import Source
from kb.reference.card_rows import Row
from kb.reference.cards import Card, Cell, card
from kb.reference.documents import Document
from kb.web.answer_pages import Tile, tile_of
from kb.web.page import Page, not_loaded
from kb.web.where import Where, day_shown

LINES = 64
"""So many lines of text go on the page below the tiles, in two columns of half the width."""
LETTERS_A_LINE = 66
TILE_KEYS = frozenset(each.key for each in TILES)
BESIDE_TILES = ("diagnosis", "imaging", "same-day", "place", "provider", "filing")


@dataclass(frozen=True, slots=True)
class Point:
    """One rule on the sheet, with the numbers of its sources below."""

    title: str
    text: str
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What fits on the page, and how much does not."""

    card: Card
    tiles: tuple[Tile, ...]
    points: tuple[Point, ...]
    points_left: int
    own_left: int
    """Of these, the rules that name the procedure."""
    documents: tuple[Document, ...]
    documents_left: int
    asked: tuple[str, ...]
    """Questions that no loaded rule answers: blanks to fill in after a call."""
    sources: tuple[tuple[int, Source], ...]


def sheet_of(found: Card) -> Sheet:
    """The sheet of a card: what is firm and general first, as far as the page goes."""
    cells = {cell.aspect.key: cell for cell in found.cells}
    tiles = tuple(tile_of(cells[each.key]) for each in TILES)
    asked = tuple(each.title for each in tiles if each.tint == "silent")
    room = LINES - 2 * len(asked)
    documents, documents_left, used = _documents(found.documents, room // 2)
    numbers = {each.id: at for at, each in enumerate(found.sources, 1)}
    # What is asked of every service goes last: the sheet is about a procedure.
    rows = sorted(_rows(cells), key=lambda each: not each[1].codes)
    points, points_left = _points(rows, numbers, room - used)
    own_left = sum(bool(row.codes) for _, row in rows[len(points) :])
    return Sheet(
        card=found,
        tiles=tiles,
        points=points,
        points_left=points_left,
        own_left=own_left,
        documents=documents,
        documents_left=documents_left,
        asked=asked,
        sources=tuple(
            (numbers[each.id], each)
            for each in found.sources
            if any(numbers[each.id] in point.notes for point in points)
            or any(tile.first and each.id == tile.first.source for tile in tiles)
        ),
    )


def _rows(cells: dict[str, Cell]) -> Iterable[tuple[str, Row]]:
    """What the tiles do not say already: their further rows, then the other questions."""
    for tile in TILES:
        for row in cells[tile.key].rows[1:]:
            yield tile.title, row
    for key in BESIDE_TILES:
        for row in cells[key].rows:
            yield cells[key].aspect.title, row
    for key, cell in cells.items():
        if key not in TILE_KEYS and key not in BESIDE_TILES:
            for row in cell.rows:
                yield cell.aspect.title, row


def _points(
    rows: list[tuple[str, Row]], numbers: dict[str, int], room: int
) -> tuple[tuple[Point, ...], int]:
    found: list[Point] = []
    for at, (title, row) in enumerate(rows):
        codes = f"{row.codes_words}: " if row.partial else ""
        when = f"; {row.condition}" if row.condition else ""
        text = f"{codes}{row.sentence}{when}"
        room -= lines_of(f"{title}: {text}")
        if room < 0:
            return tuple(found), len(rows) - at
        notes = tuple(sorted(numbers[key] for key in row.sources if key in numbers))
        found.append(Point(title, text, notes))
    return tuple(found), 0


def _documents(
    documents: tuple[Document, ...], room: int
) -> tuple[tuple[Document, ...], int, int]:
    """What the chart must show; where the lines run out, the documents by name only."""
    shown: list[Document] = []
    used = 0
    for at, each in enumerate(documents):
        named = len(documents) - at  # a line for each of those still to come
        lines = 1 + sum(lines_of(ask) for ask in each.asks)
        if used + named > room:
            return tuple(shown), named, used
        whole = used + lines + named - 1 <= room
        shown.append(each if whole else replace(each, asks=()))
        used += lines if whole else 1
    return tuple(shown), 0, used


def lines_of(text: str) -> int:
    """How many lines a text takes in a column."""
    return max(1, -(-len(text) // LETTERS_A_LINE))


def print_page(kb: KnowledgeBase, where: Where) -> Page:
    """The sheet of a payer and a family or code.

    Raises ``PageProblem`` for a payer or procedure that is not loaded.
    """
    day: date = day_shown(where)
    found = card(kb, where.payer, where.subject, day, where.state, where.place)
    if found is None:
        raise not_loaded("payer and procedure")
    return Page("kb/print.html", {"sheet": sheet_of(found), "card": found})
