"""Denials: a reason or remark code that staff type, and the rules that deny so.

A remittance gives codes of two national lists (``kb.asking.denial_codes``); payers apply
them to their own rules.  Which rules a code can be of is told by the kind of reason that
rules deny for (``otherwise: deny for frequency``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from dsl.load.words import TOPICS
from kb.asking.denial_codes import DENIALS, REMARKS, Denial
from kb.asking.understood import DENIAL, TOPIC, Chip
from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row
from kb.reference.cards import Card

_CODE = r"(?P<{name}>\d{{1,3}}|[AB]\d{{1,2}}|P\d{{1,2}}|[YW]\d)"
_TYPED = re.compile(
    rf"(?<![\w-])(?:(?P<group>CO|PR|OA|PI)[ -]?{_CODE.format(name='grouped')}"
    rf"|(?:CARC|denial|denials|denied|denied with|reason code|denial code|adjustment code)"
    rf" ?#?:? ?{_CODE.format(name='named')})(?![\w-])",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"(?<![\w-])(?P<named>(?:RARC|remark|remark code|remarks)s? ?#?:? ?)?"
    r"(?P<code>N\d{2,3}|MA\d{2,3}|M\d{1,3})(?!\.?\w|-)",
    re.IGNORECASE,
)
CHAPTERS = frozenset({"M25", "M51"})
"""Remark codes that are the first letters of diagnoses too."""
LATE = "29"
POINTING = frozenset({"16", "96"})
"""Codes that only say that another one says why."""
TOPIC_OF = {"same-day": "together", "wait": "care"}
"""Topics that do not bear the name of their cell."""


def denials_in(text: str) -> tuple[list[Chip], str]:
    """The numbers of denials that a text names, and the text without them."""
    found = [
        one
        for one in _TYPED.finditer(text)
        # A bare number behind "denied" may count something: only one of the list is meant.
        if one["grouped"] or one["named"].upper() in DENIALS
    ]
    for one in reversed(found):
        text = f"{text[: one.start()]} {text[one.end() :]}"
    remarks = [
        one for one in _REMARK.finditer(text) if _is_remark(one, beside=bool(found))
    ]
    for one in reversed(remarks):
        text = f"{text[: one.start()]} {text[one.end() :]}"
    # A remark says more than the number beside it.
    chips = [*map(_remark_chip, remarks), *map(_chip, found)]
    # Late filing is no matter of a procedure: the payer's own days answer it.
    late = [
        Chip(TOPIC, ("filing",), TOPICS["filing"], c.typed)
        for c in chips
        if c.value == LATE
    ]
    return [*chips, *late], text


def _is_remark(found: re.Match[str], *, beside: bool) -> bool:
    """Whether letters and digits are a remark code, not the first part of a diagnosis."""
    code = found["code"].upper()
    named = bool(found["named"]) or beside
    return named or (code not in CHAPTERS and (code in REMARKS or code[:2] == "MA"))


def _remark_chip(found: re.Match[str]) -> Chip:
    code = found["code"].upper()
    said = REMARKS.get(code)
    label = f"{code}, {said.says}" if said else code
    return Chip(DENIAL, (code,), label, " ".join(found[0].split()), known=bool(said))


def _chip(found: re.Match[str]) -> Chip:
    number = (found["grouped"] or found["named"]).upper()
    said = DENIALS.get(number)
    group = (found["group"] or "").upper()
    label = f"{group}-{number}" if group else number
    if said:
        label += f", {said.says}"
    typed = " ".join(found[0].split())
    return Chip(DENIAL, (number,), label, typed, known=said is not None)


def sentences_of(denial: Chip) -> str:
    """What a denial says and what to do about it, for people."""
    number, _, says = denial.label.partition(", ")
    code = code_of(denial)
    if code is None:
        return (
            f"What {number} says is not known here: look at the other codes beside it, or "
            "import the list of codes."
        )
    return f"{number} says that {says}. {code.do}"


def told_apart(denials: Sequence[Chip]) -> Iterator[Chip]:
    """Those whose sentences say something: a code that points to its remark is said by it."""
    remarks = any(chip.value in REMARKS for chip in denials)
    return (chip for chip in denials if not (remarks and chip.value in POINTING))


def code_of(denial: Chip) -> Denial | None:
    """The code of a chip as the lists have it."""
    return DENIALS.get(denial.value) or REMARKS.get(denial.value)


def asked_by(denials: Iterable[Chip]) -> tuple[Chip, ...]:
    """The questions that denials ask of a payer where no procedure is named."""
    found = {
        cell: Chip(TOPIC, (TOPIC_OF.get(cell, cell),), cell, one.typed)
        for one in denials
        if (said := code_of(one))
        for cell in said.cells
    }
    return tuple(replace(chip, label=TOPICS[chip.value]) for chip in found.values())


def rows_that_deny(kb: KnowledgeBase, made: Card, denial: Chip) -> tuple[Row, ...]:
    """The rows of a card that may be behind a denial, those of its codes first."""
    said = code_of(denial)
    if said is None:
        return ()
    rows = [row for key in said.cells for row in made.cell(key).rows]
    rows += _for_a_reason(kb, made, said.kinds)
    found = {row.path: row for row in rows if row.outcome != "note"}
    return tuple(
        sorted(found.values(), key=lambda row: (not row.codes, not row.coverage))
    )


def _for_a_reason(kb: KnowledgeBase, made: Card, kinds: tuple[str, ...]) -> list[Row]:
    """The rows of a card whose rules deny for a reason of some kinds."""
    rows = [row for cell in made.cells for row in cell.rows]
    denying = frozenset(
        kb.column(
            """SELECT id FROM rule WHERE id IN (SELECT value FROM json_each(:rules))
            AND outcome IN ('deny', 'fix', 'needs-auth')
            AND reason IN (SELECT value FROM json_each(:kinds))""",
            rules=json.dumps(sorted({rule for row in rows for rule in row.rules})),
            kinds=json.dumps(kinds),
        )
    )
    return [row for row in rows if denying.intersection(row.rules)]
