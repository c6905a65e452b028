"""What staff type, whole questions and key words, with the right answer of each.

``staff.tsv`` was written before the reader, ``staff_after.tsv`` after it, ``staff_third.tsv`` by
somebody who had not read it, ``staff_fourth.tsv`` of denials, codes beside trade words and what
is not loaded, ``staff_fifth.tsv`` by readers who tried the program as billers,
``staff_sixth_many.tsv`` of questions without a payer, ``staff_sixth_codes.tsv`` of codes,
pairs and modifiers, ``staff_sixth_payer.tsv`` of those with a payer, ``staff_seventh.tsv`` of
verdicts on pairs, modifiers, lengths of time and denials: the page that must stand first,
patterns that the first screen must show (parted by ``&&``), and one that it must never show.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kb.asking.answered import Asked
from kb.asking.answers import ask
from kb.asking.saying import as_text
from kb.read.store import KnowledgeBase, open_knowledge_base

HERE = Path(__file__).parent
TODAY = date(2026, 11, 30)
FIRST_SCREEN = 45
"""Lines."""


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


STAFF = table("staff.tsv")
AFTER = table("staff_after.tsv")
THIRD = table("staff_third.tsv")
FOURTH = table("staff_fourth.tsv")
FIFTH = table("staff_fifth.tsv")
MANY = table("staff_sixth_many.tsv")
OF_CODES = table("staff_sixth_codes.tsv")
PAYER = table("staff_sixth_payer.tsv")
SEVENTH = table("staff_seventh.tsv")
SEARCHES = table("searches.tsv")


@pytest.fixture(scope="module")
def kb(shipped_database: Path) -> Iterator[KnowledgeBase]:
    with closing(open_knowledge_base(shipped_database)) as connection:
        yield KnowledgeBase(connection)


def first_path(asked: Asked) -> str:
    return asked.cards[0].path if asked.cards else asked.path


def wrong_in(asked: Asked, row: dict[str, str]) -> list[str]:
    """What the first screen says otherwise than the table."""
    lines = as_text(asked).splitlines()[:FIRST_SCREEN]
    screen = " ".join(" ".join(lines).split())
    found = []
    if first_path(asked) != row["path"]:
        found.append(f"opens {first_path(asked) or 'nothing'}, not {row['path']}")
    found += [
        f"does not say {pattern}"
        for pattern in row["says"].split(" && ")
        if not re.search(pattern, screen)
    ]
    if row["never"] and re.search(row["never"], screen):
        found.append(f"says {row['never']}")
    return found


@pytest.mark.parametrize(
    "row",
    [*STAFF, *AFTER, *THIRD, *FOURTH, *FIFTH, *MANY, *OF_CODES, *PAYER, *SEVENTH],
    ids=lambda row: row["question"],
)
def test_a_question_of_staff_is_answered_right(
    kb: KnowledgeBase, row: dict[str, str]
) -> None:
    assert wrong_in(ask(kb, row["question"], TODAY), row) == []


@pytest.mark.parametrize("row", SEARCHES, ids=lambda row: row["question"])
def test_a_search_has_the_right_thing_first(
    kb: KnowledgeBase, row: dict[str, str]
) -> None:
    assert wrong_in(ask(kb, row["question"], TODAY), row) == []
