"""A clearinghouse's professional claim is read as the 837P that it becomes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kb.claims import PayerNamed, ReadResult, read_json, read_json_value, read_x12
from kb.claims.identity import patient_token
from kb.claims.model import Claim
from tests.kb.claims.clearinghouse.requests import (
    REQUEST,
    SECRETS,
    Json,
    about_with,
    line,
    line_with,
    request_with,
    service_with,
)
from tests.kb.claims.fhir.test_fhir_faults import SPOILS, places_in, spoiled


def claim_in(value: Json) -> Claim:
    result = read_json_value(value)
    assert [bad.reason for bad in result.bad] == []
    (claim,) = result.claims
    return claim


def remarks_in(value: Json) -> list[str]:
    result = read_json_value(value)
    assert result.bad == ()
    return [note.text for note in result.remarks]


def test_a_claim() -> None:
    result = read_json_value(REQUEST)
    (claim,) = result.claims
    assert (result.bad, result.remarks) == ((), ())
    assert (claim.id, claim.plan, claim.state) == ("CH-1", "commercial", "FL")
    assert claim.payer == PayerNamed(identifier="60054", name="AETNA", filing="CI")
    assert claim.patient == patient_token("W778899001", "19610817")
    assert (claim.member, claim.birth) == ("W778899001", date(1961, 8, 17))
    assert (claim.authorization, claim.charge) == ("approved", Decimal("800.00"))
    assert claim.fields == {
        "sex": "female",
        "billing-npi": "2000000010",
        "taxonomy": "208VP0014X",
        "specialty": "interventional-pain-medicine",
    }
    first, second = claim.lines
    assert (first.number, first.code, first.modifiers) == (1, "64483", ("RT",))
    assert (first.date, first.place) == (date(2026, 3, 10), "24")
    assert (first.diagnoses, second.diagnoses) == (("M54.16",), ("M48.061", "M54.16"))
    assert first.rendering == "2000000028"


X12 = (
    "ISA*00*          *00*          *ZZ*A              *ZZ*B              "
    "*260311*0915*^*00501*000000201*0*P*:~GS*HC*A*B*20260311*0915*1*X*005010X222A1~"
    "ST*837*0001*005010X222A1~BHT*0019*00*1*20260311*0915*CH~"
    "HL*1**20*1~NM1*85*2*BAY SPINE*****XX*2000000010~N3*1 ST~N4*TAMPA*FL*336020001~"
    "HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*HOLLOWELL*IMOGEN****MI*W7788-99001~"
    "DMG*D8*19610817*F~NM1*PR*2*AETNA*****PI*60054~"
    "CLM*CH-1*800.00***24:B:1*Y*A*Y*Y~REF*G1*A55667788~HI*ABK:M5416*ABF:M48061~"
    "NM1*82*1*VOSS*MIRELA****XX*2000000028~PRV*PE*PXC*208VP0014X~"
    "LX*1~SV1*HC:64483:RT*400.00*UN*1***1~DTP*472*D8*20260310~"
    "LX*2~SV1*HC:64484:RT*400.00*UN*1***2:1~DTP*472*D8*20260310~"
    "SE*25*0001~GE*1*1~IEA*1*000000201~"
)


def test_it_is_the_claim_of_its_837() -> None:
    assert read_x12([X12.encode()]).claims == read_json_value(REQUEST).claims


def test_a_dependent() -> None:
    dependent = {"firstName": "Tobias", "gender": "M", "dateOfBirth": "20120229"}
    claim = claim_in(request_with(dependent=dependent))
    assert claim.patient == patient_token("W778899001", "20120229", "Tobias")
    assert (claim.fields["sex"], claim.birth) == ("male", date(2012, 2, 29))


def test_the_older_form_lists_its_providers() -> None:
    providers = [
        {"providerType": "BillingProvider", **REQUEST["billing"]},
        {"providerType": "RenderingProvider", **REQUEST["rendering"]},
    ]
    old = request_with(billing=None, rendering=None, providers=providers)
    assert claim_in(old) == claim_in(REQUEST)


PROVIDERS: dict[str, tuple[Json, str, dict[str, str]]] = {
    "billing-renders": (request_with(rendering=None), "2000000010", {}),
    "supervised": (
        request_with(supervising={"npi": "2000000036"}),
        "2000000028",
        {"supervising-npi": "2000000036", "performer-npi": "2000000028"},
    ),
    "of-the-line": (
        line_with(renderingProvider={"npi": "2000000044"}),
        "2000000044",
        {},
    ),
    "of-the-line-without-number": (
        line_with(renderingProvider={"lastName": "Hollowell"}),
        "",
        {},
    ),
    "ordering-of-the-line": (
        line_with(orderingProvider={"npi": "2000000044"}),
        "2000000028",
        {"ordering-npi": "2000000044"},
    ),
}


@pytest.mark.parametrize("name", PROVIDERS)
def test_providers(name: str) -> None:
    value, rendering, fields = PROVIDERS[name]
    claim = claim_in(value)
    assert claim.lines[0].rendering == rendering
    assert fields.items() <= claim.fields.items()


NUMBERS: dict[str, tuple[dict[str, Any], bool, int]] = {
    "number": ({"priorAuthorizationNumber": "A1"}, True, 0),
    "word": ({"priorAuthorizationNumber": "PENDING"}, False, 1),
    "zeros": ({"priorAuthorizationNumber": "000"}, False, 1),
    "referral": (
        {"priorAuthorizationNumber": "R12", "referralNumber": "R12"},
        False,
        1,
    ),
    "only-referral": ({"referralNumber": "R12"}, False, 0),
    "none": ({}, False, 0),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_an_authorization_is_a_number(name: str) -> None:
    more, approved, remarks = NUMBERS[name]
    value = about_with(claimSupplementalInformation=more)
    assert (claim_in(value).authorization == "approved") is approved
    assert len(remarks_in(value)) == remarks


def test_an_authorization_of_the_line() -> None:
    number = {"priorAuthorizationOrReferralNumber": "A1"}
    about: Json = {"priorAuthorization": [number]}
    claim = claim_in(line_with(serviceLineReferenceInformation=about))
    assert claim.lines[0].authorization == "approved"
    about = {"priorAuthorization": [{**number, "otherPayerPrimaryIdentifier": "X"}]}
    claim = claim_in(line_with(serviceLineReferenceInformation=about))
    assert claim.lines[0].authorization is None


@pytest.mark.parametrize(
    ("drug", "ndc", "remarks"),
    [
        (
            {"serviceIdQualifier": "N4", "nationalDrugCode": "00009307301"},
            "00009307301",
            0,
        ),
        ({"nationalDrugCode": "00009-3073-01"}, "00009307301", 0),
        ({"serviceIdQualifier": "UK", "nationalDrugCode": "00009307301"}, "", 0),
        ({"nationalDrugCode": "0009307301"}, "", 1),
        ({}, "", 0),
    ],
)
def test_the_drug_of_a_line(drug: Json, ndc: str, remarks: int) -> None:
    value = line_with(drugIdentification=drug)
    assert claim_in(value).lines[0].ndc == ndc
    assert len(remarks_in(value)) == remarks


CORRECTIONS: dict[str, tuple[Json, tuple[str, str], int]] = {
    "original": (about_with(), ("original", ""), 0),
    "replacement": (
        about_with(
            claimFrequencyCode="7",
            claimSupplementalInformation={"claimControlNumber": "ICN-1"},
        ),
        ("replacement", "ICN-1"),
        0,
    ),
    "void": (about_with(claimFrequencyCode="8"), ("void", ""), 1),
    "original-of-another": (
        about_with(claimSupplementalInformation={"claimControlNumber": "ICN-1"}),
        ("original", ""),
        1,
    ),
}


@pytest.mark.parametrize("name", CORRECTIONS)
def test_what_a_claim_corrects(name: str) -> None:
    value, expected, remarks = CORRECTIONS[name]
    claim = claim_in(value)
    assert (claim.frequency, claim.replaces) == expected
    assert len(remarks_in(value)) == remarks


def test_lenient_where_forms_are() -> None:
    value = service_with(
        procedureModifiers=["RT", "", "", ""],
        serviceUnitCount=2,
        lineItemChargeAmount=400,
        placeOfServiceCode="",
    )
    pointers = {"diagnosisCodePointers": [2, "1", ""]}
    service = value["claimInformation"]["serviceLines"][0]["professionalService"]
    service["compositeDiagnosisCodePointers"] = pointers
    (found,) = claim_in(value).lines
    assert (found.modifiers, found.units, found.place) == (("RT",), Decimal(2), "24")
    assert found.diagnoses == ("M48.061", "M54.16")


FAULTS: dict[str, tuple[Json, str, str]] = {
    "institutional": (
        about_with(serviceLines=[{"institutionalService": {}}]),
        "claimInformation.serviceLines",
        "an institutional claim is not read",
    ),
    "dental": (
        about_with(serviceLines=[{"dentalService": {}}]),
        "claimInformation.serviceLines",
        "a dental claim is not read",
    ),
    "no-claim": (
        request_with(claimInformation=None),
        "claimInformation",
        "missing: the claim itself",
    ),
    "no-lines": (
        about_with(serviceLines=[]),
        "claimInformation.serviceLines",
        "missing: a claim has at least one line",
    ),
    "no-service": (
        about_with(serviceLines=[{"serviceDate": "20260310"}]),
        "claimInformation.serviceLines[0].professionalService",
        "missing: the line has no service",
    ),
    "code": (
        service_with(procedureCode="6448"),
        "claimInformation.serviceLines[0].professionalService.procedureCode",
        "found 4 digits, expected a CPT or HCPCS code of five characters",
    ),
    "qualifier": (
        service_with(procedureIdentifier="WK"),
        "claimInformation.serviceLines[0].professionalService.procedureIdentifier",
        "found 2 capital letters, expected `HC`: only CPT and HCPCS codes are read",
    ),
    "modifier": (
        service_with(procedureModifiers=["RTX"]),
        "claimInformation.serviceLines[0].professionalService.procedureModifiers[0]",
        "found 3 capital letters, expected a modifier of two capitals or digits",
    ),
    "modifier-text": (
        service_with(procedureModifiers="RT"),
        "claimInformation.serviceLines[0].professionalService.procedureModifiers",
        (
            "found 2 capital letters, expected a list of texts, each a modifier of two"
            " capitals or digits"
        ),
    ),
    "units": (
        service_with(serviceUnitCount="0"),
        "claimInformation.serviceLines[0].professionalService.serviceUnitCount",
        "found 1 digit, expected a number above zero with at most twelve digits",
    ),
    "measure": (
        service_with(measurementUnit="DA"),
        "claimInformation.serviceLines[0].professionalService.measurementUnit",
        "found 2 capital letters, expected one of `MJ`, `UN`",
    ),
    "no-date": (
        line_with(serviceDate=None),
        "claimInformation.serviceLines[0].serviceDate",
        "missing: the line has no date of service",
    ),
    "date": (
        line_with(serviceDate="2026-03-10"),
        "claimInformation.serviceLines[0].serviceDate",
        "found a text of 10 characters, expected a date as year, month, day together",
    ),
    "days-back": (
        line_with(serviceDateEnd="20260309"),
        "claimInformation.serviceLines[0].serviceDateEnd",
        "the last day stands before the first",
    ),
    "pointer": (
        about_with(serviceLines=[line("64483", "3")], claimChargeAmount=None),
        (
            "claimInformation.serviceLines[0].professionalService"
            ".compositeDiagnosisCodePointers.diagnosisCodePointers[0]"
        ),
        "found 1 digit, expected a position in the claim's 2 diagnoses",
    ),
    "diagnosis": (
        about_with(
            healthCareCodeInformation=[
                {"diagnosisTypeCode": "ABK", "diagnosisCode": "5416"},
                {"diagnosisTypeCode": "ABF", "diagnosisCode": "M48061"},
            ]
        ),
        "claimInformation.healthCareCodeInformation[0].diagnosisCode",
        "found 4 digits, expected an ICD-10-CM code, a capital letter first",
    ),
    "diagnosis-type": (
        about_with(
            healthCareCodeInformation=[
                {"diagnosisTypeCode": "ABX", "diagnosisCode": "M5416"},
                {"diagnosisTypeCode": "ABF", "diagnosisCode": "M48061"},
            ]
        ),
        "claimInformation.healthCareCodeInformation[0].diagnosisTypeCode",
        "found 3 capital letters, expected `ABK` or `ABF`, the type of a diagnosis",
    ),
    "icd-9": (
        about_with(
            healthCareCodeInformation=[
                {"diagnosisTypeCode": "BK", "diagnosisCode": "7244"},
                {"diagnosisTypeCode": "ABF", "diagnosisCode": "M48061"},
            ]
        ),
        "claimInformation.healthCareCodeInformation",
        "ICD-9-CM diagnoses (BK, BF) on a service of 2015-10-01 or later",
    ),
    "frequency": (
        about_with(claimFrequencyCode="6"),
        "claimInformation.claimFrequencyCode",
        "found 1 digit, expected one of `1`, `7`, `8`",
    ),
    "replacement-of-nothing": (
        about_with(claimFrequencyCode="7"),
        "claimInformation.claimSupplementalInformation.claimControlNumber",
        "a replacement has to say what it replaces",
    ),
    "npi": (
        request_with(rendering={"npi": "200000002"}),
        "rendering.npi",
        "found 9 digits, expected an NPI of ten digits",
    ),
    "no-payer": (
        request_with(
            tradingPartnerServiceId=None, tradingPartnerName=None, receiver=None
        ),
        "tradingPartnerServiceId",
        "the payer has neither id nor name",
    ),
    "no-subscriber": (
        request_with(subscriber=None),
        "subscriber",
        "missing: the subscriber of this claim",
    ),
    "before-birth": (
        line_with(serviceDate="19610816"),
        "claimInformation.serviceLines[0]",
        "the service stands before the patient's birth",
    ),
    "number-twice": (
        about_with(
            serviceLines=[
                line("64483", "1", assignedNumber="1"),
                line("64484", "1", assignedNumber="1"),
            ]
        ),
        "claimInformation.serviceLines[1].assignedNumber",
        "another line of the claim has this number",
    ),
}


def assert_no_secret(result: ReadResult) -> None:
    said = [f"{bad.where} {bad.reason} {bad.fix} {bad.claim}" for bad in result.bad]
    said += [f"{one.where} {one.text} {one.claim}" for one in result.remarks]
    for sentence in said:
        for secret in SECRETS:
            assert secret not in sentence


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str) -> None:
    value, path, reason = FAULTS[name]
    result = read_json_value(value, "c.json")
    assert result.claims == ()
    assert (f"c.json: {path}", reason) in [(b.where, b.reason) for b in result.bad]
    assert {bad.id for bad in result.bad} == {"" if name == "no-claim" else "CH-1"}
    assert_no_secret(result)


def test_a_number_is_used_again_for_a_correction() -> None:
    again = about_with(
        claimFrequencyCode="7",
        claimSupplementalInformation={"claimControlNumber": "ICN-1"},
    )
    result = read_json_value([REQUEST, again])
    assert [claim.id for claim in result.claims] == ["CH-1", "CH-1#2"]
    assert len(result.remarks) == 1


def test_claims_a_line_and_a_broken_one_is_named() -> None:
    text = json.dumps(REQUEST)
    result = read_json(f"{text[:-9]}\n{text}\n", "c.ndjson")
    assert [claim.id for claim in result.claims] == ["CH-1"]
    (bad,) = result.bad
    assert (bad.where, bad.id) == ("c.ndjson: line 1", "CH-1")


def test_what_contradicts_itself_is_said_at_its_line() -> None:
    value = about_with(claimChargeAmount="1.00", serviceLines=[line("64483", "1")] * 2)
    result = read_json_value(value)
    assert [(note.where, note.text[:20]) for note in result.remarks] == [
        ("", "the total charge is "),
        ("claimInformation.serviceLines[1]", "line 2 repeats line "),
    ]


@pytest.mark.parametrize("spoil", SPOILS)
def test_whatever_stands_anywhere_is_read_or_refused_in_words(spoil: str) -> None:
    for path in places_in(REQUEST):
        value = spoiled(REQUEST, path, SPOILS[spoil])
        result = read_json_value(value)
        assert result.claims or result.bad, path
        assert_no_secret(result)
