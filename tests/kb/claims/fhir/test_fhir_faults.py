"""What is wrong in a FHIR claim is told by its path, never by its value."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from kb.claims import ReadResult, read_json, read_json_value
from tests.kb.claims.fhir.resources import (
    CLAIM,
    COVERAGE,
    HCPCS,
    ICD9,
    PATIENT,
    SECRETS,
    TYPES,
    Json,
    bundle,
    claim_with,
    concept,
    item,
    item_with,
    npi,
)

SNOMED = concept("http://snomed.info/sct", "231249005")
FAULTS: dict[str, tuple[Json, str, str]] = {
    "preauthorization": (
        claim_with(use="preauthorization", item=[]),
        "use",
        "a request (`preauthorization`) is no claim: nothing was done or billed yet",
    ),
    "predetermination": (
        claim_with(use="predetermination"),
        "use",
        "a request (`predetermination`) is no claim: nothing was done or billed yet",
    ),
    "in-error": (
        claim_with(status="entered-in-error"),
        "status",
        "it was entered in error, as its `status` says",
    ),
    "pharmacy": (
        claim_with(type=concept(TYPES, "pharmacy")),
        "type",
        "a pharmacy's claim is not read",
    ),
    "oral": (
        claim_with(type=concept(TYPES, "oral")),
        "type",
        "a dental claim is not read",
    ),
    "no-code-at-all": (
        item_with(productOrService=SNOMED),
        "item",
        "no CPT or HCPCS code in any line",
    ),
    "code-without-system": (
        item_with(productOrService={"coding": [{"code": "64483"}]}),
        "item",
        "no CPT or HCPCS code in any line",
    ),
    "no-item": (claim_with(item=None), "item", "no CPT or HCPCS code in any line"),
    "one-without-code": (
        claim_with(item=[item(1, "64483"), item(2, "x", productOrService=SNOMED)]),
        "item[1].productOrService",
        "no CPT or HCPCS code",
    ),
    "two-codes": (
        item_with(
            productOrService={
                "coding": [
                    *concept(HCPCS, "64483")["coding"],
                    *concept(HCPCS, "64484")["coding"],
                ]
            }
        ),
        "item[0].productOrService",
        "two CPT or HCPCS codes in one line",
    ),
    "code-shape": (
        item_with(productOrService=concept(HCPCS, "6448")),
        "item[0].productOrService.coding[0].code",
        "found 4 digits, expected a CPT or HCPCS code of five characters",
    ),
    "modifier-text": (
        item_with(modifier="RT"),
        "item[0].modifier",
        "found 2 capital letters, expected a list of objects",
    ),
    "modifier-texts": (
        item_with(modifier=["RT"]),
        "item[0].modifier[0]",
        "found 2 capital letters, expected an object",
    ),
    "modifier-shape": (
        item_with(modifier=[concept(HCPCS, "RTX")]),
        "item[0].modifier[0].coding[0].code",
        "found 3 capital letters, expected a modifier of two capitals or digits",
    ),
    "modifier-empty": (
        item_with(modifier=[{}]),
        "item[0].modifier[0]",
        "0 codes in one modifier, expected one",
    ),
    "two-modifiers-in-one": (
        item_with(
            modifier=[
                {
                    "coding": [
                        *concept(HCPCS, "RT")["coding"],
                        *concept(HCPCS, "KX")["coding"],
                    ]
                }
            ]
        ),
        "item[0].modifier[0]",
        "2 codes in one modifier, expected one",
    ),
    "no-date": (
        item_with(servicedDate=None),
        "item[0].servicedDate",
        "the line has no date of service",
    ),
    "month": (
        item_with(servicedDate="2026-03"),
        "item[0].servicedDate",
        "found a text of 7 characters, expected a whole date",
    ),
    "period-back": (
        item_with(
            servicedDate=None,
            servicedPeriod={"start": "2026-03-10", "end": "2026-03-09"},
        ),
        "item[0].servicedPeriod",
        "the last day stands before the first",
    ),
    "future": (
        item_with(servicedDate="2026-03-12"),
        "item[0]",
        "the service stands after the day on which the claim was created",
    ),
    "before-birth": (
        item_with(servicedDate="1961-08-16"),
        "item[0]",
        "the service stands before the patient's birth",
    ),
    "units": (
        item_with(quantity={"value": 0}),
        "item[0].quantity.value",
        "found a number, expected a number above zero with at most twelve digits",
    ),
    "place": (
        item_with(
            locationCodeableConcept=concept(
                "https://www.cms.gov/Medicare/Coding/place-of-service-codes", "ASC"
            )
        ),
        "item[0].locationCodeableConcept.coding[0].code",
        "found 3 capital letters, expected a place of service of two digits",
    ),
    "sequence-twice": (
        claim_with(item=[item(1, "64483"), item(1, "64484")]),
        "item[1].sequence",
        "another line of the claim has this sequence",
    ),
    "no-such-diagnosis": (
        item_with(diagnosisSequence=[3]),
        "item[0].diagnosisSequence",
        "the claim has no diagnosis with this sequence",
    ),
    "sequence-text": (
        item_with(diagnosisSequence=["1"]),
        "item[0].diagnosisSequence[0]",
        "found 1 digit, expected a sequence, a whole number from 1",
    ),
    "no-such-member-of-the-team": (
        item_with(careTeamSequence=[7]),
        "item[0].careTeamSequence",
        "the care team has nobody with this sequence",
    ),
    "diagnosis-shape": (
        claim_with(
            diagnosis=[
                {
                    "sequence": 1,
                    "diagnosisCodeableConcept": concept(
                        "http://hl7.org/fhir/sid/icd-10-cm", "54.16"
                    ),
                }
            ],
            item=[item(1, "64483")],
        ),
        "diagnosis[0].diagnosisCodeableConcept",
        "found a text of 5 characters, expected an ICD-10-CM code, a capital letter first",
    ),
    "diagnosis-not-here": (
        claim_with(
            diagnosis=[
                {"sequence": 1, "diagnosisReference": {"reference": "Condition/9"}}
            ],
            item=[item(1, "64483")],
        ),
        "diagnosis[0]",
        "no ICD-10-CM code, and a line points to it",
    ),
    "icd-9-today": (
        claim_with(
            diagnosis=[
                {"sequence": 1, "diagnosisCodeableConcept": concept(ICD9, "7244")}
            ],
            item=[item(1, "64483")],
        ),
        "diagnosis[0]",
        "an ICD-9-CM diagnosis on a service of 2015-10-01 or later",
    ),
    "two-focal": (
        claim_with(insurance=[CLAIM["insurance"][0]] * 2),
        "insurance",
        "2 of 2 insurances are focal, expected one",
    ),
    "none-focal": (
        claim_with(insurance=[{"focal": False, "coverage": {}}] * 2),
        "insurance",
        "0 of 2 insurances are focal, expected one",
    ),
    "another-kind": (
        claim_with(patient={"reference": "Organization/o1"}),
        "patient.reference",
        "found a text of 15 characters, expected a reference to `Patient`",
    ),
    "npi": (
        claim_with(careTeam=[{"sequence": 1, "provider": npi("200000002")}]),
        "careTeam[0].provider.identifier.value",
        "expected an NPI of ten digits",
    ),
    "prior-without-number": (
        claim_with(related=[{"relationship": concept("r", "prior")}]),
        "related",
        "a replacement has to say what it replaces",
    ),
    "part-of-a-line": (
        item_with(
            detail=[{"sequence": 1, "productOrService": concept(HCPCS, "J1030")}]
        ),
        "item[0].detail[0].productOrService",
        "a service inside a line: lines without parts are read",
    ),
    "negative": (
        claim_with(total={"value": -5}),
        "total",
        "found dollars below zero, expected from zero",
    ),
    "no-number": (
        claim_with(id=None, identifier=None),
        "identifier",
        "missing: the claim has no number",
    ),
    "too-many": (
        claim_with(item=[item(n, "64483") for n in range(1, 1001)]),
        "item",
        "1,000 lines: a claim has at most 999",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str) -> None:
    claim, path, reason = FAULTS[name]
    result = read_json_value(bundle(claim), "b.json")
    assert result.claims == ()
    where = f"b.json: entry[0].resource.{path}"
    assert (where, reason) in [(bad.where, bad.reason) for bad in result.bad]
    assert {bad.id for bad in result.bad} == {"" if name == "no-number" else "PR-1"}
    assert_no_secret(result)


def test_one_cause_is_one_fault() -> None:
    (bad,) = read_json_value(bundle(FAULTS["diagnosis-shape"][0])).bad
    assert bad.reason.startswith("found a text of 5 characters")


def test_a_request_is_one_fault_whatever_else_it_lacks() -> None:
    (bad,) = read_json_value(claim_with(use="preauthorization", item=[])).bad
    assert bad.fix == "Give Claim resources whose `use` is `claim`."


def test_a_key_given_twice() -> None:
    text = json.dumps(item_with()).replace(
        '"sequence": 1, "diag', '"sequence": 1, "sequence": 1, "diag'
    )
    reasons = [bad.reason for bad in read_json(text).bad]
    assert any("stands here more than once" in reason for reason in reasons)


BUNDLES: dict[str, tuple[Any, str]] = {
    "empty": ({"resourceType": "Bundle"}, "a FHIR Bundle without a claim"),
    "other": (bundle(PATIENT), "a FHIR Bundle without a claim"),
    "entry": (
        {"resourceType": "Bundle", "entry": {"resource": CLAIM}},
        "found an object, expected a list of objects",
    ),
    "inner": (
        {"resourceType": "Bundle", "entry": [{"resource": bundle(CLAIM)}]},
        "a Bundle inside a Bundle",
    ),
}


def test_many_wrong_entries_are_one_fault_beside_the_claim() -> None:
    value = bundle(CLAIM)
    value["entry"] += [None] * 1000
    result = read_json_value(value)
    assert [claim.id for claim in result.claims] == ["PR-1"]
    (bad,) = result.bad
    assert bad.reason.endswith("and 996 more places")


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_without_a_claim_is_said(name: str) -> None:
    value, reason = BUNDLES[name]
    assert [bad.reason for bad in read_json_value(value).bad] == [reason]


def said_in(result: ReadResult) -> list[str]:
    said = [f"{bad.where} {bad.reason} {bad.fix} {bad.claim}" for bad in result.bad]
    return said + [f"{one.where} {one.text} {one.claim}" for one in result.remarks]


def assert_no_secret(result: ReadResult) -> None:
    for sentence in said_in(result):
        for secret in SECRETS:
            assert secret not in sentence


Spoil = Callable[[Any], Any]
SPOILS: dict[str, Spoil] = {
    "dropped": lambda _: None,
    "text": lambda _: "Imogen Hollowell",
    "number": lambda _: 19610817,
    "below": lambda _: -1.5,
    "list": lambda _: ["Hollowell"],
    "lists": lambda _: [[None, {}]],
    "object": lambda _: {"Hollowell": "W778899001"},
    "yes": lambda _: True,
    "twice": lambda value: [value, value],
    "huge": lambda _: 1e300,
}


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a JSON value."""
    found = [path] if path else []
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value if isinstance(value, list) else ())
    )
    for key, one in items:
        found += places_in(one, (*path, key))
    return found


def spoiled(value: Any, path: tuple[Any, ...], spoil: Spoil) -> Any:
    found = copy.deepcopy(value)
    place = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = spoil(place[path[-1]])
    return found


WHOLE = bundle(claim_with(total={"value": 5}, related=[]), COVERAGE)


@pytest.mark.parametrize("spoil", SPOILS)
def test_whatever_stands_anywhere_is_read_or_refused_in_words(spoil: str) -> None:
    """Each value of a whole Bundle, one after the other, is another thing."""
    for path in places_in(WHOLE):
        result = read_json_value(spoiled(WHOLE, path, SPOILS[spoil]))
        assert result.claims or result.bad, path
        assert_no_secret(result)
