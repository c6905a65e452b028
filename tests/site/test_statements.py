"""How often pages ask the database: a page costs the same however much is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb.read.knowledge_base import KnowledgeBase
from kb.read.source_store import fact
from kb.read.store import open_knowledge_base
from kb.reference.matrix import matrix
from kb.web.answer_pages import Where, answer_page, payer_page
from kb.web.api import code_json, payers_json, search_json
from kb.web.changes_page import Asked, changes_json, changes_page
from kb.web.code_page import code_page
from kb.web.compare_page import compare_page
from kb.web.coverage_page import coverage_page
from kb.web.home_page import home_page, more_page, policies_page
from kb.web.pages import (
    gaps_page,
    source_page,
    sources_page,
)
from kb.web.payers_page import payers_page
from kb.web.policy_pages import policy_page, text_page
from kb.web.print_page import print_page
from kb.web.rule_page import rule_json, rule_page
from kb.web.search_page import search_page
from kb.web.where import Where as Chosen

MOST = 20
DAY = date(2026, 6, 1)
YEAR = Asked(date(2026, 1, 1), date(2026, 12, 31), "", has_days=True)
Show = Callable[[KnowledgeBase], object]
PAGES: dict[str, Show] = {
    "home": lambda kb: home_page(kb, DAY),
    "more": lambda kb: more_page(kb, DAY),
    "payers": lambda kb: payers_page(kb, DAY),
    "policies": policies_page,
    "compare": lambda kb: compare_page(kb, Chosen(code="64483"), ("aetna", "cigna")),
    "compare nothing": lambda kb: compare_page(kb, Chosen(), ()),
    "coverage": lambda kb: coverage_page(kb, Chosen()),
    "sheet": lambda kb: print_page(
        kb, Chosen("medicare-part-b", family="epidural", state="FL")
    ),
    "rule": lambda kb: rule_page(kb, "cigna/epidural/repeat-helped", "2026-06-01"),
    "rule as JSON": lambda kb: rule_json(kb, "cigna/epidural/repeat-helped"),
    "changes": lambda kb: changes_page(kb, YEAR),
    "changes of a payer": lambda kb: changes_page(kb, replace(YEAR, payer="uhc")),
    "changes as JSON": lambda kb: changes_json(kb, YEAR),
    "payer": lambda kb: payer_page(kb, "medicare-part-b", Where(DAY)),
    "payer in a state": lambda kb: payer_page(kb, "medicare-part-b", Where(DAY, "FL")),
    "answer": lambda kb: answer_page(
        kb, "medicare-part-b", "epidural", Where(DAY, "FL")
    ),
    "payers as JSON": payers_json,
    "code": lambda kb: code_page(kb, "64483", Where(DAY)),
    "diagnosis": lambda kb: code_page(kb, "M54.16", Where(DAY)),
    "diagnosis without its point": lambda kb: code_page(kb, "m5416", Where(DAY)),
    "modifier": lambda kb: code_page(kb, "KX", Where(DAY)),
    "code as JSON": lambda kb: code_json(kb, "64483", DAY),
    "policy": lambda kb: policy_page(kb, "medicare/novitas/esi", None),
    "policy on a day": lambda kb: policy_page(kb, "medicare/novitas/esi", DAY),
    "file": lambda kb: text_page(kb, "shared/facts.policy"),
    "source": lambda kb: source_page(kb, "L39015"),
    "sources": sources_page,
    "fact": lambda kb: fact(kb, "pain-duration"),
    "gaps": gaps_page,
    "matrix": lambda kb: matrix(kb, DAY),
    "search for a word": lambda kb: search_page(kb, "epidural", ""),
    "search for the start of a word": lambda kb: search_page(kb, "epidura", ""),
    "search for a range": lambda kb: search_page(kb, "64490-64495", ""),
    "search for nothing loaded": lambda kb: search_page(kb, "qqqqqqqqq", ""),
    "search as JSON": lambda kb: search_json(kb, "64483-RT epidural"),
}


@pytest.fixture
def asked(
    shipped_database: Path,
) -> Iterator[tuple[KnowledgeBase, list[str]]]:
    """The shipped knowledge base, nothing of it read yet, and what it is asked."""
    statements: list[str] = []
    with closing(open_knowledge_base(shipped_database)) as connection:
        connection.set_trace_callback(statements.append)
        yield KnowledgeBase(connection), statements


def of_our_own(statements: list[str]) -> list[str]:
    """Without what full-text search asks of its own tables."""
    return [each for each in statements if not each.startswith("--")]


@pytest.mark.parametrize("page", PAGES)
def test_the_first_view_of_a_page_makes_at_most_20_statements_with_what_is_then_kept(
    page: str, asked: tuple[KnowledgeBase, list[str]]
) -> None:
    kb, statements = asked
    assert PAGES[page](kb)

    assert 0 < len(of_our_own(statements)) <= MOST


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_the_same_when_it_is_made_from_what_was_kept(
    page: str, asked: tuple[KnowledgeBase, list[str]]
) -> None:
    kb, statements = asked
    first, before = PAGES[page](kb), len(of_our_own(statements))
    again = PAGES[page](kb)

    assert again == first
    assert len(of_our_own(statements)) - before <= before
