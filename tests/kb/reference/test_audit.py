"""The audit: contradictions with a claim, unknown cells, stale and disagreeing sources."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from sqlite3 import Connection

import pytest
from click.testing import CliRunner

from dsl.ir.duties import Case, Duty, Limit, LimitBy, Require
from dsl.ir.parts import Amount, Days, Lifetime
from dsl.ir.rule import InForce, Outcome, Rule
from dsl.ir.tests import Elapsed
from kb.build.compiler import build_folder
from kb.cli import main
from kb.engine import Engine
from kb.questions import answer
from kb.reference.audit import (
    Cell,
    conflicts,
    disagreements,
    newest_reading,
    question_of,
    stale_sources,
    unknown_cells,
)

SHARED = """\
payer sample: Sample Health
  line of business: commercial

payer follower: A plan that follows it
  line of business: medicare-advantage

source DOC: A guide
  grade: primary
  read on: 2026-03-01
  review by: 2026-09-01

source NEW: A newer guide
  grade: primary
  read on: 2026-05-01
  review by: 2027-05-01

grouping family: Families
  epidural: 64483
  facet: 64493-64495
"""
POLICY = """\
policy sample/{name}: {name}
  payer: sample
  in force: from 2026-01-01
  cite: DOC, page 1

rule {rule}: So many sessions
  for: 64483
  limit: {limit} sessions in any 12 months
  otherwise: deny for frequency
  cite: DOC, page 2
{prose}
scenario two-before: The third session
  claim: date 2026-06-01
  line 1: 64483
  earlier: 64483 on 2026-02-01 2026-04-01
  expect: line 1 {status} by {rule}
"""
FOLLOWS = """\
policy follower/all: It follows
  payer: follower
  defers to: sample
  in force: from 2026-03-01
  cite: NEW, page 1
"""
Build = Callable[[str, str], Path]
Opened = Callable[[Path], Connection]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A knowledge base of two policies that allow so many sessions."""

    def built(one: str, other: str) -> Path:
        folder = tmp_path / "policies"
        folder.mkdir()
        said = "  | Disagreement: DOC says two, NEW says three.\n"
        for name, limit in (("old", one), ("new", other)):
            text = POLICY.format(
                name=name,
                rule=f"{name}-limit",
                limit=limit,
                status="not met" if limit == "2" else "met",
                prose=said if name == "old" else "",
            )
            (folder / f"{name}.policy").write_text(text, "utf-8")
        (folder / "shared.policy").write_text(SHARED, "utf-8")
        (folder / "follows.policy").write_text(FOLLOWS, "utf-8")
        report = build_folder(folder, tmp_path / "kb.db")
        assert [d.render() for d in report.diagnostics] == []
        return tmp_path / "kb.db"

    return built


def test_two_limits_that_contradict_each_other_come_with_a_claim(
    build: Build, opened: Opened
) -> None:
    database = build("2", "3")
    (found,) = conflicts(opened(database), Engine.open(database))

    assert found.kept == "sample/new@2026-01-01#new-limit"
    assert found.broken == "sample/old@2026-01-01#old-limit"
    assert (found.code, found.scenario) == ("64483", "two-before")
    assert [row["date"] for row in found.claim["history"]["lines"]] == [
        "2026-02-01",
        "2026-04-01",
    ]


def test_two_limits_that_agree_are_no_conflict(build: Build, opened: Opened) -> None:
    database = build("3", "3")

    assert list(conflicts(opened(database), Engine.open(database))) == []


@pytest.mark.parametrize(
    ("day", "cells"),
    [
        (
            date(2025, 12, 31),
            ["follower epidural", "follower facet", "sample epidural", "sample facet"],
        ),
        (date(2026, 1, 1), ["follower facet", "sample facet"]),
    ],
)
def test_cells_about_which_nothing_is_loaded(
    day: date, cells: list[str], build: Build, opened: Opened
) -> None:
    found = unknown_cells(opened(build("3", "3")), day)

    assert [f"{cell.payer} {cell.family}" for cell in found] == cells
    assert Cell("a", "b") not in found


@pytest.mark.parametrize(
    ("day", "sources"),
    [(date(2026, 9, 1), []), (date(2026, 9, 2), ["DOC"]), (date(2028, 1, 1), ["DOC", "NEW"])],
)  # fmt: skip
def test_sources_due_for_review(
    day: date, sources: list[str], build: Build, opened: Opened
) -> None:
    found = stale_sources(opened(build("3", "3")), day)

    assert [one.source for one in found] == sources


def test_what_authors_wrote_of_sources_that_disagree(
    build: Build, opened: Opened
) -> None:
    (found,) = disagreements(opened(build("3", "3")))

    assert found.rule == "sample/old@2026-01-01#old-limit"
    assert found.text == "DOC says two, NEW says three."


def test_the_day_is_that_of_the_newest_reading(build: Build, opened: Opened) -> None:
    assert newest_reading(opened(build("3", "3"))) == date(2026, 5, 1)


def test_the_command_tells_all_and_leaves_with_1_for_conflicts(build: Build) -> None:
    database = str(build("2", "3"))
    told = CliRunner().invoke(main, ["audit", "-d", database])
    as_json = CliRunner().invoke(
        main, ["audit", "-d", database, "--json", "--as-of", "2026-10-01"]
    )
    found = json.loads(as_json.output)

    assert told.exit_code == as_json.exit_code == 1
    assert "conflicts: 1" in told.output
    assert "scenario two-before" in told.output
    assert found["as_of"] == "2026-10-01"
    assert [one["source"] for one in found["stale_sources"]] == ["DOC"]


@pytest.mark.parametrize(
    ("filters", "rows"),
    [("", 1), (" for 64483", 1), (" for 64484", 0), (" as of 2025-01-01", 0)],
)
def test_conflicts_can_be_asked_for(
    build: Build, opened: Opened, filters: str, rows: int
) -> None:
    connection = opened(build("2", "3"))
    found = answer(connection, f"show conflicts{filters}", date(2026, 11, 23))

    assert len(found.rows) == rows
    assert all(row[1] == "sample/new@2026-01-01#new-limit" for row in found.rows)
    assert "conflicts that no worked claim shows" in found.not_known


LIMIT = Limit((Amount(4, "number"),), "session", (), Lifetime(), None)
BY_RISK = LimitBy("risk", "patient", (Case("low", LIMIT),))


def asking(duty: Duty) -> str | None:
    rule = Rule(
        ir="1.0", policy="a/b", version="a/b@", rule="r", kind="rule",
        in_force=InForce(Days(), "service", ended=False), scope=None, claims=None, last=None,
        when=None, unless=None, exceptions=(), duty=duty,
        otherwise=Outcome("deny", "", "", ()), if_unknown=None, if_when_unknown=None,
        advisory=False,
    )  # fmt: skip
    return question_of(rule)


def test_limits_by_a_choice_are_compared_without_their_numbers() -> None:
    nine = replace(LIMIT, count=(Amount(9, "number"),))
    more = replace(BY_RISK, cases=(Case("low", nine),))

    assert asking(BY_RISK) == asking(more) != asking(LIMIT)
    assert asking(replace(BY_RISK, fact="other")) != asking(BY_RISK)


def test_a_day_of_the_claim_is_something_that_a_rule_asks() -> None:
    weeks = (Amount(4, "week"),)
    received = Require(Elapsed("after", "<=", weeks, clock="received"))
    requested = Require(Elapsed("after", "<=", weeks, clock="requested"))

    assert asking(received) not in (None, asking(requested))
