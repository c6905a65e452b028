"""Places in a rule's tree: what stands where, and the rule with another thing there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from dsl.ir import walk
from dsl.ir.duties import LimitBy
from dsl.ir.rule import Exemption, Last, Rule
from dsl.ir.tests import Not
from dsl.ir.walk import Node, Path

Tree = TypeVar("Tree")
Held = Rule | Last | Exemption | Node


@dataclass(frozen=True, slots=True)
class Place:
    """One node of a rule: the rule itself, a test, a duty, an exception, a ``last``."""

    path: Path
    node: Held
    exception: str = ""
    """Name of the exception that it belongs to; empty for the rule's own lines."""
    case: str = ""
    """The choice that a limit is for; empty outside of ``limit by``."""
    under_not: bool = False
    """Whether a ``not`` stands right above it."""


def places(rule: Rule) -> Iterator[Place]:
    """Every node of a rule from the top, in the order in which a rule is read."""
    yield Place((), rule)
    if rule.when is not None:
        yield from places_from(Place(("when",), rule.when), rule.when)
    if rule.last is not None:
        yield Place(("last",), rule.last)
    if rule.unless is not None:
        yield from places_from(Place(("unless",), rule.unless), rule.unless)
    if rule.duty is not None:
        yield from places_from(Place(("duty",), rule.duty), rule.duty)
    yield from places_of_exemptions((), rule.exceptions)


def places_of_exemptions(path: Path, given: tuple[Exemption, ...]) -> Iterator[Place]:
    """The nodes of exceptions, and of the exceptions to them."""
    for position, exemption in enumerate(given):
        here: Path = (*path, "exceptions", position)
        yield Place(here, exemption, exemption.name)
        when = Place((*here, "when"), exemption.when, exemption.name)
        yield from places_from(when, exemption.when)
        yield from places_of_exemptions(here, exemption.exceptions)


def places_from(place: Place, node: Node) -> Iterator[Place]:
    """A test or a duty, and all below it."""
    yield place
    for path, part in walk.below(node):
        lower = replace(
            place,
            path=(*place.path, *path),
            node=part,
            case=case_of(node, path) or place.case,
            under_not=isinstance(node, Not),
        )
        yield from places_from(lower, part)


def case_of(node: Node, path: Path) -> str:
    """The choice whose limit lies on a path below a node; empty for any other part."""
    if not isinstance(node, LimitBy):
        return ""
    _cases, position, *_limit = path
    return node.cases[int(position)].choice


def put(tree: Tree, path: Path, value: object) -> Tree:
    """The tree with ``value`` at ``path``; what lies beside the path is shared.

    The caller answers for the value: it must be what the field may hold.
    """
    changed = placed(tree, path, value)
    assert isinstance(changed, type(tree))
    return changed


def placed(tree: object, path: Path, value: object) -> object:
    """The same for any part of a tree, and for the empty path the value itself."""
    if not path:
        return value
    step, *rest = path
    if isinstance(step, int):
        assert isinstance(tree, tuple)
        inner = placed(tree[step], tuple(rest), value)
        return (*tree[:step], inner, *tree[step + 1 :])
    inner = placed(getattr(tree, step), tuple(rest), value)
    remade: Callable[..., object] = replace
    return remade(tree, **{step: inner})
