"""Denials: a claim adjustment reason code that staff type, and the rules that deny so.

A remittance gives a number from a national list (CARC); payers apply it to their own
rules.  The words here are ours, as short as a biller says them.  Which rules a number
can be of is told by the kind of reason that rules deny for (``otherwise: deny for
frequency``).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from dsl.load.words import TOPICS
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
LATE = "29"


@dataclass(frozen=True, slots=True)
class Denial:
    """What a number says, and what of a card may be behind it."""

    says: str
    kinds: tuple[str, ...]
    """Kinds of reason for which rules deny so."""
    cells: tuple[str, ...] = ()
    """Cells of a card that answer it, whatever their rules deny for."""


_APPROVAL = ("authorization",), ("approval",)
_OFTEN = ("frequency", "units"), ("limit", "session")
_TOGETHER = ("bundled",), ("same-day",)
_DIAGNOSIS = ("diagnosis",), ("diagnosis",)
_PLACE = ("place",), ("place",)
_PROVIDER = ("provider",), ("provider",)
_NECESSITY = ("necessity",), ()
DENIALS = {
    "4": Denial(
        "a modifier is missing or does not go with the code",
        ("modifier",),
        ("modifiers", "sides"),
    ),
    "5": Denial("the code does not go with the place of service", *_PLACE),
    "8": Denial("the code is not one of this kind of provider", *_PROVIDER),
    "11": Denial("the diagnosis does not support the code", *_DIAGNOSIS),
    "15": Denial(
        "the authorization number is missing or is for something else", *_APPROVAL
    ),
    "16": Denial(
        "something is missing or wrong on the claim; the remark code says what",
        ("documentation", "coding", "other"),
    ),
    "18": Denial("it is a duplicate of a service that was billed before", *_TOGETHER),
    "29": Denial("it was filed too late", ("filing",), ("filing",)),
    "50": Denial("the payer does not take it as medically necessary", *_NECESSITY),
    "55": Denial("the payer calls it experimental", *_NECESSITY),
    "58": Denial("the place is not one where it may be done", *_PLACE),
    "96": Denial("it is not covered; the remark code says why", *_NECESSITY),
    "97": Denial("its payment is inside that of another service", *_TOGETHER),
    "119": Denial("the most that the plan pays was reached", *_OFTEN),
    "150": Denial("the records do not support this level of service", *_NECESSITY),
    "151": Denial("so many, or so often, is not supported", *_OFTEN),
    "152": Denial("so long is not supported", *_OFTEN),
    "167": Denial("the diagnosis is not a covered one", *_DIAGNOSIS),
    "170": Denial("this kind of provider is not paid for it", *_PROVIDER),
    "171": Denial(
        "this kind of provider is not paid for it in this place",
        ("provider", "place"),
        ("provider", "place"),
    ),
    "185": Denial("the rendering provider may not do it", *_PROVIDER),
    "197": Denial("no approval was asked for before the service", *_APPROVAL),
    "198": Denial("more was done than was approved", *_APPROVAL),
    "204": Denial("the patient's plan does not cover it", *_NECESSITY),
    "222": Denial("more units than the contract allows", *_OFTEN),
    "236": Denial("the two codes are not paid together on one day", *_TOGETHER),
    "252": Denial("records must be sent", ("documentation",), ("chart",)),
    "B7": Denial("the provider was not certified for it on that day", *_PROVIDER),
    "B15": Denial(
        "it needs, or is inside, another service that was not paid", *_TOGETHER
    ),
}
"""By number of the national list; the words are ours."""


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
    chips = [*map(_chip, found)]
    # Late filing is no matter of a procedure: the payer's own days answer it.
    late = [
        Chip(TOPIC, ("filing",), TOPICS["filing"], c.typed)
        for c in chips
        if c.value == LATE
    ]
    return [*chips, *late], text


def _chip(found: re.Match[str]) -> Chip:
    number = (found["grouped"] or found["named"]).upper()
    said = DENIALS.get(number)
    group = (found["group"] or "").upper()
    label = f"{group}-{number}" if group else number
    if said:
        label += f", {said.says}"
    typed = " ".join(found[0].split())
    return Chip(DENIAL, (number,), label, typed, known=said is not None)


def sentence_of(denial: Chip) -> str:
    """What a denial says, for people."""
    number, _, says = denial.label.partition(", ")
    if not denial.known:
        return (
            f"What {number} says is not known here: look at the remark codes beside it."
        )
    return f"{number} says that {says}."


def rows_that_deny(kb: KnowledgeBase, made: Card, denial: Chip) -> tuple[Row, ...]:
    """The rows of a card that may be behind a denial, those of its codes first."""
    said = DENIALS.get(denial.value)
    if said is None:
        return ()
    rows = [row for key in said.cells for row in made.cell(key).rows]
    rows += _for_a_reason(kb, made, said.kinds)
    found = {row.path: row for row in rows if row.outcome != "note"}
    return tuple(sorted(found.values(), key=lambda row: not row.codes))


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
