"""A few payers side by side for one procedure: what differs is what one sees."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from kb.cells import csv_cell
from kb.plain.headings import Aspect
from kb.read.store import KnowledgeBase, payers
from kb.reference.cards import Card, Cell, card
from kb.web.api import Json
from kb.web.card_json import cell_json
from kb.web.page import File, Page, PageProblem, not_loaded
from kb.web.where import Where, day_shown

FEWEST, MOST = 2, 4


@dataclass(frozen=True, slots=True)
class Line:
    """One question with the cell of each payer."""

    aspect: Aspect
    cells: tuple[Cell, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """The cards of a few payers, question by question."""

    where: Where
    cards: tuple[Card, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every question that one of them answers."""
        found = zip(*(each.cells for each in self.cards), strict=True)
        return tuple(
            Line(cells[0].aspect, cells, differs=len({*map(_said, cells)}) > 1)
            for cells in found
            if any(cell.known != "silent" for cell in cells)
        )

    @property
    def unanswered(self) -> tuple[Aspect, ...]:
        """The questions that none of them answers."""
        answered = {each.aspect.key for each in self.lines}
        return tuple(
            cell.aspect
            for cell in self.cards[0].cells
            if cell.aspect.key not in answered
        )


def _said(cell: Cell) -> tuple[tuple[str, str, str], ...]:
    """A cell as it reads, in no order."""
    rows = ((row.sentence, row.condition, row.codes_words) for row in cell.rows)
    return tuple(sorted(rows))


def payers_asked(written: Iterable[str]) -> tuple[str, ...]:
    """The payers of an address, each once: ``aetna,cigna``, or one parameter each."""
    keys = (key.strip() for text in written for key in text.split(","))
    return tuple(dict.fromkeys(key for key in keys if key))


def compared(kb: KnowledgeBase, where: Where, asked: tuple[str, ...]) -> Compared:
    """The cards of the payers for a code or family.

    Raises ``PageProblem`` for other than two to four payers and for what is not loaded.
    """
    if not FEWEST <= len(asked) <= MOST:
        message = (
            f"{len(asked)} payers were named; two to four can be compared: "
            "payers=aetna,cigna"
        )
        raise PageProblem(400, "Which payers?", message)
    if not where.subject:
        message = "Name a procedure code or a family: code=64483"
        raise PageProblem(400, "Which procedure?", message)
    if not {*asked} <= {each.id for each in payers(kb)}:
        raise not_loaded("payer")
    day = day_shown(where)
    cards = (
        card(kb, key, where.subject, day, where.state, where.place) for key in asked
    )
    found = tuple(each for each in cards if each is not None)
    if not found:
        raise not_loaded("procedure")
    return Compared(where, found)


def compare_page(kb: KnowledgeBase, where: Where, asked: tuple[str, ...]) -> Page:
    """The comparison, or the form that asks for what is missing of it."""
    ready = len(asked) >= FEWEST and where.subject
    found = compared(kb, where, asked) if ready else None
    chosen = (*asked, *([where.payer] if where.payer not in {*asked, ""} else []))
    return Page(
        "kb/compare.html",
        {
            "found": found,
            "chosen": [*chosen[:MOST], *[""] * (MOST - len(chosen))],
            "payers": payers(kb),
            "written": where.subject,
            "subject": found.cards[0].subject if found else None,
            "asked": ",".join(asked),
        },
    )


def compare_json(kb: KnowledgeBase, where: Where, asked: tuple[str, ...]) -> Json:
    """The same for programs."""
    found = compared(kb, where, asked)
    return {
        "subject": found.cards[0].subject.key,
        "on": day_shown(where).isoformat(),
        "state": where.state or None,
        "place": where.place or None,
        "payers": [each.payer.id for each in found.cards],
        "questions": [
            {
                "key": line.aspect.key,
                "title": line.aspect.title,
                "differs": line.differs,
                "answers": {
                    each.payer.id: cell_json(cell)
                    for each, cell in zip(found.cards, line.cells, strict=True)
                },
            }
            for line in found.lines
        ],
        "unanswered": [each.key for each in found.unanswered],
    }


def compare_csv(kb: KnowledgeBase, where: Where, asked: tuple[str, ...]) -> File:
    """A row a question, a column a payer; no cell runs as a formula."""
    found = compared(kb, where, asked)
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    titles = [each.payer.title for each in found.cards]
    rows.writerow([csv_cell(text) for text in ("question", "differs", *titles)])
    for line in found.lines:
        said = [_cell_text(cell) for cell in line.cells]
        differs = "yes" if line.differs else "no"
        rows.writerow([csv_cell(each) for each in (line.aspect.title, differs, *said)])
    name = {"Content-Disposition": 'attachment; filename="comparison.csv"'}
    return File(out.getvalue(), "text/csv; charset=utf-8", name)


def _cell_text(cell: Cell) -> str:
    if cell.known == "silent":
        return f"{cell.silence}: {cell.searched}"
    return "\n".join(
        f"{row.sentence} ({row.condition})" if row.condition else row.sentence
        for row in cell.rows
    )
