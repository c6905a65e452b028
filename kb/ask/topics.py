"""What is asked, as the cells of a card that answer it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb.ask.understood import DIAGNOSIS, MODIFIER, PLACE, Understood
from kb.reference.card_rows import Row
from kb.reference.cards import Card, Cell

CELLS: dict[str, tuple[str, ...]] = {
    "covered": ("covered",),
    "approval": ("approval",),
    "limit": ("limit",),
    "interval": ("interval",),
    "session": ("session",),
    "care": ("wait",),
    "repeat": ("repeat", "interval"),
    "sides": ("sides", "modifiers"),
    "diagnosis": ("diagnosis",),
    "imaging": ("imaging",),
    "together": ("same-day",),
    "chart": ("chart",),
    "drug": (),
    "units": ("session",),
    "provider": ("provider",),
    "place": ("place",),
    "filing": ("filing",),
    "appeal": (),
}
"""By topic of the files of words: keys of the cells that answer it."""
SPOKEN = {
    "drug": re.compile(
        r"steroid|milligram|\bmg\b|dexameth|triamcin|methylpred|betameth|volume|\bml\b",
        re.IGNORECASE,
    ),
    "appeal": re.compile(r"appeal|dispute|reconsider|redetermin", re.IGNORECASE),
    "units": re.compile(r"\bunits?\b", re.IGNORECASE),
}
"""Topics that no cell is for: what rows about them say."""
PAYER_WIDE = ("filing", "provider", "appeal")
"""Topics that payers decide for every procedure alike."""
FIRST = ("covered", "approval", "limit")
"""What is shown of many payers when nothing in particular is asked."""


def asked_cells(understood: Understood, made: Card) -> tuple[Cell, ...]:
    """The cells that a question asks for; without a topic none of one card in particular."""
    keys = [key for topic in understood.topics for key in CELLS.get(topic, ())]
    if understood.one(MODIFIER):
        keys += CELLS["sides"]
    if understood.one(PLACE) and not keys:
        keys += CELLS["place"]
    if understood.one(DIAGNOSIS):
        keys += CELLS["diagnosis"]
    return tuple(made.cell(key) for key in dict.fromkeys(keys))


def first_cells(made: Card) -> tuple[Cell, ...]:
    """The cells that stand first when nothing in particular is asked."""
    return tuple(made.cell(key) for key in FIRST)


def topic_rows(understood: Understood, made: Card) -> tuple[Row, ...]:
    """The rows of a card that speak of what is asked and is no cell of its own."""
    found: dict[str, Row] = {}
    for topic in understood.topics:
        if topic in SPOKEN:
            found |= {row.path: row for row in speaking(made, topic)}
    return tuple(found.values())


def speaking(made: Card, topic: str) -> Iterable[Row]:
    """The rows of a card whose words speak of a topic."""
    says = SPOKEN[topic]
    return (
        row
        for cell in made.cells
        for row in cell.rows
        if says.search(f"{row.title} {row.sentence}")
    )


def payer_wide(understood: Understood, cards: Sequence[Card]) -> tuple[Cell, ...]:
    """Cells of what a payer asks of every claim; empty when the question is of procedures."""
    wide = [topic for topic in understood.topics if topic in PAYER_WIDE]
    if not wide or not cards:
        return ()
    made = cards[0]
    cells = []
    for topic in wide:
        keys = CELLS[topic] or ("filing",)
        for key in keys:
            rows = [row for row in made.cell(key).rows if not row.codes]
            if topic in SPOKEN:
                rows = [row for row in speaking(made, topic) if not row.codes]
            cells.append(_with_rows(made.cell(key), rows))
    return tuple(cells)


def _with_rows(cell: Cell, rows: list[Row]) -> Cell:
    """A cell with some of its rows only, and the short answer of these."""
    if not rows:
        return replace(cell, known="silent", short="", rows=())
    short = next((row.short for row in rows if row.short), rows[0].sentence)
    return replace(cell, known=cell.known, short=short, rows=tuple(rows))
