"""Policy text in colours, line by line, for the pages."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from markupsafe import Markup
from pygments.token import Comment, Generic, Keyword, Literal, Name, Number, String

from dsl.format.highlight import PolicyLexer

CLASSES = {
    Keyword.Declaration: "kd",
    Name.Class: "b",
    Generic.Heading: "b",
    Name.Attribute: "k",
    Keyword: "k",
    Name.Constant: "n",
    Literal.Date: "n",
    Number: "n",
    String: "s",
    String.Doc: "s",
    Comment.Single: "c",
}
"""The parts that have a colour; all others are plain, which keeps pages light."""
_LEXER = PolicyLexer(stripnl=False, ensurenl=True)


@lru_cache(maxsize=64)
def lines_in_colours(text: str) -> tuple[Markup, ...]:
    """The lines of a policy file as HTML; what is in them is escaped."""
    lines: list[Markup] = []
    line = ""
    for kind, value in _LEXER.get_tokens(text):
        colour = CLASSES.get(kind, "")
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append(Markup(line))  # noqa: S704  (each part of it is escaped)
                line = ""
            if part:
                line += coloured(part, colour)
    return tuple(lines[: len(text.splitlines())])


def coloured(part: str, colour: str) -> str:
    """A part of a line in its colour, escaped."""
    escaped = escape(part)
    return f'<span class="hl-{colour}">{escaped}</span>' if colour else escaped
