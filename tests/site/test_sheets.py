"""The sheets of every payer and family: each within its page, nearly all with nothing left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kb.read.store import KnowledgeBase, open_knowledge_base, payers
from kb.reference.cards import cards_of_payer
from kb.web.print_page import LINES, Sheet, lines_of, sheet_of

DAY = date(2026, 11, 30)
WHOLE = 0.96
"""Of the sheets for Florida so many leave out no rule that names the procedure."""


@pytest.fixture(scope="module")
def sheets(shipped_database: Path) -> Iterator[list[Sheet]]:
    with closing(open_knowledge_base(shipped_database)) as connection:
        kb = KnowledgeBase(connection)
        yield [
            sheet_of(made)
            for each in payers(kb)
            for made in cards_of_payer(kb, each.id, DAY, "FL")
        ]


def lines(sheet: Sheet) -> int:
    """The lines below the tiles, as the sheet counts them."""
    points = (lines_of(f"{each.title}: {each.text}") for each in sheet.points)
    charts = (1 + sum(map(lines_of, each.asks)) for each in sheet.documents)
    return 2 * len(sheet.asked) + sum(points) + sum(charts)


def test_every_sheet_is_one_page(sheets: list[Sheet]) -> None:
    over = [each.card.payer.id for each in sheets if lines(each) > LINES]

    assert len(sheets) > 500
    assert over == []


def test_nearly_every_sheet_has_all_rules_of_its_procedure(
    sheets: list[Sheet],
) -> None:
    whole = [not (each.own_left or each.documents_left) for each in sheets]

    assert sum(whole) / len(whole) >= WHOLE


def test_what_names_the_procedure_stands_before_what_holds_for_every_service(
    sheets: list[Sheet],
) -> None:
    for each in sheets:
        assert not each.own_left or each.points_left >= each.own_left
        named = {
            row.sentence for cell in each.card.cells for row in cell.rows if row.codes
        }
        said = [any(one in point.text for one in named) for point in each.points]
        assert each.own_left == 0 or all(said)
