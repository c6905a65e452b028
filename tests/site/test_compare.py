"""Payers side by side, and who says what: the same cells as the cards, in three forms."""

from __future__ import annotations

import csv
import io
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb.read.store import KnowledgeBase, open_knowledge_base
from kb.reference.cards import cards_of_payer
from kb.reference.coverage_grid import ENOUGH, coverage_grid
from kb.web.compare_page import compared, payers_asked
from kb.web.where import Where

DAY = date(2026, 6, 1)
BOTH = "payers=north,health&code=64483"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (["a,b"], ("a", "b")),
        (["a", "b", ""], ("a", "b")),
        (["a, a,,b "], ("a", "b")),
        ([], ()),
    ],
)
def test_payers_are_named_with_commas_or_one_by_one(
    written: list[str], found: tuple[str, ...]
) -> None:
    assert payers_asked(written) == found


async def test_only_what_differs_is_marked(get: Any) -> None:
    found = (await get(f"/compare.json?{BOTH}")).json()
    questions = {each["key"]: each for each in found["questions"]}

    assert found["payers"] == ["north", "health"]
    assert questions["limit"]["differs"]
    assert questions["limit"]["answers"]["north"]["short"] == "4 in 12 months"
    assert questions["limit"]["answers"]["health"]["known"] == "silent"
    assert questions["limit"]["answers"]["health"]["searched"]
    asked = {each["key"] for each in found["questions"]}
    assert not asked & set(found["unanswered"])


async def test_a_payer_beside_itself_never_differs(database: Path) -> None:
    with closing(open_knowledge_base(database)) as connection:
        found = compared(
            KnowledgeBase(connection),
            Where(code="64483", on="2026-06-01"),
            ("north", "health"),
        )

    alone = [cell for line in found.lines for cell in line.cells[:1]]
    assert alone
    for line in found.lines:
        same = line.cells[0].rows == line.cells[1].rows
        assert not (same and line.differs)


async def test_the_csv_has_the_same_answers(get: Any) -> None:
    response = await get(f"/compare.csv?{BOTH}")
    rows = list(csv.reader(io.StringIO(response.text, newline="")))
    found = (await get(f"/compare.json?{BOTH}")).json()

    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert rows[0] == ["question", "differs", "North Medicare", "Good Health"]
    assert [row[0] for row in rows[1:]] == [
        each["title"] for each in found["questions"]
    ]
    assert [row[1] == "yes" for row in rows[1:]] == [
        each["differs"] for each in found["questions"]
    ]


@pytest.mark.parametrize(
    ("ending", "status"), [(".json", 400), (".csv", 400), ("", 200)]
)
async def test_without_a_procedure_the_page_asks_for_one(
    get: Any, ending: str, status: int
) -> None:
    response = await get(f"/compare{ending}?payers=north,health&code=Nothing")

    assert response.status_code == status


def test_the_grid_counts_what_the_cards_answer(shipped_database: Path) -> None:
    with closing(open_knowledge_base(shipped_database)) as connection:
        kb = KnowledgeBase(connection)
        grid = coverage_grid(kb, DAY)
        for row in grid.rows:
            cards = cards_of_payer(kb, row.payer.id, DAY)
            assert [each.subject.key for each in cards] == [c.family for c in row.cells]
            for card, cell in zip(cards, row.cells, strict=True):
                assert (cell.answered > 0) <= (not card.is_silent)
                assert (cell.how == "known") is (cell.answered >= ENOUGH)
                assert (cell.how == "nothing") is (cell.answered == 0)
        counted = grid.count("known") + grid.count("partly") + grid.count("nothing")
        assert counted == len(grid.rows) * len(grid.families)
        assert grid.stale == 0
        assert coverage_grid(kb, date(2028, 1, 1)).stale > 0


async def test_the_grid_as_json_is_the_page(get: Any) -> None:
    found = (await get("/coverage.json?state=FL")).json()

    assert {each["payer"] for each in found["payers"]} == {"north", "health", "empty"}
    assert found["on"] == "2026-06-01"
