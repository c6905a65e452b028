"""The commands ``coverage``, ``mutate`` and ``twins`` as an author runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import main
from kb.proofs.authoring_session import Workbook

OpenBook = Callable[[str], Workbook]
POLICY = """\
rule wait: Four weeks first
  for: esi
  require: pain-duration at least 4 weeks
  otherwise: deny for necessity
  cite: BOOK

scenario plain: A first one
  claim: date 2026-03-10
  line 1: 64483-RT, dx M54.16
  chart: pain-duration 30 weeks
  expect: line 1 met by wait
"""


@pytest.fixture
def run(open_book: OpenBook, tmp_path: Path) -> Callable[..., Result]:
    open_book(POLICY)

    def invoke(*arguments: str) -> Result:
        database = str(tmp_path / "kb.db")
        return CliRunner().invoke(main, [*arguments, "--database", database])

    return invoke


def test_mutate_lists_survivors_with_their_place(run: Callable[..., Result]) -> None:
    found = run("mutate")

    assert found.exit_code == 0
    assert "plan.policy:12  wait: pain-duration at least -> more than" in found.output
    assert "changes noticed" in found.output


def test_mutate_as_json_counts_by_operator(run: Callable[..., Result]) -> None:
    (policy,) = json.loads(run("mutate", "--json").output)

    assert policy["policy"] == "plan/esi@2025-01-01"
    assert policy["total"] == sum(x["total"] for x in policy["operators"].values())
    assert policy["killed"] == policy["total"] - len(policy["survivors"])
    assert {"file", "line", "subject", "operator", "change"} == set(
        policy["survivors"][0]
    )


@pytest.mark.parametrize("command", ["mutate", "coverage"])
def test_a_bar_that_is_missed_leaves_with_one(
    run: Callable[..., Result], command: str
) -> None:
    assert run(command, "--fail-under", "99").exit_code == 1
    assert run(command, "--fail-under", "1").exit_code == 0


@pytest.mark.parametrize("command", ["mutate", "coverage", "twins"])
def test_an_unknown_policy_is_told_with_those_there_are(
    run: Callable[..., Result], command: str
) -> None:
    found = run(command, "--policy", "plan/facet")

    assert found.exit_code == 2
    assert "There is no policy `plan/facet` that decides." in found.stderr
    assert "plan/esi" in found.stderr


@pytest.mark.parametrize("command", ["mutate", "coverage"])
def test_a_name_that_nothing_has_is_bad_usage(
    run: Callable[..., Result], command: str
) -> None:
    assert run(command, "nothing-like-it").exit_code == 2


def test_a_missing_database_is_told(tmp_path: Path) -> None:
    found = CliRunner().invoke(
        main, ["mutate", "--database", str(tmp_path / "none.db")]
    )

    assert found.exit_code == 2
    assert "none.db" in found.stderr


def test_twins_are_ready_to_paste(run: Callable[..., Result]) -> None:
    found = run("twins", "wait")

    assert found.exit_code == 0
    assert (
        "scenario wait-twin-1: Notices wait: otherwise deny -> review" in found.output
    )
    assert "Confirm it against the source" in found.output


def test_twins_as_json_hold_claim_and_expectation(run: Callable[..., Result]) -> None:
    (policy,) = json.loads(run("twins", "--json").output)
    twin = policy["twins"][0]

    assert twin["like"] == "plain"
    assert twin["kills"]
    assert twin["expect"][0]["by"] == "wait"


def test_coverage_shows_a_table_and_what_is_missing(run: Callable[..., Result]) -> None:
    found = run("coverage")

    assert found.exit_code == 0
    assert "plan/esi@2025-01-01: 1 scenarios" in found.output
    assert "missing  wait: never not met" in found.output


def test_coverage_as_json(run: Callable[..., Result]) -> None:
    (policy,) = json.loads(run("coverage", "--json").output)

    assert policy["rules"][0]["lines"]["met"] == 1
    assert {"subject": "wait", "what": "never unknown"} in policy["missing"]
