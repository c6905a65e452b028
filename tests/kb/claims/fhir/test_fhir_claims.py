"""A Claim in FHIR R4 becomes the claim that it tells, from its Bundle alone."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kb.claims import PayerNamed, ReadResult, read_json, read_json_value
from kb.claims.identity import patient_token
from kb.claims.model import Claim
from tests.kb.claims.fhir.resources import (
    BLUE_BUTTON,
    CLAIM,
    COVERAGE,
    CPT,
    GROUP,
    HCPCS,
    ICD9,
    ICD10,
    NPI,
    PATIENT,
    PAYER,
    PLACES,
    TYPES,
    Json,
    bundle,
    claim_with,
    concept,
    item,
    item_with,
    npi,
)


def claim_in(value: Json) -> Claim:
    result = read_json_value(value)
    assert [bad.reason for bad in result.bad] == []
    (claim,) = result.claims
    return claim


def remarks_in(value: Json) -> list[str]:
    result = read_json_value(value)
    assert result.bad == ()
    return [note.text for note in result.remarks]


def test_a_claim_in_its_bundle() -> None:
    result = read_json_value(bundle(CLAIM))
    (claim,) = result.claims
    assert (result.bad, result.remarks) == ((), ())
    assert (claim.id, claim.kind, claim.state) == ("PR-1", "professional", "FL")
    assert claim.payer == PayerNamed(identifier="60054", name="AETNA")
    assert claim.patient == patient_token("W778899001", "19610817")
    assert (claim.member, claim.birth) == ("W778899001", date(1961, 8, 17))
    assert (claim.frequency, claim.authorization) == ("original", "approved")
    assert claim.fields == {"sex": "female", "billing-npi": "2000000010"}
    first, second = claim.lines
    assert (first.number, first.code, first.date) == (1, "64483", date(2026, 3, 10))
    assert (first.place, first.units) == ("24", Decimal(1))
    assert (first.diagnoses, second.diagnoses) == (("M54.16",), ("M48.061", "M54.16"))
    assert first.rendering == second.rendering == "2000000028"


def test_lines_stand_by_their_sequence_whatever_their_order() -> None:
    items = [item(9, "64484"), item(6, "64483")]
    claim = claim_in(bundle(claim_with(item=items)))
    assert [(line.number, line.code) for line in claim.lines] == [
        (6, "64483"),
        (9, "64484"),
    ]


SNOMED = {"system": "http://snomed.info/sct", "code": "231249005"}


@pytest.mark.parametrize(
    "system", [CPT, HCPCS, BLUE_BUTTON, HCPCS.replace("https", "http"), CPT + "/"]
)
def test_each_system_of_a_procedure(system: str) -> None:
    codes = {"coding": [SNOMED, {"system": system, "code": "J1030"}]}
    claim = claim_in(bundle(item_with(productOrService=codes)))
    assert claim.lines[0].code == "J1030"


def test_modifiers_stand_in_the_order_of_their_version() -> None:
    modifiers = [
        concept(BLUE_BUTTON, "KX", version="2"),
        concept(BLUE_BUTTON, "RT", version="1"),
    ]
    assert claim_in(bundle(item_with(modifier=modifiers))).lines[0].modifiers == (
        "RT",
        "KX",
    )
    plain = [concept(HCPCS, "KX"), concept(HCPCS, "RT")]
    assert claim_in(bundle(item_with(modifier=plain))).lines[0].modifiers == (
        "KX",
        "RT",
    )


DATES: dict[str, tuple[Json, int, list[str]]] = {
    "time": ({"servicedDate": "2026-03-09T10:00:00-05:00"}, 9, []),
    "period": ({"servicedPeriod": {"start": "2026-03-08", "end": "2026-03-08"}}, 8, []),
    "days": (
        {"servicedPeriod": {"start": "2026-03-08", "end": "2026-03-09"}},
        8,
        ["several days of service: the first is taken as its date"],
    ),
    "end": (
        {"servicedPeriod": {"end": "2026-03-07"}},
        7,
        ["the first day is not told: the last is taken as the date of service"],
    ),
    "claim": ({}, 6, []),
}


@pytest.mark.parametrize("name", DATES)
def test_the_date_of_service(name: str) -> None:
    given, day, remarks = DATES[name]
    value = (
        item_with(servicedDate=None, **given)
        if "servicedDate" not in given
        else (item_with(**given))
    )
    value["billablePeriod"] = {"start": "2026-03-06", "end": "2026-03-06"}
    assert claim_in(bundle(value)).lines[0].date == date(2026, 3, day)
    assert remarks_in(bundle(value)) == remarks


def uuid(number: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{number:012}"


def test_every_kind_of_reference_stays_in_the_bundle() -> None:
    """By address, by type and id, and into the resource itself: one claim."""
    relative = bundle(CLAIM)
    text = json.dumps(relative)
    for number, name in enumerate(("Patient/p1", "Coverage/v1", "Organization/o1")):
        text = text.replace(f'"{name}"', f'"{uuid(number)}"')
    by_address = json.loads(text)
    for entry in by_address["entry"]:
        kind, identifier = entry["resource"]["resourceType"], entry["resource"]["id"]
        names = ["Patient/p1", "Coverage/v1", "Organization/o1"]
        if f"{kind}/{identifier}" in names:
            entry["fullUrl"] = uuid(names.index(f"{kind}/{identifier}"))
    inner = json.dumps(claim_with(contained=[PATIENT, COVERAGE, PAYER, GROUP]))
    for one in (PATIENT, COVERAGE, PAYER, GROUP):
        inner = inner.replace(f"{one['resourceType']}/{one['id']}", f"#{one['id']}")
    assert claim_in(relative) == claim_in(by_address) == claim_in(json.loads(inner))


def test_a_name_that_two_resources_share_leads_to_neither() -> None:
    value = bundle(CLAIM)
    value["entry"].append({"resource": {**copy.deepcopy(PAYER), "name": "HUMANA"}})
    claim = claim_in(value)
    assert claim.payer == PayerNamed()


PAYERS: dict[str, tuple[Json, Json | None, PayerNamed]] = {
    "insurer": (
        claim_with(insurance=[]),
        None,
        PayerNamed(identifier="60054", name="AETNA"),
    ),
    "display": (
        claim_with(
            insurer=None, insurance=[{"focal": True, "coverage": {"display": "Humana"}}]
        ),
        None,
        PayerNamed(name="Humana"),
    ),
    "payor-by-identifier": (
        CLAIM,
        {**COVERAGE, "payor": [{"identifier": {"value": "87726"}, "display": "UHC"}]},
        PayerNamed(identifier="87726", name="UHC"),
    ),
    "indicator": (
        CLAIM,
        {**COVERAGE, "type": concept("https://codesystem.x12.org/005010/1032", "16")},
        PayerNamed(identifier="60054", name="AETNA", filing="16"),
    ),
    "name-as-identifier": (
        claim_with(insurance=[], insurer={"identifier": {"value": "CMS"}}),
        None,
        PayerNamed(name="CMS"),
    ),
}


@pytest.mark.parametrize("name", PAYERS)
def test_who_pays(name: str) -> None:
    claim, coverage, payer = PAYERS[name]
    others = [coverage] if coverage else []
    assert claim_in(bundle(claim, *others)).payer == payer


def test_the_focal_insurance_counts_wherever_it_stands() -> None:
    other = {"sequence": 1, "focal": False, "coverage": {"display": "CEDAR MUTUAL"}}
    value = claim_with(insurance=[other, *CLAIM["insurance"]])
    assert claim_in(bundle(value)).payer.name == "AETNA"


SOPT = "https://nahdo.org/sopt"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


@pytest.mark.parametrize(
    ("system", "code", "plan"),
    [
        ("https://codesystem.x12.org/005010/1032", "MC", "medicaid"),
        (SOPT, "121", "medicare"),
        (SOPT, "111", "medicare-advantage"),
        (SOPT, "1", ""),
        (SOPT, "512", "commercial"),
        (SOPT, "95", "workers-compensation"),
        (ACT, "WCBPOL", "workers-compensation"),
        (ACT, "HIP", ""),
        ("urn:own", "12", ""),
    ],
)
def test_a_plan_is_told_only_without_doubt(system: str, code: str, plan: str) -> None:
    coverage = {**COVERAGE, "type": concept(system, code)}
    assert claim_in(bundle(CLAIM, coverage)).plan == plan


MBI = {"system": "http://hl7.org/fhir/sid/us-mbi", "value": "1EG4-TE5-MK73"}
NO_MEMBER = {**COVERAGE, "subscriberId": None}
PATIENTS: dict[str, tuple[list[Json], str, str]] = {
    "dependant": (
        [{**COVERAGE, "relationship": concept("r", "child")}],
        "W778899001",
        patient_token("W778899001", "19610817", "Imogen"),
    ),
    "beneficiary": (
        [NO_MEMBER, {**PATIENT, "identifier": [MBI]}],
        "1EG4TE5MK73",
        patient_token("1EG4TE5MK73", "19610817"),
    ),
    "two-members": (
        [
            NO_MEMBER,
            {**PATIENT, "identifier": [MBI, {**MBI, "value": "2AB3CD4EF56"}]},
        ],
        "",
        patient_token("P1", ""),
    ),
    "server-id": ([NO_MEMBER, PATIENT], "", patient_token("P1", "")),
}


@pytest.mark.parametrize("name", PATIENTS)
def test_whose_claim_it_is(name: str) -> None:
    resources, member, patient = PATIENTS[name]
    claim = claim_in(bundle(CLAIM, *resources))
    assert (claim.member, claim.patient) == (member, patient)


def test_a_long_id_of_the_server_stands_for_the_member() -> None:
    value = claim_with(patient={"reference": "https://ehr.example/Patient/98-76543"})
    value["insurance"] = []
    assert claim_in(value).member == "9876543"
    value["patient"] = {"reference": "Patient?identifier=urn:x|98-76543"}
    assert (claim_in(value).member, claim_in(value).patient) == ("", "claim:PR-1")


def member_of_team(sequence: int, role: str, number: str, **more: Any) -> Json:
    return {
        "sequence": sequence,
        "provider": npi(number),
        "role": concept("r", role) if role else {},
        **more,
    }


A, B, C = "2000000028", "2000000036", "2000000044"
NURSE = {"qualification": concept("http://nucc.org/provider-taxonomy", "363LF0000X")}
TEAMS: dict[str, tuple[list[Json], list[int], str, dict[str, str]]] = {
    "performing-before-primary": (
        [member_of_team(1, "primary", B), member_of_team(2, "performing", A)],
        [1, 2],
        A,
        {},
    ),
    "one-without-role": ([member_of_team(1, "", A)], [], A, {}),
    "two-without-role": (
        [member_of_team(1, "", A), member_of_team(2, "", B)],
        [],
        "",
        {},
    ),
    "two-renderers": (
        [member_of_team(1, "rendering", A), member_of_team(2, "rendering", B)],
        [1, 2],
        "",
        {},
    ),
    "the-line-before-the-claim": (
        [member_of_team(1, "rendering", A), member_of_team(2, "rendering", B)],
        [2],
        B,
        {},
    ),
    "supervised-nurse": (
        [
            member_of_team(1, "rendering", A, **NURSE),
            member_of_team(2, "supervisor", B),
        ],
        [1],
        A,
        {
            "supervising-npi": B,
            "taxonomy": "363LF0000X",
            "specialty": "nurse-practitioner",
            "performer-npi": A,
            "performer": "nurse-practitioner",
        },
    ),
    "ordering-and-referring": (
        [
            member_of_team(1, "rendering", A),
            member_of_team(2, "ordering", B),
            member_of_team(3, "referring", C),
        ],
        [1, 2, 3],
        A,
        {"ordering-npi": B, "referring-npi": C},
    ),
}


@pytest.mark.parametrize("name", TEAMS)
def test_the_care_team(name: str) -> None:
    team, sequences, rendering, fields = TEAMS[name]
    value = item_with() | {"careTeam": team}
    value["item"][0]["careTeamSequence"] = sequences
    claim = claim_in(bundle(value))
    assert claim.lines[0].rendering == rendering
    assert claim.fields == {"sex": "female", "billing-npi": "2000000010"} | fields


def test_lines_of_two_supervisors_leave_the_supervisor_open() -> None:
    team = [member_of_team(1, "supervisor", A), member_of_team(2, "supervisor", B)]
    items = [
        item(1, "64483", careTeamSequence=[1]),
        item(2, "64484", careTeamSequence=[2]),
    ]
    claim = claim_in(bundle(claim_with(careTeam=team, item=items)))
    assert "supervising-npi" not in claim.fields


ROLE: Json = {
    "resourceType": "PractitionerRole",
    "id": "r1",
    "practitioner": {"reference": "Practitioner/d1"},
    "organization": {"reference": "Organization/o2"},
    "specialty": [concept("http://nucc.org/provider-taxonomy", "208VP0014X")],
}
DOCTOR: Json = {
    "resourceType": "Practitioner",
    "id": "d1",
    "identifier": [{"system": NPI, "value": A}],
}


def test_who_bills_as_a_person_gives_the_service_where_nobody_else_is_named() -> None:
    value = item_with() | {
        "careTeam": [],
        "provider": {"reference": "PractitionerRole/r1"},
    }
    value["item"][0]["careTeamSequence"] = []
    claim = claim_in(bundle(value, ROLE, DOCTOR))
    assert (claim.lines[0].rendering, claim.state) == (A, "FL")
    assert claim.fields["specialty"] == "interventional-pain-medicine"
    value["provider"] = {"reference": "Organization/o2"}
    assert claim_in(bundle(value)).lines[0].rendering == ""


FACILITY: Json = {"resourceType": "Location", "id": "l1", "address": {"state": "GA"}}


def test_the_state_is_that_of_the_facility() -> None:
    value = claim_with(facility={"reference": "Location/l1"})
    assert claim_in(bundle(value, FACILITY)).state == "GA"
    assert claim_in(bundle(value)).state == ""
    assert "the facility is not in the file: the state is not known" in remarks_in(
        bundle(value)
    )


PRIOR = {"relationship": concept("r", "prior"), "reference": {"value": "ICN-9"}}
CORRECTIONS: dict[str, tuple[Json, tuple[str, str]]] = {
    "prior": ({"related": [PRIOR]}, ("replacement", "ICN-9")),
    "prior-by-claim": (
        {"related": [{**PRIOR, "reference": None, "claim": {"reference": "Claim/c0"}}]},
        ("replacement", "c0"),
    ),
    "associated": (
        {"related": [{**PRIOR, "relationship": concept("r", "associated")}]},
        ("original", ""),
    ),
    "cancelled": ({"status": "cancelled"}, ("void", "PR-1")),
    "cancelled-prior": (
        {"status": "cancelled", "related": [PRIOR]},
        ("void", "ICN-9"),
    ),
}


@pytest.mark.parametrize("name", CORRECTIONS)
def test_what_a_claim_corrects(name: str) -> None:
    more, expected = CORRECTIONS[name]
    claim = claim_in(bundle(claim_with(**more)))
    assert (claim.frequency, claim.replaces) == expected


@pytest.mark.parametrize(
    ("number", "approved"),
    [("A1", True), ("NONE", False), ("0000", False), ("", False)],
)
def test_an_authorization_is_a_number(number: str, approved: bool) -> None:
    value = claim_with()
    value["insurance"][0]["preAuthRef"] = [number]
    assert (claim_in(bundle(value)).authorization == "approved") is approved
    assert len(remarks_in(bundle(value))) == (0 if approved else 1)


def test_an_authorization_of_the_line() -> None:
    url = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-authorizationNumber"
    value = item_with(extension=[{"url": url, "valueString": "A77"}])
    value["insurance"][0]["preAuthRef"] = None
    claim = claim_in(bundle(value))
    assert (claim.authorization, claim.lines[0].authorization) == (None, "approved")


def test_a_facility_may_have_lines_without_a_code() -> None:
    value = claim_with(type=concept(TYPES, "institutional"))
    value["item"].append(
        item(3, "0490", productOrService=concept("urn:revenue", "0490"))
    )
    claim = claim_in(bundle(value))
    assert (claim.kind, len(claim.lines)) == ("facility", 2)
    assert remarks_in(bundle(value)) == ["no CPT or HCPCS code: the line is left out"]


def test_charges_and_their_sum() -> None:
    value = claim_with(total={"value": 450.5})
    value["item"][0]["net"] = {"value": 400}
    value["item"][1] |= {"unitPrice": {"value": 25.25}, "quantity": {"value": 2}}
    claim = claim_in(bundle(value))
    assert claim.charge == Decimal("450.5")
    assert [line.charge for line in claim.lines] == [400, Decimal("50.50")]


def test_a_line_without_pointers_has_all_diagnoses() -> None:
    value = item_with(diagnosisSequence=None)
    assert claim_in(bundle(value)).lines[0].diagnoses == ("M54.16", "M48.061")
    assert remarks_in(bundle(value)) == [
        "the line points to no diagnosis: all of the claim's are taken"
    ]


def test_old_diagnoses_of_old_services() -> None:
    value = item_with(servicedDate="2014-03-10", diagnosisSequence=[1, 2])
    value["diagnosis"][1]["diagnosisCodeableConcept"] = concept(ICD9, "7244")
    assert claim_in(bundle(value)).lines[0].diagnoses == ("M54.16",)
    assert remarks_in(bundle(value)) == [
        "ICD-9-CM diagnoses are left out: ICD-10-CM is read"
    ]


def test_a_diagnosis_by_reference() -> None:
    value = claim_with()
    value["diagnosis"][0] = {
        "sequence": 1,
        "diagnosisReference": {"reference": "Condition/k1"},
    }
    condition = {
        "resourceType": "Condition",
        "id": "k1",
        "code": concept(ICD10, "M961"),
    }
    claim = claim_in(bundle(value, condition))
    assert claim.lines[0].diagnoses == ("M96.1",)


def test_what_is_missing_is_said_and_the_rest_read() -> None:
    value = claim_with(insurance=None, insurer=None, type=None)
    claim = claim_in(value)
    assert (claim.payer, claim.authorization) == (PayerNamed(), None)
    assert remarks_in(value) == [
        "the type does not tell professional from institutional: taken as professional",
        "no insurance: neither member, plan nor authorization is known from it",
        "no member id: the patient is told by the id of the Patient alone",
        "neither a coverage nor `insurer` names the payer",
    ]


OURS = {
    "claim": "C-1",
    "payer": "aetna",
    "date": "2026-03-10",
    "lines": [{"code": "64483"}],
}


def told(result: ReadResult) -> tuple[list[str], list[str]]:
    return [claim.id for claim in result.claims], [bad.id for bad in result.bad]


def test_a_mixed_file_keeps_every_good_claim() -> None:
    lines = [
        bundle(claim_with(id="c2", identifier=[{"value": "PR-2"}])),
        OURS,
        item_with(modifier="RT"),
        PATIENT,
        {"hello": 1},
        PATIENT,
        bundle(claim_with(identifier=[{"value": "PR-3"}])),
    ]
    text = (
        "\n".join(map(json.dumps, lines)) + '\n{"resourceType": "Claim", "id": "c9", \n'
    )
    result = read_json(text, "mixed.ndjson")
    assert [claim.id for claim in result.claims] == ["PR-2", "C-1", "PR-3"]
    assert {bad.where.split(": ")[1]: bad.id for bad in result.bad} == {
        "line 3": "PR-1",
        "line 4": "",
        "line 5": "",
        "line 8": "c9",
    }
    assert "a FHIR Patient (2 of them): it holds no claim" in {
        bad.reason for bad in result.bad
    }


def test_several_claims_of_a_bundle() -> None:
    other = claim_with(id="c2", identifier=[{"value": "PR-2"}])
    assert told(read_json_value(bundle(CLAIM, other))) == (["PR-1", "PR-2"], [])
    again = claim_with(id="c3")
    result = read_json_value(bundle(CLAIM, again))
    assert told(result) == (["PR-1", "PR-1#2"], [])


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_a_bundle_however_it_is_written(indent: int | None) -> None:
    text = json.dumps(bundle(CLAIM), indent=indent)
    assert told(read_json(text)) == (["PR-1"], [])


def test_a_resource_on_a_line_inside_a_bundle_is_no_line_of_its_own() -> None:
    inner = json.dumps(CLAIM)
    text = '{"resourceType": "Bundle", "entry": [{"resource":\n' + inner + "\n}]}\n"
    assert told(read_json(text)) == (["PR-1"], [])


def test_places_of_blue_button() -> None:
    system = "https://bluebutton.cms.gov/resources/variables/line_place_of_srvc_cd"
    value = item_with(locationCodeableConcept=concept(system, "11"))
    assert claim_in(bundle(value)).lines[0].place == "11"
    value = item_with(locationCodeableConcept=concept(PLACES, "24"))
    assert claim_in(bundle(value)).lines[0].place == "24"


NDC = "http://hl7.org/fhir/sid/ndc"


@pytest.mark.parametrize(
    ("codes", "ndc", "remarks"),
    [
        pytest.param(["00009307301"], "00009307301", [], id="plain"),
        pytest.param(["00009-3073-01"], "00009307301", [], id="5-4-2"),
        pytest.param(["0009-3073-01"], "00009307301", [], id="4-4-2"),
        pytest.param(["50242-040-62"], "50242004062", [], id="5-3-2"),
        pytest.param(["60575-4112-1"], "60575411201", [], id="5-4-1"),
        pytest.param([], "", [], id="none"),
        pytest.param(
            ["0009307301"],
            "",
            ["no NDC of eleven digits, or of ten with hyphens: the NDC stays unknown"],
            id="without-hyphens",
        ),
        pytest.param(
            ["00009307301", "00009307302"],
            "",
            ["several drugs: the NDC stays unknown"],
            id="two",
        ),
    ],
)
def test_the_drug_of_a_line(codes: list[str], ndc: str, remarks: list[str]) -> None:
    details = [{"productOrService": concept(NDC, code)} for code in codes]
    value = bundle(item_with(detail=details))
    assert claim_in(value).lines[0].ndc == ndc
    assert remarks_in(value) == remarks
