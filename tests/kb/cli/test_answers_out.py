"""Answers as they are made: the bytes of the whole, a line each, and honest numbers."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from jsonschema import Draft202012Validator

from kb.claims import read_claims
from kb.engine import Engine
from kb.engine.report.findings import report

ROOT = Path(__file__).parents[3]
X12 = ROOT / "tests/data/x12"
Run = Callable[..., Result]
Json = dict[str, Any]


def validator(name: str) -> Draft202012Validator:
    """The validator of a published schema."""
    text = files("kb.engine").joinpath(f"{name}.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))


FINDINGS, BRIEF = validator("findings"), validator("findings-brief")


def claim(number: int, patient: str, **changes: Any) -> Json:
    made: Json = {
        "claim": f"C-{number}",
        "patient": patient,
        "payer": "medicare-part-b",
        "plan": "medicare",
        "state": "FL",
        "place": "24",
        "date": f"2026-{number % 12 + 1:02}-10",
        "lines": [{"code": "64483", "modifiers": ["RT"], "diagnoses": ["M54.16"]}],
    }
    return made | changes


def a_line_each(claims: list[Json]) -> str:
    return "".join(json.dumps(one) + "\n" for one in claims)


MANY = [claim(n, f"P-{n // 3}") for n in range(9)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing"),
        pytest.param("[]", id="no-claim"),
        pytest.param(json.dumps(MANY[0]), id="one"),
        pytest.param(a_line_each(MANY), id="many"),
        pytest.param(json.dumps(MANY), id="list"),
        pytest.param(a_line_each([*MANY[:4], *MANY[6:], *MANY[4:6]]), id="shuffled"),
        pytest.param(a_line_each(MANY) + "null\n{", id="bad-ones"),
        pytest.param('{"claim": "é\\n\\"", "payer": "x"}\n' * 2, id="only-bad-ones"),
        pytest.param((X12 / "epidural/bad-among-good.837").read_text(), id="837"),
        pytest.param((X12 / "practice/icd-9-of-2014.837").read_text(), id="remarks"),
    ],
)
def test_json_is_that_of_the_whole(
    payerkb: Run, shipped_database: Path, content: str, tmp_path: Path
) -> None:
    file = tmp_path / "claims"
    file.write_text(content, "utf-8")
    engine = Engine.open(shipped_database)
    read = read_claims(file)
    whole = report(engine.answer(read.claims), read.bad, engine, read.remarks)

    said = payerkb("check-claim", file, "--json").stdout

    assert said == (json.dumps(whole, indent=2, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("more", [[], ["--trace"]], ids=str)
def test_whole_answers_a_line_each(
    payerkb: Run, tmp_path: Path, more: list[str]
) -> None:
    file = tmp_path / "claims"
    file.write_text(a_line_each(MANY), "utf-8")
    lines = payerkb("check-claim", file, "--ndjson", "--full", *more).stdout
    said = [json.loads(line) for line in lines.splitlines()]
    whole = json.loads(payerkb("check-claim", file, "--json", *more).stdout)
    assert [one["answer"] for one in said if "answer" in one] == whole["answers"]
    assert said[-1]["end"]["schema"] == whole["schema"] == "payerkb-findings/2.0"


def test_one_brief_object_a_line(payerkb: Run, tmp_path: Path) -> None:
    file = tmp_path / "claims"
    file.write_text(a_line_each(MANY) + "null\n", "utf-8")
    result = payerkb("check-claim", file, "--ndjson")
    assert result.exit_code == 2
    said = [json.loads(line) for line in result.stdout.splitlines()]
    whole = json.loads(payerkb("check-claim", file, "--json").stdout)
    brief = [one["answer"] for one in said if "answer" in one]
    for one, other in zip(brief, whole["answers"], strict=True):
        BRIEF.validate(one)
        assert [one[key] for key in ("claim", "outcome", "as_billed", "say", "do")] == [
            other[key] for key in ("claim", "outcome", "as_billed", "say", "do")
        ]
    assert said[-1]["end"]["schema"] == "payerkb-findings-brief/1.1"
    assert said[-1]["end"]["database"] == whole["answers"][0]["receipt"]["database"]
    assert [one["bad"] for one in said if "bad" in one] == whole["bad"]
    assert said[-1]["end"]["answers"] == 9
    assert (said[-1]["end"]["bad"], said[-1]["end"]["remarks"]) == (1, 0)
    assert sum(said[-1]["end"]["outcomes"].values()) == 9


def test_remarks_a_line_each(payerkb: Run) -> None:
    sample = X12 / "practice/icd-9-of-2014.837"
    lines = payerkb("check-claim", sample, "--ndjson").stdout.splitlines()
    said = [json.loads(line) for line in lines]
    whole = json.loads(payerkb("check-claim", sample, "--json").stdout)
    FINDINGS.validate(whole)
    assert [one["remark"] for one in said if "remark" in one] == whole["remarks"]
    assert said[-1]["end"]["remarks"] == len(whole["remarks"]) > 0


def answers(result: Result) -> dict[str, Json]:
    return {one["claim"]: one for one in json.loads(result.stdout)["answers"]}


def test_a_shuffled_file_is_answered_alike(
    payerkb: Run, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = random.randrange(10**6)
    record_property("seed", seed)
    void = claim(20, "P-1", frequency="void", replaces="C-4")
    claims = [*MANY, void]
    file = tmp_path / "claims"
    file.write_text(a_line_each(claims), "utf-8")
    straight = answers(payerkb("check-claim", file, "--json"))
    random.Random(seed).shuffle(claims)
    file.write_text(a_line_each(claims), "utf-8")
    shuffled = answers(payerkb("check-claim", file, "--json"))
    assert shuffled == straight, f"seed {seed}"
    assert list(shuffled) == [one["claim"] for one in claims]


def test_a_patient_who_comes_back_in_a_pipe(payerkb: Run) -> None:
    given = a_line_each([MANY[0], MANY[3], MANY[1]])
    result = payerkb("check-claim", "-", "--ndjson", given=given)
    (remark,) = [
        said["remark"]
        for said in map(json.loads, result.stdout.splitlines())
        if "remark" in said
    ]
    assert (remark["id"], remark["where"]) == ("C-1", "standard input")
    assert "P-0" not in json.dumps(remark)


def test_a_fault_tells_the_claim_of_its_sender(payerkb: Run) -> None:
    given = a_line_each([MANY[0], claim(1, "P", state="Florida"), MANY[2]])
    result = payerkb("check-claim", "-", given=given)
    assert "not read: standard input: line 2: state: claim C-1: found" in result.stderr
    assert "Florida" not in result.stderr
    assert "2 claims answered" in result.stdout


@pytest.mark.parametrize("form", [[], ["--json"], ["--ndjson"]], ids=str)
def test_an_answer_comes_before_the_input_ends(
    form: list[str], shipped_database: Path
) -> None:
    words = [sys.executable, "-m", "kb", "check-claim", "-", *form]
    with subprocess.Popen(
        [*words, "-d", str(shipped_database)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(a_line_each([MANY[0], MANY[3]]).encode())
        child.stdin.flush()
        seen = b""
        while b"C-0" not in seen:
            seen += child.stdout.readline()
        rest, _ = child.communicate()
    assert b"C-3" in rest
    assert child.returncode == 1
