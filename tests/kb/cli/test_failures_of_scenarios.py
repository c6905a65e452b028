"""``payerkb test``: a scenario that fails says what may be behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import main

POLICY = """\
payer sample: Sample Health
  line of business: commercial

source DOC: Sample guide
  grade: primary
  read on: 2026-01-01
  review by: 2027-12-01

fact reason: Why it is done again
  kind: text
  of: claim

fact awake: The patient was awake
  kind: yes-no
  of: line

grouping region: Spinal region of a procedure
  low-back: 64483
  cite: DOC
"""
RULES = """\
policy sample/injections: Injections
  payer: sample
  states: KY, OH
  in force: from 2020-01-01
  cite: DOC

codes injections: Injections
  include: 64483, 64479

rule reason-given: A reason is written
  for: injections
  require: reason is documented
  otherwise: deny for necessity
  cite: DOC

rule awake-then: The patient is awake
  for: injections
  require: awake
  otherwise: deny for necessity CO-50
  cite: DOC

rule sessions: Two sessions a year
  for: injections
  limit: 2 sessions per region in any 12 months
  otherwise: deny for frequency CO-151
  cite: DOC

scenario base: A claim
  claim: date 2026-03-10
  line 1: 64483-RT
  earlier: 64483-RT on 2025-10-02, 2025-11-02
  chart: reason pain came back, awake yes
  expect: line 1 met by reason-given, awake-then

scenario tried: The claim at hand
  like: base
"""


def said(tmp_path: Path, lines: str, *options: str) -> str:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "shared.policy").write_text(POLICY, "utf-8")
    (folder / "sample.policy").write_text(RULES + lines, "utf-8")
    database = str(tmp_path / "kb.db")
    built = CliRunner().invoke(main, ["build", str(folder), "-d", database])
    assert built.exit_code == 0, built.output
    return CliRunner().invoke(main, ["test", "tried", "-d", database, *options]).stdout


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "  chart: reason unknown\n  expect: line 1 deny by reason-given\n",
            [
                "reason-given on line 1 gives needs-evidence (unknown), expected deny",
                "Not given: reason.",
                "write `claim: chart complete`",
            ],
        ),
        (
            "  chart: awake unknown\n  expect: line 1 not met by awake-then\n",
            [
                (
                    "awake-then is unknown, expected not-met (The patient was awake: "
                    "not given; yes is asked). Not given: awake.\n"
                )
            ],
        ),
        (
            "  claim: state FL\n  expect: line 1 met by sessions\n",
            ["not in scope on the line. The policy is for KY, OH; the claim is of FL."],
        ),
        (
            "  claim: date 2019-03-10\n  expect: line 1 met by sessions\n",
            ["The policy was not asked: it is in force 2020-01-01 to now."],
        ),
        (
            "  line 1: 99999\n  expect: line 1 met by sessions\n",
            ["It is not for 99999 as billed here."],
        ),
        (
            "  line 1: 64479-RT\n  expect: line 1 met by sessions\n",
            ["sessions is unknown, expected met", "64479 is in no group of `region`."],
        ),
        (
            (
                "  claim: chart complete\n  chart: reason unknown\n"
                "  expect: line 1 deny CO-50 by reason-given\n"
            ),
            [
                "the reason code is nothing, expected CO-50.",
                "`for necessity CO-50` in the rule",
                "`necessity: CO-50`.",
            ],
        ),
    ],
)
def test_what_may_be_behind_a_failure(
    tmp_path: Path, lines: str, expected: list[str]
) -> None:
    found = said(tmp_path, lines)

    for part in expected:
        assert part in found
    assert "0 scenarios passed, 1 failed." in found


def test_what_fails_twice_alike_is_said_once(tmp_path: Path) -> None:
    found = said(
        tmp_path,
        "  line 1: 99999\n  expect: counted 2\n  expect: next date 2026-10-02\n",
    )

    assert found.count("no deciding rule counted anything") == 1


def test_a_scenario_is_explained_like_a_claim(tmp_path: Path) -> None:
    found = said(tmp_path, "  expect: line 1 deny by sessions\n", "--explain")

    assert "tried: The claim at hand\ntried  Sample Health" in found
    counted = "3rd low-back session in 12 months, counting injections; the limit is 2."
    assert counted in " ".join(found.split())
    assert "1 scenario passed, 0 failed." in found
