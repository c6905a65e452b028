"""What a payer says of two procedures on one day: the rows that name them both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kb.asking.settling import is_typed
from kb.asking.understood import CODES, TOPIC, Understood
from kb.read.families import families
from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.cards import Card, card

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


def parted(
    understood: Understood, subjects: Sequence[str]
) -> tuple[Understood, Understood | None]:
    """A question of procedures together and of something else, as two questions."""
    others = set(understood.topics) - OF_A_PAIR - {TOGETHER}
    if len(subjects) < BOTH or TOGETHER not in understood.topics or not others:
        return understood, None
    of_both = tuple(
        chip
        for chip in understood.chips
        if chip.kind != TOPIC or chip.value not in others
    )
    of_each = tuple(
        chip
        for chip in understood.chips
        if (chip.kind, chip.value) != (TOPIC, TOGETHER)
    )
    return replace(understood, chips=of_both), replace(understood, chips=of_each)


TOGETHER = "together"
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


def rows_both_ways(
    kb: KnowledgeBase, made: Card, beside: Sequence[str]
) -> tuple[Row, ...]:
    """What is said of procedures of one day, by the rules of either."""
    found = rows_of_both(kb, made, beside)
    if found:
        return found
    others = (
        card(kb, made.payer.id, other, made.day, made.state, made.place)
        for other in beside
    )
    told = (rows_of_both(kb, each, [made.subject.key]) for each in others if each)
    return next(filter(None, told), ())


SEDATING = ("99152", "01992", "01938")
"""Moderate sedation, and anesthesia of blocks and of injections at the spine."""


def rows_of_sedation(kb: KnowledgeBase, made: Card) -> tuple[Row, ...]:
    """What is said of sedation for a procedure: by the rules of sedation, else by its own."""
    own = tuple(sorted(made.subject.codes))
    others = (
        card(kb, made.payer.id, each, made.day, made.state, made.place)
        for each in SEDATING
    )
    found = {
        row.path: replace(row, codes=own)
        for other in others
        if other
        for row in rows_of_both(kb, other, [made.subject.key])
        if not _is_for_others(row, own)
    }
    if not found:
        found = {row.path: row for row in rows_of_both(kb, made, SEDATING)}
    # What asks something of sedation stands before what keeps it from one procedure.
    return tuple(sorted(found.values(), key=lambda row: row.aspect == "same-day"))


def _is_for_others(row: Row, codes: Sequence[str]) -> bool:
    """Whether a rule's case names codes of a day, and these only as what must not be there."""
    case = row.condition.partition(" and no ")[0]
    return any(ranges_in(case)) and not names_any(case, codes)


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


def names_any(text: str, codes: Iterable[str]) -> bool:
    """Whether a text names one of some codes, alone or in a range."""
    listed = [*ranges_in(text)]
    return any(
        len(code) == len(first) and first <= code <= last
        for first, last in listed
        for code in codes
    )


def ranges_in(text: str) -> Iterator[tuple[str, str]]:
    """The codes that a text names, each as a range of one or more."""
    for found in _CODES.finditer(text):
        yield found[1], found[2] or found[1]


_CODES = re.compile(r"\b([A-Z]?\d{4,5}[A-Z]?)(?:-([A-Z]?\d{4,5}[A-Z]?))?")


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
