"""Earlier claims: what was done, what was paid, what was denied and for which reason.

A remittance, an explanation of benefits or a table of paid claims tells them.
Readers give these beside ``Claim``; nothing here knows a file format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kb.claims.model import (
    BadClaim,
    Claim,
    Frequency,
    HistoryLine,
    PayerNamed,
    Read,
    Remark,
)

AdjustmentGroup = Literal["CO", "OA", "PI", "PR", ""]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Why less was paid than billed, as the payer's remittance says."""

    group: AdjustmentGroup
    """Who bears it: ``CO`` the provider by contract, ``PR`` the patient.

    Empty where the file does not say, as in an explanation of benefits.
    """
    reason: str
    """Claim adjustment reason code (CARC), as ``197``."""
    amount: Decimal = Decimal(0)
    """Dollars taken off."""


@dataclass(frozen=True, slots=True)
class PastLine:
    """One earlier service and what the payer did with it."""

    service: HistoryLine
    charge: Decimal | None = None
    paid: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()
    """Remittance advice remark codes (RARC), as ``N362``."""


@dataclass(frozen=True, slots=True)
class PastClaim:
    """One earlier claim of a patient, of one payer, as one file tells it.

    Several may tell of one claim: a reversal and its correction, a claim file and the
    remittance for it.  What was really done is found by folding them.
    """

    id: str
    """The sender's claim number (CLM01, CLP01)."""
    member: str
    """The member id at the payer, capitals and digits only; empty when not said."""
    payer: PayerNamed
    lines: tuple[PastLine, ...]
    frequency: Frequency = "original"
    """``void`` for a reversal or a cancelled claim: what it tells was undone."""
    replaces: str = ""
    birth: date | None = None
    """The patient's birth date; never in a fault, a remark or an answer."""
    told: date | None = None
    """When it was paid or created: what is told later corrects what stood before."""
    payers_number: str = ""
    """The payer's own number of the claim (CLP07), which a correction names in REF*F8."""


Told = Claim | PastClaim | BadClaim | Remark
"""What a reader of a file gives, one after the other, claims or earlier claims."""

EARLIER = "earlier claims that the payer has answered, no claims to check"


def answerable(told: Iterable[Told], name: str = "") -> Iterator[Read]:
    """What can be answered, and at the end how many earlier claims there were.

    They are a fault of a file that has no others, and else a remark.  A claim that the
    payer has answered already is told both ways, one after the other, and answered.
    """
    earlier, claims = 0, 0
    last: Claim | None = None
    for one in told:
        if isinstance(one, PastClaim):
            earlier += last is None or not _is_the_same(one, last)
            last = None
            continue
        if isinstance(one, Claim):
            claims += 1
            last = one
        yield one
    if not earlier:
        return
    text = f"{earlier:,} {EARLIER if earlier > 1 else _ONE_EARLIER}"
    if claims:
        yield Remark(name, f"{text}: --history reads such")
    else:
        yield BadClaim(name, text, "Give it with --history.")


_ONE_EARLIER = "earlier claim that the payer has answered, no claim to check"


def _is_the_same(past: PastClaim, claim: Claim) -> bool:
    """Whether an earlier claim tells what became of the claim before it."""
    services = [(line.service.code, line.service.date) for line in past.lines]
    return services == [(line.code, line.date) for line in claim.lines]
