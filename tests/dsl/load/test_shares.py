"""Lines of policy files by what they are."""

from __future__ import annotations

from dsl.base.model import File
from dsl.load.shares import BESIDE, shares

POLICY = """\
# first
policy a/b: A policy
  payer: any

rule four: Four
  for: 64483

# of the gap
gap five: Five
  for: 64484

scenario one: One
  expect: line 1 pass
"""


def test_each_line_counts_once_and_scenarios_beside_are_no_lines_of_a_policy() -> None:
    files = [File("a.policy", POLICY, ""), File("a.scenarios", "a\nb\n", "")]
    found = shares(files)

    assert found.pop(BESIDE) == 2
    assert {part: lines for part, lines in found.items() if lines} == {
        "heads of policies and payers": 3,
        "rules": 3,
        "gaps": 4,
        "scenarios": 3,
    }
    assert sum(found.values()) == POLICY.count("\n")
