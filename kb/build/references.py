"""What a compiled rule names: facts it may ask for, code sets and single codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dsl.ir.duties import NotWith
from dsl.ir.forms import NAME_OF
from dsl.ir.parts import Role
from dsl.ir.rule import Last, Rule
from dsl.ir.tests import Field
from dsl.ir.walk import Node, facts, kind_of, named, nodes, words

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


def mentions_in(rule: Rule) -> Mentions:
    """The names in a rule; its scope is not among them."""
    code_sets: set[NamedSet] = set()
    codes: set[NamedCode] = set()
    if rule.last:
        code_sets.add(NamedSet("last", rule.last.set))
        codes.update(_modifiers_of_last(rule.last))
    for node in nodes(rule):
        code_sets.update(NamedSet(_use_of(node), key) for key in named(node, Role.SET))
        codes.update(_codes_in(node))
    return Mentions(sorted(facts(rule)), sorted(code_sets), sorted(codes))


def _use_of(node: Node) -> str:
    """What a node names its set for: its form, of a claim field the field."""
    return node.name if isinstance(node, Field) else NAME_OF[kind_of(node)]


def _modifiers_of_last(last: Last) -> Iterator[NamedCode]:
    for modifier in (last.modifier, last.without):
        if modifier is not None:
            yield NamedCode("modifier", "modifier", modifier)


def _codes_in(node: Node) -> Iterator[NamedCode]:
    if isinstance(node, Field) and node.name in CODED_FIELDS:
        kind = CODED_FIELDS[node.name]
        yield from (NamedCode(kind, kind, code) for code in node.values)
    for modifier in named(node, Role.MODIFIER):
        yield NamedCode("modifier", "modifier", modifier)
    use = "unless-modifier" if isinstance(node, NotWith) else "modifier"
    for modifier in words(node, Role.MODIFIERS):
        yield NamedCode(use, "modifier", modifier)
