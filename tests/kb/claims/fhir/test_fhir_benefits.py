"""An ExplanationOfBenefit is an earlier claim: what was done, and what the payer did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kb.claims import PayerNamed, read_json_value
from kb.claims.model import BadClaim, Remark
from kb.claims.past import EARLIER, Adjustment, PastClaim, Told
from kb.claims.read import stream_chunks, tell_chunks
from kb.history.known import known_history, with_history
from tests.kb.claims.fhir.resources import (
    BENEFIT,
    CARIN,
    COVERAGE,
    ICD10,
    PATIENT,
    PAYER,
    TYPES,
    VARIABLES,
    Json,
    benefit_with,
    bundle,
    claim_with,
    concept,
    decided,
)
from tests.kb.claims.fhir.test_fhir_faults import (
    SPOILS,
    assert_no_secret,
    places_in,
    spoiled,
)

CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
RARC = "https://x12.org/codes/remittance-advice-remark-codes"
REDUCED = f"{VARIABLES}carr_line_rdcd_pmt_phys_astn_c"
STATUS = f"{CARIN}C4BBPayerAdjudicationStatus"


def told(*values: Json) -> list[Told]:
    text = "".join(json.dumps(value) + "\n" for value in values)
    return list(tell_chunks(iter([text.encode()]), "eob.ndjson"))


def past(value: Json) -> PastClaim:
    (one,) = told(value)
    assert isinstance(one, PastClaim)
    return one


def test_what_was_done() -> None:
    earlier = past(benefit_with(decided("paidtoprovider", 128.0)))
    (line,) = earlier.lines
    assert (earlier.id, earlier.payer, earlier.told) == (
        "PAID-1",
        PayerNamed(name="CMS"),
        date(2026, 4, 1),
    )
    service = line.service
    assert (service.code, service.date) == ("64483", date(2025, 12, 1))
    assert (service.diagnoses, service.claim) == (("M54.16",), "PAID-1")
    assert (line.paid, service.status) == (Decimal(128), "paid")


def test_whose_it_was_and_who_paid() -> None:
    value = {**BENEFIT, "insurance": [{"coverage": {"reference": "Coverage/v1"}}]}
    earlier = past(bundle(value, COVERAGE, PATIENT, PAYER))
    assert (earlier.member, earlier.birth) == ("W778899001", date(1961, 8, 17))
    assert earlier.payer == PayerNamed(identifier="60054", name="AETNA")


def test_the_numbers_of_sender_and_payer() -> None:
    earlier = past(BENEFIT)
    assert (earlier.id, earlier.payers_number) == ("PAID-1", "PAID-1")
    account = {"category": concept("c", "patientaccountnumber"), "valueString": "PR-1"}
    carrier = {
        "url": f"{VARIABLES}carr_clm_cntl_num",
        "valueIdentifier": {"value": "ICN-7"},
    }
    earlier = past(benefit_with(supportingInfo=[account], extension=[carrier]))
    assert (earlier.id, earlier.payers_number) == ("PR-1", "ICN-7")
    assert earlier.lines[0].service.claim == "PR-1"


DENIED = decided("denialreason", reason=concept(CARC, "197"))
STATUSES: dict[str, tuple[list[Json], dict[str, Any], str]] = {
    "paid": ([decided("paidtoprovider", 128)], {}, "paid"),
    "no-reason-to-deny": (
        [decided("denialreason", reason=concept(REDUCED, "0")), decided("benefit", 9)],
        {},
        "paid",
    ),
    "only-no-reason": (
        [decided("denialreason", reason=concept(REDUCED, "0"))],
        {},
        "unknown",
    ),
    "reduced-yet-paid": (
        [decided("denialreason", reason=concept(REDUCED, "2")), decided("benefit", 9)],
        {},
        "paid",
    ),
    "reason": (
        [decided("denialreason", reason=concept(REDUCED, "2")), decided("benefit", 0)],
        {},
        "denied",
    ),
    "carc": ([DENIED], {}, "denied"),
    "deductible": ([decided("benefit", 0), decided("deductible", 128)], {}, "paid"),
    "eligible": ([decided("paidtoprovider", 0), decided("eligible", 128)], {}, "paid"),
    "nothing-paid": ([decided("paidtoprovider", 0)], {}, "unknown"),
    "nothing-said": ([], {}, "unknown"),
    "queued": ([], {"outcome": "queued"}, "pending"),
    "word-denied": ([decided("x", reason=concept(STATUS, "denied"))], {}, "denied"),
    "word-paid": ([decided("x", reason=concept(STATUS, "paid"))], {}, "paid"),
    "word-elsewhere": (
        [decided("x", reason=concept("urn:x", "denied"))],
        {},
        "unknown",
    ),
    "word-as-category": (
        [{"category": concept(STATUS, "denied")}],
        {},
        "denied",
    ),
    "whole-denied": ([], {"adjudication": [DENIED]}, "denied"),
    "whole-denied-line-paid": (
        [decided("benefit", 9)],
        {"adjudication": [DENIED]},
        "paid",
    ),
    "whole-denied-yet-paid": (
        [],
        {"adjudication": [DENIED], "payment": {"amount": {"value": 9}}},
        "unknown",
    ),
    "claim-denied": (
        [],
        {
            "extension": [
                {
                    "url": f"{VARIABLES}carr_clm_pmt_dnl_cd",
                    "valueCoding": {"code": "0"},
                }
            ]
        },
        "denied",
    ),
}


@pytest.mark.parametrize("name", STATUSES)
def test_what_the_payer_did(name: str) -> None:
    adjudication, more, status = STATUSES[name]
    assert past(benefit_with(*adjudication, **more)).lines[0].service.status == status


@pytest.mark.parametrize(
    ("indicator", "status"),
    [
        ("A", "paid"),
        ("N", "denied"),
        ("C", "denied"),
        ("R", "unknown"),
        ("Z", "unknown"),
    ],
)
def test_the_line_indicator_of_carriers(indicator: str, status: str) -> None:
    value = benefit_with()
    url = f"{VARIABLES}line_prcsg_ind_cd"
    value["item"][0]["extension"] = [{"url": url, "valueCoding": {"code": indicator}}]
    assert past(value).lines[0].service.status == status


def test_reasons_and_remarks() -> None:
    value = benefit_with(
        decided("submitted", 450),
        decided("adjustmentreason", 322.5, concept(CARC, "45")),
        decided("x", reason=concept(RARC, "N362")),
        decided("paidtoprovider", 127.50000000000001),
    )
    (line,) = past(value).lines
    assert line.adjustments == (Adjustment("", "45", Decimal("322.5")),)
    assert (line.remarks, line.charge, line.paid) == (
        ("N362",),
        Decimal(450),
        Decimal("127.5"),
    )


@pytest.mark.parametrize(
    ("value", "frequency", "replaces"),
    [
        (benefit_with(status="cancelled"), "void", "PAID-1"),
        (benefit_with(decided("paidtoprovider", -128)), "void", "PAID-1"),
        (benefit_with(payment={"amount": {"value": -128}}), "void", "PAID-1"),
        (benefit_with(decided("paidtoprovider", 0)), "original", ""),
        (
            benefit_with(
                related=[
                    {
                        "relationship": concept("r", "prior"),
                        "reference": {"value": "P-0"},
                    }
                ]
            ),
            "replacement",
            "P-0",
        ),
    ],
)
def test_what_is_taken_back(value: Json, frequency: str, replaces: str) -> None:
    earlier = past(value)
    assert (earlier.frequency, earlier.replaces) == (frequency, replaces)


def test_they_are_the_history_of_a_claim_of_the_same_patient() -> None:
    """Paid and denied stand; what was cancelled takes back itself, not its neighbour."""
    later = "2026-01-05"
    cancelled = {"status": "cancelled", "identifier": [{"value": "PAID-3"}]}
    denied = benefit_with(
        decided("denialreason", reason=concept(REDUCED, "2")),
        decided("paidtoprovider", 0),
        identifier=[{"value": "PAID-2"}],
    )
    denied["item"][0]["servicedPeriod"] = {"start": later, "end": later}
    values = [
        benefit_with(decided("paidtoprovider", 128)),
        denied,
        benefit_with(decided("paidtoprovider", -128), **cancelled),
    ]
    server = {"patient": {"reference": "Patient/98-76543"}}
    claim = read_json_value(bundle(claim_with(insurance=[], **server))).claims[0]
    known = known_history(told(*({**value, **server} for value in values)))
    filled, remarks = with_history(claim, known)
    assert remarks == ()
    assert [(line.date, line.status) for line in filled.history.lines] == [
        (date(2025, 12, 1), "paid"),
        (date(2026, 1, 5), "denied"),
    ]


def test_the_day_of_payment_comes_before_that_of_the_resource() -> None:
    assert past(benefit_with(payment={"date": "2026-01-02"})).told == date(2026, 1, 2)
    assert past(benefit_with(created="IGNORED_FIELD")).told is None


def test_codes_of_icd_10_written_under_another_system() -> None:
    value = benefit_with()
    coding = [
        {"system": "http://hl7.org/fhir/sid/icd-10", "code": "M5416"},
        {"system": ICD10, "code": "M5416"},
    ]
    value["diagnosis"][0]["diagnosisCodeableConcept"] = {"coding": coding}
    assert past(value).lines[0].service.diagnoses == ("M54.16",)
    value["diagnosis"][0]["diagnosisCodeableConcept"] = {"coding": coding[:1]}
    assert past(value).lines[0].service.diagnoses == ("M54.16",)


def test_what_a_payer_took_is_no_fault() -> None:
    team = [
        {
            "sequence": 1,
            "provider": {"identifier": {"system": "x/npi_num", "value": "K25852"}},
        }
    ]
    value = benefit_with(careTeam=team, diagnosis=[])
    value["item"] = [
        {**BENEFIT["item"][0], "diagnosisSequence": [], "careTeamSequence": [1]}
    ]
    assert past(value).lines[0].service.rendering == ""


def test_an_answer_without_procedures_counts_nothing() -> None:
    value = benefit_with(type=concept(TYPES, "pharmacy"))
    value["item"][0]["productOrService"] = concept("http://hl7.org/fhir/sid/ndc", "1")
    (note,) = told(value)
    assert isinstance(note, Remark)
    assert note.text == "no CPT or HCPCS code in any line: nothing of it is counted"
    assert note.id == "PAID-1"


def test_a_request_is_refused() -> None:
    (bad,) = told(benefit_with(use="preauthorization"))
    assert isinstance(bad, BadClaim)
    assert bad.id == "PAID-1"


def test_they_are_one_fault_for_who_wants_answers() -> None:
    def chunks() -> Iterator[bytes]:
        yield (json.dumps(BENEFIT) + "\n" + json.dumps(benefit_with(id="e2"))).encode()

    (bad,) = stream_chunks(chunks(), "eob.ndjson")
    assert isinstance(bad, BadClaim)
    assert (bad.reason, bad.fix) == (f"2 {EARLIER}", "Give it with --history.")
    (alone,) = read_json_value(BENEFIT).bad
    assert alone.reason.startswith("1 earlier claim that")


WHOLE = bundle(
    {
        **benefit_with(decided("paidtoprovider", 1), DENIED),
        "insurance": [{"coverage": {"reference": "Coverage/v1"}}],
    }
)


@pytest.mark.parametrize("spoil", SPOILS)
def test_whatever_stands_anywhere_is_read_or_refused_in_words(spoil: str) -> None:
    for path in places_in(WHOLE):
        value = spoiled(WHOLE, path, SPOILS[spoil])
        text = json.dumps(value).encode()
        assert list(tell_chunks(iter([text]))), path
        assert_no_secret(read_json_value(value))
