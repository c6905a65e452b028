"""Parsed files and compiled policies as plain values of JSON, and back; no code in them.

A dataclass is a list: the number of its class, then its fields in their order.  A tuple is
a list that begins with ``TUPLE``, a day with ``DAY``, what is JSON already with ``JSON``.
What is read back is equal to what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from types import ModuleType
from typing import TypeAlias

from dsl.base import model, source
from dsl.errors import PayerkbError
from dsl.ir import duties, parts, rule, tests
from dsl.syntax import nodes, scenario_nodes

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, object] | None"

TUPLE = -1
DAY = -2
JSON = -3


class NotPlainError(PayerkbError):
    """Plain values that are none of ours."""


def _dataclasses_of(modules: Iterable[ModuleType]) -> tuple[type, ...]:
    """The dataclasses that modules make, in the order of their texts."""
    return tuple(
        found
        for module in modules
        for found in vars(module).values()
        if isinstance(found, type)
        and is_dataclass(found)
        and found.__module__ == module.__name__
    )


CLASSES = _dataclasses_of(
    (source, nodes, scenario_nodes, model, parts, tests, duties, rule)
)
NUMBERS = {kind: number for number, kind in enumerate(CLASSES)}
FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in CLASSES}
MAKERS: tuple[Callable[..., object], ...] = CLASSES


def plain_of(value: object) -> Plain:
    """A value of these classes, or what a field of one holds, as plain values."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [TUPLE, *map(plain_of, value)]
    if isinstance(value, date):
        return [DAY, value.isoformat()]
    if isinstance(value, dict):
        return [JSON, value]
    kind = type(value)
    return [NUMBERS[kind], *(plain_of(getattr(value, name)) for name in FIELDS[kind])]


def value_of(plain: Plain) -> object:
    """What ``plain_of`` was given.

    Raises ``NotPlainError`` for what it cannot have given.
    """
    try:
        return _value_of(plain)
    except (TypeError, ValueError, IndexError, RecursionError) as error:
        raise NotPlainError(str(error)) from None


def _value_of(plain: Plain) -> object:
    if not isinstance(plain, list):
        return plain
    number = plain[0]
    if number == JSON:
        return plain[1]
    held = map(_value_of, plain[1:])
    if number == TUPLE:
        return tuple(held)
    if number == DAY:
        return date.fromisoformat(*held)  # type: ignore[arg-type]
    return MAKERS[number](*held)  # type: ignore[index]
