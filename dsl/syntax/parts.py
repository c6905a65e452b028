"""Parts of lines on their way to nodes: words, marks, numbers, spans, methods alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

from lark import Token

from dsl.ir.parts import Cmp
from dsl.syntax import nodes as n

Kind = TypeVar("Kind")
Itself = object
"""The builder, which a method made by a function does not need."""
Written = n.Line | tuple[n.Line, ...]
"""A line, or one that was written for several."""
RANGE = re.compile(r"(\d{1,3})-(\d{1,3})")
"""Numbers of lines from one to another; no claim has a thousand."""


SIGNS: dict[str, Cmp] = {
    "at least": ">=", "at most": "<=", "more than": ">", "less than": "<",
}  # fmt: skip


def word(token: Token) -> n.Word:
    """The token as a node."""
    return n.Word(str(token), token.line or 0, token.column or 0)


def words_of(tokens: Iterable[Token]) -> n.Words:
    """The tokens as nodes."""
    return tuple(word(token) for token in tokens)


def one(label: str) -> Callable[[Itself, Token], n.WordsLine]:
    """A method for a line with one word."""
    return lambda _self, token: n.WordsLine(label, (word(token),))


def several(label: str) -> Callable[[Itself, n.Words], n.WordsLine]:
    """A method for a line with a list of words."""
    return lambda _self, words: n.WordsLine(label, words)


def text(label: str) -> Callable[[Itself, Token], n.TextLine]:
    """A method for a line of free text."""

    def line(_self: Itself, token: Token) -> n.TextLine:
        return n.TextLine(label, free_text(token))

    return line


def free_text(token: Token) -> n.Word:
    """Free text without the blanks at its end."""
    return n.Word(str(token).rstrip(), token.line or 0, token.column or 0)


def joined(by: Literal["and", "or"]) -> Callable[..., n.Joined]:
    """A method for tests joined on one line."""

    def build(_self: Itself, *parts: n.Test) -> n.Joined:
        return n.Joined(by, parts)

    return build


def one_by_one(lines: tuple[Written, ...]) -> tuple[n.Line, ...]:
    """An item's lines, those that one was written for in its place."""
    each = (line if isinstance(line, tuple) else (line,) for line in lines)
    return tuple(line for some in each for line in some)


def numbers_of(words: n.Words) -> n.Words:
    """``1-3, 5`` as 1, 2, 3 and 5; what is no range upwards stays as it was written."""
    return tuple(number for given in words for number in numbers_from(given))


def numbers_from(given: n.Word) -> n.Words:
    """The numbers of one range, each where the range stands."""
    ends = RANGE.fullmatch(given.text)
    if ends is None or int(ends[1]) > int(ends[2]):
        return (given,)
    numbers = range(int(ends[1]), int(ends[2]) + 1)
    return tuple(n.Word(str(number), given.line, given.column) for number in numbers)


def item(kind: str) -> Callable[..., n.Item]:
    """A method for an item whose head is ``kind NAME: title``."""

    def build(_self: Itself, name: Token, title: Token, *lines: Written) -> n.Item:
        return n.Item(kind, word(name), free_text(title), one_by_one(lines))

    return build


class Marked:
    """A part of a rule on its way up, with the mark that tells what it is."""

    __slots__ = ("mark", "value")

    def __init__(self, mark: str, value: object) -> None:
        self.mark = mark
        self.value = value


def marked(mark: str) -> Callable[..., Marked]:
    """A method that only marks its single child."""

    def build(_self: Itself, value: object = None) -> Marked:
        return Marked(mark, value)

    return build


def parts_of(
    children: Iterable[object], mark: str, kind: type[Kind]
) -> tuple[Kind, ...]:
    """The values of a kind that the children with the mark have."""
    return tuple(
        child.value
        for child in children
        if isinstance(child, Marked)
        and child.mark == mark
        and isinstance(child.value, kind)
    )


def first(children: Iterable[object], mark: str, kind: type[Kind]) -> Kind | None:
    """The first value that bears the mark, or ``None``."""
    return next(iter(parts_of(children, mark, kind)), None)


def marked_word(children: Iterable[object], mark: str) -> n.Word | None:
    """The one word of the child with the mark, or ``None``."""
    token = first(children, mark, Token)
    return word(token) if token is not None else None


def marked_words(children: Iterable[object], mark: str) -> n.Words:
    """The words of all children with the mark, each of one word."""
    return words_of(parts_of(children, mark, Token))


def words_under(children: Iterable[object], mark: str) -> n.Words:
    """The words of the one child with the mark; none without it."""
    found: n.Words | None = first(children, mark, tuple)
    return found or ()


def dated(parts: tuple[n.SpanNode | n.Words, ...]) -> tuple[n.SpanNode | None, n.Words]:
    """The span of a line, where one is written, and its words."""
    span = next((part for part in parts if isinstance(part, n.SpanNode)), None)
    return span, next(part for part in parts if isinstance(part, tuple))
