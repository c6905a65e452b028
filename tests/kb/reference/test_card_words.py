"""A family is not covered only where none of its codes is; otherwise its headline names which."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kb.read.store import KnowledgeBase, open_knowledge_base
from kb.reference.cards import card

DAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def kb(shipped_database: Path) -> Iterator[KnowledgeBase]:
    with closing(open_knowledge_base(shipped_database)) as connection:
        yield KnowledgeBase(connection)


@pytest.mark.parametrize(
    ("payer", "subject", "short", "known"),
    [
        ("uhc", "sacroiliac", "Not covered: 64625", "partly"),
        ("uhc", "64625", "Not covered", "known"),
        ("uhc", "27096", "", "silent"),
        ("aetna", "basivertebral", "Not covered", "known"),
        ("ambetter", "peripheral-nerve", "Not covered: 64454, 64624", "partly"),
        (
            "uhc-community-plan",
            "basivertebral",
            "Not covered in some cases",
            "partly",
        ),
        (
            "bcbs-alabama",
            "sacroiliac",
            "If criteria are met, some codes not",
            "known",
        ),
    ],
)
def test_a_no_names_the_codes_that_it_is_for(
    kb: KnowledgeBase, payer: str, subject: str, short: str, known: str
) -> None:
    made = card(kb, payer, subject, DAY)
    assert made is not None
    covered = made.cell("covered")
    assert (covered.short, covered.known) == (short, known)
