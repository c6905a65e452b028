"""``payerkb check-claim``: exit codes, text and JSON, and files that are no claims."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[3]
Run = Callable[..., Result]
Json = dict[str, Any]

FINDINGS = Draft202012Validator(
    json.loads(files("kb.engine").joinpath("findings.schema.json").read_text("utf-8"))
)
NOBODY: Json = {
    "claim": "C-1",
    "payer": "nobody",
    "lines": [{"code": "64483", "date": "2026-03-10"}],
}


@pytest.fixture
def passing(fifth_session: Path) -> Json:
    """The denied claim's twin on the first free day, with everything on paper."""
    claim: Json = json.loads(fifth_session.read_text("utf-8"))
    claim["date"] = "2026-04-02"
    claim["facts"] |= {
        "disabling-pain": True,
        "reason-to-continue": "declines surgery",
        "primary-care-notified": True,
        "active-rehab": True,
        "contraindication": False,
        "unapproved-injectate": False,
        "predetermined-series": False,
        "diagnostic-root-block": False,
    }
    return claim


def test_a_denied_claim(payerkb: Run, fifth_session: Path) -> None:
    result = payerkb("check-claim", fifth_session)
    assert (result.exit_code, result.stderr) == (1, "")
    for said in (
        "FL-2026-0310  Medicare Part B, First Coast",
        "CO-151 N362",
        "5th lumbar-sacral session in 12 months, counting every covered epidural;",
        "2025-04-02, 06-10, 09-15, 12-01 and this one",
        "2026-04-02",
        "L33906, limitations 6",
    ):
        assert said in result.stdout


def test_a_passing_claim(payerkb: Run, passing: Json) -> None:
    result = payerkb("check-claim", "-", given=json.dumps(passing))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].endswith(" PASS")


def test_an_undecided_claim(payerkb: Run) -> None:
    result = payerkb("check-claim", "-", given=json.dumps(NOBODY))
    assert result.exit_code == 3
    assert result.stdout.splitlines()[0].endswith(" UNKNOWN")


def test_good_claims_are_answered_beside_a_bad_one(payerkb: Run, passing: Json) -> None:
    both = json.dumps([passing, {**NOBODY, "lines": []}])
    result = payerkb("check-claim", "-", given=both)
    assert result.exit_code == 2
    assert result.stdout.splitlines()[0].endswith(" PASS")
    assert "1 claim answered: 1 pass; 1 fault in the others" in result.stdout
    assert "not read: standard input: [1].lines" in result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b" \n", "the file is empty", id="blank"),
        pytest.param(b"\x00\x01\x02", "a binary file", id="binary"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", "a binary file", id="image"),
        pytest.param(b"a,b\n1,2\n", "neither X12", id="csv"),
        pytest.param(b"{", "not JSON", id="broken-json"),
        pytest.param(b"[]", "holds no claim", id="no-claim"),
        pytest.param(b'{"a": "\xff"}', "not UTF-8", id="not-utf-8"),
        pytest.param(b"ISA*00", "not read", id="cut-x12"),
        pytest.param(b"ST*837*0001~", "without its ISA", id="no-envelope"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_no_claim_file(
    payerkb: Run, content: bytes, said: str, form: str, tmp_path: Path
) -> None:
    file = tmp_path / "claims.dat"
    file.write_bytes(content)
    words = ("check-claim", file, *(["--json"] if form == "json" else []))

    result = payerkb(*words)

    assert result.exit_code == 2
    if form == "json":
        found = json.loads(result.stdout)
        FINDINGS.validate(found)
        assert found["answers"] == []
        assert found["bad"][0]["where"].startswith("claims.dat")
    else:
        assert result.stdout == ""
        assert said in result.stderr


def test_a_claim_file_that_is_not_there(payerkb: Run, tmp_path: Path) -> None:
    result = payerkb("check-claim", tmp_path / "none.837")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no file" in result.stderr


def test_a_folder_for_a_claim_file(payerkb: Run, tmp_path: Path) -> None:
    result = payerkb("check-claim", tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is a folder" in result.stderr


@pytest.mark.parametrize("claims", [1, 2])
def test_a_fact_that_no_policy_knows(payerkb: Run, passing: Json, claims: int) -> None:
    wrong = {**passing, "claim": "C-2", "facts": {"pain-durration": "3 weeks"}}
    given = json.dumps([passing, wrong] if claims == 2 else wrong)
    result = payerkb("check-claim", "-", given=given)
    assert result.exit_code == 2
    where = "claim 2 of those read: " if claims == 2 else ""
    assert f"not read: {where}facts.pain-durration" in result.stderr
    assert "Did you mean `pain-duration`?" in result.stderr


def test_json_is_of_the_published_schema(payerkb: Run, fifth_session: Path) -> None:
    result = payerkb("check-claim", fifth_session, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    FINDINGS.validate(found)
    (answer,) = found["answers"]
    (denial,) = [f for f in answer["lines"][0]["findings"] if f["outcome"] == "deny"]
    assert denial["arithmetic"]["next_date"] == "2026-04-02"
    assert len(denial["arithmetic"]["events"]) == 4


def test_the_same_claim_gives_the_same_bytes(payerkb: Run, fifth_session: Path) -> None:
    runs = {payerkb("check-claim", fifth_session, "--json").stdout for _ in range(3)}
    assert len(runs) == 1


def test_trace_gives_the_sum_of_a_rule_that_is_met(payerkb: Run, passing: Json) -> None:
    given = json.dumps(passing)
    plain = payerkb("check-claim", "-", given=given).stdout
    traced = payerkb("check-claim", "-", "--trace", given=given).stdout
    assert traced.startswith(plain)
    assert "counted 3 earlier + this 1 = 4, limit 4 sessions" not in plain
    assert "counted 3 earlier + this 1 = 4, limit 4 sessions" in traced


def test_trace_in_json(payerkb: Run, passing: Json) -> None:
    given = json.dumps(passing)
    found = json.loads(
        payerkb("check-claim", "-", "--json", "--trace", given=given).stdout
    )
    FINDINGS.validate(found)
    (line,) = found["answers"][0]["lines"]
    sums = {rule["name"]: rule["arithmetic"] for rule in line["trace"]}
    assert sums["sessions-per-region"]["counted"] == 3
    assert len(line["trace"]) + len(line["findings"]) == len(line["rules"])


@pytest.mark.parametrize(
    ("option", "shown", "said"),
    [
        pytest.param([], 50, "... and 10 more claims; --all shows them.", id="some"),
        pytest.param(["--all"], 60, "60 claims answered: 60 unknown", id="all"),
    ],
)
def test_a_large_file(payerkb: Run, option: list[str], shown: int, said: str) -> None:
    claims = [{**NOBODY, "claim": f"C-{n}"} for n in range(60)]
    result = payerkb("check-claim", "-", *option, given=json.dumps(claims))
    assert result.stdout.count("\n  line 1 ") == shown
    assert said in result.stdout


def test_what_was_left_out_of_a_good_claim_is_said(payerkb: Run) -> None:
    sample = ROOT / "tests/data/x12/practice/icd-9-of-2014.837"
    text = payerkb("check-claim", sample)
    found = json.loads(payerkb("check-claim", sample, "--json").stdout)
    assert "ICD-9-CM diagnoses are left out" in text.stderr
    assert [r["text"] for r in found["remarks"]] == [
        "ICD-9-CM diagnoses are left out: ICD-10-CM is read"
    ]


def test_the_exit_code_follows_what_is_asked_for(payerkb: Run, passing: Json) -> None:
    bare = json.dumps({**passing, "facts": {}})
    assert payerkb("check-claim", "-", given=bare).exit_code == 1
    assert payerkb("check-claim", "-", "--as-billed", given=bare).exit_code == 0


def test_a_claim_that_is_denied_as_billed(payerkb: Run, fifth_session: Path) -> None:
    assert payerkb("check-claim", fifth_session, "--as-billed").exit_code == 1


def test_more_is_told_with_v(payerkb: Run, fifth_session: Path) -> None:
    short = payerkb("check-claim", fifth_session).stdout
    long = payerkb("check-claim", fifth_session, "-v").stdout
    assert "consulted" not in short
    assert "medicare/first-coast/esi@" in long
    assert "diagnosis-on-list" in long


def test_full_is_for_lines_of_json(payerkb: Run, fifth_session: Path) -> None:
    result = payerkb("check-claim", fifth_session, "--full")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--full is for --ndjson; for people there is -v." in result.stderr


def test_standard_input_of_a_real_process(
    fifth_session: Path, shipped_database: Path
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "kb", "check-claim", "-", "-d", shipped_database],
        cwd=ROOT,
        input=fifth_session.read_bytes(),
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stdout.startswith(b"FL-2026-0310  Medicare Part B, First Coast ")
    assert ran.stderr == b""
