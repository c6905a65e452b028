"""What a payer says of two procedures on one day: the rows that name them both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from kb.asking.settling import is_typed
from kb.asking.understood import CODES, Understood
from kb.read.families import families
from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.cards import Card

BOTH = 2
OF_A_PAIR = frozenset({"covered", "modifiers"})
"""Topics beside which two codes still ask about both together."""


def asks_pairs(understood: Understood, subjects: Sequence[str]) -> bool:
    """Whether a question is of procedures together: it says so, or names two and asks no more."""
    if len(subjects) < BOTH:
        return False
    if "together" in understood.topics:
        return True
    codes = understood.all(CODES)
    typed = [chip for chip in codes if is_typed(chip)]
    beside = any(chip.value in BESIDE for chip in codes)
    joined = len(typed) >= BOTH or beside or _WITH.search(understood.text) is not None
    return joined and not set(understood.topics) - OF_A_PAIR


OF_MODIFIERS = frozenset({"modifiers", "sides"})
BESIDE = frozenset({"76942", "77003", "77012", "99152"})
"""Sedation and guidance, which are asked about beside what they help with."""
_WITH = re.compile(r"\bwith\b", re.IGNORECASE)


def rows_of_both(
    kb: KnowledgeBase, made: Card, others: Iterable[str]
) -> tuple[Row, ...]:
    """The rows of a card, of any question, whose rules are for one and name the other."""
    codes = codes_of(kb, made, others)
    rows = [row for cell in made.cells for row in cell.rows]
    rules = json.dumps(sorted({rule for row in rows for rule in row.rules}))
    own = json.dumps(sorted(made.subject.codes))
    other = json.dumps(sorted(codes))
    both = _naming(kb, rules, own, other) | _naming(kb, rules, other, own)
    said = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(codes)))})\b")
    found = {
        row.path: row
        for row in rows
        if both.intersection(row.rules)
        or (codes and said.search(f"{row.title} {row.fix}"))
    }
    return tuple(sorted(found.values(), key=_forbidding_first))


def _forbidding_first(row: Row) -> bool:
    """What keeps two procedures apart by itself stands before what looks at them."""
    return not (row.is_firm and row.outcome in ("deny", "fix"))


def rows_of_modifiers(
    kb: KnowledgeBase, made: Card, modifiers: Iterable[str]
) -> tuple[Row, ...]:
    """The rows of a card, of any question, whose rules name one of the modifiers."""
    naming = frozenset(
        kb.column(
            """SELECT DISTINCT rule FROM rule_mention WHERE use IN ('modifier', 'unless-modifier')
            AND code IN (SELECT value FROM json_each(:modifiers))
            UNION SELECT n.rule FROM rule_mention n JOIN code_set_member m
              ON m.code_set = n.code_set WHERE n.use = 'modifier'
              AND m.code IN (SELECT value FROM json_each(:modifiers))""",
            modifiers=json.dumps(sorted(modifiers)),
        )
    )
    rows = (row for cell in made.cells for row in cell.rows)
    found = {row.path: row for row in rows if naming.intersection(row.rules)}
    # First what asks for the modifier or forbids it, then what only counts lines with it.
    return tuple(sorted(found.values(), key=lambda row: row.aspect not in OF_MODIFIERS))


def codes_of(kb: KnowledgeBase, made: Card, others: Iterable[str]) -> frozenset[str]:
    """The codes of some subjects, those of a family on the day of a card."""
    of_family = families(kb, made.day)
    return frozenset(
        code for other in others for code in of_family.get(other, frozenset({other}))
    )


def _naming(kb: KnowledgeBase, rules: str, scope: str, named: str) -> frozenset[str]:
    """Those of the rules that are for codes of ``scope`` and name some of ``named``."""
    return frozenset(
        kb.column(
            """SELECT DISTINCT m.rule FROM rule_mention m
            LEFT JOIN code_set_member s ON s.code_set = m.code_set
            WHERE m.rule IN (SELECT value FROM json_each(:rules))
              AND m.use IN ('same-day', 'not-with', 'bill-as')
              AND (m.code IN (SELECT value FROM json_each(:named))
                OR s.code IN (SELECT value FROM json_each(:named)))
              AND EXISTS (SELECT 1 FROM rule_code c WHERE c.rule = m.rule
                AND c.code IN (SELECT value FROM json_each(:scope)))""",
            rules=rules,
            scope=scope,
            named=named,
        )
    )
