"""``payerkb matrix``: every kind of row and cell, on a few small policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
SHARED = """\
payer medicare: Medicare
  line of business: medicare

payer plan: Plan
  line of business: medicare-advantage

payer other-plan: Other plan
  line of business: medicare-advantage

payer acme: Acme
  line of business: commercial

payer beta: Beta
  line of business: commercial

payer nobody: Nobody, Inc
  line of business: commercial

contractor north: North
  payer: medicare
  states: NY

contractor south: South
  payer: medicare
  states: FL

contractor west: West
  payer: medicare
  states: CA

reasons medicare: Reasons
  necessity: CO-50

grouping family: Family of procedures
  epidural: 64479, 64483
  facet-injection: 64490, 64493

source DOC: A document
  publisher: Payer
  url: https://example.com/doc
  grade: primary
  read on: 2026-05-01
  review by: 2027-01-01

source MEMORY: What we remember
  publisher: nobody
  grade: recalled
  read on: 2026-05-01
  review by: 2027-01-01
"""
HEAD = """\
policy {name}: A policy
  payer: {payer}
  in force: from 2026-01-01
  cite: DOC
{more}
codes epidurals: Epidurals
  include: 64479, 64483

"""
LIMIT = """\
rule often: How often
  for: {codes}
  limit: {most} sessions in any 12 months
  otherwise: {outcome}
  cite: {source}

"""
APPROVAL = """\
rule approval: Approval first
  for: epidurals
  require: authorization is approved
  otherwise: needs auth
  cite: DOC

"""
BILLING = """\
rule place: Only in an office
  for: epidurals
  require: place in 11
  otherwise: review
  cite: DOC

"""


def policy(name: str, more: str, *rules: str) -> str:
    payer = name.partition("/")[0]
    return HEAD.format(name=name, payer=payer, more=more) + "".join(rules)


def limit(
    most: int,
    codes: str = "epidurals",
    outcome: str = "deny for necessity",
    **more: str,
) -> str:
    return LIMIT.format(
        most=most, codes=codes, outcome=outcome, source=more.get("source", "DOC")
    )


FILES = {
    "shared.policy": SHARED,
    "north.policy": policy("medicare/north", "  contractor: north\n", limit(4)),
    "south.policy": policy("medicare/south", "  contractor: south\n", limit(4)),
    "west.policy": policy(
        "medicare/west", "  contractor: west\n", limit(5, outcome="review")
    ),
    "plan.policy": policy("plan/epidural", "  defers to: medicare\n", APPROVAL),
    "other-plan.policy": """\
policy other-plan/coverage: As Medicare
  payer: other-plan
  defers to: medicare
  in force: from 2026-01-01
  cite: DOC
""",
    "acme.policy": policy(
        "acme/epidural",
        "  status: draft\n",
        APPROVAL,
        limit(2, codes="64483", outcome="note", source="MEMORY"),
    ),
    "beta.policy": policy("beta/epidural", "", BILLING),
}


def row(*cells: str, rest: str = "?") -> str:
    """A row of the table; the cells that are not given all say the same."""
    return f"| {' | '.join([*cells, *[rest] * (9 - len(cells))])} |\n"


CONDITIONS = "Covered where the conditions of its policy are met"
ROWS = "".join(
    (
        row(
            "Acme",
            "?",
            "*draft:* Approval first",
            "*draft:* 64483: At most 2 sessions in any 12 months †",
        ),
        row(
            "Medicare: North; South",
            CONDITIONS,
            "?",
            "At most 4 sessions in any 12 months",
        ),
        row("Medicare: West", "?", "?", "At most 5 sessions in any 12 months ‡"),
        row("Plan", "follows Medicare", "Approval first", rest="follows Medicare"),
    )
)
OTHERS = """
Rules that answer none of these questions: Beta.

Follows Medicare: Other plan.

Nothing loaded for: Nobody, Inc.
"""


@pytest.fixture
def small(
    payerkb: Run, folder: Callable[[dict[str, str]], Path], tmp_path: Path
) -> Run:
    """Runs the command on the small policies."""
    database = tmp_path / "kb.db"
    built = payerkb("build", folder(FILES), "-d", database)
    assert built.exit_code == 0, built.output
    return lambda *words: payerkb("matrix", "-d", database, *words)


def test_a_family_is_a_table(small: Run) -> None:
    result = small("--family", "epidural")

    assert result.exit_code == 0
    assert (
        "\n## Epidural injections\n\n64479, 64483.\n\n| Payer | Covered? |"
        in result.stdout
    )
    assert result.stdout.endswith(row("---", rest="---") + ROWS + OTHERS)
    assert "on 2026-05-01" in result.stdout


def test_without_a_family_there_are_all(small: Run) -> None:
    sections = small().stdout.split("\n## ")

    assert [each.partition("\n")[0] for each in sections[1:]] == [
        "Epidural injections",
        "Facet injections and medial branch blocks",
    ]
    assert "Nothing loaded for: Acme; Beta; Medicare; Nobody, Inc; " in sections[2]


def test_what_is_not_in_force_is_not_known(small: Run) -> None:
    result = small("--family", "epidural", "--as-of", "2025-12-31")

    assert "Nothing loaded for: Acme; Beta; Medicare; " in result.stdout


def test_json_says_where_a_statement_stands(small: Run) -> None:
    shown = json.loads(small("--family", "epidural", "--format", "json").stdout)
    (family,) = shown["families"]
    by_voice = {voice: row for row in family["rows"] for voice in row["who"]}

    assert (shown["as_of"], family["codes"]) == ("2026-05-01", ["64479", "64483"])
    assert by_voice["North"]["contractors_of"] == "Medicare"
    assert by_voice["Acme"]["cells"]["limit"] == [
        {
            "text": "64483: At most 2 sessions in any 12 months",
            "outcome": "note",
            "grade": "recalled",
            "status": "draft",
            "path": "/policy/acme/epidural@2026-01-01#rule-often",
        }
    ]
    assert by_voice["Beta"]["cells"]["approval"] == []
    assert family["followers"] == [{"who": "Other plan", "follows": "Medicare"}]
    assert family["nothing_loaded"] == ["Nobody, Inc"]


@pytest.mark.parametrize(
    ("wrong", "hint"), [("epidurals", "Did you mean `epidural`?"), ("x", "Families: ")]
)
def test_a_family_that_is_none(small: Run, wrong: str, hint: str) -> None:
    result = small("--family", wrong)

    assert (result.exit_code, result.stdout) == (2, "")
    assert hint in result.stderr
