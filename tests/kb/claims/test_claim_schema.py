"""The published JSON Schema and the reader agree, and written claims read back."""

import copy
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

import kb.claims
from kb.claims import claim_to_json, read_json, read_json_value
from kb.claims.model import (
    Amount,
    Claim,
    ClaimLine,
    History,
    HistoryLine,
    PayerNamed,
)
from kb.claims.shapes import LEVELS

SCHEMA = json.loads(
    (Path(kb.claims.__file__).parent / "claim.schema.json").read_text("utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker(["date"]))

# The schema's own comment names these: it has no words for them.
BEYOND_THE_SCHEMA = (
    "another line of the claim has this number",
    "have no position",
)

LINE = {"code": "64483"}
BASE = {"claim": "C-1", "payer": "aetna", "date": "2026-03-10", "lines": [LINE]}

GOOD = {
    "least": BASE,
    "nulls": BASE
    | {
        "patient": None,
        "type": None,
        "plan": None,
        "state": None,
        "place": None,
        "frequency": None,
        "replaces": None,
        "received": None,
        "authorization": None,
        "fields": None,
        "diagnoses": None,
        "chart": None,
        "facts": None,
        "history": None,
    },
    "line-nulls": BASE
    | {
        "lines": [
            LINE
            | {
                "line": None,
                "modifiers": None,
                "units": None,
                "date": None,
                "place": None,
                "diagnoses": None,
                "pointers": None,
                "level": None,
                "rendering": None,
                "authorization": None,
                "facts": None,
            }
        ]
    },
    "date-on-the-line": {
        "claim": "C",
        "payer": "aetna",
        "lines": [LINE | {"date": "2026-03-10"}],
    },
    "payer-object": BASE | {"payer": {"id": "1", "name": "N", "filing": "16"}},
    "replacement": BASE | {"frequency": "replacement", "replaces": "C-0"},
    "void": BASE | {"frequency": "void"},
    "pointers": BASE | {"diagnoses": ["M5416"], "lines": [LINE | {"pointers": [1]}]},
    "whole-as-decimal": BASE | {"lines": [LINE | {"line": 2.0, "units": 1.5}]},
    "units-text": BASE | {"lines": [LINE | {"units": "0.5"}]},
    "level": BASE | {"lines": [LINE | {"level": "L5-S1"}]},
    "facts": BASE | {"facts": {"a": True, "b": "30 weeks", "c": 4, "d": None}},
    "history": BASE
    | {
        "history": {
            "state": "complete",
            "reach": "own",
            "lines": [
                {
                    "date": "2025-01-31",
                    "code": "64483",
                    "status": "paid",
                    "claim": "C-0",
                }
            ],
        }
    },
}
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


KEYS = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5})?", fullmatch=True)
# No control characters: the `$` of Python's patterns lets a line break follow.
TEXTS = st.text(
    st.characters(exclude_categories=["C"], max_codepoint=0x2FFF),
    min_size=1,
    max_size=8,
).filter(str.strip)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
UNITS = st.decimals("0.001", 9999, places=3)
AMOUNTS = st.builds(
    Amount,
    st.decimals(0, 9999, places=2),
    st.sampled_from(["day", "month", "percent", "number"]),
)
WORDS = KEYS.filter(lambda word: word not in ("yes", "no", "unknown"))
FACTS = st.dictionaries(KEYS, st.booleans() | AMOUNTS | WORDS | DAYS, max_size=3)
CODES = st.from_regex(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}", fullmatch=True)
MODIFIERS = st.lists(st.sampled_from(["RT", "LT", "50", "KX", "59"]), max_size=4)
DIAGNOSES = st.lists(
    st.sampled_from(["M54.16", "M48.061", "G89", "Z3A.01"]), max_size=3
)
LEVEL = st.sampled_from(["", *LEVELS])
NPIS = st.from_regex(r"([0-9]{10})?", fullmatch=True)
AUTHORIZATIONS = st.sampled_from([None, "approved", "denied", "pending", "none"])
EARLIER = st.builds(
    HistoryLine,
    code=CODES,
    date=DAYS,
    modifiers=MODIFIERS.map(tuple),
    units=UNITS,
    diagnoses=DIAGNOSES.map(tuple),
    level=LEVEL,
    status=st.sampled_from(["paid", "denied", "pending", "unknown"]),
    claim=st.just("") | TEXTS,
    rendering=NPIS,
    facts=FACTS,
)
HISTORY = st.builds(
    History,
    state=st.sampled_from(["complete", "partial", "unknown"]),
    reach=st.sampled_from(["all-billers", "own"]),
    lines=st.lists(EARLIER, max_size=2).map(tuple),
)
CHARGES = st.none() | st.decimals(0, 1_000_000, places=2)
LINES = st.lists(
    st.builds(
        ClaimLine,
        number=st.integers(1, 999_999),
        code=CODES,
        date=DAYS,
        modifiers=MODIFIERS.map(tuple),
        units=UNITS,
        place=st.sampled_from(["", "11", "24"]),
        diagnoses=DIAGNOSES.map(tuple),
        level=LEVEL,
        rendering=NPIS,
        authorization=AUTHORIZATIONS,
        facts=FACTS,
        charge=CHARGES,
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda line: line.number,
).map(tuple)
PAYERS = st.builds(PayerNamed, key=KEYS) | st.builds(
    PayerNamed,
    key=st.just("") | KEYS,
    identifier=TEXTS,
    name=st.just("") | TEXTS,
    filing=st.sampled_from(["", "MB", "16"]),
)
FREQUENCIES = st.just(("original", "")) | st.tuples(
    st.sampled_from(["replacement", "void"]), TEXTS
)


@st.composite
def claims(draw: Any) -> Claim:
    frequency, replaces = draw(FREQUENCIES)
    return Claim(
        id=draw(TEXTS),
        patient=draw(TEXTS),
        payer=draw(PAYERS),
        lines=draw(LINES),
        kind=draw(st.sampled_from(["professional", "facility"])),
        plan=draw(st.just("") | KEYS),
        state=draw(st.sampled_from(["", "FL", "AL"])),
        frequency=frequency,
        replaces=replaces,
        received=draw(st.none() | DAYS),
        authorization=draw(AUTHORIZATIONS),
        fields=draw(st.dictionaries(st.sampled_from(["sex", "network"]), KEYS)),
        chart=draw(st.sampled_from(["complete", "partial"])),
        birth=draw(st.none() | st.just(date(1899, 12, 31))),
        charge=draw(CHARGES),
        facts=draw(FACTS),
        history=draw(HISTORY),
    )


@given(claims())
def test_a_written_claim_reads_back_as_it_was(claim: Any) -> None:
    written = claim_to_json(claim)
    assert read_json(json.dumps(written)).claims == (claim,)
    assert read_json_value(written).claims == (claim,)
    assert list(VALIDATOR.iter_errors(written)) == []


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        1,
        2,
        -1,
        1.5,
        "",
        "x",
        "RT",
        "11",
        "FL",
        "M5416",
        "64483",
        [],
        {},
        "2026-03-10",
        "2026-02-30",
        "unknown",
        "yes",
        "partial",
        "void",
        "approved",
        ["RT"],
        ["M54.16"],
        [1],
        [None],
        [{}],
        {"id": "1"},
        {"state": "complete"},
    ]
)
NEW_KEYS = st.sampled_from(
    [
        "claim",
        "date",
        "lines",
        "replaces",
        "frequency",
        "pointers",
        "diagnoses",
        "state",
        "facts",
        "units",
        "level",
        "history",
        "note",
        "payer",
        "key",
        "line",
    ]
)


def places_in(value: Any) -> list[Any]:
    """Every object and list inside a JSON value, itself included."""
    if not isinstance(value, dict | list):
        return []
    items = value.values() if isinstance(value, dict) else value
    return [value, *(place for item in items for place in places_in(item))]


@st.composite
def spoiled_claims(draw: Any) -> Any:
    """A good claim with one to three values changed, added or dropped."""
    claim = draw(st.sampled_from(list(GOOD.values())) | claims().map(claim_to_json))
    claim = copy.deepcopy(claim)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places_in(claim)))
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        action = draw(st.sampled_from(["change", "drop", "add"]))
        if action == "add" and isinstance(place, dict):
            place[draw(NEW_KEYS)] = copy.deepcopy(draw(VALUES))
        elif keys and action == "drop":
            del place[draw(st.sampled_from(keys))]
        elif keys:
            place[draw(st.sampled_from(keys))] = copy.deepcopy(draw(VALUES))
    return claim


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
