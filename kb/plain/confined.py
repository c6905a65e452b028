"""Where a rule can apply at all: the places or states that its tests leave it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dsl.ir.rule import Rule
from dsl.ir.tests import Always, And, Field, Never, Not, Or, Test
from dsl.ir.walk import walk
from kb.plain.clauses import SetWords

FIELDS: tuple[Literal["place", "state"], ...] = ("place", "state")
ELSEWHERE = ""
"""Any value that the rule does not name."""


@dataclass(frozen=True, slots=True)
class Confined:
    """``only`` at some values of a field, or at all ``but`` some."""

    field: str
    how: Literal["only", "but"]
    values: tuple[str, ...]


def confines_of(rule: Rule, sets: Mapping[str, SetWords]) -> tuple[Confined, ...]:
    """What a rule's own conditions leave of each field; nothing where they leave all."""
    found = (_confines(rule, field, sets) for field in FIELDS)
    return tuple(each for each in found if each is not None)


def asks_beyond(test: Test | None) -> bool:
    """Whether a test asks for more than place and state."""
    return test is not None and any(
        not isinstance(node, And | Or | Not)
        and not (isinstance(node, Field) and node.name in FIELDS)
        for node in walk(test)
    )


def _confines(rule: Rule, field: str, sets: Mapping[str, SetWords]) -> Confined | None:
    named = {
        value
        for test in (rule.when, rule.unless)
        if test is not None
        for node in walk(test)
        if isinstance(node, Field) and node.name == field
        for value in _values(node, sets)
    }
    out = {value for value in named if not _may_apply(rule, field, value, sets)}
    if not _may_apply(rule, field, ELSEWHERE, sets):
        return Confined(field, "only", tuple(sorted(named - out)))
    return Confined(field, "but", tuple(sorted(out))) if out else None


def _may_apply(
    rule: Rule, field: str, value: str, sets: Mapping[str, SetWords]
) -> bool:
    if rule.when is not None and _holds(rule.when, field, value, sets) is False:
        return False
    return rule.unless is None or _holds(rule.unless, field, value, sets) is not True


def _holds(
    test: Test, field: str, value: str, sets: Mapping[str, SetWords]
) -> bool | None:
    """Whether a test is met where the field has the value; ``None``: more decides it."""
    match test:
        case Field(name=name) if name == field:
            return value in _values(test, sets)
        case Not(of=(part,)):
            held = _holds(part, field, value, sets)
            return None if held is None else not held
        case And(of=parts):
            held_of = [_holds(part, field, value, sets) for part in parts]
            if False in held_of:
                return False
            return None if None in held_of else True
        case Or(of=parts):
            held_of = [_holds(part, field, value, sets) for part in parts]
            if True in held_of:
                return True
            return None if None in held_of else False
        case Always():
            return True
        case Never():
            return False
    return None


def _values(test: Field, sets: Mapping[str, SetWords]) -> frozenset[str]:
    return sets[test.set].members if test.set is not None else frozenset(test.values)
