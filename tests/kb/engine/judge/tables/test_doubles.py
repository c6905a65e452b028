"""Policies and tables that say the same, or contradict each other, on shipped policies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.claims.json.reader import read_json_value
from kb.engine import Engine
from kb.engine.judge.answer import LineAnswer, RuleResult
from kb.engine.report.explain import explain
from kb.engine.report.findings import report
from kb.engine.report.sentences import raised
from kb.tables.layers import Layered
from kb.tables.model import Tables
from kb.tables.shipped_rows import shipped_rows
from tests.kb.tables.in_memory import HASH, InMemory

BLOCK_AND_ABLATION = [
    {"code": "64450", "diagnoses": ["G57.12"]},
    {"code": "64635", "diagnoses": ["M47.816"]},
]


@pytest.fixture(scope="module")
def engine(shipped_database: Path) -> Engine:
    return Engine.open(shipped_database)


def claim(*lines: dict[str, Any], day: str = "2026-11-03") -> dict[str, Any]:
    return {
        "claim": "A",
        "payer": "medicare-part-b",
        "state": "FL",
        "place": "11",
        "date": day,
        "lines": list(lines),
    }


def first_line(engine: Engine, tables: Tables, *lines: dict[str, Any]) -> LineAnswer:
    claims = read_json_value(claim(*lines)).claims
    (answer,) = engine.with_tables(tables).answer(claims)
    return answer.lines[0]


def with_rows(**rows: Any) -> Tables:
    return Layered(InMemory(**rows), shipped_rows())


def of_pairs(line: LineAnswer) -> Iterator[RuleResult]:
    for one in line.results:
        if one.status == "not-met" and (
            "64450" in one.rule or "block-beside" in one.rule
        ):
            yield one


def test_a_shipped_row_stands_behind_the_policy(engine: Engine) -> None:
    line = first_line(engine, shipped_rows(), *BLOCK_AND_ABLATION)
    policy, table = of_pairs(line)

    assert (policy.table, policy.outcome, policy.same_as) == (None, "fix", "")
    assert table.same_as == policy.rule
    assert policy in raised(line)
    assert table not in raised(line)


def test_an_imported_row_is_told_and_the_policy_behind_it(engine: Engine) -> None:
    tables = with_rows(pairs={("64635", "64450"): 1})
    policy, table = of_pairs(first_line(engine, tables, *BLOCK_AND_ABLATION))

    assert policy.same_as == table.rule
    assert table.table is not None
    assert (table.outcome, table.table.sha256) == ("fix", HASH)


def test_the_stricter_is_told(engine: Engine) -> None:
    tables = with_rows(pairs={("64635", "64450"): 0})
    line = first_line(engine, tables, *BLOCK_AND_ABLATION)

    assert line.outcome == "deny"
    assert [one.outcome for one in of_pairs(line)] == ["fix", "deny"]


def test_a_policy_that_the_table_does_not_share_is_told_with_it(engine: Engine) -> None:
    line = first_line(engine, with_rows(), *BLOCK_AND_ABLATION)
    policy, table = of_pairs(line)

    assert (policy.outcome, policy.same_as) == ("fix", "")
    assert (table.outcome, table.same_as) == ("note", "")
    assert "the table does not" in table.because


def test_a_table_that_the_policy_does_not_share_says_so(engine: Engine) -> None:
    apart = [{**BLOCK_AND_ABLATION[0], "modifiers": ["59"]}, BLOCK_AND_ABLATION[1]]
    line = first_line(engine, with_rows(pairs={("64635", "64450"): 0}), *apart)
    (table,) = of_pairs(line)

    assert table.outcome == "deny"
    assert "lets it stand" in table.because


def test_a_cap_that_is_kept_is_told_beside_a_policy_that_is_not(engine: Engine) -> None:
    both = {"code": "64483", "modifiers": ["50"], "units": 2, "diagnoses": ["M54.16"]}
    line = first_line(engine, with_rows(caps={"64483": (2, 2)}), both)
    told = [
        (one.outcome, one.table is None) for one in line.results if "64483" in one.rule
    ]

    assert ("note", False) in told
    assert line.outcome == "fix"


def test_text_and_json_tell_a_double_once(engine: Engine) -> None:
    held = engine.with_tables(with_rows(pairs={("64635", "64450"): 1}))
    answers = held.answer(read_json_value(claim(*BLOCK_AND_ABLATION)).claims)
    text = explain(answers[0], held)
    (line, _other) = report(answers, (), held)["answers"][0]["lines"]
    pair = next(one for one in line["findings"] if one["table"])

    assert text.count("64450 goes into 64635") == 1
    assert f"sha256 {HASH[:12]}" in text
    assert pair["table"]["edition"] == "2026 Q4"
    assert pair["table"]["sha256"] == HASH
    assert [one["rule"].partition("@")[0] for one in pair["also"]] == [
        "medicare/national/code-pairs"
    ]
    names = [one["name"] for one in line["findings"]]
    assert "block-beside-ablation" not in names


@pytest.mark.parametrize(
    ("tables", "open_"),
    [
        (shipped_rows(), "no edition loaded for 2026 Q4"),
        (with_rows(), ""),
    ],
)
def test_a_table_that_lacks_the_day_is_named(
    engine: Engine, tables: Tables, open_: str
) -> None:
    line = first_line(engine, tables, *BLOCK_AND_ABLATION)

    assert [one.why for one in line.not_judged if one.question == "pairs"] == (
        [open_] if open_ else []
    )
