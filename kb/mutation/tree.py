"""The IR of a rule as a tree: every place in it that an operator can change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """One node of a rule: the rule itself, a test, a duty, an exception, a ``last``."""

    path: Path
    node: Json
    exception: str = ""
    """Name of the exception that it belongs to; empty for the rule's own lines."""
    case: str = ""
    """The choice that a limit is for; empty outside of ``limit by``."""
    under_not: bool = False
    """Whether a ``not`` stands right above it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One small change of a rule: what stands at ``path`` becomes ``value``."""

    operator: str
    path: Path
    value: Any
    change: str
    """In words: ``limit 4 -> 5 sessions``."""
    exception: str = ""


def spots_of(ir: Json) -> Iterator[Spot]:
    """Every node of a rule, from the top; a gap has no duty, and nobody excuses it."""
    yield Spot((), ir)
    if ir["when"] is not None:
        yield from spots_of_test(Spot(("when",), ir["when"]))
    if ir["kind"] == "gap":
        return
    if ir["last"] is not None:
        yield Spot(("last",), ir["last"])
    if ir["unless"] is not None:
        yield from spots_of_test(Spot(("unless",), ir["unless"]))
    yield from spots_of_duty(ir["duty"])
    yield from spots_of_exceptions((), ir["exceptions"])


def spots_of_duty(duty: Json) -> Iterator[Spot]:
    """A duty, the tests that it requires, and the limit of each choice."""
    yield Spot(("duty",), duty)
    if duty["duty"] == "require":
        yield from spots_of_test(Spot(("duty", "test"), duty["test"]))
    for position, case in enumerate(duty.get("cases", ())):
        path: Path = ("duty", "cases", position, "limit")
        yield Spot(path, case["limit"], case=case["choice"])


def spots_of_exceptions(path: Path, exceptions: list[Json]) -> Iterator[Spot]:
    """The nodes of exceptions, and of the exceptions to them."""
    for position, exception in enumerate(exceptions):
        here: Path = (*path, "exceptions", position)
        name = exception["name"]
        yield Spot(here, exception, name)
        yield from spots_of_test(Spot((*here, "when"), exception["when"], name))
        yield from spots_of_exceptions(here, exception["exceptions"])


def spots_of_test(spot: Spot) -> Iterator[Spot]:
    """A test and the tests below it."""
    yield spot
    for position, part in enumerate(spot.node.get("of", ())):
        if isinstance(part, dict):
            below = Spot(
                (*spot.path, "of", position),
                part,
                spot.exception,
                under_not=spot.node["op"] == "not",
            )
            yield from spots_of_test(below)
    if spot.node.get("each") is not None:
        each = Spot((*spot.path, "each"), spot.node["each"], spot.exception)
        yield from spots_of_test(each)


def replaced(tree: Any, path: Path, value: Any) -> Any:  # noqa: ANN401
    """The tree with ``value`` at ``path``; what lies beside the path is shared."""
    if not path:
        return value
    step, *rest = path
    copy: Any = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[step] = replaced(tree[step], tuple(rest), value)
    return copy


def without(items: list[Any], position: int) -> list[Any]:
    """The list without one of its items."""
    return [*items[:position], *items[position + 1 :]]
