"""Findings as JSON: the schemas hold, and the same claim gives the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kb.claims import Claim, read_claims, read_json_value
from kb.engine import Engine
from kb.engine.judge.answer import NotJudged
from kb.engine.report.brief import brief_json
from kb.engine.report.claim_sentences import Said
from kb.engine.report.explain import explain
from kb.engine.report.findings import line_json, report
from tests.kb.engine.columns.random_cases import random_case
from tests.kb.engine.report import made
from tests.kb.engine.report.test_explain import CLAIMS, ENGINE, TITLES, WORDS
from tests.kb.engine.report.test_sentences import EVIDENCE, FIFTH, LINES
from tests.seeds import fresh

ROOT = Path(__file__).parents[4]
EXAMPLE = json.loads((ROOT / "docs/examples/fifth-session.json").read_text("utf-8"))
CLAIM_FILES = sorted((ROOT / "tests/data/x12").rglob("*.837"))


def schema(name: str) -> Any:
    """A published schema."""
    return json.loads(
        files("kb.engine").joinpath(f"{name}.schema.json").read_text("utf-8")
    )


FULL = Draft202012Validator(schema("findings"))
BRIEF = Draft202012Validator(schema("findings-brief"))


@pytest.fixture(scope="module")
def engine(shipped_database: Path) -> Engine:
    return Engine.open(shipped_database)


def findings(given: Claim, **more: Any) -> dict[str, Any]:
    """The JSON of a claim's only line."""
    answers = ENGINE.answer([given], **more)
    found = report(answers, (), ENGINE)
    FULL.validate(json.loads(json.dumps(found)))
    BRIEF.validate(json.loads(json.dumps(brief_json(answers[0], ENGINE))))
    line_found: dict[str, Any] = found["answers"][0]["lines"][0]
    return line_found


@pytest.mark.parametrize("name", ["findings", "findings-brief"])
def test_the_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("trace", [False, True])
@pytest.mark.parametrize("name", CLAIMS)
def test_findings_hold_to_the_schema(name: str, *, trace: bool) -> None:
    assert findings(CLAIMS[name], trace=trace)["outcome"] in (
        "deny", "pass", "needs-evidence", "unknown", "note",
    )  # fmt: skip


def test_answers_of_every_kind_hold_to_the_schemas() -> None:
    claim = made.answer(*(one for one, _say, _do in LINES.values()))

    FULL.validate(report([claim], (), made.ENGINE, trace=True))
    BRIEF.validate(brief_json(claim, made.ENGINE))


def test_findings_of_every_form_hold_to_the_schemas() -> None:
    for seed in map(fresh, range(150)):
        case = random_case(seed)
        engine = Engine.of(case.program)
        answers = engine.answer(case.claims, trace=True)
        found = report(answers, (), engine, trace=True)
        FULL.validate(json.loads(json.dumps(found)))
        for answer in answers:
            BRIEF.validate(brief_json(answer, engine))


@pytest.mark.parametrize("path", CLAIM_FILES, ids=lambda p: p.stem)
def test_findings_of_claim_files_hold_to_the_schema(path: Path, engine: Engine) -> None:
    read = read_claims(path)
    found = report(engine.answer(read.claims, trace=True), read.bad, engine)

    FULL.validate(json.loads(json.dumps(found)))


def test_a_denial_gives_codes_source_place_and_what_to_do() -> None:
    (found,) = findings(CLAIMS["denied"])["findings"]

    assert found["codes"] == {"carc": "CO-151", "rarc": ["N362"]}
    assert found["say"].startswith("5th lumbar-sacral session in 12 months")
    assert found["say"].endswith("; the limit is 4.")
    assert found["do"] == (
        "Write line 1 off, or appeal with the records; next from 2026-04-02."
    )
    assert (found["file"], found["line"]) == ("example/esi.policy", 30)
    assert [c["source"] for c in found["citations"]] == ["L1"]
    assert found["source"] == {
        "id": "L1",
        "place": "limitations 7",
        "grade": "example",
        "version": "",
        "read": "2026-11-23",
    }
    assert [e["date"] for e in found["arithmetic"]["events"]] == [
        "2025-04-02", "2025-06-10", "2025-09-15", "2025-12-01",
    ]  # fmt: skip


def test_a_rule_that_is_not_broken_gives_no_codes() -> None:
    for found in findings(CLAIMS["undecided"])["findings"]:
        assert found["status"] == "unknown"
        assert found["codes"] is None
        assert found["about"]


def test_every_rule_in_scope_is_listed_with_its_status() -> None:
    found = findings(CLAIMS["exempt"])
    statuses = {x["rule"]: (x["status"], x["exempt_by"]) for x in found["rules"]}

    assert statuses["p@v#four-weeks"] == ("exempt", "unless")
    assert statuses["p@v#repeat-needs-relief"] == ("not-applicable", None)
    assert list(statuses) == list(WORDS)
    assert found["open_points"] == [
        {"rule": "p@v#provider-training", "title": TITLES["provider-training"]}
    ]


def test_a_trace_and_the_findings_are_all_rules() -> None:
    answers = ENGINE.answer([CLAIMS["passed"]], trace=True)
    (line,) = report(answers, (), ENGINE, trace=True)["answers"][0]["lines"]

    assert len(line["trace"]) + len(line["findings"]) == len(line["rules"])


def test_the_chart_is_a_list_of_documents() -> None:
    found = line_json(EVIDENCE, Said("", ""), made.ENGINE)["chart"]

    assert [(d["document"], [p["fact"] for p in d["points"]]) for d in found] == [
        ("Procedure note", ["contrast"]),
        ("Imaging report", ["imaging"]),
    ]
    assert found[1]["points"] == [
        {
            "fact": "imaging",
            "title": "Imaging fits",
            "ask": "Name the level.",
            "wanted": "",
            "rules": ["p@v#needed"],
        }
    ]


def test_what_nobody_judged_is_told_by_question() -> None:
    gap = NotJudged("pairs", "no table covers the day", "p@v#gap")
    found = line_json(made.line("pass", not_judged=(gap,)), Said("", ""), made.ENGINE)

    assert found["not_judged"] == [
        {"question": "pairs", "why": "no table covers the day", "rule": "p@v#gap"}
    ]


def test_the_brief_form_names_what_decides() -> None:
    found = brief_json(made.answer(made.line("deny", FIFTH)), made.ENGINE)
    (line,) = found["lines"]

    assert list(found) == [
        "claim", "outcome", "as_billed", "say", "do", "lines", "payer", "history",
    ]  # fmt: skip
    assert line["rules"] == [
        {"rule": "p@v#sessions", "codes": ["CO-151", "N362"], "table": None}
    ]
    assert line["say"] == found["say"]


@pytest.mark.parametrize(
    ("charge", "text"),
    [
        ("450", "450.00"), ("450.0", "450.00"), ("450.5", "450.50"), ("0", "0.00"),
        ("1E+3", "1000.00"), ("0.125", "0.125"), (None, None),
    ],
)  # fmt: skip
def test_dollars_have_one_text(charge: str | None, text: str | None) -> None:
    billed = None if charge is None else Decimal(charge)
    line = replace(made.line("pass"), charge=billed)
    found = brief_json(made.answer(line), made.ENGINE)
    assert found["lines"][0]["charge"] == text


def test_the_brief_form_says_which_history_was_seen() -> None:
    answer = made.answer(made.line("pass"))
    assert brief_json(answer, made.ENGINE)["history"] == ""
    seen = replace(answer.searched, history="2 earlier services: 1 file")
    told = brief_json(replace(answer, searched=seen), made.ENGINE)
    assert told["history"] == "2 earlier services: 1 file"


def test_the_example_is_denied_with_its_sum(engine: Engine) -> None:
    found = report(engine.answer(read_json_value(EXAMPLE).claims), (), engine)
    FULL.validate(json.loads(json.dumps(found)))
    (denied,) = [
        f for f in found["answers"][0]["lines"][0]["findings"] if f["outcome"] == "deny"
    ]

    assert denied["name"] == "sessions-per-region"
    assert "2026-04-02" in denied["do"]
    assert denied["arithmetic"]["counted"] == 4
    assert denied["arithmetic"]["leaves"] == "2025-04-02"


def test_the_same_claim_gives_the_same_bytes(engine: Engine) -> None:
    claims = read_json_value(EXAMPLE).claims
    texts = {json.dumps(report(engine.answer(claims), (), engine)) for _ in range(3)}

    assert len(texts) == 1


@pytest.mark.parametrize("page", ["docs/answers.md", "README.md"])
def test_a_page_shows_what_is_printed(
    page: str, engine: Engine, golden: Callable[[Path, str], None]
) -> None:
    path = ROOT / page
    (answer,) = engine.answer(read_json_value(EXAMPLE).claims)
    # The hash of the database changes with every policy.
    shown = re.sub(r"  db [0-9a-f]{12}", "  db ............", explain(answer, engine))

    before, command, rest = path.read_text("utf-8").partition(
        "$ payerkb check-claim docs/examples/fifth-session.json\n"
    )
    golden(path, before + command + shown + rest[rest.index("```") :])
