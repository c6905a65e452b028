"""What is read of an order, and what is not guessed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kb.claims.model import PayerNamed
from kb.crd.claims import Whereabouts, whereabouts
from kb.crd.coverage import payers_named, plan_of
from kb.crd.orders import read_order
from kb.crd.resources import Resources, day, key_in

from .asking import CPT, NPI, PLACES, coverage, order

Json = dict[str, Any]


def known(*resources: Json) -> Resources:
    made = Resources()
    for resource in resources:
        made.add(resource)
    return made


@pytest.mark.parametrize(
    ("sites", "side", "level"),
    [
        ([], (), ""),
        ([{"text": "Left L4-L5"}], ("LT",), "L4-L5"),
        ([{"text": "right foramen of L5-S1"}], ("RT",), "L5-S1"),
        ([{"text": "bilateral C5-C6"}], ("50",), "C5-C6"),
        ([{"text": "left"}, {"text": "right"}], (), ""),
        ([{"text": "L3-L4"}, {"text": "L4-L5"}], (), ""),
        ([{"text": "T10-T11"}], (), "T10-T11"),
        ([{"text": "upright"}], (), ""),
        (
            [{"coding": [{"system": "http://snomed.info/sct", "code": "7771000"}]}],
            ("LT",),
            "",
        ),
        ([{"coding": [{"system": "http://other", "code": "7771000"}]}], (), ""),
        ("left", (), ""),
        ([None, 3, {"text": 5}], (), ""),
    ],
)
def test_side_and_level(sites: Any, side: tuple[str, ...], level: str) -> None:
    found = read_order(order(bodySite=sites), Resources())
    assert (found.modifiers, found.level) == (side, level)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"occurrenceDateTime": "2026-04-01T09:00:00Z"}, date(2026, 4, 1)),
        ({"occurrencePeriod": {"start": "2026-04-02"}}, date(2026, 4, 2)),
        ({"occurrenceTiming": {"event": ["2026-04-03"]}}, date(2026, 4, 3)),
        (
            {"occurrenceTiming": {"repeat": {"boundsPeriod": {"start": "2026-04-04"}}}},
            date(2026, 4, 4),
        ),
        ({"occurrenceDateTime": "2026-04"}, None),
        ({"occurrenceDateTime": "2026-02-30"}, None),
        ({"occurrenceDateTime": ["2026-04-01"]}, None),
        ({"occurrencePeriod": {"end": "2026-04-02"}}, None),
        ({"occurrenceTiming": {"event": []}}, None),
        ({}, None),
    ],
)
def test_the_day_of_service(given: Json, wanted: date | None) -> None:
    found = read_order(order(day=None, **given), Resources())
    assert found.service == wanted
    assert found.day_of(date(2026, 1, 1)) == wanted or date(2026, 3, 2)


@pytest.mark.parametrize(
    ("codings", "code", "modifiers", "several"),
    [
        ([(CPT, "64483")], "64483", (), False),
        ([(CPT, " 64483 ")], "64483", (), False),
        ([(CPT, "64483:RT, KX")], "64483", ("RT", "KX"), False),
        ([(CPT, "64483"), (CPT, "64483")], "64483", (), False),
        ([("https://www.ama-assn.org/go/cpt/", "64483")], "64483", (), False),
        ([(CPT, "64483"), (CPT, "64484")], "", (), True),
        ([("", "64483")], "", (), False),
        ([("http://loinc.org", "64483")], "", (), False),
        ([(CPT, "6448")], "", (), False),
        ([(CPT, "")], "", (), False),
    ],
)
def test_the_billing_code(
    codings: list[tuple[str, str]], code: str, modifiers: tuple[str, ...], several: bool
) -> None:
    given = {"coding": [{"system": s, "code": c} for s, c in codings]}
    found = read_order(order(code=given), Resources())
    assert (found.code, found.modifiers) == (code, modifiers)
    assert found.several is several


def test_billing_options_count_where_there_is_no_other_code() -> None:
    option = {
        "url": "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-billing-options",
        "valueCodeableConcept": {"coding": [{"system": CPT, "code": "64483"}]},
    }
    assert read_order(order(code={"extension": [option]}), Resources()).code == "64483"


@pytest.mark.parametrize(
    ("system", "code", "wanted"),
    [
        (PLACES, "24", "24"),
        (PLACES, "39", ""),
        (PLACES, "x", ""),
        ("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "22", ""),
    ],
)
def test_the_place_of_service(system: str, code: str, wanted: str) -> None:
    given = [{"coding": [{"system": system, "code": code}]}]
    assert read_order(order(locationCode=given), Resources()).place == wanted


ROLE: Json = {
    "resourceType": "PractitionerRole",
    "id": "r",
    "practitioner": {"reference": "Practitioner/n"},
    "specialty": [
        {
            "coding": [
                {"system": "http://nucc.org/provider-taxonomy", "code": "363LP0808X"}
            ]
        }
    ],
    "location": [{"reference": "Location/x"}],
}
NURSE: Json = {
    "resourceType": "Practitioner",
    "id": "n",
    "identifier": [{"system": NPI, "value": "1234567893"}],
}
PLACE: Json = {"resourceType": "Location", "id": "x", "address": {"state": "ga"}}


def test_who_is_to_do_it() -> None:
    asked = order(performer=[{"reference": "http://ehr.example/PractitionerRole/r"}])
    found = read_order(asked, known(ROLE, NURSE, PLACE)).performer

    assert (found.npi, found.state) == ("1234567893", "GA")
    assert found.fields == {
        "taxonomy": "363LP0808X",
        "specialty": "nurse-practitioner",
        "performer": "nurse-practitioner",
    }


def test_who_is_chosen_goes_before_who_was_named() -> None:
    asked = order(performer=[{"reference": "PractitionerRole/r"}])
    found = read_order(asked, known(ROLE, NURSE), "Practitioner/n").performer
    assert (found.npi, found.fields) == ("1234567893", {})


def test_two_performers_are_nobody() -> None:
    both = [{"reference": "PractitionerRole/r"}, {"reference": "Practitioner/n"}]
    found = read_order(order(performer=both), known(ROLE, NURSE)).performer
    assert found.npi == ""


@pytest.mark.parametrize(
    ("payor", "resources", "wanted"),
    [
        ([{"display": "Aetna"}], (), [PayerNamed(name="Aetna")]),
        (
            [{"identifier": {"value": "60054"}, "display": "Aetna"}],
            (),
            [PayerNamed(identifier="60054", name="Aetna"), PayerNamed(name="Aetna")],
        ),
        (
            [{"reference": "Organization/o"}],
            (
                {
                    "resourceType": "Organization",
                    "id": "o",
                    "name": "Aetna",
                    "identifier": [{"value": "60054"}],
                },
            ),
            [PayerNamed(identifier="60054", name="Aetna"), PayerNamed(name="Aetna")],
        ),
        ([{"reference": "Organization/none"}], (), []),
        ([{"identifier": {"system": NPI, "value": "1234567893"}}], (), []),
        ([{"display": "x" * 200}], (), []),
        ([{"display": "two\nlines"}], (), []),
        ("Aetna", (), []),
        (None, (), []),
    ],
)
def test_how_a_coverage_names_its_payer(
    payor: Any, resources: tuple[Json, ...], wanted: list[PayerNamed]
) -> None:
    assert [*payers_named(coverage(payor=payor), known(*resources))] == wanted


@pytest.mark.parametrize(
    ("codes", "plan"),
    [
        ([("https://nahdo.org/sopt", "121")], "medicare"),
        ([("https://nahdo.org/sopt", "112")], "medicare-advantage"),
        ([("https://nahdo.org/sopt", "9999")], ""),
        ([("https://codesystem.x12.org/005010/1032", "MC")], "medicaid"),
        (
            [("http://terminology.hl7.org/CodeSystem/v3-ActCode", "WCBPOL")],
            "workers-compensation",
        ),
        ([("http://terminology.hl7.org/CodeSystem/v3-ActCode", "PPO")], ""),
        ([("https://nahdo.org/sopt", "121"), ("https://nahdo.org/sopt", "2")], ""),
    ],
)
def test_the_kind_of_plan(codes: list[tuple[str, str]], plan: str) -> None:
    kind = {"coding": [{"system": s, "code": c} for s, c in codes]}
    assert plan_of(coverage(type=kind)) == plan


def test_the_encounter_s_place_goes_before_the_patient_s_home() -> None:
    patient: Json = {"address": [{"state": "FL"}]}
    stay = {"location": {"reference": "Location/x"}}
    encounter = {"resourceType": "Encounter", "id": "e", "location": [stay]}

    assert whereabouts(known(encounter, PLACE), patient) == Whereabouts("GA")
    assert whereabouts(known(), patient) == Whereabouts("FL", by_home=True)
    two: Json = {"address": [{"state": "FL"}, {"state": "GA"}]}
    assert whereabouts(known(), two) == Whereabouts()


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("Patient/1", "Patient/1"),
        ("https://ehr.example/fhir/Patient/1", "Patient/1"),
        ("https://ehr.example/fhir/Patient/1/_history/7", "Patient/1"),
        ("#x", "#x"),
        ("urn:uuid:1", "urn:uuid:1"),
        ("", ""),
    ],
)
def test_references(reference: str, key: str) -> None:
    assert key_in(reference) == key


def test_a_day_is_whole_or_none() -> None:
    assert day({"d": "2026-03-10"}, "d") == date(2026, 3, 10)
    assert day({"d": 20260310}, "d") is None


def test_a_name_that_two_resources_share_leads_to_neither() -> None:
    other = {**PLACE, "address": {"state": "FL"}}
    assert known(PLACE, dict(PLACE)).named("Location/x") == PLACE
    assert known(PLACE, other).named("Location/x") is None
