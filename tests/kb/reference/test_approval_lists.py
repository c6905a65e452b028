"""What lists of approval say of a code that none of them asks approval of here."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kb.read.store import KnowledgeBase, open_knowledge_base
from kb.reference.cards import NOT_KNOWN, card

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("payer", "code", "state", "place", "silence", "says"),
    [
        (
            "medicare-part-b",
            "64483",
            "FL",
            "",
            "no loaded list asks it here",
            "Asked only in AZ, NJ, OH, OK, TX, WA (WISeR: approval or review in six states).",
        ),
        (
            "medicare-part-b",
            "64493",
            "FL",
            "24",
            "no loaded list asks it here",
            "Asked only in off-campus hospital outpatient (19) or hospital outpatient (22) (",
        ),
        ("aetna", "64483", "", "", "on no loaded list", "Looked through: "),
    ],
)
def test_where_alone_a_list_asks_is_told(
    shipped_database: Path,
    payer: str,
    code: str,
    state: str,
    place: str,
    silence: str,
    says: str,
) -> None:
    with closing(open_knowledge_base(shipped_database)) as connection:
        made = card(KnowledgeBase(connection), payer, code, TODAY, state, place)
    assert made is not None
    cell = made.cell("approval")
    assert (cell.known, cell.silence) == ("silent", silence)
    assert cell.searched.startswith(says)
    assert not cell.says_nothing


def test_a_payer_without_lists_is_not_known(shipped_database: Path) -> None:
    with closing(open_knowledge_base(shipped_database)) as connection:
        made = card(KnowledgeBase(connection), "emblemhealth", "64483", TODAY)
    assert made is not None
    cell = made.cell("approval")
    assert cell.known != "silent" or cell.silence == NOT_KNOWN


def test_where_a_list_asks_the_cell_is_not_silent(shipped_database: Path) -> None:
    with closing(open_knowledge_base(shipped_database)) as connection:
        made = card(KnowledgeBase(connection), "medicare-part-b", "64483", TODAY, "TX")
    assert made is not None
    assert made.cell("approval").known == "partly"
