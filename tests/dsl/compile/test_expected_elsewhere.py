"""What a scenario expects of another policy's rule: both have to be there."""

from __future__ import annotations

import pytest

from tests.dsl.conftest import HEAD, load

RULES = f"""{HEAD}
rule four-weeks: Four weeks of pain first
  for: esi
  require: diagnosis in zoster
  otherwise: deny for necessity
  cite: X12
"""
ASKING = """\
policy medicare/cgs/other: Of another policy's rules
  payer: medicare-part-b
  states: KY, OH
  in force: from 2021-12-05
  cite: X12

scenario one: A line of both
  claim: date 2026-03-10
  line 1: 64483-RT
  expect: line 1 {expected}
"""


@pytest.mark.parametrize(
    "expected",
    [
        "met by four-weeks under medicare/cgs/esi",
        "not in scope by four-weeks under medicare/cgs/esi",
    ],
)
def test_a_rule_that_is_there_may_be_named(expected: str) -> None:
    found = load(RULES, ASKING.format(expected=expected)).diagnostics

    assert [d for d in found if d.severity == "error"] == []


@pytest.mark.parametrize(
    ("expected", "told", "fix"),
    [
        ("not in scope by four-week under medicare/cgs/esi",
         "`medicare/cgs/esi` has no rule `four-week`", "four-weeks"),
        ("met by four-weeks, gone-since under medicare/cgs/esi",
         "`medicare/cgs/esi` has no rule `gone-since`", ""),
        ("not in scope by four-weeks under medicare/cgs/es",
         "There is no policy `medicare/cgs/es` that judges claims", "medicare/cgs/esi"),
    ],
    ids=["a rule misspelt", "the second is gone", "a policy misspelt"],
)  # fmt: skip
def test_a_rule_that_is_not_there_is_told(expected: str, told: str, fix: str) -> None:
    loaded = load(RULES, ASKING.format(expected=expected))
    (found,) = (d for d in loaded.diagnostics if d.severity == "error")

    assert (found.code, found.file) == ("P010", "file-2.policy")
    assert told in found.message
    assert fix in (found.fix or "")


def test_a_shared_text_judges_no_claim() -> None:
    shared = RULES.replace("  payer: medicare-part-b\n", "  status: shared\n", 1)
    shared = shared.replace("  states: KY, OH\n  in force: from 2021-12-05\n", "", 1)
    asking = ASKING.format(expected="not in scope by four-weeks under medicare/cgs/esi")
    found = [d.code for d in load(shared, asking).diagnostics if d.severity == "error"]

    assert found == ["P010"]


def test_a_rule_with_a_fault_of_its_own_is_told_once() -> None:
    broken = RULES.replace("diagnosis in zoster", "diagnosis in nowhere")
    asking = ASKING.format(expected="met by four-weeks under medicare/cgs/esi")
    found = [d.file for d in load(broken, asking).diagnostics if d.severity == "error"]

    assert found == ["file-1.policy"]
