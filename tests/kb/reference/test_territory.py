"""Payers of other states: only where a name or all loaded policies say so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from kb.read.card_store import days_of_change
from kb.read.store import KnowledgeBase, open_knowledge_base, payers
from kb.reference.cards import Card, _Asked, card, subject_of, unchanged_since
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
        fresh: Card = _Asked(kb, title, day).card(kb, about)

        assert card(kb, payer, subject, day) == fresh


@pytest.mark.parametrize("state", ["", "FL", "TX"])
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
            fresh = _Asked(kb, payer, day, state, place)._made(kb, about)

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
