"""Policy text in colours, line by line, for the pages."""

from __future__ import annotations

from markupsafe import Markup, escape
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


def lines_in_colours(text: str) -> list[Markup]:
    """The lines of a policy file as HTML; what is in them is escaped."""
    lines, line = [], Markup()
    for kind, value in _LEXER.get_tokens(text):
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append(line)
                line = Markup()
            if part:
                line += coloured(part, CLASSES.get(kind, ""))
    return lines[: len(text.splitlines())]


def coloured(part: str, colour: str) -> Markup:
    """A part of a line in its colour."""
    if not colour:
        return escape(part)
    return Markup('<span class="hl-{}">{}</span>').format(colour, part)
