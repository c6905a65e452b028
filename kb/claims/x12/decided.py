"""What a payer decided about a service, by the amounts and reasons of its remittance."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from kb.claims.model import LineStatus
from kb.claims.past import Adjustment

COVERED = frozenset(
    {"1", "2", "3", "66", "241", "247", "248"} | {"23", "24", "100", "142", "187"}
)
"""Reasons (CARC) for money that somebody else owes for a service that was accepted.

First deductible, coinsurance and copayment; then the share of another payer, of a
capitation, or what was paid to the patient.
"""
PRICE = frozenset(
    {"44", "45", "59", "70", "74", "75", "76", "85", "90", "91", "94"}
    | {"102", "103", "104", "105", "118", "121", "122", "130", "131", "132", "137"}
    | {"139", "143", "144", "161", "205", "209", "223", "225", "232", "235", "237"}
    | {"253", "P12", "P23"}
)
"""Reasons that set the price of an accepted service, or move money between lines."""
PENDING = "133"
"""The payer has not decided about the line yet."""
DENIED_CLAIM = "4"
"""CLP02 of a claim whose patient the payer does not know, or, by older use, denied."""


def status_of(
    paid: Decimal, adjustments: Iterable[Adjustment], claim_status: str
) -> LineStatus:
    """Whether the payer accepted a service: ``paid`` also where the patient owes it all.

    Something paid is paid.  With nothing paid the reasons tell: money that the patient
    owes as deductible, coinsurance or copayment, or that another payer has paid, is owed
    for an accepted service.  Any reason that is not one of price denies it.  The state of
    the claim alone (CLP02 1, 2, 3) says *processed*, not paid (X12 request for
    interpretation 1423: the reason codes tell whether a service was denied).  Nothing
    paid and no reason given: ``unknown``, unless the whole claim was denied.
    """
    if paid:
        return "paid"
    reasons = {one.reason for one in adjustments}
    owed = {one.reason for one in adjustments if one.amount}
    if owed & COVERED:
        return "paid"
    if PENDING in reasons:
        return "pending"
    if claim_status == DENIED_CLAIM or reasons - PRICE - COVERED:
        return "denied"
    return "paid" if reasons & PRICE else "unknown"
