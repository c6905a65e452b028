"""An answer for programs: one payer, one procedure, every question."""

from __future__ import annotations

from kb.read.knowledge_base import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.cards import Cell, card
from kb.web.answer_pages import unknown_answer
from kb.web.api import Json
from kb.web.where import Where, day_shown


def card_json(kb: KnowledgeBase, where: Where) -> Json:
    """What a payer says of a code or family; silent questions tell what was searched.

    Raises ``PageProblem`` for a payer or procedure that is not loaded.
    """
    day = day_shown(where)
    found = card(kb, where.payer, where.subject, day, where.state, where.place)
    if found is None:
        raise unknown_answer(kb, where.payer, where.subject, day)
    return {
        "payer": found.payer.id,
        "subject": found.subject.key,
        "title": found.subject.title,
        "on": day.isoformat(),
        "state": where.state or None,
        "place": where.place or None,
        "codes": sorted(found.subject.codes),
        "answers": [
            {"key": cell.aspect.key, "title": cell.aspect.title, **cell_json(cell)}
            for cell in found.cells
        ],
        "chart": [
            {"document": part.title, "asks": list(part.asks)}
            for part in found.documents
        ],
        "open_points": [row.sentence for row in found.gaps],
        "sources": [
            {
                "source": each.id,
                "title": each.title,
                "publisher": each.publisher,
                "url": each.url or None,
                "grade": each.grade,
                "read_on": each.read_on,
            }
            for each in found.sources
        ],
        "policies": [each.id for each in found.policies],
        "searched": len(found.searched),
    }


def cell_json(cell: Cell) -> Json:
    """One cell of a card."""
    return {
        "known": cell.known,
        "short": cell.short or None,
        "searched": cell.searched or None,
        "ask": cell.ask or None,
        "rows": [_row_json(row) for row in cell.rows],
    }


def _row_json(row: Row) -> Json:
    return {
        "sentence": row.sentence,
        "condition": row.condition or None,
        "codes": row.codes_words or None,
        "outcome": row.outcome,
        "grade": row.grade,
        "source": row.source or None,
        "path": row.path,
    }
