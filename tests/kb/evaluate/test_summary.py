"""What many answers come to: counts, dollars, causes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kb.claims.model import BadClaim
from kb.engine import Engine
from kb.evaluate.run import run
from kb.evaluate.summary import AT_STAKE, MOST_NAMED, Finding, Named, Summary
from kb.evaluate.telling import at_stake, json_of, text_of

from .conftest import Json, WorkOf


@pytest.fixture
def summary(work_of: WorkOf, day: list[Json]) -> Summary:
    return run(work_of(day, [{"claim": "bad"}]))


def test_each_claim_and_line_counts_once(summary: Summary, day: list[Json]) -> None:
    lines = sum(str(claim["lines"]).count("'code'") for claim in day)
    assert summary.answers == sum(c.total() for c in summary.payers.values()) == 40
    assert summary.lines.total() == summary.lines_as_billed.total() == lines
    assert sum(summary.dollars.values()) == 225 * lines


def test_what_is_at_stake_is_what_was_billed_on_lines_that_deny_or_are_to_be_fixed(
    summary: Summary,
) -> None:
    lines = sum(summary.lines[outcome] for outcome in AT_STAKE)
    assert lines
    assert summary.at_stake() == 225 * lines
    worth = [finding.dollars for _, finding in at_stake(summary)]
    assert worth == sorted(worth, reverse=True)


def test_the_text_begins_with_counts_and_ends_with_causes(
    summary: Summary, engine: Engine
) -> None:
    said = text_of(summary, engine).splitlines()
    assert said[0] == f"40 claims answered, {summary.lines.total()} lines"
    assert "By payer" in said
    assert f"To save: ${summary.at_stake():,.2f} billed on lines that" in "\n".join(
        said
    )
    at = said.index("Not read")
    assert said[at + 1].startswith("  1 x ")
    assert "claims-1.ndjson" in "\n".join(said[at:])


def test_the_json_names_each_finding(summary: Summary, engine: Engine) -> None:
    told = json_of(summary, engine)
    assert len(told["findings"]) == len(summary.findings)
    assert all(one["title"] for one in told["findings"])
    assert told["at_stake"] == f"{summary.at_stake():f}"
    assert sum(cause["count"] for cause in told["not_read"]) == summary.faults == 2


def test_of_many_lines_those_worth_most_are_named_in_whatever_order_they_come() -> None:
    lines = [
        Named(Decimal(at % 90), f"C-{at}", 1, "64483", "2026-01-01", "say", "do")
        for at in range(200)
    ]
    found = []
    for order in (lines, lines[::-1]):
        whole = Finding()
        for at in range(0, 200, 7):
            part = Finding()
            for line in order[at : at + 7]:
                part.count(line.dollars, line)
            whole.add(part)
        found.append(whole)
    assert found[0] == found[1]
    assert len(found[0].named) == MOST_NAMED
    assert found[0].lines == found[0].first == 200
    assert found[0].named[0].dollars == 89


def test_faults_of_one_cause_are_counted_together() -> None:
    summary, later = Summary(), Summary()
    for at in range(5):
        bad = BadClaim(f"a: line {at}", f"{at} lines, expected 1", id=f"C-{at}")
        (summary if at < 2 else later).not_read(bad)
    summary.add(later)
    (cause,) = summary.bad.values()
    assert (cause.count, cause.ids) == (5, ["C-0", "C-1", "C-2"])
    assert cause.said == "0 lines, expected 1"
