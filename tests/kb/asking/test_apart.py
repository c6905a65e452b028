"""The words for one procedure of a family narrow a question, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kb.asking.reader import understand
from kb.asking.subjects import subjects_of
from kb.read.store import KnowledgeBase, open_knowledge_base


@pytest.fixture(scope="module")
def kb(shipped_database: Path) -> Iterator[KnowledgeBase]:
    with closing(open_knowledge_base(shipped_database)) as connection:
        yield KnowledgeBase(connection)


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("does uhc cover si joint injections", ["27096"]),
        ("uhc si joint covered for an injection", ["27096"]),
        ("does uhc cover ablation of the si joint", ["64625"]),
        ("is rfa for the genicular nerve covered", ["64624"]),
        ("aetna block of the genicular nerve", ["64454"]),
        ("auth of a trial for a spinal cord stimulator", ["63650"]),
        ("auth for implant of scs", ["63685"]),
        ("refill of the intrathecal pump", ["62370"]),
        ("si joint covered", ["sacroiliac"]),
        ("si joint or ablation covered", ["sacroiliac", "facet-ablation"]),
        ("mbb and rfa auth", ["facet-injection", "facet-ablation"]),
        ("mbb before rfa auth", ["facet-ablation"]),
        ("64625 ablation", ["64625"]),
    ],
)
def test_a_word_for_one_procedure_names_that_one(
    kb: KnowledgeBase, question: str, subjects: list[str]
) -> None:
    read = understand(kb, question, date(2026, 11, 30))
    assert subjects_of(kb, read) == subjects
    assert read.not_understood == ()
