"""Requests as an EHR sends them, made from a claim: what an order can say of it."""

from __future__ import annotations

from typing import Any

from kb.claims import Claim

Json = dict[str, Any]

CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
PLACES = (
    "https://www.cms.gov/Medicare/Coding/place-of-service-codes/"
    "Place_of_Service_Code_Set"
)
NPI = "http://hl7.org/fhir/sid/us-npi"
INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
SOPT = {
    "commercial": "512",
    "medicaid": "211",
    "medicare": "121",
    "medicare-advantage": "111",
    "workers-compensation": "95",
}


def order(
    cpt: str = "64483",
    name: str = "1",
    day: str | None = "2026-03-10",
    diagnoses: tuple[str, ...] = ("M54.16",),
    place: str = "11",
    **more: Any,
) -> Json:
    """A ServiceRequest."""
    made: Json = {
        "resourceType": "ServiceRequest",
        "id": name,
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-03-02",
        "requester": {"reference": "Practitioner/d1"},
        "code": {
            "coding": [{"system": CPT if cpt[0].isdigit() else HCPCS, "code": cpt}]
        },
        "reasonCode": [
            {"coding": [{"system": ICD10, "code": each} for each in diagnoses]}
        ],
        "locationReference": [{"reference": "Location/l1"}],
    }
    if day:
        made["occurrenceDateTime"] = day
    if place:
        made["locationCode"] = [{"coding": [{"system": PLACES, "code": place}]}]
    return {key: value for key, value in {**made, **more}.items() if value is not None}


def coverage(plan: str = "", name: str = "c1", **more: Any) -> Json:
    """A Coverage of the payer ``Organization/o1``."""
    made: Json = {
        "resourceType": "Coverage",
        "id": name,
        "status": "active",
        "subscriberId": "W123-456 789",
        "beneficiary": {"reference": "Patient/p1"},
        "payor": [{"reference": "Organization/o1"}],
    }
    if plan in SOPT:
        made["type"] = {
            "coding": [{"system": "https://nahdo.org/sopt", "code": SOPT[plan]}]
        }
    return {key: value for key, value in {**made, **more}.items() if value is not None}


def bundle(*resources: Json) -> Json:
    """A Bundle of resources."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": each} for each in resources],
    }


def around(payer: str, state: str = "FL") -> dict[str, Json | None]:
    """What comes along with every request: patient, payer, place, practitioner."""
    return {
        "patient": {
            "resourceType": "Patient",
            "id": "p1",
            "birthDate": "1955-05-17",
            "gender": "female",
            "address": [{"state": state}] if state else [],
        },
        "payers": bundle({"resourceType": "Organization", "id": "o1", "name": payer}),
        "locations": bundle(
            {"resourceType": "Location", "id": "l1", "address": {"state": state}}
        ),
        "practitioners": bundle(
            {
                "resourceType": "Practitioner",
                "id": "d1",
                "identifier": [{"system": NPI, "value": "1234567893"}],
            }
        ),
        "encounter": None,
    }


def request(
    *orders: Json,
    payer: str = "Medicare Part B",
    state: str = "FL",
    coverages: tuple[Json, ...] = (),
    **prefetch: Json | None,
) -> Json:
    """An ``order-sign`` request for some orders."""
    return {
        "hook": "order-sign",
        "hookInstance": INSTANCE,
        "context": {
            "userId": "Practitioner/d1",
            "patientId": "p1",
            "draftOrders": bundle(*orders),
        },
        "prefetch": {
            **around(payer, state),
            "coverage": bundle(*(coverages or (coverage(),))),
            **prefetch,
        },
    }


def request_of(claim: Claim, payer: str) -> Json:
    """An ``order-sign`` request for the services of a claim."""
    orders = [
        order(
            line.code,
            str(line.number),
            line.date.isoformat(),
            line.diagnoses,
            line.place,
            quantityQuantity={"value": int(line.units)} if line.units > 1 else None,
            bodySite=[{"text": line.level}] if line.level else None,
        )
        for line in claim.lines
    ]
    return request(
        *orders,
        payer=payer,
        state=claim.state,
        coverages=(coverage(claim.plan),),
    )
