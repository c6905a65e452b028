"""The conformance suite, run through language, build and engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dsl.load.folder import load_texts
from kb.build.compiler import write_database
from kb.claims import read_json_value
from kb.engine import Engine, LineAnswer
from kb.engine.report.findings import answer_json

CASES = sorted(Path(__file__).parent.glob("*/*.json"))
Json = dict[str, Any]


def name_of(rule: str) -> str:
    return rule.partition("#")[2].partition("@")[0]


def codes_of(finding: Json) -> list[str]:
    codes = finding["codes"] or {"carc": "", "rarc": []}
    return [codes["carc"], *codes["rarc"]]


def seen(line: LineAnswer, finding: Json, expected: Json) -> Json:
    """What the answer says of everything that the expectation names."""
    raised = [r for r in line.results if r.outcome != "pass" and r.arithmetic]
    found: Json = {
        "claim": expected["claim"],
        "line": line.number,
        "outcome": line.outcome,
        "rules": {name_of(r.rule): r.status for r in line.results},
        "about": {name_of(r.rule): sorted(r.about) for r in line.results if r.about},
        "carc_rarc": {f["name"]: codes_of(f) for f in finding["findings"]},
        "open_points": [name_of(rule) for rule in line.open_points],
    }
    if raised and raised[0].arithmetic:
        day = raised[0].arithmetic.next_date
        found["counted"] = raised[0].arithmetic.counted
        found["next_date"] = day.isoformat() if day else None
    kept: Json = {}
    for key, wanted in expected.items():
        value = found.get(key)
        if isinstance(wanted, dict) and wanted and isinstance(value, dict):
            value = {name: value.get(name) for name in wanted}
        kept[key] = value
    return kept


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_the_engine_conforms(path: Path, tmp_path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    loaded = load_texts(case["policies"].items())
    errors = [d.code for d in loaded.diagnostics if d.severity == "error"]
    assert errors == case.get("errors", [])
    if errors:
        return
    write_database(loaded.model, tmp_path / "kb.db")
    read = read_json_value(case["claims"])
    assert read.bad == ()
    engine = Engine.open(tmp_path / "kb.db")
    answers = {a.claim: (a, answer_json(a, engine)) for a in engine.answer(read.claims)}

    for expected in case["expect"]:
        answer, as_json = answers[expected["claim"]]
        at = next(i for i, x in enumerate(answer.lines) if x.number == expected["line"])
        assert seen(answer.lines[at], as_json["lines"][at], expected) == expected


def test_every_decision_has_its_case() -> None:
    numbers = {path.stem[:2] for path in CASES}

    assert {f"{n:02}" for n in range(1, 16)} <= numbers
