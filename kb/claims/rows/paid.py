"""What the payer did with the services of a table: paid, denied, taken back.

Tuva's table has no word for it, only amounts, so a state is told where they leave no
other reading, and is else unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kb.claims.model import Frequency, LineStatus, PayerNamed
from kb.claims.past import PastClaim, PastLine
from kb.claims.rows.cells import Row
from kb.claims.rows.services import Service

_OF_AN_ANSWER = ("paid_date", "paid_amount", "allowed_amount")


def is_answered(rows: Iterable[Row]) -> bool:
    """Whether the payer has answered the claim of these rows."""
    return any(row.text(column) for row in rows for column in _OF_AN_ANSWER)


def statuses(services: tuple[Service, ...]) -> tuple[LineStatus, ...]:
    """What became of each service of a claim.

    Nothing allowed and nothing paid is a denial beside a line that was paid.  Where no
    line was, the claim may as well be paid by the head: then it is unknown.
    """
    one_is_paid = any(_is_paid(service) for service in services)
    return tuple(_status(service, one_is_paid=one_is_paid) for service in services)


def _is_paid(service: Service) -> bool:
    return bool(service.paid and service.paid > 0)


def _status(service: Service, *, one_is_paid: bool) -> LineStatus:
    if _is_paid(service) or service.of_patient > 0:
        return "paid"
    if service.allowed is None or service.paid is None:
        return "unknown"
    if service.allowed > 0:
        return "paid"
    return "denied" if one_is_paid else "unknown"


def taken_back(
    services: list[Service],
) -> tuple[tuple[Service, ...], tuple[Service, ...]]:
    """The services that stand, and those that are taken back and billed elsewhere.

    A row that takes back one billed in the same claim goes with it.
    """
    standing: list[Service] = []
    others: list[Service] = []
    for service in services:
        if not service.takes_back:
            standing.append(service)
            continue
        billed = next((s for s in reversed(standing) if _undoes(service, s)), None)
        if billed is None:
            others.append(service)
        else:
            standing.remove(billed)
    return tuple(standing), tuple(others)


def _undoes(back: Service, billed: Service) -> bool:
    same = (back.code, back.date, back.modifiers)
    if same != (billed.code, billed.date, billed.modifiers):
        return False
    if back.undoes_the_service:
        return abs(back.units) == billed.units
    return back.paid is not None and back.paid == -(billed.paid or 0)


def past_claim(
    services: tuple[Service, ...],
    diagnoses: tuple[str, ...],
    *,
    identifier: str,
    member: str,
    payer: PayerNamed,
    told: date | None,
    frequency: Frequency = "original",
) -> PastClaim:
    """The services as an earlier claim that the payer has answered."""
    lines = tuple(
        PastLine(
            service.earlier(diagnoses, identifier, status),
            charge=service.charge,
            paid=service.paid,
        )
        for service, status in zip(services, statuses(services), strict=True)
    )
    return PastClaim(identifier, member, payer, lines, frequency=frequency, told=told)
