"""Payers grouped by what they say: each in one group, which says what its own card says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.asking.answers import ask
from kb.asking.cell_words import cell_words
from kb.asking.grouping import cell_asked, grouped
from kb.asking.groups import SILENT, Group, Saying, groups_of, holding, parts_of
from kb.asking.saying import as_json, as_text
from kb.asking.understood import Understood
from kb.read.store import KnowledgeBase, open_knowledge_base
from kb.reference.cards import cards_of_code, family_subjects

TODAY = date(2026, 11, 30)
KEYS = (
    "covered",
    "approval",
    "limit",
    "interval",
    "session",
    "wait",
    "repeat",
    "sides",
    "diagnosis",
    "imaging",
    "provider",
    "place",
)
WORDS = st.sampled_from(["", "6 months", "4 in 12 months", "required"])
SAYINGS = st.lists(
    st.builds(Saying, st.text("abc", min_size=1), st.just("/"), WORDS, st.booleans()),
    unique_by=lambda each: each.title,
)


@pytest.fixture(scope="module")
def kb(shipped_database: Path) -> Iterator[KnowledgeBase]:
    with closing(open_knowledge_base(shipped_database)) as connection:
        yield KnowledgeBase(connection)


@given(SAYINGS)
def test_each_payer_stands_in_one_group_that_says_what_it_says(
    sayings: list[Saying],
) -> None:
    groups = groups_of(sayings)
    assert Counter(one for each in groups for one in each.payers) == Counter(sayings)
    assert len({each.says for each in groups}) == len(groups)
    assert all(one.says == each.says for each in groups for one in each.payers)
    sizes = [len(each.payers) for each in groups if each.says != SILENT]
    assert sizes == sorted(sizes, reverse=True)
    assert SILENT not in [each.says for each in groups[:-1]]


@pytest.mark.parametrize("key", KEYS)
def test_groups_say_what_the_cards_say(kb: KnowledgeBase, key: str) -> None:
    question = Understood("", (), (), (), TODAY)
    for subject in family_subjects(kb, TODAY):
        cards = cards_of_code(kb, subject.key, TODAY)
        (told,) = grouped(kb, question, cards, [key])
        stands = {one.title: each.says for each in told.groups for one in each.payers}
        cells = {made.payer.title: cell_asked(made, key) for made in cards}
        assert stands == {title: cell_words(cell) for title, cell in cells.items()}
        assert sum(len(each.payers) for each in told.groups) == len(cards)
        nothing = {title for title, cell in cells.items() if cell.says_nothing}
        assert {one.title for one in told.silent} == nothing


@pytest.mark.parametrize(
    ("says", "parts"),
    [
        ("3 in 6 months and 4 in 12 months", ["3 in 6 months", "4 in 12 months"]),
        (
            "not certain: 2 in 3 months; 3 a year",
            ["not certain: 2 in 3 months", "not certain: 3 a year"],
        ),
        (
            "for 62321: 3 in 6 months and 4 a year",
            ["for 62321: 3 in 6 months and 4 a year"],
        ),
    ],
)
def test_a_part_keeps_the_doubt_and_the_codes(says: str, parts: list[str]) -> None:
    assert parts_of(says) == parts


def test_a_number_is_held_only_as_what_was_asked() -> None:
    groups = [
        Group("3 in 6 months and 4 in 12 months", (Saying("a", "/", ""),)),
        Group("13 in 3 months", (Saying("b", "/", ""),)),
    ]
    assert [each.says for each in holding("3", groups, " in ")] == ["3 in 6 months"]


@pytest.mark.parametrize(
    "question", ["mbb relief 50 or 80 percent", "3 or 4 esi a year"]
)
def test_numbers_of_the_question_are_answered(kb: KnowledgeBase, question: str) -> None:
    asked = ask(kb, question, TODAY)
    assert asked.understood.not_understood == ()
    assert all(said for _, said in asked.tables[0].groups[0].numbers)


def test_the_json_has_the_groups_beside_the_rows(kb: KnowledgeBase) -> None:
    answer: Any = as_json(ask(kb, "how many esi per year", TODAY))
    (table,) = answer["tables"]
    (told,) = table["groups"]
    assert told.keys() == {"question", "medicare", "numbers", "ways"}
    assert told["ways"][0]["says"] == "4 in 12 months"
    assert "Medicare Part B" in told["ways"][0]["payers"]
    assert table["rows"]


@pytest.mark.parametrize(
    "question",
    ["how many esi per year", "how long after rfa can we repeat", "rfa without mbb"],
)
def test_a_question_of_all_payers_is_one_screen(
    kb: KnowledgeBase, question: str
) -> None:
    lines = as_text(ask(kb, question, TODAY)).splitlines()
    assert len(lines) <= 36
    assert not any("not known" in line or "on conditions)" in line for line in lines)
