"""``docs/language/forms.md`` shows every form of the grammar, and what it shows works."""

from __future__ import annotations

import re
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
from lark import Lark, Token
from lark.lexer import PatternStr

from dsl.format.formatter import format_text
from dsl.syntax.parser import HEAD
from kb.build.compiler import build_folder
from kb.engine import Engine
from kb.proofs.scenarios import run_scenarios
from kb.read.store import open_knowledge_base

PAGE = Path(__file__).parents[2] / "docs" / "language" / "forms.md"
FILES = dict(
    re.findall(r"```policy (\S+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
)


@pytest.fixture(scope="module")
def grammar() -> Lark:
    """The grammar as it is written, with every word kept."""
    text = files("dsl.syntax").joinpath("policy.lark").read_text("utf-8")
    return Lark(text, parser="lalr", lexer="contextual", keep_all_tokens=True)


@pytest.fixture(scope="module")
def shown(grammar: Lark) -> tuple[set[str], set[str]]:
    """Forms and words that the page shows."""
    forms, words = set(), set()
    for text in FILES.values():
        for item in items_of(text):
            tree = grammar.parse(item)
            forms |= {str(part.data) for part in tree.iter_subtrees()}
            tokens = tree.scan_values(lambda value: isinstance(value, Token))
            words |= {token.type for token in tokens}
    return forms, words


def items_of(text: str) -> list[str]:
    """The items of a file, without the prose before the first."""
    starts = [m.start() for m in re.finditer(r"^\S.*$", text, re.MULTILINE)
              if HEAD.match(m.group())]  # fmt: skip
    return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def test_every_form_is_shown(grammar: Lark, shown: tuple[set[str], set[str]]) -> None:
    forms = {
        rule.alias or rule.origin.name
        for rule in grammar.rules
        if rule.alias or not rule.options.expand1
    }

    assert sorted(f for f in forms - shown[0] if not f.startswith("_")) == []


def test_every_word_is_shown(grammar: Lark, shown: tuple[set[str], set[str]]) -> None:
    words = {t.name: t.pattern.value for t in grammar.terminals
             if isinstance(t.pattern, PatternStr)}  # fmt: skip

    assert sorted(word for name, word in words.items() if name not in shown[1]) == []


def test_the_examples_compile_and_their_scenarios_hold(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    for name, text in FILES.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")

    report = build_folder(folder, tmp_path / "kb.db")

    assert [d.render() for d in report.diagnostics] == []
    engine = Engine.open(tmp_path / "kb.db")
    with closing(open_knowledge_base(tmp_path / "kb.db")) as connection:
        runs = list(run_scenarios(connection, engine))
    assert [(run.name, run.failures) for run in runs if run.failures] == []
    assert len(runs) >= 8


@pytest.mark.parametrize("name", FILES)
def test_the_examples_are_in_the_one_style(name: str) -> None:
    assert format_text(FILES[name]) == FILES[name]
