"""Parsers out of grammar files: what both languages ask Lark for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import TypeVar

from lark import Lark, Token, Transformer, lexer

from dsl.base.keywords import end_where_words_end

Node = TypeVar("Node")


def parser_of(
    grammar: str, transformer: Transformer[Token, Node] | None = None
) -> Lark:
    """The parser of a grammar file of ``dsl.syntax``; ``transformer`` makes its nodes."""
    with without_collision_check():
        return Lark(
            files("dsl.syntax").joinpath(grammar).read_text("utf-8"),
            parser="lalr",
            lexer="contextual",
            transformer=transformer,
            edit_terminals=end_where_words_end,
        )


@contextmanager
def without_collision_check() -> Iterator[None]:
    """Lark does not look meanwhile whether two words of a grammar are the same text.

    It looks at each start where ``interegular`` is installed, which is where the tests
    run: there that took a second of every build.  The tests look once, strictly.
    """
    given = lexer.has_interegular
    lexer.has_interegular = False
    try:
        yield
    finally:
        lexer.has_interegular = given
