"""Our JSON in: every fault named by path and kind, good claims never lost."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kb.claims import (
    PayerNamed,
    claim_to_json,
    read_json,
    read_json_value,
)
from kb.claims.model import Amount, History

ROOT = Path(__file__).parents[4]
SHORT = {
    "claim": "C-1",
    "payer": "medicare-part-b",
    "date": "2026-03-10",
    "lines": [{"code": "64483"}],
}


def example() -> str:
    text = (ROOT / "docs" / "claim.md").read_text()
    return text.split("```json")[1].split("```")[0]


def with_(**changes: Any) -> dict[str, Any]:
    return SHORT | changes


def with_line(**changes: Any) -> dict[str, Any]:
    return with_(lines=[{"code": "64483"} | changes])


def test_the_documented_example() -> None:
    (claim,) = read_json(example()).claims
    assert (claim.id, claim.patient, claim.plan, claim.state) == (
        "C-100",
        "P-7",
        "medicare",
        "FL",
    )
    assert claim.payer == PayerNamed(key="medicare-part-b")
    assert (claim.authorization, claim.fields) == ("approved", {"network": "in"})
    assert claim.facts == {
        "pain-duration": Amount(Decimal(210), "day"),
        "approach-changed": True,
        "opioid-risk": "low",
    }
    (line,) = claim.lines
    assert (line.code, line.modifiers, line.level) == ("64483", ("RT",), "L4-L5")
    assert (line.diagnoses, line.rendering) == (("M54.16",), "1234567893")
    (earlier,) = claim.history.lines
    assert (earlier.date, earlier.status) == (date(2025, 12, 1), "paid")
    assert earlier.facts == {"pain-relief": Amount(Decimal(60), "percent")}


def test_what_is_left_out() -> None:
    (claim,) = read_json_value(SHORT).claims
    (line,) = claim.lines
    assert (claim.patient, claim.kind, claim.frequency, claim.chart) == (
        "claim:C-1",
        "professional",
        "original",
        "partial",
    )
    assert claim.history == History(state="unknown")
    assert (line.number, line.units, line.date, line.place, line.diagnoses) == (
        1,
        Decimal(1),
        date(2026, 3, 10),
        "",
        (),
    )


def test_a_line_takes_date_place_and_diagnoses_of_its_claim() -> None:
    claim = with_(
        place="24",
        diagnoses=["M5416", "M4806"],
        lines=[
            {"code": "64483"},
            {"code": "64484", "date": "2026-03-11", "place": "11", "pointers": [2]},
            {"code": "62323", "diagnoses": []},
        ],
    )
    lines = read_json_value(claim).claims[0].lines
    assert [
        (line.number, line.date.day, line.place, line.diagnoses) for line in lines
    ] == [
        (1, 10, "24", ("M54.16", "M48.06")),
        (2, 11, "11", ("M48.06",)),
        (3, 10, "24", ()),
    ]


@pytest.mark.parametrize(
    ("history", "state", "reach"),
    [
        pytest.param(None, "unknown", "all-billers", id="left-out"),
        pytest.param({}, "partial", "all-billers", id="without-state"),
        pytest.param(
            {"state": "complete", "reach": "own"}, "complete", "own", id="own"
        ),
    ],
)
def test_history(history: Any, state: str, reach: str) -> None:
    (claim,) = read_json_value(with_(history=history)).claims
    assert (claim.history.state, claim.history.reach) == (state, reach)


@pytest.mark.parametrize(
    ("payer", "expected"),
    [
        ("aetna", PayerNamed(key="aetna")),
        ({"id": "X1", "filing": "MB"}, PayerNamed(identifier="X1", filing="MB")),
        ({"name": "Any Name, Inc.", "id": None}, PayerNamed(name="Any Name, Inc.")),
    ],
)
def test_payer(payer: Any, expected: Any) -> None:
    assert read_json_value(with_(payer=payer)).claims[0].payer == expected


def test_a_bad_claim_of_a_list_loses_no_other() -> None:
    result = read_json_value(
        [with_(claim="A"), with_(claim="B", state=1), with_(claim="C")]
    )
    assert [claim.id for claim in result.claims] == ["A", "C"]
    assert [(bad.where, bad.claim) for bad in result.bad] == [("[1].state", "claim 2")]


def test_one_claim_a_line() -> None:
    lines = [
        json.dumps(with_(claim="A")),
        '{"claim": "C-7", "patient": "Jane',
        "",
        "[1",
        json.dumps(SHORT),
    ]
    result = read_json("\n".join(lines), "claims.ndjson")
    assert [claim.id for claim in result.claims] == ["A", "C-1"]
    assert [(bad.where, bad.reason, bad.claim) for bad in result.bad] == [
        (
            "claims.ndjson: line 2",
            ("not JSON at line 2, column 29: unterminated string starting at"),
            "claim 2",
        ),
        (
            "claims.ndjson: line 4",
            "not JSON at line 4, column 3: expecting ',' delimiter",
            "claim 3",
        ),
    ]
    assert [bad.id for bad in result.bad] == ["C-7", ""]
    assert "Jane" not in str(result.bad)


def test_a_fault_in_a_line_of_claims_names_line_and_path() -> None:
    lines = [json.dumps(with_(claim="A")), json.dumps(with_(state="x"))]
    (bad,) = read_json("\r\n".join(lines)).bad
    assert bad.where == "line 2: state"


def test_one_claim_over_several_lines() -> None:
    assert len(read_json(json.dumps(SHORT, indent=1)).claims) == 1


def test_a_syntax_error_names_line_and_column() -> None:
    text = json.dumps([SHORT, SHORT], indent=1).replace('"lines"', "lines", 1)
    (bad,) = read_json(text, "claims.json").bad
    assert bad.where == "claims.json"
    assert bad.reason.startswith("not JSON at line 6, column 3: ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "not JSON at line 1, column 1: expecting value", id="nothing"),
        pytest.param("[]", "the file holds no claim", id="empty-list"),
        pytest.param(
            '{"claim": NaN}', "not JSON: NaN and Infinity are no JSON numbers", id="nan"
        ),
        pytest.param(
            '{"claim": ' + "9" * 5000 + "}",
            "a number has more digits than a claim can hold",
            id="digits",
        ),
        pytest.param(
            "[" * 100_000,
            "lists or objects stand too deep inside each other",
            id="depth",
        ),
    ],
)
def test_no_claim_at_all(text: str, reason: str) -> None:
    result = read_json(text)
    assert result.claims == ()
    assert [bad.reason for bad in result.bad] == [reason]


def test_a_claim_id_that_was_there_before() -> None:
    result = read_json_value([SHORT, with_(claim="B"), SHORT])
    assert [claim.id for claim in result.claims] == ["C-1", "B"]
    assert [(bad.where, bad.reason) for bad in result.bad] == [
        ("[2].claim", "claim 1 of the file has the same id")
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param('{"claim": "A", "claim": "B"}', "", id="claim"),
        pytest.param('{"facts": {"a": true, "a": false}}', "facts", id="facts"),
        pytest.param('{"lines": [{"code": "1", "code": "2"}]}', "lines[0]", id="line"),
    ],
)
def test_a_key_given_twice(text: str, where: str) -> None:
    found = [(bad.where, bad.reason) for bad in read_json(text).bad]
    (reason,) = [
        reason for place, reason in found if place == where and "once" in reason
    ]
    assert reason.endswith("stands here more than once")


@pytest.mark.parametrize("number", ["1e999999999", "-1e999999999", "1e-999999999"])
@pytest.mark.parametrize("key", ["units", "line"])
def test_an_enormous_exponent_is_a_fault(number: str, key: str) -> None:
    text = json.dumps(with_line(**{key: 7777})).replace("7777", number)
    assert [bad.where for bad in read_json(text).bad] == [f"lines[0].{key}"]


def test_decimal_units_keep_every_digit() -> None:
    claim = with_line(units="0.123456789012")
    (read,) = read_json_value(claim).claims
    assert read.lines[0].units == Decimal("0.123456789012")
    assert claim_to_json(read)["lines"][0]["units"] == "0.123456789012"
