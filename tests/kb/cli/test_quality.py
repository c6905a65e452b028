"""``payerkb quality``: what it counts on a few small policies, and what a floor holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kb.build.compiler import build_folder
from kb.cli import main

Run = Callable[..., Result]
WORDS = """\
payer acme: Acme
  line of business: commercial

payer medicare: Medicare
  line of business: medicare

contractor north: North
  payer: medicare
  states: NY

contractor south: South
  payer: medicare
  states: FL

grouping family: Family of procedures
  epidural: 64479, 64483
  facet-injection: 64490

source DOC: A document
  publisher: Payer
  url: https://example.com/doc
  grade: primary
  read on: 2026-05-31
  review by: 2027-01-01

source DIGEST: What somebody tells of it
  publisher: somebody
  url: https://example.com/digest
  grade: secondary
  read on: 2026-05-01
  review by: 2027-01-01
"""
POLICY = """\
policy {name}: A policy
  payer: {payer}
{more}  in force: {days}
  cite: DOC

codes injections: Injections
  include: 64483

"""
RULE = """\
rule {name}: How often
  for: injections
  limit: {most} sessions in any 12 months
  otherwise: {outcome}
  cite: {cite}

"""
GAP = """\
gap unread: The rest was not read
  for: injections
  cite: DOC

"""
BILLING = """\
policy acme/filing: Filing
  payer: acme
  decides: billing
  in force: from 2024-01-01
  first day: not found
  cite: DOC

codes injections: Injections
  include: 64490

rule place: Only in an office
  for: injections
  require: place in 11
  otherwise: deny for coding
  cite: DOC
"""


def rule(
    name: str, cite: str, *, outcome: str = "deny for frequency", most: int = 4
) -> str:
    return RULE.format(name=name, cite=cite, outcome=outcome, most=most)


def policy(
    name: str, days: str, *items: str, payer: str = "medicare", more: str = ""
) -> str:
    return POLICY.format(name=name, payer=payer, days=days, more=more) + "".join(items)


FILES = {
    "words.policy": WORDS,
    "acme.policy": policy(
        "acme/epidural",
        "from 2025-07-01",
        rule("often", "DOC, page 1\n  quote: At most four sessions a year."),
        rule("seldom", "DIGEST", most=3),
        rule("mild", "DIGEST", outcome="review", most=2),
        GAP,
        payer="acme",
        more="  first day: DOC, title page\n",
    ),
    "draft.policy": policy(
        "acme/old",
        "from 2024-01-01",
        rule("often", "DOC"),
        payer="acme",
        more="  status: draft\n",
    ),
    "billing.policy": BILLING,
    "north.policy": policy(
        "medicare/north",
        "from 2024-01-01",
        rule("often", "DOC"),
        more="  contractor: north\n",
    ),
    "south.policy": policy(
        "medicare/south",
        "from 2026-01-01 through 2026-06-30, then ended",
        rule("often", "DOC"),
        more="  contractor: south\n",
    ),
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small policies, built once."""
    folder = tmp_path_factory.mktemp("small")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    report = build_folder(folder, folder / "kb.db")
    assert report.written, [each.render() for each in report.diagnostics]
    return folder / "kb.db"


@pytest.fixture
def small(database: Path) -> Run:
    """Runs the command on the small policies."""
    words = ["quality", "--database", str(database)]
    return lambda *more: CliRunner().invoke(main, [*words, *map(str, more)])


def figures(small: Run) -> Any:
    return json.loads(small("--json").stdout)


def test_a_payer_is_measured_by_what_denies(small: Run) -> None:
    found = figures(small)

    assert found["as_of"] == "2026-05-31"
    assert found["payers"]["acme"] == {
        "title": "Acme",
        "denying_rules": 3,
        "gaps": 1,
        "oldest_reading_days": 30,
        "percent": {
            "own_words": 66,
            "quoted": 33,
            "first_days": 50,
            "2024": 0,
            "2025": 50,
            "2026": 100,
        },
    }


def test_each_contractor_answers_for_itself(small: Run) -> None:
    percent = figures(small)["payers"]["medicare"]["percent"]

    assert (percent["2024"], percent["2026"]) == (50, 74)


def test_a_family_has_the_rules_for_its_codes(small: Run) -> None:
    found = figures(small)["families"]

    assert found["epidural"]["denying_rules"] == 4
    assert found["facet-injection"]["percent"] == {
        "own_words": 100,
        "quoted": 0,
        "first_days": 0,
    }


def test_the_page_has_a_row_for_all(small: Run) -> None:
    shown = small().stdout

    assert "Measured on 2026-05-31." in shown
    assert "| All | 5 | 80 % | 20 % | 25 % | 33 % | 50 % | 83 % | 30 | 1 |" in shown
    assert (
        "| Facet injections and medial branch blocks | 1 | 100 % | 0 % | 0 % | ? | ? | ? | 0 | 0 |"
        in shown
    )


def test_its_own_figures_are_a_floor(small: Run, tmp_path: Path) -> None:
    floor = tmp_path / "floor.json"
    floor.write_text(small("--json").stdout)
    result = small("--fail-below", floor)

    assert (result.exit_code, result.stdout) == (0, f"No figure is below {floor}.\n")


def test_what_fell_is_named(small: Run, tmp_path: Path) -> None:
    least = figures(small)
    least["total"]["percent"]["own_words"] = 81
    least["payers"]["acme"]["percent"]["2025"] = 51
    least["families"]["pump"] = least["families"]["epidural"] | {"title": "Pump"}
    least["payers"]["acme"]["percent"]["1999"] = 100
    floor = tmp_path / "floor.json"
    floor.write_text(json.dumps(least))
    result = small("--fail-below", floor)

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "All: own words 80 %, was 81 %",
        "Acme: 2025 50 %, was 51 %",
        "Pump: no figures any more",
    ]
    assert "write the floor anew" in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read: No such file or directory"),
        ("{", "is not JSON. Write it with: payerkb quality --json"),
        ("[]", "holds no figures"),
        ('{"total": {"percent": {}}, "payers": {}}', "holds no figures"),
        (
            '{"total": {"percent": {"quoted": "9"}}, "payers": {}, "families": {}}',
            "holds no figures",
        ),
    ],
)
def test_what_is_no_floor(
    small: Run, tmp_path: Path, text: str | None, said: str
) -> None:
    floor = tmp_path / "floor.json"
    if text is not None:
        floor.write_text(text)
    result = small("--fail-below", floor)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
