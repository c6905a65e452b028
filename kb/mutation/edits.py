"""An edit: one small change of a rule, and what a node holds for operators to change.

Operators ask for the roles of fields, so that a new form is changed by what it is made of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import TypeVar, get_args, get_type_hints

from dsl.ir.forms import Part, parts_of
from dsl.ir.parts import Amount, Role, Window
from dsl.ir.places import Held, Place
from dsl.ir.rule import Exemption, Rule
from dsl.ir.walk import Path

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Edit:
    """One small change of a rule: what stands at ``path`` becomes ``value``."""

    operator: str
    path: Path
    value: object
    change: str
    """In words: ``limit 4 -> 5 sessions``."""
    exception: str = ""


def edit(
    operator: str, place: Place, within: str | Path, value: object, change: str
) -> Edit:
    """What a field of a node holds, or a part of it, becomes ``value``."""
    path = (within,) if isinstance(within, str) else within
    return Edit(operator, (*place.path, *path), value, change, place.exception)


def without(items: tuple[Item, ...], position: int) -> tuple[Item, ...]:
    """The items without one of them."""
    return (*items[:position], *items[position + 1 :])


# ---------- what a node holds, by role ----------


def kind_of(node: Held) -> type:
    """The dataclass of a node."""
    return type(node)


def parts_in(node: Held, role: Role) -> Iterator[Part]:
    """The fields of a role that are filled; a rule and an exception are no forms."""
    if isinstance(node, Rule | Exemption):
        return
    kind = kind_of(node)
    for part in parts_of(kind):
        if part.role is role and getattr(node, part.name) is not None:
            yield part


def amounts_in(node: Held) -> Iterator[tuple[str, tuple[Amount, ...]]]:
    """Fields with dated amounts."""
    for part in parts_in(node, Role.AMOUNTS):
        yield part.name, getattr(node, part.name)


def each_amount(node: Held) -> Iterator[tuple[str, int, Amount]]:
    """Every dated amount of a node: its field, its position there, the amount."""
    for name, amounts in amounts_in(node):
        yield from ((name, position, x) for position, x in enumerate(amounts))


def windows_in(node: Held) -> Iterator[tuple[str, Window]]:
    """Fields with a window."""
    for part in parts_in(node, Role.WINDOW):
        yield part.name, getattr(node, part.name)


def words_in(node: Held, role: Role) -> Iterator[tuple[str, str]]:
    """Fields of a role that hold one word: a fact, a set, a modifier."""
    for part in parts_in(node, role):
        yield part.name, getattr(node, part.name)


def lists_in(node: Held, role: Role) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Fields of a role that hold any number of words: groups, modifiers, choices.

    A field that holds just so many cannot lose one.
    """
    kind = kind_of(node)
    for part in parts_in(node, role):
        if any_number(kind, part.name):
            yield part.name, getattr(node, part.name)


@cache
def any_number(kind: type, name: str) -> bool:
    """Whether a field is a tuple of any length."""
    return Ellipsis in get_args(get_type_hints(kind)[name])


@cache
def may_be_missing(kind: type, name: str) -> bool:
    """Whether a field may hold nothing."""
    return NoneType in get_args(get_type_hints(kind)[name])
