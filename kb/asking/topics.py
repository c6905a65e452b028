"""What is asked, as the cells of a card that answer it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dsl.load.words import TOPICS
from kb.asking.understood import DIAGNOSIS, MODIFIER, Understood
from kb.plain.headings import Aspect
from kb.reference.card_rows import Row
from kb.reference.cards import Card, Cell

CELLS: dict[str, tuple[str, ...]] = {
    "covered": ("covered",),
    "criteria": ("covered", "wait", "diagnosis", "imaging", "chart", "repeat"),
    "approval": ("approval",),
    "limit": ("limit",),
    "interval": ("interval",),
    "session": ("session",),
    "care": ("wait",),
    "repeat": ("repeat", "interval"),
    "sides": ("sides",),
    "global": (),
    "modifiers": ("modifiers",),
    "diagnosis": ("diagnosis",),
    "imaging": ("imaging",),
    "together": ("same-day",),
    "chart": ("chart",),
    "psychology": (),
    "drug": (),
    "units": ("session",),
    "provider": ("provider",),
    "anesthetist": (),
    "incident": (),
    "sedation": (),
    "trial": (),
    "technique": (),
    "notice": (),
    "place": ("place",),
    "filing": ("filing",),
    "appeal": (),
    "amount": (),
    "source": (),
    "network": (),
    "eligibility": (),
}
"""By topic of the files of words: keys of the cells that answer it."""
SPOKEN = {
    "drug": re.compile(
        r"steroid|milligram|\bmg\b|dexameth|triamcin|methylpred|betameth|volume|\bml\b",
        re.IGNORECASE,
    ),
    "psychology": re.compile(
        r"psycholog|psychiatr|behavioral health|mental health", re.IGNORECASE
    ),
    "anesthetist": re.compile(r"anesthetist|CRNA", re.IGNORECASE),
    "incident": re.compile(
        r"incident|began the treatment|in the office suite", re.IGNORECASE
    ),
    "sedation": re.compile(r"sedat|anesthesi(?!ologist)", re.IGNORECASE),
    "trial": re.compile(r"\btrials?\b", re.IGNORECASE),
    "technique": re.compile(
        r"pulsed|cooled|cryo|laser|endoscop|conventional radiofreq|by heat|chemical",
        re.IGNORECASE,
    ),
    "notice": re.compile(
        r"\bABN\b|\bmodifiers? G[AXYZ]\b|\bG[AXYZ] says\b|\bnotice was (?:signed|not)",
        re.IGNORECASE,
    ),
    "imaging": re.compile(r"\bMRI\b|\bimaging\b|\bX-ray", re.IGNORECASE),
    "appeal": re.compile(r"appeal|dispute|reconsider|redetermin", re.IGNORECASE),
    "modifiers": re.compile(r"\bmodifier [A-Z0-9]{2}\b"),
    "units": re.compile(r"\bunits?\b", re.IGNORECASE),
}
"""Topics that no cell is for: what rows about them say."""
NARROW_TOPICS = frozenset({"incident", "notice", "sedation", "technique", "trial"})
"""Topics so narrow that they say what is asked, whatever else a question says."""
INSTEAD = {"interval": ("limit", "repeat", "wait")}
"""Cells that say the next best where those of a topic are silent."""
WITHOUT_CELL = {"repeat": re.compile(r"\brelief\b", re.IGNORECASE)}
"""What rows of other cells say of a topic whose own cells are empty."""
OF_ALL = frozenset({"filing", "provider", "modifiers", "chart", "other"})
"""Cells whose rules are mostly for every service."""
PAYER_WIDE = ("filing", "provider", "appeal", "incident", "notice")
"""Topics that payers decide for every procedure alike."""
LONGEST_CONDITION = 120
"""Letters of a condition that stand beside a short answer; a row has longer ones too."""
LONGEST_NO = 240
"""The same where it says who does not cover something."""
NO = "Not covered"
BARE = "Required"
MOST_ROWS = 8
OF_SIDES = frozenset({"50", "LT", "RT"})
FIRST = ("covered", "approval", "limit")
"""What is shown of many payers when nothing in particular is asked."""


def asked_cells(understood: Understood, made: Card) -> tuple[Cell, ...]:
    """The cells that a question asks for; without a topic none of one card in particular."""
    keys = [key for topic in understood.topics for key in CELLS.get(topic, ())]
    if any(chip.value in OF_SIDES for chip in understood.all(MODIFIER)):
        keys += CELLS["sides"]
    if understood.one(DIAGNOSIS):
        keys += CELLS["diagnosis"]
    for topic in understood.topics:
        if topic in INSTEAD and all(
            made.cell(key).says_nothing for key in CELLS[topic]
        ):
            keys += [key for key in INSTEAD[topic] if made.cell(key).rows]
    return tuple(made.cell(key) for key in dict.fromkeys(keys))


def other_cells(made: Card, asked: Iterable[Cell]) -> tuple[Cell, ...]:
    """The other cells of a card in which a rule names its codes."""
    keys = {cell.aspect.key for cell in asked}
    return tuple(
        cell
        for cell in made.cells
        if cell.aspect.key not in keys and any(row.codes for row in cell.rows)
    )


def said_of(cell: Cell) -> str:
    """The answer of a cell in a few words that no condition or doubt is missing from."""
    if cell.known == "silent":
        return cell.silence
    first = cell.rows[0]
    short = cell.short or first.sentence
    if short == BARE and cell.aspect.key != "approval":
        short = first.sentence  # what is required is the answer
    if cell.aspect.key not in OF_ALL and not any(row.codes for row in cell.rows):
        return f"no rule names it; of every service: {_with_condition(short, first)}"
    if cell.known == "known":
        return short + _otherwise(cell, first)
    doubt = "" if any(row.is_firm for row in cell.rows) else "not certain: "
    return doubt + _with_condition(short, first)


def _otherwise(cell: Cell, first: Row) -> str:
    """What firm rows say under a condition, beside what holds without one."""
    others = [
        _with_condition(row.short, row)
        for row in cell.rows
        if row.is_firm and row.condition and row.short not in ("", first.short)
    ]
    more = len(others) - 1
    return f"; {others[0]}" + (f"; and {more} more" if more else "") if others else ""


def _with_condition(short: str, row: Row) -> str:
    codes = f"for {row.codes_words}: " if row.codes_words else ""
    condition = row.condition
    if len(condition) > (LONGEST_NO if short.startswith(NO) else LONGEST_CONDITION):
        condition = "in some cases"
    return f"{codes}{short}" + (f" ({condition})" if condition else "")


def first_cells(made: Card) -> tuple[Cell, ...]:
    """The cells that stand first when nothing in particular is asked."""
    return tuple(made.cell(key) for key in FIRST)


def topic_rows(understood: Understood, made: Card) -> tuple[Row, ...]:
    """The rows of a card that speak of what is asked and is no cell of its own."""
    found: dict[str, Row] = {}
    for topic in understood.topics:
        says = SPOKEN.get(topic) or _without_cell(topic, made)
        if says:
            found |= {
                row.path: row
                for row in speaking(made, says, narrow=topic in NARROW_TOPICS)
            }
    shown = {row.path for cell in asked_cells(understood, made) for row in cell.rows}
    return tuple(row for path, row in found.items() if path not in shown)[:MOST_ROWS]


def _without_cell(topic: str, made: Card) -> re.Pattern[str] | None:
    cells = [made.cell(key) for key in CELLS.get(topic, ())]
    silent = all(cell.known == "silent" for cell in cells)
    return WITHOUT_CELL.get(topic) if silent else None


def speaking(
    made: Card, says: re.Pattern[str], *, narrow: bool = False
) -> Iterable[Row]:
    """The rows of a card whose words speak of a topic; their conditions of a narrow one."""
    return (
        row
        for cell in made.cells
        for row in cell.rows
        if says.search(f"{row.title} {row.sentence} {row.condition if narrow else ''}")
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
            cell = made.cell(key)
            if topic in SPOKEN:
                rows = [row for row in speaking(made, SPOKEN[topic]) if not row.codes]
                cell = replace(cell, aspect=Aspect(key, TOPICS[topic]))
            cells.append(with_rows(cell, rows))
    return tuple(cells)


def naming(cell: Cell) -> Cell:
    """A cell with the rows only whose rules name codes, unless it is of every service."""
    if cell.aspect.key in OF_ALL:
        return cell
    rows = [row for row in cell.rows if row.codes]
    return cell if len(rows) == len(cell.rows) else with_rows(cell, rows)


def with_rows(cell: Cell, rows: list[Row]) -> Cell:
    """A cell with some of its rows only, and the short answer of these."""
    if not rows:
        return replace(cell, known="silent", short="", rows=())
    short = next((row.short for row in rows if row.short), rows[0].sentence)
    return replace(cell, known=cell.known, short=short, rows=tuple(rows))
