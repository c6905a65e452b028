"""Scenarios moved beside their policy: nothing is lost, and the order stays."""

from __future__ import annotations

import pytest

from dsl.format.companions import Parted, part
from dsl.format.formatter import FormatError

HEAD = "# of the payer\npolicy a/b: A policy\n  payer: any\n"
RULE = "rule four: Four\n  for: 64483\n  limit: 4 sessions in any 12 months\n"
ONE = "# why one\nscenario one: One\n  expect: line 1 pass\n"
TWO = "scenario two: Two\n  like: one\n  # inside\n  expect: line 1 pass\n"


@pytest.mark.parametrize(
    ("text", "held", "policy", "scenarios"),
    [
        (f"{HEAD}\n{RULE}\n{ONE}\n{TWO}", "", f"{HEAD}\n{RULE}", f"{ONE}\n{TWO}"),
        (f"{HEAD}\n{ONE}\n{RULE}\n{TWO}", "", f"{HEAD}\n{RULE}", f"{ONE}\n{TWO}"),
        (f"{HEAD}\n{ONE}\n{RULE}", TWO, f"{HEAD}\n{RULE}", f"{ONE}\n{TWO}"),
        (f"{HEAD}\n{RULE}", ONE, f"{HEAD}\n{RULE}", ONE),
        (f"{HEAD}\n{RULE}\n# last", "", f"{HEAD}\n{RULE}\n# last\n", ""),
        (f"{HEAD}\n{ONE}\n# last", "", f"{HEAD}\n# last\n", ONE),
        (RULE, "", RULE, ""),
        (f"| First words\n\n{HEAD}\n{ONE}", "", f"| First words\n\n{HEAD}", ONE),
    ],
)
def test_where_each_item_stands_afterwards(
    text: str, held: str, policy: str, scenarios: str
) -> None:
    assert part(text, held) == Parted(policy, scenarios)


def test_a_second_time_changes_nothing() -> None:
    once = part(f"{HEAD}\n{ONE}\n{RULE}\n{TWO}")

    assert part(once.policy, once.scenarios) == once


@pytest.mark.parametrize(
    "text", [f"{HEAD}\nrule four Four\n", f"| Of the first scenario\n\n{ONE}\n{HEAD}"]
)
def test_what_would_be_lost_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        part(text)
