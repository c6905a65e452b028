"""Every fault of a JSON claim is named by path and kind, with what to write."""

import copy
import json
from typing import Any

import pytest

from kb.claims import read_json, read_json_value
from kb.claims.json.claim import CLAIM_KEYS
from kb.claims.near import listed

SHORT = {
    "claim": "C-1",
    "payer": "medicare-part-b",
    "date": "2026-03-10",
    "lines": [{"code": "64483"}],
}
SECRETS = ("Jane", "Roe", "MBI77", "1948", "Elm")


def with_(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(SHORT) | changes


def with_line(**changes: Any) -> dict[str, Any]:
    return with_(lines=[{"code": "64483"} | changes])


def with_earlier(**changes: Any) -> dict[str, Any]:
    earlier = {"date": "2025-12-01", "code": "64483"} | changes
    return with_(history={"lines": [earlier]})


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in SHORT.items() if name != key}


A_KEY = "a key of small letters, digits and hyphens"
A_TEXT = "a text of at most 100 characters without line breaks"

# id: claim, path, reason, fix
FAULTS = {
    "no-object": (
        ["Jane Roe"],
        "[0]",
        "found a text of 8 characters, expected a claim as an object",
        "",
    ),
    "unknown-key": (
        with_(diagnosis=["M54.16"]),
        "",
        "unknown key `diagnosis`",
        "Did you mean `diagnoses`?",
    ),
    "unknown-key-in-line": (
        with_line(modifier="RT"),
        "lines[0]",
        "unknown key `modifier`",
        "Did you mean `modifiers`?",
    ),
    "unknown-key-that-is-no-word": (
        with_line(**{"Jane Roe, 12 Elm": 1}),
        "lines[0]",
        "unknown key (a text of 16 characters)",
        (
            "The keys here: `line`, `code`, `modifiers`, `units`, `date`, `place`,"
            " `diagnoses`, `pointers`, `level`, `rendering`, `authorization`, `facts`,"
            " `charge`, `ndc`."
        ),
    ),
    "unknown-key-that-may-be-a-name": (
        with_(ZEBRANAME=1),
        "",
        "unknown key (9 capital letters)",
        f"The keys here: {listed(CLAIM_KEYS)}.",
    ),
    "unknown-key-in-history": (
        with_(history={"line": []}),
        "history",
        "unknown key `line`",
        "Did you mean `lines`?",
    ),
    "unknown-key-in-earlier": (
        with_earlier(state="paid"),
        "history.lines[0]",
        "unknown key `state`",
        "Did you mean `status`?",
    ),
    "unknown-field": (
        with_(fields={"gender": "female"}),
        "fields",
        "unknown key (6 small letters)",
        (
            "The keys here: `sex`, `specialty`, `performer`, `network`, `performer-npi`, "
            "`supervising-npi`, `billing-npi`, `ordering-npi`, `referring-npi`, "
            "`taxonomy`, `plan-year-start`."
        ),
    ),
    "id-missing": (
        without("claim"),
        "claim",
        f"missing: expected {A_TEXT}",
        "Write it as `C-100`.",
    ),
    "id-number": (
        with_(claim=19480203),
        "claim",
        f"found a number, expected {A_TEXT}",
        "Write it as `C-100`.",
    ),
    "id-blank": (
        with_(claim="  "),
        "claim",
        f"found an empty text, expected {A_TEXT}",
        "Write it as `C-100`.",
    ),
    "patient-object": (
        with_(patient={"name": "Jane Roe"}),
        "patient",
        f"found an object, expected {A_TEXT}",
        "Write it as `C-100`.",
    ),
    "payer-missing": (
        without("payer"),
        "payer",
        f"missing: expected {A_KEY}, or an object with `key`, `id`, `name`, `filing`",
        'Write it as `"medicare-part-b"` or `{"id": "...", "name": "..."}`.',
    ),
    "payer-name-as-key": (
        with_(payer="Medicare Part B"),
        "payer",
        (
            "found a text of 15 characters, expected"
            f" {A_KEY}, or an object with `key`, `id`, `name`, `filing`"
        ),
        'Write it as `"medicare-part-b"` or `{"id": "...", "name": "..."}`.',
    ),
    "payer-empty": (
        with_(payer={}),
        "payer",
        "the payer has none of `key`, `id`, `name`, `filing`",
        "Write at least one of them.",
    ),
    "payer-filing": (
        with_(payer={"filing": "MEDICARE"}),
        "payer.filing",
        (
            "found 8 capital letters,"
            " expected a claim filing indicator of one or two characters"
        ),
        "Write it as `MB`.",
    ),
    "lines-missing": (
        without("lines"),
        "lines",
        "missing: a claim has at least one line",
        'Write `"lines": [{"code": "64483"}]`.',
    ),
    "lines-empty": (
        with_(lines=[]),
        "lines",
        "missing: a claim has at least one line",
        'Write `"lines": [{"code": "64483"}]`.',
    ),
    "lines-object": (
        with_(lines={"code": "64483"}),
        "lines",
        ("found an object, expected a list of objects"),
        "",
    ),
    "line-text": (
        with_(lines=["64483"]),
        "lines[0]",
        "found 5 digits, expected an object",
        "",
    ),
    "code-missing": (
        with_(lines=[{}]),
        "lines[0].code",
        "missing: expected a CPT or HCPCS code of five characters",
        "Write it as `64483`.",
    ),
    "code-small-letter": (
        with_line(code="j1100"),
        "lines[0].code",
        (
            "found a text of 5 characters,"
            " expected a CPT or HCPCS code of five characters"
        ),
        "Write it in capitals, without spaces around it.",
    ),
    "code-number": (
        with_line(code=64483),
        "lines[0].code",
        "found a number, expected a CPT or HCPCS code of five characters",
        "Write it as `64483`.",
    ),
    "modifier": (
        with_line(modifiers=["RT", "rt"]),
        "lines[0].modifiers[1]",
        "found 2 small letters, expected a modifier of two capitals or digits",
        "Write it in capitals, without spaces around it.",
    ),
    "modifiers-text": (
        with_line(modifiers="RT"),
        "lines[0].modifiers",
        (
            "found 2 capital letters,"
            " expected a list of texts, each a modifier of two capitals or digits"
        ),
        "",
    ),
    "units-zero": (
        with_line(units=0),
        "lines[0].units",
        "found a number, expected a number above zero with at most twelve digits",
        "Write the units billed, as `1`.",
    ),
    "units-true": (
        with_line(units=True),
        "lines[0].units",
        "found true or false, expected a number above zero with at most twelve digits",
        "Write the units billed, as `1`.",
    ),
    "date-other-order": (
        with_line(date="03/10/1948"),
        "lines[0].date",
        "found a text of 10 characters, expected a date as year-month-day",
        "Write it as `2026-03-10`.",
    ),
    "date-impossible": (
        with_(date="2026-02-30"),
        "date",
        "the calendar has no such date",
        "",
    ),
    "date-nowhere": (
        without("date"),
        "lines[0].date",
        "missing: neither the line nor the claim has a date of service",
        'Write `"date": "2026-03-10"`.',
    ),
    "place": (
        with_(place=11),
        "place",
        ("found a number, expected a place of service of two digits"),
        "Write it as `11`.",
    ),
    "state-small": (
        with_(state="fl"),
        "state",
        ("found 2 small letters, expected a state of two capital letters"),
        "Write it in capitals, without spaces around it.",
    ),
    "diagnosis": (
        with_line(diagnoses=["724.4"]),
        "lines[0].diagnoses[0]",
        (
            "found a text of"
            " 5 characters, expected an ICD-10-CM code, a capital letter first"
        ),
        "Write it as `M54.16`.",
    ),
    "pointer-beyond": (
        with_(diagnoses=["M54.16"], lines=[{"code": "64483", "pointers": [1, 2]}]),
        "lines[0].pointers[1]",
        "the claim's `diagnoses` have no position 2: there are 1",
        "",
    ),
    "pointer-zero": (
        with_line(pointers=[0]),
        "lines[0].pointers[0]",
        "found a number, expected a position in the claim's `diagnoses`, from 1",
        "",
    ),
    "pointers-and-diagnoses": (
        with_line(pointers=[], diagnoses=[]),
        "lines[0]",
        "the line has both `diagnoses` and `pointers`",
        "Keep one of them.",
    ),
    "level-one-vertebra": (
        with_line(level="L4"),
        "lines[0].level",
        (
            "found a text of 2 characters,"
            " expected two neighbouring vertebrae, head end first"
        ),
        "Write one line for each level, as `L4-L5`.",
    ),
    "level-two-levels": (
        with_line(level="L4-S1"),
        "lines[0].level",
        (
            "found a text of 5 characters,"
            " expected two neighbouring vertebrae, head end first"
        ),
        "Write one line for each level, as `L4-L5`.",
    ),
    "npi": (
        with_line(rendering="Jane Roe"),
        "lines[0].rendering",
        "found a text of 8 characters, expected an NPI of ten digits",
        "Write it as `1234567893`.",
    ),
    "line-number": (
        with_line(line=1.5),
        "lines[0].line",
        "found a number, expected a whole number from 1 to 999999",
        "",
    ),
    "line-number-again": (
        with_(lines=[{"code": "64483", "line": 2}, {"code": "64484"}]),
        "lines[1].line",
        "another line of the claim has this number",
        "Number them 1, 2, 3.",
    ),
    "type": (
        with_(type="profesional"),
        "type",
        ("found 11 small letters, expected one of `professional`, `facility`"),
        "Did you mean `professional`?",
    ),
    "authorization": (
        with_line(authorization=True),
        "lines[0].authorization",
        "found true or false, expected one of `approved`, `denied`, `pending`, `none`",
        "",
    ),
    "replacement-of-nothing": (
        with_(frequency="replacement"),
        "replaces",
        "missing: a replacement has to say which claim it replaces",
        "Write the payer's number of the claim that is replaced.",
    ),
    "original-that-replaces": (
        with_(replaces="C-0"),
        "replaces",
        "an original claim replaces none",
        "Write `replacement` or `void` as the `frequency`, or leave it out.",
    ),
    "fields-list": (
        with_(fields=["in"]),
        "fields",
        "found a list, expected an object",
        "",
    ),
    "fact-list": (
        with_(facts={"pain-duration": ["30 weeks"]}),
        "facts.pain-duration",
        "a fact is true, false, a number or a text such as `30 weeks`",
        "",
    ),
    "fact-empty": (
        with_line(facts={"pain-duration": ""}),
        "lines[0].facts.pain-duration",
        f"found an empty text, expected {A_TEXT}",
        "",
    ),
    "fact-impossible-date": (
        with_(facts={"mri-on": "2026-02-30"}),
        "facts.mri-on",
        "the calendar has no such date",
        "",
    ),
    "fact-too-large": (
        with_(facts={"pain-duration": "999999999999 weeks"}),
        "facts.pain-duration",
        "a number is not below zero and has at most twelve digits",
        "",
    ),
    "fact-below-zero": (
        with_(facts={"pain-score": -1}),
        "facts.pain-score",
        "a number is not below zero and has at most twelve digits",
        "",
    ),
    "fact-name": (
        with_(facts={"Jane Roe": True}),
        "facts",
        f"the name of a fact: found a text of 8 characters, expected {A_KEY}",
        "",
    ),
    "earlier-without-date": (
        with_(history={"lines": [{"code": "64483"}]}),
        "history.lines[0].date",
        "missing: an earlier service has its date",
        'Write `"date": "2025-12-01"`, or `"unknown"` where nobody knows it.',
    ),
    "earlier-status": (
        with_earlier(status="payed"),
        "history.lines[0].status",
        (
            "found 5 small letters,"
            " expected one of `paid`, `denied`, `pending`, `unknown`"
        ),
        "Did you mean `paid`?",
    ),
    "history-state": (
        with_(history={"state": "full"}),
        "history.state",
        ("found 4 small letters, expected one of `complete`, `partial`, `unknown`"),
        "",
    ),
    "fhir": (
        {"resourceType": "Claim", "patient": "Jane Roe"},
        "patient",
        "found a text of 8 characters, expected an object",
        "",
    ),
}


@pytest.mark.parametrize(
    ("claim", "path", "reason", "fix"), FAULTS.values(), ids=FAULTS.keys()
)
def test_fault(claim: Any, path: str, reason: str, fix: str) -> None:
    result = read_json(json.dumps(claim), "claims.json")
    assert result.claims == ()
    where = f"claims.json: {path}" if path else "claims.json"
    assert (where, reason, fix) in [
        (bad.where, bad.reason, bad.fix) for bad in result.bad
    ]
    assert {bad.claim for bad in result.bad} == {"claim 1"}
    for bad in result.bad:
        for secret in SECRETS:
            assert secret not in f"{bad.where} {bad.reason} {bad.fix} {bad.claim}"


def test_every_fault_of_a_claim_is_reported() -> None:
    claim = with_(
        state="Florida",
        place="office",
        history=7,
        lines=[
            {"code": "6448", "units": "two", "modifiers": ["RIGHT", 5]},
            {"code": "64484", "date": "today"},
        ],
    )
    assert [bad.where for bad in read_json_value(claim).bad] == [
        "place",
        "lines[0].code",
        "lines[0].modifiers[0]",
        "lines[0].modifiers[1]",
        "lines[0].units",
        "lines[1].date",
        "state",
        "history",
    ]
