"""What a compiled rule names: facts it may ask for, code sets and single codes.

The walk goes by the shape that ``docs/ir.md`` tells; it never judges a test.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Json = dict[str, Any]

TREE_PARTS = ("last", "when", "unless", "exceptions", "duty")
CODED_FIELDS = {"place": "place"}
"""Claim fields whose values are codes, with the kind of those codes."""


class NamedSet(NamedTuple):
    """A code set that a rule names beside its scope, and what for."""

    use: str
    code_set: str


class NamedCode(NamedTuple):
    """A single code that a rule names, what for, and of which kind it is."""

    use: str
    kind: str
    code: str


class Mentions(NamedTuple):
    """All names in one rule, each once, in order of their names."""

    facts: list[str]
    code_sets: list[NamedSet]
    codes: list[NamedCode]


def mentions_in(ir: Json) -> Mentions:
    """The names in the rule ``ir``; its scope is not among them."""
    facts: set[str] = set()
    code_sets: set[NamedSet] = set()
    codes: set[NamedCode] = set()
    for use, node in _nodes(ir):
        # Tests and duties alike: whatever asks for a fact names it under this key.
        if isinstance(node.get("fact"), str):
            facts.add(node["fact"])
        if node.get("set"):
            code_sets.add(NamedSet(_use_of(use, node), node["set"]))
        codes.update(_codes_in(use, node))
    return Mentions(sorted(facts), sorted(code_sets), sorted(codes))


def _nodes(ir: Json) -> Iterator[tuple[str, Json]]:
    """Every node below the rule with its operation, duty or part name."""
    waiting: list[tuple[str, Any]] = [(part, ir.get(part)) for part in TREE_PARTS]
    while waiting:
        part, node = waiting.pop()
        if isinstance(node, list):
            waiting.extend((part, child) for child in node)
        elif isinstance(node, dict):
            yield str(node.get("op") or node.get("duty") or part), node
            waiting.extend(node.items())


def _use_of(use: str, node: Json) -> str:
    return str(node["field"]) if use == "field" else use


def _codes_in(use: str, node: Json) -> Iterator[NamedCode]:
    if use == "field" and node["field"] in CODED_FIELDS:
        kind = CODED_FIELDS[node["field"]]
        yield from (NamedCode(kind, kind, code) for code in node.get("in") or ())
    if node.get("modifier"):
        yield NamedCode("modifier", "modifier", node["modifier"])
    if isinstance(node.get("without"), str):
        yield NamedCode("modifier", "modifier", node["without"])
    for modifier in node.get("unless_modifier") or ():
        yield NamedCode("unless-modifier", "modifier", modifier)
