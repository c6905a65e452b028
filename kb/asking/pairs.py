"""What a payer says of two procedures on one day: the rows that name them both."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kb.read.families import families
from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.cards import Card


def rows_of_both(
    kb: KnowledgeBase, made: Card, others: Iterable[str]
) -> tuple[Row, ...]:
    """The rows of a card, of any question, whose rules name one of the other subjects too."""
    codes = _codes(kb, made, others)
    rows = [row for cell in made.cells for row in cell.rows if row.codes]
    naming = _naming(kb, {rule for row in rows for rule in row.rules}, codes)
    found = {row.path: row for row in rows if not naming.isdisjoint(row.rules)}
    return tuple(found.values())


def _codes(kb: KnowledgeBase, made: Card, others: Iterable[str]) -> frozenset[str]:
    of_family = families(kb, made.day)
    return frozenset(
        code for other in others for code in of_family.get(other, frozenset({other}))
    )


def _naming(
    kb: KnowledgeBase, rules: set[str], codes: frozenset[str]
) -> frozenset[str]:
    """Those of the rules that name one of the codes beside what they are for."""
    return frozenset(
        kb.column(
            """SELECT DISTINCT m.rule FROM rule_mention m
            LEFT JOIN code_set_member s ON s.code_set = m.code_set
            WHERE m.rule IN (SELECT value FROM json_each(:rules))
              AND m.use IN ('same-day', 'not-with')
              AND (m.code IN (SELECT value FROM json_each(:codes))
                OR s.code IN (SELECT value FROM json_each(:codes)))""",
            rules=json.dumps(sorted(rules)),
            codes=json.dumps(sorted(codes)),
        )
    )
