"""Answers as people and programs read them, of a policy whose every word is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kb.claims.model import Claim
from kb.engine import Engine
from kb.engine.load import CitationWords, RuleWords
from kb.engine.report.explain import explain
from kb.engine.report.findings import about_json, report
from kb.version import ENGINE_VERSION
from tests.kb.engine.columns.one_rule import claim, line
from tests.kb.engine.columns.random_cases import random_case
from tests.kb.engine.test_worked_policies import CHART, EPIDURALS, HISTORY
from tests.seeds import fresh

GOLDEN = Path(__file__).parents[1] / "golden"
SCHEMA = Draft202012Validator(
    json.loads(files("kb.engine").joinpath("findings.schema.json").read_text("utf-8"))
)
SOURCE = CitationWords(
    "L1",
    "An example text",
    "limitations 7",
    "",
    "https://example.org/l1",
    "example",
    "2026-11-23",
)
TITLES = {
    "diagnosis-on-list": "The diagnosis must be on the covered list",
    "four-weeks": "Four weeks of pain and of simpler care come first",
    "sessions-per-region": "At most 4 sessions in a region in any 12 months",
    "one-region": "One spinal region in a session",
    "two-levels": "Two transforaminal levels in a session",
    "repeat-needs-relief": "A repeat needs proof that the last one helped",
    "provider-training": "A claim cannot show how a provider was trained",
}


def words(number: int, name: str, title: str) -> RuleWords:
    """A rule's words; each stands ten lines below the one before."""
    frequent = "deny-151" if name == "sessions-per-region" else ""
    return RuleWords(
        id=f"p@v#{name}",
        policy="p",
        name=name,
        title=title,
        sentence="",
        reason="frequency" if frequent else "necessity",
        carc="CO-151" if frequent else "CO-50",
        rarc=("N362",) if frequent else ("N115",),
        fix="Move line {line} from {date} to {next-date} or later." if frequent else "",
        ask_of="",
        grade="example",
        file="example/esi.policy",
        line=10 * number,
        citations=(SOURCE,),
    )


WORDS = {
    f"p@v#{name}": words(n, name, title)
    for n, (name, title) in enumerate(TITLES.items(), 1)
}
ENGINE = replace(
    Engine.of(replace(EPIDURALS, database="sha256:0123456789abcdef")), words=WORDS
)


def epidural(on: str = "2026-03-10", **more: Any) -> Claim:
    one = line("64483", on, modifiers=("RT",), diagnoses=("M54.16",))
    return claim(one, **{"earlier": HISTORY, "facts": CHART, "id": "C-100", **more})


ZOSTER = line("64483", "2026-04-02", modifiers=("RT",), diagnoses=("B02.23",))
CLAIMS = {
    "denied": epidural(),
    "passed": epidural("2026-04-02"),
    "undecided": epidural("2026-04-02", facts={}, earlier=HISTORY[1:], known="partial"),
    "exempt": claim(ZOSTER, id="C-100"),
    "no-policy": claim(line("99213"), id="C-100", state="FL"),
    "void": replace(epidural(), frequency="void"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_the_text_that_a_person_reads(
    name: str, golden: Callable[[Path, str], None]
) -> None:
    (answer,) = ENGINE.answer([CLAIMS[name]])

    text = explain(answer, ENGINE).replace(f"engine {ENGINE_VERSION}", "engine VERSION")

    golden(GOLDEN / f"explain-{name}.txt", text)


@pytest.mark.parametrize("name", CLAIMS)
def test_no_line_is_wider_than_a_page(name: str) -> None:
    (answer,) = ENGINE.answer([CLAIMS[name]], trace=True)

    assert max(len(text) for text in explain(answer, ENGINE).splitlines()) <= 88


def findings(given: Claim, **more: Any) -> dict[str, Any]:
    """The JSON of a claim's only line."""
    found = report(ENGINE.answer([given], **more), (), ENGINE)
    SCHEMA.validate(json.loads(json.dumps(found)))
    line_found: dict[str, Any] = found["answers"][0]["lines"][0]
    return line_found


@pytest.mark.parametrize("trace", [False, True])
@pytest.mark.parametrize("name", CLAIMS)
def test_findings_hold_to_the_schema(name: str, *, trace: bool) -> None:
    assert findings(CLAIMS[name], trace=trace)["outcome"] in (
        "deny", "pass", "needs-evidence", "unknown", "note",
    )  # fmt: skip


def test_findings_of_every_form_hold_to_the_schema() -> None:
    for seed in map(fresh, range(150)):
        case = random_case(seed)
        engine = Engine.of(case.program)
        found = report(engine.answer(case.claims, trace=True), (), engine)
        SCHEMA.validate(json.loads(json.dumps(found)))


def test_a_denial_gives_codes_source_place_and_a_fix_with_its_blanks_filled() -> None:
    (found,) = findings(CLAIMS["denied"])["findings"]

    assert (found["carc"], found["rarc"]) == ("CO-151", ["N362"])
    assert found["fix"] == "Move line 1 from 2026-03-10 to 2026-04-02 or later."
    assert (found["file"], found["line"]) == ("example/esi.policy", 30)
    assert [c["source"] for c in found["citations"]] == ["L1"]
    assert [e["date"] for e in found["arithmetic"]["events"]] == [
        "2025-04-02", "2025-06-10", "2025-09-15", "2025-12-01",
    ]  # fmt: skip


def test_a_rule_that_is_not_broken_gives_no_codes_and_no_fix() -> None:
    for found in findings(CLAIMS["undecided"])["findings"]:
        assert found["status"] == "unknown"
        assert (found["carc"], found["rarc"], found["fix"]) == ("", [], "")
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


@pytest.mark.parametrize(
    "name",
    ["history", "level", "side", "provider", "region", "npi", "plan-year-start", "state",
     "plan", "place", "diagnosis", "authorization", "received", "rule-ended"],
)  # fmt: skip
def test_what_is_missing_is_asked_for_in_a_sentence_of_its_own(name: str) -> None:
    ask = about_json(name, ENGINE)["ask"]

    assert ask.endswith(".")
    assert ask != f"Give the {name} on the claim."


def test_a_fact_without_a_question_is_still_asked_for() -> None:
    ask = about_json("pain-duration", ENGINE)["ask"]

    assert ask == "Give the pain-duration as the chart has it."


def test_a_missing_fact_is_asked_for_in_its_own_words() -> None:
    facts = {**EPIDURALS.facts}
    facts["pain-duration"] = replace(
        facts["pain-duration"],
        title="How long",
        where="the history",
        ask="How long is it?",
    )
    engine = Engine.of(replace(EPIDURALS, facts=facts))

    assert about_json("pain-duration", engine) == {
        "name": "pain-duration",
        "title": "How long",
        "where": "the history",
        "ask": "How long is it?",
    }


def test_what_an_earlier_line_asks_for_is_only_named_again() -> None:
    one = line("64483", "2026-04-02", modifiers=("RT",), diagnoses=("M54.16",))
    two = replace(one, number=2, modifiers=("LT",))
    (answer,) = ENGINE.answer([claim(one, two, id="C-100", earlier=HISTORY)])

    first, second = explain(answer, ENGINE).split("line 2  ")

    assert "as for line" not in first
    for name in ("pain-duration", "conservative-care"):
        assert f"{name}: " in first
        assert f"{name}: " not in second
    assert "as for line 1: " in second
