"""Findings as JSON: the schema holds, and the same claim gives the same bytes."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from kb.claims import read_claims, read_json_value
from kb.engine import Engine
from kb.engine.report.explain import explain
from kb.engine.report.findings import report

ROOT = Path(__file__).parents[4]
EXAMPLE = json.loads((ROOT / "docs/examples/fifth-session.json").read_text("utf-8"))
SCHEMA = json.loads(
    files("kb.engine").joinpath("findings.schema.json").read_text("utf-8")
)
CLAIM_FILES = sorted((ROOT / "tests/data/x12").rglob("*.837"))


@pytest.fixture(scope="module")
def engine(shipped_database: Path) -> Engine:
    return Engine.open(shipped_database)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", CLAIM_FILES, ids=lambda p: p.stem)
def test_findings_of_claim_files_hold_to_the_schema(path: Path, engine: Engine) -> None:
    read = read_claims(path)
    found = report(engine.answer(read.claims, trace=True), read.bad, engine)

    Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(found)))


def test_the_example_is_denied_with_its_sum(engine: Engine) -> None:
    found = report(engine.answer(read_json_value(EXAMPLE).claims), (), engine)
    Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(found)))
    finding = found["answers"][0]["lines"][0]["findings"][-2]
    denied = [
        f for f in found["answers"][0]["lines"][0]["findings"] if f["outcome"] == "deny"
    ]

    assert finding["status"] in ("not-met", "unknown")
    assert [f["name"] for f in denied] == ["sessions-per-region"]
    assert (
        denied[0]["fix"]
        == "Write it off, or appeal with the records that show the need. Next from 2026-04-02."
    )
    assert denied[0]["arithmetic"]["counted"] == 4
    assert denied[0]["arithmetic"]["leaves"] == "2025-04-02"


def test_the_same_claim_gives_the_same_bytes(engine: Engine) -> None:
    claims = read_json_value(EXAMPLE).claims
    texts = {json.dumps(report(engine.answer(claims), (), engine)) for _ in range(3)}

    assert len(texts) == 1


def test_the_readme_shows_what_is_printed(engine: Engine) -> None:
    (answer,) = engine.answer(read_json_value(EXAMPLE).claims)
    shown = explain(answer, engine).split("\n")
    readme = (ROOT / "README.md").read_text("utf-8")
    denial = shown[2 : shown.index(next(x for x in shown if x.startswith("  note")))]

    assert "\n".join(denial) in readme
