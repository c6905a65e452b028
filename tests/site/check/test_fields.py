"""The form's fields to a claim and back, and the ways in which staff write things."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kb.claims import read_json
from kb.claims.json.writer import claim_to_json
from kb.engine.program import PayerWords, Program
from kb.web.check.fields import THIS_CLAIM, claim_of, fields_of

PROGRAM = Program(
    payers=(
        PayerWords("medicare-part-b", "Medicare Part B"),
        PayerWords("aetna", "Aetna", identifiers=frozenset({"60054"})),
    )
)
EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "fifth-session.json"
FULL = {
    "claim": "C-1", "payer": "aetna", "plan": "ppo", "state": "FL", "place": "24",
    "date": "2026-03-10", "frequency": "replacement", "replaces": "X-1",
    "received": "2026-03-20", "authorization": "approved", "chart": "complete",
    "fields": {"performer": "physician", "performer-npi": "1234567893"},
    "facts": {"pain-duration": "6 weeks", "concordant": True, "guidance": "ct"},
    "diagnoses": ["M54.16", "M54.17"],
    "lines": [
        {"code": "64483", "modifiers": ["RT", "59"], "pointers": [2], "level": "L4-L5"},
        {"code": "64484", "units": "1.5", "pointers": [2, 1], "facts": {"site": "left"},
         "place": "11", "date": "2026-03-11"},
    ],
    "history": {"state": "complete", "lines": [
        {"date": "2025-12-01", "code": "64483", "modifiers": ["LT"], "status": "denied",
         "facts": {"pain-relief": "60 percent"}}]},
}  # fmt: skip


@pytest.mark.parametrize(
    "text", [EXAMPLE.read_text(), json.dumps(FULL)], ids=["example", "full"]
)
def test_a_claim_that_fills_in_the_form_is_read_back(text: str) -> None:
    (claim,) = read_json(text).claims
    written = fields_of(claim_to_json(claim), PROGRAM)
    (again,) = read_json(json.dumps(claim_of(written, PROGRAM))).claims

    expected = replace(
        claim, id=THIS_CLAIM, patient=again.patient, birth=None, charge=None
    )
    assert again == expected


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("date", "3/10/2026", "2026-03-10"),
        ("date", "03/10/2026", "2026-03-10"),
        ("date", "2026-03-10", "2026-03-10"),
        ("date", "2/30/2026", "2/30/2026"),
        ("diagnoses", "m54.16, M4726;M99.1", ["M54.16", "M4726", "M99.1"]),
        ("state", "fl", "FL"),
        ("payer", "Medicare Part B", "medicare-part-b"),
        ("payer", "medicare part b", "medicare-part-b"),
        ("payer", "60054", "60054"),
        ("payer", "Some Other Plan", {"name": "Some Other Plan"}),
    ],
)
def test_fields_are_read_as_staff_write_them(
    field: str, text: str, value: object
) -> None:
    assert claim_of({field: text}, PROGRAM)[field] == value


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("modifiers", "rt 59", ["RT", "59"]),
        ("modifiers", "RT,KX", ["RT", "KX"]),
        ("pointers", "1 3", [1, 3]),
        ("pointers", "A, C", [1, 3]),
        ("pointers", "ac", [1, 3]),
        ("pointers", "?", ["?"]),
        ("level", "L4/5", "L4-L5"),
        ("level", "l4-5", "L4-L5"),
        ("level", "L5-S1", "L5-S1"),
        ("level", "low back", "LOW BACK"),
    ],
)
def test_lines_are_read_as_staff_write_them(
    field: str, text: str, value: object
) -> None:
    assert claim_of({f"lines[0].{field}": text}, PROGRAM)["lines"][0][field] == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("6 wks", "6 weeks"), ("3 mo", "3 months"), ("10d", "10 days"), ("60 %", "60 %")],
)
def test_facts_are_read_as_staff_write_them(text: str, value: str) -> None:
    assert claim_of({"facts.x": text}, PROGRAM)["facts"]["x"] == value


def test_a_code_with_its_modifiers_is_taken_apart() -> None:
    (line,) = claim_of({"lines[0].code": "64483-50-kx"}, PROGRAM)["lines"]

    assert line == {"code": "64483", "modifiers": ["50", "KX"]}


def test_rows_in_which_nothing_was_written_are_left_out() -> None:
    fields = {
        "lines[0].units": "1",
        "lines[1].code": "64483",
        "history.lines[2].code": "",
    }
    claim = claim_of(fields, PROGRAM)

    assert claim["lines"] == [{"code": "64483"}]
    assert "history" not in claim


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"history.all": "yes"}, "complete"),
        ({"history.lines[0].code": "64483"}, "partial"),
        ({}, None),
    ],
    ids=["there-were-none", "some", "nothing-said"],
)
def test_how_far_the_history_reaches_is_said(
    fields: dict[str, str], state: str | None
) -> None:
    history = claim_of(fields, PROGRAM).get("history")

    assert (history["state"] if history else None) == state
