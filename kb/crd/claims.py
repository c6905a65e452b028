"""Orders under a Coverage as claims: those of one state and one performer together.

What is billed together is judged together, so that a further level finds its first one.
What no order says stays unknown: nothing of the chart, no history, no approval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kb.claims.fhir.codes import SEX
from kb.claims.identity import patient_token
from kb.claims.model import Claim, own_patient
from kb.claims.shapes import STATE
from kb.crd.coverage import Covered
from kb.crd.exact import Json
from kb.crd.orders import Order
from kb.crd.resources import Resources, day, items, part, text


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim with the order behind each of its lines."""

    claim: Claim
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The state in which orders without a place of their own are taken to be done."""

    state: str = ""
    by_home: bool = False
    """Whether it is only where the patient lives."""


def claims_of(
    orders: tuple[Order, ...],
    covered: Covered,
    patient: Json,
    around: Whereabouts,
    today: date,
) -> list[Asked]:
    """The claims that orders with a code make under a Coverage."""
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[Order]] = {}
    for order in orders:
        if order.code:
            key = (state_of(order, around), tuple(sorted(fields_of(order).items())))
            groups.setdefault(key, []).append(order)
    return [
        Asked(
            claim_of(
                f"{covered.reference}#{place}",
                state,
                tuple(group),
                covered,
                patient,
                today,
            ),
            tuple(group),
        )
        for place, ((state, _fields), group) in enumerate(groups.items(), 1)
    ]


def claim_of(
    name: str,
    state: str,
    orders: tuple[Order, ...],
    covered: Covered,
    patient: Json,
    today: date,
) -> Claim:
    """One claim."""
    birth = day(patient, "birthDate")
    written = birth.strftime("%Y%m%d") if birth else ""
    member = covered.member
    sex = SEX.get(text(patient, "gender"), "")
    return Claim(
        id=name,
        patient=patient_token(member, written) if member else own_patient(name),
        payer=covered.payer,
        lines=tuple(order.line(n, today) for n, order in enumerate(orders, 1)),
        plan=covered.plan,
        state=state,
        fields=fields_of(orders[0]) | ({"sex": sex} if sex else {}),
        birth=birth,
        member=member,
    )


def fields_of(order: Order) -> dict[str, str]:
    """What a claim says of the people behind an order."""
    ordering = order.requester.npi
    return order.performer.fields | ({"ordering-npi": ordering} if ordering else {})


def state_of(order: Order, around: Whereabouts) -> str:
    """The state of the place, else of who is to do it, else the one around."""
    found = order.state or order.performer.state or around.state
    return found if STATE.fits(found) else ""


def is_by_home(order: Order, around: Whereabouts) -> bool:
    """Whether an order's state is only where the patient lives."""
    return around.by_home and not (order.state or order.performer.state)


def whereabouts(known: Resources, patient: Json) -> Whereabouts:
    """The state of the encounter's place, else where the patient lives."""
    for encounter in known.of_type("Encounter"):
        for stay in items(encounter, "location"):
            place = known.referred(part(stay, "location"), encounter) or {}
            if state := text(place, "address", "state").upper():
                return Whereabouts(state)
    homes = {text(each, "state").upper() for each in items(patient, "address")} - {""}
    return Whereabouts(homes.pop(), by_home=True) if len(homes) == 1 else Whereabouts()
