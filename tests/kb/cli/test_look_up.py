"""``payerkb search``, ``query``, ``schema``, ``test`` and ``serve``'s refusals."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import Result
from jsonschema import Draft202012Validator

Run = Callable[..., Result]


def test_search_finds_a_code(payerkb: Run) -> None:
    result = payerkb("search", "64483")
    assert result.exit_code == 0
    assert "/code/64483" in result.stdout


def test_search_json(payerkb: Run) -> None:
    hits = json.loads(payerkb("search", "64483", "--json", "--limit", "3").stdout)
    assert len(hits) == 3
    assert sorted(hits[0]) == [
        "item",
        "kind",
        "path",
        "snippet",
        "snippet_html",
        "subtitle",
        "title",
    ]


@pytest.mark.parametrize("words", ["zzzz", "", "''", '"*(', "-"])
def test_search_without_a_hit_is_no_answer(payerkb: Run, words: str) -> None:
    result = payerkb("search", "--", words)
    assert result.exit_code == 3
    assert "That is no answer" in result.stdout
    assert payerkb("search", "--json", "--", words).stdout == "[]\n"


def test_query_answers(payerkb: Run) -> None:
    result = payerkb("query", "show payers")
    assert result.exit_code == 0
    assert "Aetna" in result.stdout
    assert json.loads(payerkb("query", "show payers", "--json").stdout)


@pytest.mark.parametrize("command", ["query", "ask"])
@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("can 64483 go with 62323", "64483 is not paid beside 62323"),
        ("how many units of 64483", "At most 1 unit of 64483"),
        ("is M54.5 valid", "M54.5 is a heading"),
    ],
)
def test_the_tables_answer_plain_words(
    payerkb: Run, command: str, words: str, says: str
) -> None:
    result = payerkb(command, words)
    assert result.exit_code == 0
    assert says in " ".join(result.stdout.split())


@pytest.mark.parametrize("words", ["show nothing", "", "sudo make"])
def test_query_that_is_no_question(payerkb: Run, words: str) -> None:
    result = payerkb("query", words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "I expected" in result.stderr


@pytest.mark.parametrize("name", ["claim", "findings", "findings-brief", "rule"])
def test_schemas_are_schemas(payerkb: Run, name: str) -> None:
    result = payerkb("schema", name)
    assert result.exit_code == 0
    Draft202012Validator.check_schema(json.loads(result.stdout))


def test_scenarios_of_the_shipped_policies_hold(payerkb: Run) -> None:
    result = payerkb("test")
    assert result.exit_code == 0
    assert result.stdout.endswith(" scenarios passed, 0 failed.\n")


def test_scenarios_by_name(payerkb: Run) -> None:
    runs = json.loads(payerkb("test", "fifth-in-a-year", "--json").stdout)
    assert {run["name"] for run in runs} == {"fifth-in-a-year"}
    assert all(run["passed"] and run["failures"] == [] for run in runs)


def test_no_scenario_is_a_failure(payerkb: Run) -> None:
    result = payerkb("test", "no-scenario-of-this-name")
    assert result.exit_code == 1
    assert "proves nothing" in result.stdout


def test_a_scenario_that_fails_is_named_with_its_place(
    payerkb: Run, folder: Callable[[dict[str, str]], Path], tmp_path: Path
) -> None:
    policies = folder(
        {
            "shared.policy": """\
payer test-payer: Test payer
  line of business: commercial
reasons commercial: Reasons
  necessity: CO-50
source DOC: A document
  publisher: Test payer
  url: https://example.com/doc
  grade: primary
  read on: 2026-01-01
  review by: 2027-01-01
""",
            "one.policy": """\
policy test-payer/one: A policy
  payer: test-payer
  in force: from 2026-01-01
  cite: DOC
rule never: Never covered
  for: 64483
  covered: never
  otherwise: deny for necessity
  cite: DOC
scenario wrong: Expects what does not follow
  claim: place 11, date 2026-03-10
  line 1: 64483, dx M54.16
  expect: line 1 pass
""",
        }
    )
    database = tmp_path / "kb.db"
    built = payerkb("build", policies, "-d", database)
    assert built.exit_code == 0, built.output

    result = payerkb("test", "-d", database)

    assert result.exit_code == 1
    assert "one.policy:10  wrong (test-payer/one): " in result.stdout
    assert "0 scenarios passed, 1 failed." in result.stdout


@pytest.mark.skipif(
    find_spec("kb.web.serve") is None, reason="the site is not part of this checkout"
)
def test_serve_refuses_what_it_cannot_serve(
    payerkb: Run, tmp_path: Path, shipped_database: Path
) -> None:
    missing = payerkb("serve", "-d", tmp_path / "none.db")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "payerkb build" in missing.stderr

    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = payerkb("serve", "-d", shipped_database, "--port", port)
    assert refused.exit_code == 2
    assert port in refused.stderr
