"""Questions that CMS's tables answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kb.asking.answers import ask
from kb.asking.saying import as_json, as_text
from kb.read.store import KnowledgeBase, open_knowledge_base

TODAY = date(2026, 11, 2)


@pytest.fixture(scope="module")
def kb(shipped_database: Path) -> Iterator[KnowledgeBase]:
    with closing(open_knowledge_base(shipped_database)) as connection:
        yield KnowledgeBase(connection)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("can 64483 go with 62323", ["64483 is not paid beside 62323"]),
        ("62323 64483 bundled?", ["64483 is not paid beside 62323"]),
        ("64483 and 62323 same day medicare", ["64483 is not paid beside 62323"]),
        ("how many units of 64484", ["At most 4 units of 64484 a day"]),
        ("MUE 64484 aetna", ["At most 4 units of 64484 a day"]),
        ("is M54.5 valid", ["M54.5 is a heading"]),
        ("64635 aetna M54.5", ["M54.5 is a heading"]),
        ("bilateral 64493", ["64493: no days after it"]),
        ("64493-50 medicare", ["64493: no days after it"]),
        ("64483", ["At most 1 unit of 64483", "64483: no days after it"]),
        ("64484 on the same day", ["64484 is an add-on, paid only beside"]),
    ],
)
def test_the_tables_answer(
    kb: KnowledgeBase, question: str, expected: list[str]
) -> None:
    asked = ask(kb, question, TODAY)
    text = " ".join(as_text(asked).split())

    assert asked.is_answered
    for words in expected:
        assert any(each.says.startswith(words) for each in asked.cms), question
        assert words in text


@pytest.mark.parametrize(
    "question",
    [
        "64483 aetna",
        "how often epidural aetna",
        "M54.16 64483 medicare",
        "timely filing",
    ],
)
def test_they_are_silent_where_they_are_not_asked(
    kb: KnowledgeBase, question: str
) -> None:
    asked = ask(kb, question, TODAY)

    assert asked.cms == ()
    assert "CMS's tables" not in as_text(asked)


def test_what_is_not_known_is_no_answer(kb: KnowledgeBase) -> None:
    asked = ask(kb, "is Z99.9 valid", TODAY)
    (told,) = asked.cms

    assert not told.answers
    assert not asked.is_answered
    assert as_json(asked)["cms"] == [
        {
            "question": "diagnosis",
            "says": told.says,
            "table": told.by,
            "answers": False,
        }
    ]
