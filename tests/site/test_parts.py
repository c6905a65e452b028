"""Parts of pages that are kept: each build has its own, each day its own, all of it bounded."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from markupsafe import Markup

from kb.read.knowledge_base import KnowledgeBase
from kb.web import parts
from kb.web.parts import Parts, made_anew, parts_of


def test_a_part_is_made_once_for_what_it_depends_on() -> None:
    kept, numbers = Parts().kept, count(1)

    def part() -> Markup:
        return Markup(str(next(numbers)))

    asked = [
        kept(*key, caller=part) for key in [("a", 1), ("a", 2), ("a", 1), ("b", 1)]
    ]
    assert asked == ["1", "2", "1", "3"]
    assert [made_anew("a", 1, caller=part) for _ in range(2)] == ["4", "5"]


def test_builds_share_no_part() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        one, other = KnowledgeBase(connection), KnowledgeBase(connection)
        assert parts_of(one) is parts_of(one)
        assert parts_of(one) is not parts_of(other)


def test_the_parts_last_asked_for_are_kept_within_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "MOST_LETTERS", 10)
    kept = Parts().kept
    made: list[str] = []

    def part(text: str) -> str:
        def caller() -> Markup:
            made.append(text)
            return Markup(text)

        return str(kept(text, caller=caller))

    for text in ("12345", "1234", "12345", "123", "1234", "x" * 11, "x" * 11, "12345"):
        assert part(text) == text
    again = ["12345", "1234", "123", "1234", "x" * 11, "x" * 11, "12345"]
    assert made == again


def test_a_template_names_what_a_part_is_before_it_keeps_it() -> None:
    """Two parts of one name would stand in each other's place."""
    site = Path(__file__).parents[2] / "site"
    names = [
        line.partition("kept(")[2].split(",")[0].rstrip(") %}")
        for path in sorted(site.rglob("*.html"))
        for line in path.read_text("utf-8").splitlines()
        if "call kept(" in line
    ]
    assert names
    assert len(names) == len(set(names))
