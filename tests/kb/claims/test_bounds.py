"""Claims of great size: told in a few words, and never by each of their parts."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from kb.claims import check_facts, read_json, read_json_value, read_x12
from kb.claims.model import MOST_LINES

SHORT: dict[str, Any] = {
    "claim": "C-1",
    "payer": "aetna",
    "date": "2026-03-10",
    "lines": [{"code": "64483"}],
}


@pytest.mark.parametrize(("lines", "good"), [(999, True), (1000, False), (5000, False)])
def test_lines_of_a_claim(lines: int, good: bool) -> None:
    large = {**SHORT, "claim": "L", "lines": [{"code": "64483"}] * lines}
    result = read_json_value([SHORT, large, {**SHORT, "claim": "C-2"}])
    assert [c.id for c in result.claims if c.id != "L"] == ["C-1", "C-2"]
    found = [(bad.where, bad.reason, bad.id) for bad in result.bad]
    reason = f"{lines:,} lines: a claim has at most {MOST_LINES}"
    assert found == ([] if good else [("[1].lines", reason, "L")])


def test_lines_of_an_837_claim(epidural: Any) -> None:
    text = (epidural / "florida-medicare.837").read_text()
    start = text.index("LX*1~")
    end = text.index("HL*3*")
    first_day = date(2020, 1, 1)
    lines = "".join(
        f"LX*{n + 1}~\nSV1*HC:64483*450*UN*1***1~\n"
        f"DTP*472*D8*{first_day + timedelta(n):%Y%m%d}~\n"
        for n in range(1000)
    )
    result = read_x12([(text[:start] + lines + text[end:]).encode()])
    assert len(result.claims) == 2
    assert [(b.reason, b.id) for b in result.bad if b.claim] == [
        ("1,000 lines: a claim has at most 999", "FL-OFFICE-1")
    ]


def test_facts_that_nobody_knows_are_counted() -> None:
    facts = {f"unheard-of-{number}": True for number in range(100_000)}
    (claim,) = read_json_value({**SHORT, "facts": facts}).claims
    bad = check_facts(claim, {"pain-relief": ("percent", ())})
    assert len(bad) == 4
    assert (bad[-1].where, bad[-1].reason) == (
        "facts",
        "99,997 more facts of names that no policy has",
    )
    assert {one.id for one in bad} == {"C-1"}


def test_facts_of_another_kind_are_counted() -> None:
    kinds: dict[str, Any] = {f"fact-{n}": ("percent", ()) for n in range(1000)}
    (claim,) = read_json_value({**SHORT, "facts": dict.fromkeys(kinds, True)}).claims
    bad = check_facts(claim, kinds)
    assert bad[-1].reason == "980 more facts of another kind than expected"


def test_unknown_keys_are_counted() -> None:
    (*_, last) = read_json_value({**SHORT, **{f"x{n}": 1 for n in range(20_000)}}).bad
    assert last.reason == "19,997 more unknown keys"


@pytest.mark.parametrize("inside", ['"facts": {%s}', '"fields": {%s}'])
def test_keys_given_twice_are_counted(inside: str) -> None:
    twice = ", ".join(f'"k{n}": true, "k{n}": true' for n in range(20_000))
    text = json.dumps(SHORT)[:-1] + ", " + inside.replace("%s", twice) + "}"
    bad = read_json(text).bad
    assert "19,997 more keys stand here more than once" in [b.reason for b in bad]
    assert len(bad) < 12


def test_many_faults_of_one_cause_are_one_with_the_first_places() -> None:
    lines = [{"code": "6448"} for _ in range(900)]
    (bad,) = read_json_value({**SHORT, "lines": lines}).bad
    assert bad.where == "lines[0].code"
    assert bad.reason.endswith(
        "; the same at `lines[1].code`, `lines[2].code`, `lines[3].code` and 896 more"
        " places"
    )


def test_many_faults_of_one_claim_are_counted() -> None:
    lines = [{"code": "6" * (n + 6)} for n in range(900)]
    bad = read_json_value({**SHORT, "lines": lines}).bad
    assert len(bad) == 51
    assert bad[-1].reason == "850 more faults in this claim"
