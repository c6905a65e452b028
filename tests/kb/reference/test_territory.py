"""Payers of other states: only where a name or all loaded policies say so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from kb.plain.headings import TILES
from kb.read.card_store import days_of_change
from kb.read.families import families
from kb.read.store import KnowledgeBase, open_knowledge_base, payers
from kb.reference.card_days import unchanged_since
from kb.reference.card_making import Asked
from kb.reference.cards import Card, card, cards_of_payer, subject_of
from kb.reference.coverage_grid import coverage_grid
from kb.reference.territory import is_of_other_states


@pytest.fixture(scope="module")
def kb(shipped_database: Path) -> Iterator[KnowledgeBase]:
    with closing(open_knowledge_base(shipped_database)) as connection:
        yield KnowledgeBase(connection)


@pytest.mark.parametrize(
    ("payer", "state", "elsewhere"),
    [
        ("bcbs-alabama", "FL", True),
        ("washington-lni", "FL", True),
        ("humana-virginia-medicaid", "WV", True),
        ("humana-virginia-medicaid", "VA", False),
        ("florida-blue", "FL", False),
        ("medicare-part-b", "FL", False),
        ("aetna", "FL", False),
        ("bcbs-alabama", "", False),
    ],
)
def test_a_payer_is_of_other_states(
    kb: KnowledgeBase, payer: str, state: str, *, elsewhere: bool
) -> None:
    assert is_of_other_states(kb, payer, state) is elsewhere


@pytest.mark.parametrize("payer", ["medicare-part-b", "uhc", "cigna"])
@pytest.mark.parametrize("subject", ["epidural", "64635"])
def test_a_card_of_another_day_is_the_card_made_anew(
    kb: KnowledgeBase, payer: str, subject: str
) -> None:
    """Also one that was kept from the first day of those on which nothing changes."""
    title = next(each for each in payers(kb) if each.id == payer)
    for day in (
        date(2025, 6, 30),
        date(2026, 1, 14),
        date(2026, 1, 15),
        date(2026, 11, 2),
    ):
        card(
            kb, payer, subject, date.fromisoformat(unchanged_since(kb, day.isoformat()))
        )
        about = subject_of(kb, subject, day)
        assert about is not None
        fresh: Card = Asked(kb, title, day).card(kb, about)

        assert card(kb, payer, subject, day) == fresh


@pytest.mark.parametrize("state", ["", "FL", "TX", "ZZ"])
@pytest.mark.parametrize("place", ["", "11", "24"])
def test_a_card_that_states_or_codes_share_is_the_card_made_for_each(
    kb: KnowledgeBase, state: str, place: str
) -> None:
    """Kept once for all states that a payer tells not apart, and for all codes it names not."""
    day = date(2026, 11, 2)
    for payer in payers(kb)[::4]:
        for subject in ("trigger-point", "64483", "0627T"):
            about = subject_of(kb, subject, day)
            assert about is not None
            fresh = Asked(kb, payer, day, state, place)._made(kb, about)

            assert card(kb, payer.id, subject, day, state, place) == fresh


def test_cards_change_on_every_day_that_the_file_names(kb: KnowledgeBase) -> None:
    """A first day changes them, and so does the day after a last one."""
    dated = kb.column(
        """SELECT m.name FROM sqlite_master AS m WHERE m.type = 'table' AND 2 = (
          SELECT count(*) FROM pragma_table_info(m.name)
          WHERE name IN ('from_day', 'through_day'))"""
    )
    days: set[str] = set()
    for table in dated:
        days.update(kb.column(f"SELECT from_day FROM \"{table}\" WHERE from_day > ''"))
        for last in kb.column(
            f"SELECT DISTINCT through_day FROM \"{table}\" WHERE through_day > ''"
        ):
            days.add((date.fromisoformat(last) + timedelta(days=1)).isoformat())

    assert days
    assert list(days_of_change(kb)) == sorted(days)


def test_a_grid_counts_what_the_cards_of_its_day_and_place_answer(
    kb: KnowledgeBase,
) -> None:
    """Counted without making the cards, and kept for days, states and places that are alike."""
    keys = {each.key for each in TILES}
    for day, state, place in (
        (date(2026, 11, 2), "", ""),
        (date(2026, 11, 3), "FL", ""),
        (date(2026, 1, 14), "TX", "24"),
        (date(2025, 6, 30), "ZZ", "11"),
    ):
        grid = coverage_grid(kb, day, state, place)
        for row in grid.rows[::5]:
            cards = cards_of_payer(kb, row.payer.id, day, state, place)
            assert [cell.answered for cell in row.cells] == [
                sum(
                    cell.aspect.key in keys and any(one.codes for one in cell.rows)
                    for cell in each.cells
                )
                for each in cards
            ]
            assert [cell.is_stale for cell in row.cells] == [
                cell.answered > 0
                and any(
                    (one.review_by or "9") < day.isoformat() for one in each.sources
                )
                for cell, each in zip(row.cells, cards, strict=True)
            ]


def test_families_of_a_day_have_the_codes_that_belong_to_them_on_it(
    kb: KnowledgeBase,
) -> None:
    members = kb.connection.execute(
        "SELECT code_group, code, from_day, through_day FROM code_group_member"
        " WHERE code_grouping = 'family'"
    ).fetchall()
    for day in ("0001-01-01", "2019-12-31", *days_of_change(kb), "9999-12-31"):
        wanted: dict[str, set[str]] = {}
        for family, code, first, last in members:
            if (first or "") <= day <= (last or "9999-12-31"):
                wanted.setdefault(family, set()).add(code)
        assert families(kb, date.fromisoformat(day)) == wanted
