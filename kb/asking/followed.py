"""What a payer asks of one procedure under the heading of the next one."""

from __future__ import annotations

import re

from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.cards import Card, card

NEXT = {"facet-injection": "facet-ablation"}
"""By family: the one whose rules ask for relief from it."""
_RELIEF = re.compile(r"\brelief\b", re.IGNORECASE)


def relief_before(kb: KnowledgeBase, made: Card) -> tuple[Row, ...]:
    """Rows of the next procedure that ask for relief from blocks of this one.

    The relief of a medial branch block stands in the rules of ablation.
    """
    later = NEXT.get(made.subject.key, "")
    if not later:
        return ()
    found = card(kb, made.payer.id, later, made.day, made.state, made.place)
    rows = [row for cell in found.cells for row in cell.rows] if found else []
    return tuple(
        {
            row.path: row
            for row in rows
            if _RELIEF.search(f"{row.title} {row.sentence}")
        }.values()
    )
