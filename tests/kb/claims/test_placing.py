"""Facts in the place of their owner, and words of closed lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kb.claims import read_json_value
from kb.claims.facts import fact_from_json
from kb.claims.model import Claim, ClaimLine, History, HistoryLine, PayerNamed
from kb.claims.placing import misplaced_facts, with_facts_in_place
from kb.claims.words import check_words

DAY = date(2026, 3, 10)
SCOPES = {
    "pain-duration": "patient",
    "imaging-done": "claim",
    "target": "line",
    "pain-relief": "procedure",
}


def claim_of(own: dict[str, Any], *lines: dict[str, Any], **more: Any) -> Claim:
    return Claim(
        "C-1",
        "P-1",
        PayerNamed(key="examplecare"),
        tuple(
            ClaimLine(n, "64483", DAY, facts=_facts(facts))
            for n, facts in enumerate(lines, 1)
        ),
        facts=_facts(own),
        **more,
    )


def _facts(told: dict[str, Any]) -> Any:
    return {name: fact_from_json(value) for name, value in told.items()}


@pytest.mark.parametrize(
    ("own", "lines", "expected"),
    [
        ({}, [{"pain-duration": "30 weeks"}], {"pain-duration": "30 weeks"}),
        ({}, [{"imaging-done": True}, {}], {"imaging-done": True}),
        ({}, [{"imaging-done": True}] * 2, {"imaging-done": True}),
        ({"imaging-done": True}, [{"imaging-done": True}], {"imaging-done": True}),
        ({}, [{"target": "low"}], {}),
        ({}, [{"pain-relief": "60 percent"}], {}),
    ],
)
def test_what_lines_say_alike_of_the_claim_counts_for_it(
    own: dict[str, Any], lines: list[dict[str, Any]], expected: dict[str, Any]
) -> None:
    given = claim_of(own, *lines)

    assert with_facts_in_place(given, SCOPES).facts == _facts(expected)
    assert not list(misplaced_facts(given, SCOPES))


@pytest.mark.parametrize(
    ("own", "lines", "where"),
    [
        ({}, [{}, {"imaging-done": True}, {"imaging-done": False}], "lines[1]"),
        ({"imaging-done": False}, [{"imaging-done": True}], "lines[0]"),
    ],
)
def test_what_is_told_in_two_ways_is_a_fault(
    own: dict[str, Any], lines: list[dict[str, Any]], where: str
) -> None:
    given = claim_of(own, *lines)

    (fault,) = misplaced_facts(given, SCOPES)

    assert with_facts_in_place(given, SCOPES).facts == _facts(own)
    assert fault.where == f"{where}.facts.imaging-done"
    assert fault.fix == "Write it once, in the claim's `facts`."


def test_a_fact_of_the_patient_on_an_earlier_service_is_a_fault() -> None:
    told = _facts({"pain-duration": "30 weeks", "pain-relief": "60 percent"})
    earlier = HistoryLine("64483", DAY, facts=told)
    given = claim_of({}, {}, history=History("complete", lines=(earlier,)))

    (fault,) = misplaced_facts(given, SCOPES)

    assert fault.where == "history.lines[0].facts.pain-duration"
    assert "earlier service" in fault.reason


@pytest.mark.parametrize(
    ("field", "word", "fix"),
    [
        ("performer", "physician-asistant", "Did you mean `physician-assistant`?"),
        ("performer", "physicians", "Did you mean `physician`?"),
        ("performer", "np", "Did you mean `nurse-practitioner`?"),
        ("network", "inn", "Did you mean `in`?"),
        ("sex", "femal", "Did you mean `female`?"),
    ],
)
def test_a_word_that_is_on_no_list_is_a_fault(field: str, word: str, fix: str) -> None:
    (fault,) = check_words(replace(claim_of({}, {}), fields={field: word}))

    assert (fault.where, fault.fix) == (f"fields.{field}", fix)


@pytest.mark.parametrize(
    ("plan", "own", "faults"),
    [
        ("commercial", [], 0),
        ("comercial", [], 1),
        ("harbor-gold", [], 0),
        ("harbor-gold", ["harbor-golden"], 1),
        ("harbor-gold", ["harbor-gold"], 0),
    ],
)
def test_a_plan_is_a_fault_only_where_it_is_nearly_another(
    plan: str, own: list[str], faults: int
) -> None:
    assert len(list(check_words(replace(claim_of({}, {}), plan=plan), own))) == faults


@pytest.mark.parametrize(
    ("place", "faults"), [("11", 0), ("24", 0), ("27", 0), ("44", 1)]
)
def test_a_place_of_service_has_a_number_of_the_list(place: str, faults: int) -> None:
    line = ClaimLine(1, "64483", DAY, place=place)

    found = list(check_words(replace(claim_of({}), lines=(line,))))

    assert [fault.where for fault in found] == ["lines[0].place"] * faults


@pytest.mark.parametrize(
    ("days", "state", "expected"),
    [
        (["2025-12-01"], "complete", ("complete", 1)),
        (["2025-12-01", "unknown"], "complete", ("partial", 1)),
        (["unknown"], "complete", ("partial", 0)),
        (["unknown"], "unknown", ("unknown", 0)),
    ],
)
def test_a_service_of_an_unknown_day_leaves_the_history_open(
    days: list[str], state: str, expected: tuple[str, int]
) -> None:
    told = {
        "claim": "C-1",
        "payer": "examplecare",
        "lines": [{"code": "64483", "date": "2026-03-10"}],
        "history": {
            "state": state,
            "lines": [{"code": "64483", "date": d} for d in days],
        },
    }

    (read,) = read_json_value(told).claims

    assert (read.history.state, len(read.history.lines)) == expected


def test_an_unknown_word_of_a_field_is_left_out() -> None:
    told = {
        "claim": "C-1",
        "payer": "examplecare",
        "plan": "unknown",
        "fields": {"performer": "unknown", "network": "in"},
        "lines": [{"code": "64483", "date": "2026-03-10"}],
    }

    (read,) = read_json_value(told).claims

    assert (read.plan, read.fields) == ("", {"network": "in"})
