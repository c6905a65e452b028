"""Every word of a question is resolved or refused: none only makes the answer smaller."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from sqlite3 import Connection

import pytest

from dsl.questions import QuestionError
from kb.asking.offers import offer
from kb.questions import Answer, answer
from kb.read.store import KnowledgeBase, open_knowledge_base

TODAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def shipped(shipped_database: Path) -> Iterator[Connection]:
    with closing(open_knowledge_base(shipped_database)) as opened:
        yield opened


def ask(connection: Connection, text: str) -> Answer:
    return answer(connection, text, TODAY)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("show limits for 64483 state Florida", "show limits for 64483 state FL"),
        ("show limits for 64483 state fl", "show limits for 64483 state FL"),
        ("show rules for 64493 state north-dakota", "show rules for 64493 state ND"),
        ("show rules for 64493 at place ASC", "show rules for 64493 at place 24"),
        ("show rules for 64493 at place office", "show rules for 64493 at place 11"),
        (
            "show rules for MBB under cigna",
            "show rules for facet-injection under cigna",
        ),
        ("show rules mentioning m5416", "show rules mentioning M54.16"),
        ("show rules mentioning l33906", "show rules mentioning L33906"),
        (
            "show rules for 64483 under BCBSFL",
            "show rules for 64483 under florida-blue",
        ),
    ],
)
def test_a_word_stands_for_its_key(
    shipped: Connection, written: str, meant: str
) -> None:
    assert ask(shipped, written).rows == ask(shipped, meant).rows


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("show limits for 64483 state Florda", "no state. .* Did you mean `FL`"),
        ("show limits for 64483 state ZZ", "no state"),
        ("show rules at place moon", "no place of service"),
        ("show rules at place 7", "no place of service"),
        ("show limits for epidurel", "Did you mean `epidural`"),
        ("show rules mentioning L339060", "no code and no document"),
        ("show rules under nobody", "No payer, contractor or policy"),
    ],
)
def test_a_word_that_names_nothing_is_refused(
    shipped: Connection, text: str, said: str
) -> None:
    with pytest.raises(QuestionError, match=said):
        ask(shipped, text)


def test_a_family_is_asked_with_all_its_codes(shipped: Connection) -> None:
    found = ask(shipped, "show limits for epidurals under aetna")
    policies = {row[found.columns.index("policy")] for row in found.rows}

    assert policies == {"aetna/interlaminar", "aetna/transforaminal"}
    assert not any("no policy loaded" in line for line in found.not_known)


def test_a_contractor_is_asked_with_the_national_rules(shipped: Connection) -> None:
    found = ask(shipped, "show rules for 64483 under noridian")
    policies = {row[found.columns.index("policy")] for row in found.rows}

    assert "medicare/noridian/esi" in policies
    assert any(str(policy).startswith("medicare/national/") for policy in policies)
    assert not any("novitas" in str(policy) for policy in policies)


@pytest.mark.parametrize(
    ("place", "applies"), [("24", True), ("11", True), ("21", False)]
)
def test_a_place_keeps_what_only_another_place_is_excepted_from(
    shipped: Connection, place: str, *, applies: bool
) -> None:
    """Humana asks for approval unless the place is 21."""
    found = ask(shipped, f"show rules for 64493 under humana at place {place}")
    rules = [row[found.columns.index("rule")] for row in found.rows]

    assert ("approval" in rules) is applies


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("how many epidurals aetna", "show limits for epidural under aetna"),
        ("64483 florida medicare", "show rules for 64483 under first-coast state FL"),
        ("RFA auth in an ASC cigna", "for facet-ablation under cigna at place 24"),
    ],
)
def test_a_refused_question_is_offered_as_it_was_understood(
    shipped: Connection, text: str, question: str
) -> None:
    with pytest.raises(QuestionError):
        ask(shipped, text)
    offered = offer(KnowledgeBase(shipped), text, TODAY)

    assert f"payerkb ask {text}" in offered
    assert question in offered
    assert ask(shipped, offered.rpartition("payerkb query ")[2]).columns


def test_of_nothing_understood_nothing_is_offered(shipped: Connection) -> None:
    assert offer(KnowledgeBase(shipped), "qwrtz zzkk", TODAY) == ""
