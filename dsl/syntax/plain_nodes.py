"""A parsed file as plain values of JSON, and back: lists, texts and numbers, no code.

A node is a list: the number of its class, then its fields in their order.  A tuple is a
list that begins with ``TUPLE``.  What is read back is equal to what was written.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, TypeAlias, cast, get_args

from dsl.errors import PayerkbError
from dsl.syntax import nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable

Plain: TypeAlias = "str | int | bool | list[Plain] | None"

TUPLE = -1
WORD = 0
CLASSES: tuple[type, ...] = (
    n.Word, n.Document, n.Item, n.SpanNode, n.AmountNode, n.Count, n.WindowNode,
    n.Pair, *get_args(n.Test), *get_args(n.Line),
)  # fmt: skip
NUMBERS = {kind: number for number, kind in enumerate(CLASSES)}
FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in CLASSES}
MAKERS = cast("tuple[Callable[..., object], ...]", CLASSES)


class NoDocumentError(PayerkbError):
    """Plain values that are not those of a parsed file."""


def plain_of(node: object) -> Plain:
    """A node, or what a field of one holds, as plain values."""
    if node is None or isinstance(node, str | int):
        return node
    if isinstance(node, tuple):
        return [TUPLE, *map(plain_of, node)]
    kind = type(node)
    return [NUMBERS[kind], *(plain_of(getattr(node, name)) for name in FIELDS[kind])]


def document_of(plain: Plain) -> n.Document:
    """The parsed file that ``plain_of`` wrote.

    Raises ``NoDocumentError``.
    """
    try:
        built = _node(plain)
    except (TypeError, ValueError, IndexError, RecursionError) as error:
        raise NoDocumentError(str(error)) from None
    if not isinstance(built, n.Document):
        raise NoDocumentError("These values are another node.")
    return built


def _node(plain: Plain) -> object:
    if not isinstance(plain, list):
        return plain
    number = plain[0]
    if number == WORD:  # three of four nodes are words
        _, text, line, column = plain
        return n.Word(text, line, column)  # type: ignore[arg-type]
    held = [_node(one) for one in plain[1:]]
    return tuple(held) if number == TUPLE else MAKERS[number](*held)  # type: ignore[index]
