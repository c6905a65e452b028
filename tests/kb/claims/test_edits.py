"""What contradicts itself on a claim in our JSON is told, as an 837P's is."""

from __future__ import annotations

from typing import Any

import pytest

from kb.claims import PayerNamed, read_json_value
from kb.claims.npi import has_check_digit

LINE = {"code": "64483", "modifiers": ["RT"], "units": 1}
BASE: dict[str, Any] = {
    "claim": "C-1",
    "payer": "aetna",
    "date": "2026-03-10",
    "lines": [LINE],
}

TOLD: dict[str, tuple[dict[str, Any], str, str]] = {
    "duplicate": (
        {"lines": [LINE, LINE]},
        "lines[1]",
        "line 2 repeats line 1: the same code, day and modifiers, an exact duplicate",
    ),
    "five-duplicates": (
        {"lines": [LINE] * 6},
        "lines[1]",
        (
            "line 2 repeats line 1, line 3 repeats line 1, line 4 repeats line 1 and 2"
            " more do so: the same code, day and modifiers, an exact duplicate"
        ),
    ),
    "rendering": (
        {"lines": [LINE | {"rendering": "1234567890"}]},
        "lines[0]",
        (
            "NPI of the rendering provider, line 1: its check digit is wrong, so nobody"
            " has this number"
        ),
    ),
    "billing": (
        {"fields": {"billing-npi": "1234567890"}},
        "",
        (
            "NPI of the billing provider: its check digit is wrong, so nobody has this"
            " number"
        ),
    ),
    "total": (
        {"charge": "10.00", "lines": [LINE | {"charge": 10.01}]},
        "",
        "the total charge is not the sum of its lines",
    ),
    "free": (
        {"lines": [LINE | {"charge": 0}]},
        "lines[0]",
        "line 1 has a charge of zero",
    ),
    "received": (
        {"received": "2026-03-09"},
        "lines[0]",
        "the payer received it before the service was given",
    ),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_contradiction_is_told_beside_the_claim(name: str) -> None:
    change, where, text = TOLD[name]
    result = read_json_value(BASE | change)
    assert result.bad == ()
    assert [(note.where, note.text, note.id) for note in result.remarks] == [
        (where, text, "C-1")
    ]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([LINE, LINE | {"modifiers": ["LT"]}], id="side"),
        pytest.param([LINE, LINE | {"date": "2026-03-11"}], id="day"),
        pytest.param([LINE, LINE | {"modifiers": ["RT", "59"]}], id="with-its-reason"),
        pytest.param(
            [LINE | {"level": "L4-L5"}, LINE | {"level": "L5-S1"}], id="another-level"
        ),
        pytest.param(
            [LINE | {"ndc": "00009307301"}, LINE | {"ndc": "00009307302"}],
            id="another-drug",
        ),
    ],
)
def test_lines_that_differ_are_no_duplicates(lines: list[Any]) -> None:
    assert read_json_value(BASE | {"lines": lines}).remarks == ()


def test_a_service_before_birth_is_a_fault_that_tells_no_date() -> None:
    (bad,) = read_json_value(BASE | {"birth": "2026-03-11"}).bad
    assert bad.reason == "the service stands before the patient's birth"
    assert "2026" not in f"{bad.where}{bad.reason}{bad.fix}"


def test_charge_and_birth_are_read() -> None:
    lines = [LINE | {"charge": "450.50"}]
    claim = {"birth": "1950-01-31", "charge": 450.5, "lines": lines}
    (read,) = read_json_value(BASE | claim).claims
    assert str(read.birth) == "1950-01-31"
    assert (str(read.charge), str(read.lines[0].charge)) == ("450.5", "450.50")


def test_a_payer_id_may_stand_for_the_payer() -> None:
    (read,) = read_json_value(BASE | {"payer": "87726"}).claims
    assert read.payer == PayerNamed(identifier="87726")


def test_a_wrong_payer_is_not_shown() -> None:
    (bad,) = read_json_value(BASE | {"payer": "JANE ROE 87726"}).bad
    assert "87726" not in f"{bad.where}{bad.reason}"
    assert "JANE" not in f"{bad.where}{bad.reason}{bad.fix}"


@pytest.mark.parametrize("npi", ["1234567893", "1245319599", "2000000010"])
def test_a_right_check_digit(npi: str) -> None:
    assert has_check_digit(npi)
    for digit in set("0123456789") - {npi[-1]}:
        assert not has_check_digit(npi[:-1] + digit)


def test_incident_to_is_billed_under_the_one_who_supervises() -> None:
    fields = {"performer": "nurse-practitioner", "supervising-npi": "1234567893"}

    lines = [LINE | {"rendering": "1234567893"}]
    assert read_json_value(BASE | {"fields": fields, "lines": lines}).remarks == ()
