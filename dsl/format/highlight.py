"""The two languages in colours: Pygments lexers, with the words of the grammars themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from pygments.lexer import RegexLexer, words
from pygments.lexer import bygroups as untyped_bygroups
from pygments.token import (
    Comment,
    Generic,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Whitespace,
)

from dsl.base.labels import ITEM_KINDS, LINES_OF, TEXT_LABELS

bygroups: Callable[..., object] = untyped_bygroups
WORD_IN_GRAMMAR = re.compile(r'"([a-z][a-z-]*)"')
DATE = r"\b\d{4}-\d\d-\d\d\b"
CODE = (
    r"\b(?:[A-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}"
    r"|(?:[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4})(?:-[0-9A-Z]{2})*"
    r"|(?:CO|PR|OA|PI)-\d{1,3}|[A-Z]{2}\d?)\b(?!-?[A-Z0-9])"
)
NAME = r"[A-Za-z][A-Za-z0-9/*'._-]*"


@cache
def grammar_words(grammar: str) -> tuple[str, ...]:
    """Every word that a grammar file writes as it is, in order."""
    text = files("dsl.syntax").joinpath(grammar).read_text("utf-8")
    return tuple(sorted(set(WORD_IN_GRAMMAR.findall(text))))


def labels() -> tuple[str, ...]:
    """The labels of all items, the longest first."""
    known = {label for of_kind in LINES_OF.values() for label in of_kind} | {"limit by"}
    return tuple(sorted(known, key=lambda label: (-len(label), label)))


def spaced(phrases: tuple[str, ...]) -> str:
    """A pattern of phrases whose words may stand apart by any blanks."""
    return "|".join(re.escape(phrase).replace(r"\ ", r"[ \t]+") for phrase in phrases)


HEAD = (
    rf"^({'|'.join(sorted(ITEM_KINDS, key=len, reverse=True))})([ \t]+)"
    r"([^\s:]+)(?:([ \t]+)(to)([ \t]+)([^\s:]+))?([ \t]*:)([^\n]*)"
)
CONTENT = [
    (r"[ \t]+#[^\n]*", Comment.Single),
    (DATE, Literal.Date),
    (CODE, Name.Constant),
    (r"\b\d+(?:\.\d+)?\b", Number),
    (r"\b\d+[A-Za-z][A-Za-z0-9.-]*", Name),
    (r"[<>]=?", Operator),
    (words(grammar_words("policy.lark"), prefix=r"\b", suffix=r"\b(?![-/])"), Keyword),
    (NAME, Name),
    (r"[,:-]", Punctuation),
    (r"[ \t]+", Whitespace),
    (r"[^\n]", Text),
]


class PolicyLexer(RegexLexer):
    """Policy files of payerkb."""

    name = "payerkb policy"
    aliases = ["payerkb-policy", "policy"]  # noqa: RUF012  (Pygments reads lists)
    filenames = ["*.policy", "*.scenarios"]  # noqa: RUF012
    version_added = ""

    tokens = {  # noqa: RUF012
        "root": [
            (r"^[ \t]*#[^\n]*", Comment.Single),
            (r"^[ \t]*\|[^\n]*", String.Doc),
            (
                HEAD,
                bygroups(
                    Keyword.Declaration, Whitespace, Name.Class, Whitespace,
                    Keyword, Whitespace, Name.Class, Punctuation, Generic.Heading,
                ),
            ),
            (
                rf"^([ \t]*)({spaced(TEXT_LABELS)})([ \t]*:)([^\n]*)",
                bygroups(Whitespace, Name.Attribute, Punctuation, String),
            ),
            (
                rf"^([ \t]*)({spaced(labels())})(?=[ \t]*:|[ \t]+\S+[ \t]*:)",
                bygroups(Whitespace, Name.Attribute),
            ),
            (r"^([ \t]*)(-{1,3})(?=[ \t])", bygroups(Whitespace, Operator)),
            *CONTENT,
            (r"\n", Whitespace),
        ],
    }  # fmt: skip


class QueryLexer(RegexLexer):
    """Questions to payerkb."""

    name = "payerkb query"
    aliases = ["payerkb-query"]  # noqa: RUF012
    version_added = ""

    tokens = {  # noqa: RUF012
        "root": [
            (DATE, Literal.Date),
            (CODE, Name.Constant),
            (
                words(grammar_words("query.lark"), prefix=r"\b", suffix=r"\b(?![-/])"),
                Keyword,
            ),
            (NAME, Name),
            (r"\b\d+\b", Number),
            (r",", Punctuation),
            (r"\s+", Whitespace),
            (r".", Text),
        ],
    }
