"""The published JSON Schema and the reader agree, and written claims read back."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, FormatChecker

import kb.claims
from kb.claims import claim_to_json, read_json, read_json_value
from kb.claims.model import Claim, ClaimLine, PayerNamed
from tests.kb.claims.claims_in_json import BASE, GOOD, LINE, claims, spoiled_claims

SCHEMA = json.loads(
    (Path(kb.claims.__file__).parent / "claim.schema.json").read_text("utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker(["date"]))

# The schema's own comment names these: it has no words for them.
BEYOND_THE_SCHEMA = (
    "another line of the claim has this number",
    "have no position",
)

BAD = {
    "no-object": "C-1",
    "no-claim": {key: value for key, value in BASE.items() if key != "claim"},
    "no-payer": {key: value for key, value in BASE.items() if key != "payer"},
    "no-lines": BASE | {"lines": []},
    "no-date": {"claim": "C", "payer": "aetna", "lines": [LINE]},
    "null-date": BASE | {"date": None},
    "null-claim": BASE | {"claim": None},
    "null-payer": BASE | {"payer": None},
    "null-code": BASE | {"lines": [{"code": None}]},
    "unknown-key": BASE | {"note": "x"},
    "unknown-line-key": BASE | {"lines": [LINE | {"note": "x"}]},
    "unknown-field": BASE | {"fields": {"age": "x"}},
    "payer-words": BASE | {"payer": "Aetna Inc"},
    "payer-of-nulls": BASE | {"payer": {"id": None}},
    "impossible-date": BASE | {"date": "2026-02-30"},
    "date-number": BASE | {"date": 20260310},
    "units-zero": BASE | {"lines": [LINE | {"units": 0}]},
    "units-zero-text": BASE | {"lines": [LINE | {"units": "0.0"}]},
    "units-true": BASE | {"lines": [LINE | {"units": True}]},
    "code": BASE | {"lines": [{"code": "6448"}]},
    "modifier": BASE | {"lines": [LINE | {"modifiers": ["R"]}]},
    "ndc": BASE | {"lines": [LINE | {"ndc": "0009-3073-01"}]},
    "null-modifier": BASE | {"lines": [LINE | {"modifiers": [None]}]},
    "diagnosis": BASE | {"diagnoses": ["54.16"]},
    "place": BASE | {"place": "1"},
    "npi": BASE | {"lines": [LINE | {"rendering": "123"}]},
    "state": BASE | {"state": "Fl"},
    "level": BASE | {"lines": [LINE | {"level": "L4"}]},
    "pointers-and-diagnoses": BASE
    | {"lines": [LINE | {"pointers": [], "diagnoses": []}]},
    "replacement-of-nothing": BASE | {"frequency": "replacement"},
    "original-that-replaces": BASE | {"replaces": "C-0"},
    "fact-list": BASE | {"facts": {"a": []}},
    "fact-name": BASE | {"facts": {"A b": True}},
    "fact-impossible-date": BASE | {"facts": {"a": "2026-02-30"}},
    "history-list": BASE | {"history": []},
    "earlier-without-date": BASE | {"history": {"lines": [LINE]}},
    "earlier-with-null-date": BASE | {"history": {"lines": [LINE | {"date": None}]}},
}


@pytest.mark.parametrize("claim", GOOD.values(), ids=GOOD.keys())
def test_reader_and_schema_take_a_good_claim(claim: Any) -> None:
    assert list(VALIDATOR.iter_errors(claim)) == []
    assert read_json(json.dumps(claim)).bad == ()


@pytest.mark.parametrize("claim", BAD.values(), ids=BAD.keys())
def test_reader_and_schema_refuse_a_bad_claim(claim: Any) -> None:
    assert not VALIDATOR.is_valid(claim)
    assert read_json(json.dumps(claim)).bad != ()


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "payerkb-claim/1.0"


def test_the_documented_example_fits_the_schema() -> None:
    text = (Path(__file__).parents[3] / "docs" / "claim.md").read_text("utf-8")
    VALIDATOR.validate(json.loads(text.split("```json")[1].split("```")[0]))


@given(claims())
def test_a_written_claim_reads_back_as_it_was(claim: Any) -> None:
    written = claim_to_json(claim)
    assert read_json(json.dumps(written)).claims == (claim,)
    assert read_json_value(written).claims == (claim,)
    assert list(VALIDATOR.iter_errors(written)) == []


@given(spoiled_claims())
def test_reader_and_schema_agree_on_spoiled_claims(claim: Any) -> None:
    bad = read_json_value([claim]).bad
    refused = [
        fault
        for fault in bad
        if not any(words in fault.reason for words in BEYOND_THE_SCHEMA)
    ]
    assert VALIDATOR.is_valid(claim) == (not refused)


def test_whole_units_are_written_as_numbers() -> None:
    line = ClaimLine(1, "64483", date(2026, 3, 10), units=Decimal("2.00"))
    claim = Claim("C-1", "P-1", PayerNamed(key="aetna"), (line,))
    assert claim_to_json(claim)["lines"][0]["units"] == 2
