"""FHIR resources for tests: one good claim, one good answer to it, and any claim of ours."""

from __future__ import annotations

import copy
from typing import Any

from kb.claims.model import Claim, ClaimLine

Json = dict[str, Any]

CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
BLUE_BUTTON = "https://bluebutton.cms.gov/resources/codesystem/hcpcs"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
ICD9 = "http://hl7.org/fhir/sid/icd-9-cm"
NPI = "http://hl7.org/fhir/sid/us-npi"
TYPES = "http://terminology.hl7.org/CodeSystem/claim-type"
PLACES = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
VARIABLES = "https://bluebutton.cms.gov/resources/variables/"
CARIN = "http://hl7.org/fhir/us/carin-bb/CodeSystem/"
SECRETS = ("Hollowell", "Imogen", "W778899001", "1961-08-17", "Pelican", "A55667788")
"""Values of the resources below that no message may hold."""


def concept(system: str, code: str, **more: str) -> Json:
    return {"coding": [{"system": system, "code": code, **more}]}


def npi(number: str) -> Json:
    return {"identifier": {"system": NPI, "value": number}}


def item(sequence: int, code: str, **more: Any) -> Json:
    return {
        "sequence": sequence,
        "diagnosisSequence": [1],
        "productOrService": concept(CPT, code),
        "servicedDate": "2026-03-10",
        "locationCodeableConcept": concept(PLACES, "24"),
        "quantity": {"value": 1},
        **more,
    }


CLAIM: Json = {
    "resourceType": "Claim",
    "id": "c1",
    "identifier": [{"system": "urn:practice", "value": "PR-1"}],
    "status": "active",
    "type": concept(TYPES, "professional"),
    "use": "claim",
    "patient": {"reference": "Patient/p1"},
    "created": "2026-03-11",
    "insurer": {"reference": "Organization/o1"},
    "provider": {"reference": "Organization/o2"},
    "careTeam": [
        {"sequence": 1, "provider": npi("2000000028"), "role": concept("r", "primary")}
    ],
    "diagnosis": [
        {"sequence": 1, "diagnosisCodeableConcept": concept(ICD10, "M54.16")},
        {"sequence": 2, "diagnosisCodeableConcept": concept(ICD10, "M48061")},
    ],
    "insurance": [
        {
            "sequence": 1,
            "focal": True,
            "coverage": {"reference": "Coverage/v1"},
            "preAuthRef": ["A55667788"],
        }
    ],
    "item": [
        item(1, "64483", careTeamSequence=[1]),
        item(2, "64484", careTeamSequence=[1], diagnosisSequence=[2, 1]),
    ],
}
PATIENT: Json = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"family": "Hollowell", "given": ["Imogen", "R"]}],
    "gender": "female",
    "birthDate": "1961-08-17",
    "address": [{"line": ["4 Pelican Way"]}],
}
COVERAGE: Json = {
    "resourceType": "Coverage",
    "id": "v1",
    "status": "active",
    "subscriberId": "W7788 99001",
    "relationship": concept("r", "self"),
    "payor": [{"reference": "Organization/o1"}],
}
PAYER: Json = {
    "resourceType": "Organization",
    "id": "o1",
    "identifier": [{"system": "urn:payers", "value": "60054"}],
    "name": "AETNA",
}
GROUP: Json = {
    "resourceType": "Organization",
    "id": "o2",
    "identifier": [{"system": NPI, "value": "2000000010"}],
    "address": [{"state": "FL"}],
}
BENEFIT: Json = {
    "resourceType": "ExplanationOfBenefit",
    "id": "e1",
    "identifier": [{"value": "PAID-1"}],
    "status": "active",
    "type": concept(TYPES, "professional"),
    "use": "claim",
    "patient": {"reference": "Patient/p1"},
    "created": "2026-04-01T00:00:00-04:00",
    "insurer": {"identifier": {"value": "CMS"}},
    "outcome": "complete",
    "diagnosis": [{"sequence": 5, "diagnosisCodeableConcept": concept(ICD10, "M5416")}],
    "item": [
        {
            "sequence": 6,
            "diagnosisSequence": [5],
            "productOrService": concept(BLUE_BUTTON, "64483"),
            "servicedPeriod": {"start": "2025-12-01", "end": "2025-12-01"},
            "quantity": {"value": 1},
            "adjudication": [],
        }
    ],
}


def claim_with(**more: Any) -> Json:
    return {**copy.deepcopy(CLAIM), **more}


def item_with(**more: Any) -> Json:
    """The claim with one line, which has this."""
    return claim_with(item=[item(1, "64483", **{"careTeamSequence": [1], **more})])


def bundle(*resources: Json) -> Json:
    """The resources with those that the claim refers to, unless given."""
    ids = {one.get("id") for one in resources}
    others = [o for o in (PATIENT, COVERAGE, PAYER, GROUP) if o["id"] not in ids]
    everything = copy.deepcopy([*resources, *others])
    entries = [{"resource": one} for one in everything]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def benefit_with(*adjudication: Json, **more: Any) -> Json:
    """The answer whose line has these adjudications."""
    found = {**copy.deepcopy(BENEFIT), **more}
    found["item"][0]["adjudication"] = list(adjudication)
    return found


def decided(
    category: str, amount: float | None = None, reason: Json | None = None
) -> Json:
    found: Json = {"category": concept("c", category)}
    if amount is not None:
        found["amount"] = {"value": amount, "currency": "USD"}
    if reason is not None:
        found["reason"] = reason
    return found


def bundle_of(claim: Claim) -> Json:
    """A Bundle that says what a claim of ours says, as far as FHIR can."""
    diagnoses = list(
        dict.fromkeys(code for line in claim.lines for code in line.diagnoses)
    )
    team = list(dict.fromkeys(line.rendering for line in claim.lines if line.rendering))
    resource = {
        "resourceType": "Claim",
        "id": "c1",
        "identifier": [{"value": claim.id}],
        "status": "cancelled" if claim.frequency == "void" else "active",
        "type": concept(
            TYPES, {"facility": "institutional"}.get(claim.kind, claim.kind)
        ),
        "use": "claim",
        "patient": {"reference": "urn:uuid:00000000-0000-4000-8000-000000000001"},
        "careTeam": [
            {"sequence": n, "provider": npi(number), "role": concept("r", "rendering")}
            for n, number in enumerate(team, 1)
        ],
        "diagnosis": [
            {"sequence": n, "diagnosisCodeableConcept": concept(ICD10, code)}
            for n, code in enumerate(diagnoses, 1)
        ],
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "#v"}}],
        "contained": [
            {
                "resourceType": "Coverage",
                "id": "v",
                "subscriberId": claim.member or "M-1",
                "payor": [{"reference": "#o"}],
            },
            {
                "resourceType": "Organization",
                "id": "o",
                "identifier": [{"value": claim.payer.identifier}],
                "name": claim.payer.name,
            },
        ],
        "item": [item_of(line, diagnoses, team) for line in claim.lines],
    }
    if claim.replaces:
        relationship = concept("x", "prior")
        reference = {"value": claim.replaces}
        resource["related"] = [{"relationship": relationship, "reference": reference}]
    return {"resourceType": "Bundle", "entry": [{"resource": resource}]}


def item_of(line: ClaimLine, diagnoses: list[str], team: list[str]) -> Json:
    found: Json = {
        "sequence": line.number,
        "productOrService": concept(HCPCS, line.code),
        "modifier": [concept(HCPCS, code) for code in line.modifiers],
        "servicedDate": line.date.isoformat(),
        "quantity": {"value": float(line.units)},
        "careTeamSequence": [team.index(line.rendering) + 1] if line.rendering else [],
        "diagnosisSequence": [diagnoses.index(code) + 1 for code in line.diagnoses],
    }
    if line.place:
        found["locationCodeableConcept"] = concept(PLACES, line.place)
    if line.charge is not None:
        found["net"] = {"value": float(line.charge), "currency": "USD"}
    return found
