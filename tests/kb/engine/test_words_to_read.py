"""The words of rules are read out of their rows when an answer first says them."""

from __future__ import annotations

import pytest

from kb.database.opening import KnowledgeBaseError
from kb.engine.rule_words import CitedRow, Words, WordsRow, WordsToRead

RULE = "one/esi@2026-01-01#four-weeks"


def row(rarc: str = '["N115"]') -> WordsRow:
    return (
        RULE, "one/esi", "four-weeks", "Four weeks", "pain-duration at least 4 weeks",
        "necessity", "50", rarc, "Wait.", "", "verified", "one/esi.policy", 12, "", "ESI",
    )  # fmt: skip


def cited(passage: str) -> CitedRow:
    return (RULE, "lcd", "LCD", passage, "", "", "verified", "2026-11-01", "")


def test_each_column_has_its_place() -> None:
    found = WordsToRead(([row()], [cited("limits"), cited("coverage")]))[RULE]
    assert (found.id, found.carc, found.rarc) == (RULE, "50", ("N115",))
    assert (found.line, found.policy_title) == (12, "ESI")
    assert [one.passage for one in found.citations] == ["limits", "coverage"]


def test_they_are_read_once() -> None:
    words = WordsToRead(([row()], []))
    assert words[RULE] is words[RULE]
    assert (list(words), len(words)) == ([RULE], 1)


def test_a_rule_that_is_not_there_has_none() -> None:
    assert WordsToRead(([row()], [])).get("another") is None


def test_a_row_of_another_shape_is_told() -> None:
    words = WordsToRead(([row(rarc="no list")], []))
    with pytest.raises(KnowledgeBaseError, match="another shape"):
        words[RULE]


def test_of_a_file_that_stays_open_only_what_is_asked_is_read() -> None:
    asked: list[str | None] = []

    def later(rule: str | None) -> Words:
        asked.append(rule)
        return ([row()], [cited("limits")]) if rule in (None, RULE) else ([], [])

    words = WordsToRead(later=later)
    assert words.get("another") is None
    assert [one.passage for one in words[RULE].citations] == ["limits"]
    assert words[RULE] is words[RULE]
    assert asked == ["another", RULE]
    assert (list(words), len(words)) == ([RULE], 1)
    assert [one.passage for one in words[RULE].citations] == ["limits"]
    assert asked == ["another", RULE, None]
