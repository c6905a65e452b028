"""The one way to take a rule's tree apart: its children, a walk, find and replace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import TypeVar

from dsl.ir.duties import Duty, LimitBy
from dsl.ir.forms import parts_of
from dsl.ir.parts import Role
from dsl.ir.rule import Exemption, Rule
from dsl.ir.tests import Test

Node = Test | Duty
Kind = TypeVar("Kind", bound=Test | Duty)
Path = tuple[str | int, ...]
"""The way from the top of a tree to a part of it: names of fields, places in tuples."""
NESTED = (Role.TEST, Role.TESTS, Role.CASES)


def kind_of(node: Node) -> type:
    """The dataclass of a node's form."""
    return type(node)


@cache
def nested_of(kind: type) -> tuple[tuple[str, Role], ...]:
    """The fields of a form that hold other forms."""
    return tuple(
        (part.name, part.role) for part in parts_of(kind) if part.role in NESTED
    )


def below(node: Node) -> Iterator[tuple[Path, Node]]:
    """The tests and duties right below one, in order, each with the way to it."""
    for name, role in nested_of(kind_of(node)):
        held = getattr(node, name)
        if role is Role.TESTS:
            yield from (((name, at), part) for at, part in enumerate(held))
        elif role is Role.CASES:
            yield from (
                ((name, at, "limit"), case.limit) for at, case in enumerate(held)
            )
        elif held is not None:
            yield (name,), held


def children(node: Node) -> Iterator[Node]:
    """The tests and duties right below one, in order."""
    return (child for _path, child in below(node))


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, from the top, in order."""
    waiting = [node]
    while waiting:
        taken = waiting.pop()
        yield taken
        waiting.extend(reversed(tuple(children(taken))))


def tops(rule: Rule) -> Iterator[Node]:
    """The tests and the duty that stand right in a rule and its exceptions, in order."""
    for top in (rule.when, rule.duty, rule.unless):
        if top is not None:
            yield top
    for exemption in exemptions(rule.exceptions):
        yield exemption.when


def exemptions(given: tuple[Exemption, ...]) -> Iterator[Exemption]:
    """Exceptions with the exceptions to them."""
    for exemption in given:
        yield exemption
        yield from exemptions(exemption.exceptions)


def nodes(rule: Rule) -> Iterator[Node]:
    """Every test and duty of a rule, its exceptions included."""
    for top in tops(rule):
        yield from walk(top)


def find(rule: Rule, kind: type[Kind]) -> Iterator[Kind]:
    """Every test or duty of one form in a rule."""
    return (node for node in nodes(rule) if isinstance(node, kind))


def facts(rule: Rule) -> frozenset[str]:
    """The facts that a rule reads, whatever form reads them."""
    return frozenset(fact for node in nodes(rule) for fact in named(node, Role.FACT))


def sets(rule: Rule) -> frozenset[str]:
    """The code sets that a rule names: its scope, whose facts it looks at, its tests."""
    own = {rule.scope, rule.last.set if rule.last else None} - {None}
    within = {key for node in nodes(rule) for key in named(node, Role.SET)}
    return frozenset(key for key in own | within if key is not None)


def named(node: Node, role: Role) -> Iterator[str]:
    """What a node names under a role of single words: facts, sets, modifiers."""
    for part in parts_of(kind_of(node)):
        if part.role is role:
            held = getattr(node, part.name)
            if held is not None:
                yield held


def words(node: Node, role: Role) -> Iterator[str]:
    """What a node names under a role of several words: groups, modifiers."""
    for part in parts_of(kind_of(node)):
        if part.role is role:
            yield from getattr(node, part.name)


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each child changed first, then itself."""
    new: dict[str, object] = {}
    for name, role in nested_of(kind_of(node)):
        held = getattr(node, name)
        if role is Role.TESTS:
            new[name] = tuple(mapped(part, change) for part in held)
        elif role is Role.CASES:
            assert isinstance(node, LimitBy)
            new[name] = tuple(
                replace(case, limit=mapped(case.limit, change)) for case in held
            )
        elif held is not None:
            new[name] = mapped(held, change)
    remade: Callable[..., Node] = replace
    return change(remade(node, **new) if new else node)
