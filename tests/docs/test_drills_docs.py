"""The page about laws and drills names every law's test and every drill, and none else."""

from __future__ import annotations

import re
from pathlib import Path

from tests.drills.__main__ import drills
from tests.laws.laws import LAWS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "drills.md").read_text("utf-8")
HOLDS_LAWS = {"tests/laws", "tests/kb/engine"}
"""Folders whose tests hold laws."""


def held_by() -> list[list[str]]:
    """For each row of the table of laws, the names in its last column."""
    table = PAGE.split("| Held by |")[1].split("\n\n")[0]
    return [
        re.findall(r"`(.+?)`", row.split("|")[-2]) for row in table.splitlines()[2:]
    ]


def test_every_law_of_the_page_has_a_test() -> None:
    assert all(held_by())


def test_every_law_that_is_tried_is_told_once() -> None:
    told = [name for row in held_by() for name in row if "::" not in name]

    assert sorted(told) == sorted(law.name.replace(" ", "-") for law in LAWS)


def test_every_test_that_is_named_is_there() -> None:
    named = [name.split("::") for row in held_by() for name in row if "::" in name]

    assert {str(Path(file).parent) for file, _ in named} == HOLDS_LAWS
    missing = [
        f"{file}::{test}"
        for file, test in named
        if f"\ndef {test}(" not in (ROOT / file).read_text("utf-8")
    ]
    assert missing == []


def test_every_drill_is_told() -> None:
    told = re.findall(
        r"^\| `(\w+)(?: [A-Z\[][^`]*)?` \|", PAGE.split("## Drills")[1], re.MULTILINE
    )

    assert sorted(told) == drills()
