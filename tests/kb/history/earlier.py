"""Claims and earlier claims made by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from kb.claims.identity import patient_token
from kb.claims.model import (
    Claim,
    ClaimLine,
    Frequency,
    History,
    HistoryLine,
    LineStatus,
    PayerNamed,
)
from kb.claims.past import PastClaim, PastLine
from kb.engine.program import PayerWords

UHC = PayerNamed(identifier="87726")
UHC_BY_NAME = PayerNamed(name="UnitedHealthcare")
AETNA = PayerNamed(name="Aetna")
NOBODY = PayerNamed()


def payer(key: str, identifier: str, name: str) -> PayerWords:
    """A payer of a small knowledge base."""
    return PayerWords(
        key, key, identifiers=frozenset({identifier}), names=frozenset({name})
    )


PAYERS = (
    payer("uhc", "87726", "unitedhealthcare"),
    payer("uhc-medicare-advantage", "87726", "aarp"),
    payer("aetna", "60054", "aetna"),
)
BORN = date(1950, 5, 1)
BORN_LATER = date(2019, 2, 2)
TODAY = date(2026, 3, 10)


def day(number: int) -> date:
    """A day of 2025 by its number."""
    return date.fromordinal(date(2025, 1, 1).toordinal() + number)


def child(identifier: str = "C-1", on: date = TODAY, given: str = "Ann") -> Claim:
    """A claim of a dependant under the same member id."""
    return claim(identifier, on, birth=BORN_LATER, given=given)


def claim(
    identifier: str = "C-1",
    on: date = TODAY,
    codes: Iterable[str] = ("64483",),
    *,
    member: str = "M1",
    payer: PayerNamed = UHC,
    birth: date | None = BORN,
    given: str = "",
    frequency: Frequency = "original",
    replaces: str = "",
    history: History | None = None,
    modifiers: tuple[str, ...] = (),
) -> Claim:
    """A claim as an 837P tells it; ``given`` for a dependant."""
    written = f"{birth:%Y%m%d}" if birth else ""
    return Claim(
        id=identifier,
        patient=patient_token(member, written, given),
        payer=payer,
        lines=tuple(
            ClaimLine(number, code, on, modifiers)
            for number, code in enumerate(codes, 1)
        ),
        frequency=frequency,
        replaces=replaces,
        history=history or History(),
        birth=birth,
        member=member,
    )


def past(
    identifier: str = "C-0",
    on: date = BORN,
    codes: Iterable[str] = ("64483",),
    *,
    status: LineStatus = "paid",
    member: str = "M1",
    payer: PayerNamed = UHC,
    birth: date | None = None,
    frequency: Frequency = "original",
    replaces: str = "",
    told: date | None = None,
    modifiers: tuple[str, ...] = (),
    charge: str = "300",
    number: str = "",
) -> PastClaim:
    """An earlier claim as a remittance tells it."""
    amount = Decimal(charge)
    return PastClaim(
        id=identifier,
        member=member,
        payer=payer,
        lines=tuple(
            PastLine(
                HistoryLine(code, on, modifiers, status=status, claim=identifier),
                charge=amount,
                paid=amount if status == "paid" else Decimal(0),
            )
            for code in codes
        ),
        frequency=frequency,
        replaces=replaces,
        birth=birth,
        told=told,
        payers_number=number,
    )
