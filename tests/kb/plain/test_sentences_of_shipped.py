"""Every rule of the shipped policies as people read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from dsl.ir import tests as t
from dsl.ir.codec import decode_rule
from dsl.ir.duties import Limit
from dsl.ir.parts import Rolling, amount_on
from dsl.ir.rule import Rule
from dsl.ir.walk import nodes
from kb.plain.answers import amounts_in
from kb.read.card_store import Answer, answers_of
from kb.read.knowledge_base import KnowledgeBase
from kb.read.rule_store import rules
from kb.read.store import open_knowledge_base, policies

Said = list[tuple[Answer, Rule]]
INTERNAL = re.compile(r"\b(?:esi|tfesi)\b")
TRADE = frozenset({"follow-up", "post-laminectomy", "self-funded"})
"""Words of the trade that are keys too."""
HYPHENED = re.compile(r"\b[a-z]+(?:-[a-z0-9]+)+\b")


@pytest.fixture(scope="module")
def said(shipped_database: Path) -> Iterator[Said]:
    """Every rule in force, with its tree."""
    with closing(open_knowledge_base(shipped_database)) as opened:
        kb = KnowledgeBase(opened)
        versions = [each.id for each in policies(kb) if each.status != "shared"]
        answers = [
            answer for own in answers_of(kb, versions).values() for answer in own.all
        ]
        trees = rules(kb, (answer.rule for answer in answers))
        yield [(each, decode_rule(trees[each.rule].ir)) for each in answers]


@pytest.fixture(scope="module")
def keys(shipped_database: Path) -> frozenset[str]:
    """Keys that no person may see: of facts, choices and lists."""
    with closing(open_knowledge_base(shipped_database)) as opened:
        found = opened.execute(
            "SELECT id FROM fact UNION SELECT choice FROM fact_choice"
            " UNION SELECT name FROM code_set WHERE name NOT LIKE '%/%'"
        ).fetchall()
    return frozenset(key for (key,) in found if "-" in key) - TRADE


def numbers_of(rule: Rule, day: date) -> Iterator[str]:
    """The numbers that count on a day: amounts, windows, and counts but none and one."""
    for node in nodes(rule):
        dated = {amount.days for amount in amounts_in(node)}
        if dated:
            amount = amount_on(tuple(amounts_in(node)), day)
            if amount is not None:
                yield str(amount.amount)
        match node:
            case t.AtLeast(count=count):
                yield str(count)
            case t.Earlier(count=count) | t.SameDay(count=count):
                yield from (str(n) for n in (count.least, count.most) if n and n > 1)
        window = node.window if isinstance(node, Limit | t.Earlier) else None
        if isinstance(window, Rolling):
            yield str(window.n)


def test_every_number_of_a_tree_stands_in_its_row(said: Said) -> None:
    lost = []
    for answer, rule in said:
        day = date.fromisoformat(answer.from_day) if answer.from_day else date.min
        words = re.findall(r"\d+(?:\.\d+)?", f"{answer.sentence} {answer.condition}")
        lost += [
            (answer.rule, number)
            for number in numbers_of(rule, day)
            if number not in words
        ]

    assert lost == []
    assert len(said) > 1000


def test_no_key_reaches_a_person(said: Said, keys: frozenset[str]) -> None:
    seen = {
        (answer.rule, word)
        for answer, _ in said
        for text in (answer.short, answer.sentence, answer.condition)
        for word in (*HYPHENED.findall(text), *INTERNAL.findall(text))
        if word in keys or INTERNAL.fullmatch(word)
    }

    assert seen == set()


def test_the_trade_is_called_by_its_words(said: Said) -> None:
    around = re.compile(
        "through the nerve opening|between the bones|at the tail bone|simpler care"
        "|heat ablation",
        re.IGNORECASE,
    )
    seen = [
        (answer.rule, found[0])
        for answer, _ in said
        for text in (answer.sentence, answer.condition, answer.caveat)
        if (found := around.search(text))
    ]

    assert seen == []


def test_a_sentence_has_no_full_stop_and_begins_large(said: Said) -> None:
    odd = [
        answer.sentence
        for answer, _ in said
        if answer.sentence.endswith(".")
        or "  " in answer.sentence
        or "()" in answer.sentence
    ]

    assert odd == []
    assert all(answer.short for answer, _ in said if answer.kind == "rule")
