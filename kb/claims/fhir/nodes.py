"""Parts of a FHIR resource, read without trust in their types.

A part that is missing is an empty one; a part of another type is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kb.claims.fhir.codes import plain_system
from kb.claims.json.checks import (
    Node,
    check_repeated_keys,
    list_at,
    objects_at,
    whole_number,
    wrong,
)
from kb.claims.shapes import plain_number

_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T.*)?")
_FIRST_YEAR = 1900
_DECIMALS = 4
"""Dollars are read so far: sums of binary numbers come with digits that nobody wrote."""


class Coding(NamedTuple):
    """A code of a system, and the path at which it stands."""

    system: str
    code: str
    version: str
    path: str


def inside(node: Node, key: str) -> Node:
    """The object at ``key``; empty when it is left out or wrong."""
    value = node.obj.get(key)
    found = Node(value or {}, f"{node.at}{key}.", node.faults)
    if value is None:
        return found
    if not isinstance(value, dict):
        node.faults.append(wrong(node.at + key, value, "an object"))
        return found._replace(obj={})
    check_repeated_keys(found)
    return found


def each(node: Node, key: str) -> tuple[Node, ...]:
    """The objects listed at ``key``."""
    if node.obj.get(key) is None:
        return ()
    found = objects_at(node, key, lambda one, _: one)
    for one in found:
        check_repeated_keys(one)
    return found


def word(node: Node, key: str) -> str:
    """The text at ``key`` without blanks around it, whatever it says."""
    value = node.obj.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    node.faults.append(wrong(node.at + key, value, "a text"))
    return ""


def codings(concept: Node) -> tuple[Coding, ...]:
    """The codings of a concept that have a code."""
    return tuple(
        Coding(
            plain_system(word(one, "system")),
            code,
            word(one, "version"),
            one.at + "code",
        )
        for one in each(concept, "coding")
        if (code := word(one, "code"))
    )


def codes_of(concepts: Iterable[Node]) -> tuple[Coding, ...]:
    """The codings of several concepts."""
    return tuple(coding for concept in concepts for coding in codings(concept))


def first_code(concept: Node) -> str:
    """The first code of a concept, whatever its system; empty when it has none."""
    return next((coding.code for coding in codings(concept)), "")


def day_at(node: Node, key: str) -> date | None:
    """The day of a date or of a time at ``key``; ``None`` when left out or wrong."""
    value = node.obj.get(key)
    if value is None:
        return None
    day = day_in(value)
    if day is None:
        fix = "Write it as `2026-03-10`."
        node.faults.append(wrong(node.at + key, value, "a whole date", fix))
    return day


def day_in(value: object) -> date | None:
    """The day of a date or a time; ``None`` for anything else."""
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        return None
    return day if day.year >= _FIRST_YEAR else None


def amount_at(node: Node, key: str) -> Decimal | None:
    """The dollars of a Money at ``key``, also below zero; ``None`` when not said."""
    money = inside(node, key)
    value = money.obj.get("value")
    if value is None:
        return None
    if isinstance(value, float):
        value = round(value, _DECIMALS)
    below = isinstance(value, int | float | Decimal) and value < 0
    digits = plain_number(-value if below else value)
    if not digits:
        expected = "dollars with at most twelve digits"
        node.faults.append(wrong(money.at + "value", value, expected))
        return None
    return -Decimal(digits) if below else Decimal(digits)


def sequences_at(node: Node, key: str) -> tuple[int, ...]:
    """The sequence numbers listed at ``key``."""
    found = []
    for index, value in enumerate(list_at(node, key, "whole numbers from 1") or ()):
        number = whole_number(value)
        if number is None:
            path = f"{node.at}{key}[{index}]"
            node.faults.append(wrong(path, value, "a sequence, a whole number from 1"))
        else:
            found.append(number)
    return tuple(found)
