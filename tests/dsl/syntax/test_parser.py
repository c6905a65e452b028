"""Parsing: what may be written in how many ways, and what never breaks it."""

from __future__ import annotations

import random
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark

from dsl.syntax.nodes import meaning
from dsl.syntax.parser import parse
from tests.seeds import fresh

GOLDEN = Path(__file__).parents[1] / "golden"
POLICY = (GOLDEN / "good.policy").read_text("utf-8")


def tree(text: str) -> object:
    parsed = parse(text)
    assert [d.render() for d in parsed.diagnostics if d.severity == "error"] == []
    return meaning(parsed.document.items)


def test_the_grammar_has_no_conflict_and_no_colliding_terminals() -> None:
    Lark(
        files("dsl.syntax").joinpath("policy.lark").read_text("utf-8"),
        parser="lalr",
        lexer="contextual",
        strict=True,
    )


def test_every_item_of_the_good_file_is_read() -> None:
    kinds = [item.kind for item in parse(POLICY).document.items]

    assert set(kinds) == {
        "policy", "payer", "contractor", "reasons", "source", "fact", "grouping", "code",
        "codes", "value", "define", "rule", "exception", "gap", "change", "drop", "scenario",
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_indentation_blank_lines_and_comments_change_nothing(seed: int) -> None:
    rng = random.Random(fresh(seed))
    mangled = []
    for line in POLICY.split("\n"):
        bare = line.strip()
        mangled.append(" " * rng.randrange(9) + bare if bare else "")
        prose = bare.startswith("|")
        if not prose and rng.random() < 0.3 and not bare.endswith(","):
            mangled.append("   # a comment, with a comma")
        if rng.random() < 0.2 and not prose and not bare.endswith(","):
            mangled.append("")

    assert tree("\n".join(mangled)) == tree(POLICY)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("  for: esi\n", "  for: esi   # the injections\n"),
        ("  for: esi\n", "\tFor:  esi\n"),
        ("pain-relief at least 50", "pain-relief >= 50"),
        ("include: 64479, 64480,\n           64483", "include: 64479, 64480, 64483"),
        ("64479, 64480", "64479,64480"),
        ("2021-12-05\n", "2021\u201112\u201105\n"),
        ("  for: esi", "\u00a0 for: esi"),
    ],
)
def test_two_ways_to_write_the_same(written: str, plain: str) -> None:
    assert written in POLICY

    assert tree(POLICY.replace(written, plain)) == tree(POLICY)


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_of_other_systems_are_read(ending: str) -> None:
    assert tree(POLICY.replace("\n", ending)) == tree(POLICY)


@pytest.mark.parametrize(
    "title",
    ["64483: and more", "# 5 of the list", "| a bar", "in force: from 2021-01-01",
     "it's \"quoted\"", "- a bullet", "rule x: y", "a, b,"],
)  # fmt: skip
def test_a_title_is_text_whatever_it_looks_like(title: str) -> None:
    item = parse(f"rule ugly: {title}\n  for: esi\n").document.items[0]

    assert item.title.text == title.replace("\u00a0", " ")
    assert len(item.lines) == 1


def test_typographic_characters_are_noted_once() -> None:
    notes = list(parse("| one \u2013 two\n| three \u2014 four\n").diagnostics)

    assert [d.code for d in notes] == ["P002"]
    assert notes[0].severity == "note"


def test_words_know_their_place() -> None:
    item = next(i for i in parse(POLICY).document.items if i.name.text == "four-weeks")
    line = POLICY.split("\n")[item.name.line - 1]

    assert line[item.name.column - 1 :].startswith("four-weeks:")
    assert POLICY.split("\n")[item.line - 1].startswith("rule four-weeks")
    assert POLICY.split("\n")[item.end_line - 1].strip().startswith("| Shingles")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_raises(text: str) -> None:
    parse(text)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_broken_line_never_loses_another_item(data: st.DataObject) -> None:
    lines = POLICY.rstrip("\n").split("\n")
    inner = [i for i, line in enumerate(lines) if line.startswith("  ")]
    at = data.draw(st.sampled_from(inner))
    lines[at] = "  " + data.draw(st.text("abc:-,.| 123#", min_size=1, max_size=20))
    names = {(i.kind, i.name.text) for i in parse("\n".join(lines)).document.items}

    assert names == {(i.kind, i.name.text) for i in parse(POLICY).document.items}
