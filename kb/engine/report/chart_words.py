"""How a point of the chart must be: ``at least 4 weeks``, ``no``, or only where it is so."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.parts import Amounts
from dsl.ir.rule import Rule
from dsl.ir.walk import walk
from kb.engine.judge.evaluate import Engine
from kb.engine.judge.wording import listed
from kb.engine.program import turns_in
from kb.engine.report.wanted import Asking, ways

MOST_WORDS = 4
"""A choice of more words is not spelt out."""
PLAIN = frozenset({"yes", "written down", "none of these"})
"""What is wanted of most points, so that their name says all."""
FACTS = (t.Yes, t.Documented, t.Compare, t.Choice, t.Elapsed)
FLOOR = "at least "
CAPITALS = {"ct": "CT", "mri": "MRI", "emg": "EMG"}


class Wanted(NamedTuple):
    """What rules want of one fact."""

    words: str
    """How it must be; empty where the name of the fact says all, or where it depends."""
    if_so: bool
    """Whether it is a yes or no that only helps where it is so."""
    demanded: bool
    """Whether a rule asks for it whatever else holds."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single test of a rule, as the rule wants it."""

    test: t.Test
    holds: bool
    demanded: bool


Known = dict[tuple[str, tuple[str, ...], int], Wanted]
MOST_KNOWN = 10_000
"""Answers of ``wanted_of`` that are kept."""


def wanted_of(fact: str, rules: tuple[str, ...], day: date, engine: Engine) -> Wanted:
    """What the rules of these row ids want of a fact on a day."""
    known: Known = engine.program.once("wanted of facts", dict)
    key = fact, rules, bisect(turns_of(rules, engine), day)
    if key not in known:
        if len(known) == MOST_KNOWN:
            known.clear()
        known[key] = _wanted_of(fact, rules, day, engine)
    return known[key]


def turns_of(rules: tuple[str, ...], engine: Engine) -> tuple[date, ...]:
    """The days from which on these rules want other amounts."""
    known: dict[tuple[str, ...], tuple[date, ...]]
    known = engine.program.once("turns of what is wanted", dict)
    if rules not in known:
        if len(known) == MOST_KNOWN:
            known.clear()
        wanted = (leaf.test for rule in rules for leaf in leaves_of(rule, engine))
        amounts = (a for test in wanted for one in walk(test) for a in amounts_of(one))
        known[rules] = turns_in((a.days.start, a.days.end) for a in amounts)
    return known[rules]


def amounts_of(node: object) -> Amounts:
    """The dated amounts of a single test."""
    return node.amount if isinstance(node, t.Compare | t.Elapsed) else ()


def _wanted_of(fact: str, rules: Sequence[str], day: date, engine: Engine) -> Wanted:
    asking = Asking(engine.program, day)
    words: dict[str, None] = {}
    demanded = all(engine.program.tree(rule) is None for rule in rules)
    for leaf in (leaf for rule in rules for leaf in leaves_of(rule, engine)):
        told = told_of(fact, leaf, asking)
        words.update(dict.fromkeys(told))
        demanded = demanded or (bool(told) and leaf.demanded)
    known = engine.program.facts.get(fact)
    kind = known.kind if known else ""
    # One of several ways may want another word than the way that holds here.
    said = "" if kind == "choice" and not demanded else in_words([*words])
    return Wanted(said, kind == "yes-no" and not demanded, demanded)


def told_of(fact: str, leaf: Leaf, asking: Asking) -> list[str]:
    """How a single test wants a fact to be."""
    found = ways(leaf.test, asking, holds=leaf.holds)
    return [need.words for way in found for need in way if need.name == fact]


def in_words(words: list[str]) -> str:
    """What is wanted as one phrase; empty where rules want opposites, or too much to tell."""
    told = largest([word for word in words if word not in PLAIN])
    mixed = "no" in told and len(words) > 1
    if not told or mixed or len(told) > MOST_WORDS:
        return ""
    return listed((CAPITALS.get(word, word) for word in told), "or")


def largest(words: list[str]) -> list[str]:
    """Of lengths and percents that are all asked for, in one unit, the longest alone."""
    parts = [word.removeprefix(FLOOR).split(" ", 1) for word in words]
    units = {unit.rstrip("s") for _number, *rest in parts for unit in rest or [""]}
    if len(units) != 1 or not all(word.startswith(FLOOR) for word in words):
        return words
    return [max(words, key=lambda word: float(word.removeprefix(FLOOR).split(" ")[0]))]


def leaves_of(rule: str, engine: Engine) -> tuple[Leaf, ...]:
    """The single tests of a rule by its row id, found once; none of a row of a table."""
    known: dict[str, tuple[Leaf, ...]] = engine.program.once("leaves by rule", dict)
    if rule not in known:
        tree = engine.program.tree(rule)
        known[rule] = () if tree is None else tuple(leaves(tree))
    return known[rule]


def leaves(tree: Rule) -> Iterator[Leaf]:
    """The single tests that a rule wants to hold, or not to."""
    if isinstance(tree.duty, d.Require):
        depends = tree.when is not None and asks_the_chart(tree.when)
        for leaf in parts(tree.duty.test, holds=True, demanded=True):
            # A word that is asked for in one case alone is not what every case wants.
            in_one_case = depends and isinstance(leaf.test, t.Choice)
            yield replace(leaf, demanded=False) if in_one_case else leaf
    elif tree.when is not None and isinstance(tree.duty, d.NeverCovered):
        yield from parts(tree.when, holds=False, demanded=True)


def parts(test: t.Test, *, holds: bool, demanded: bool) -> Iterator[Leaf]:
    """The same below a test; one of several ways is not demanded."""
    match test:
        case t.Not():
            yield from parts(test.of[0], holds=not holds, demanded=demanded)
        case t.If():
            for branch in test.of[1:]:
                yield from parts(branch, holds=holds, demanded=False)
        case t.And() | t.Or() | t.AtLeast():
            every = all_of(test, holds=holds)
            for part in test.of:
                yield from parts(part, holds=holds, demanded=demanded and every)
        case _:
            yield Leaf(test, holds, demanded)


def all_of(test: t.And | t.Or | t.AtLeast, *, holds: bool) -> bool:
    """Whether every part of the chart must be as wanted.

    What a claim or a history tells beside a fact is settled, so that the fact decides.
    """
    asked = [part for part in test.of if asks_the_chart(part)]
    if len(asked) == 1:
        return True
    if isinstance(test, t.AtLeast):
        return test.count == len(test.of) if holds else test.count == 1
    return isinstance(test, t.And) == holds


def only_opens(fact: str, rule: str, engine: Engine) -> bool:
    """Whether a fact says only whether a rule applies, which the claim then breaks.

    The rule is open on a line whose claim would not meet it: what remains is its fix.
    """
    tree = engine.program.tree(rule)
    if tree is None or tree.when is None or not isinstance(tree.duty, d.Require):
        return False
    ways_out = [tree.unless] if tree.unless is not None else []
    ways_out += [one.when for one in tree.exceptions]
    if any(asks_the_chart(test) for test in (tree.duty.test, *ways_out)):
        return False
    plain = isinstance(tree.when, t.Yes | t.Choice | t.And)
    return plain and facts_below(tree.when) == [fact]


def facts_below(test: t.Test) -> list[str]:
    """The facts below a test that are so or not, and whatever else asks the chart."""
    return [
        node.fact if isinstance(node, t.Yes | t.Choice) and is_so_or_not(node) else ""
        for node in walk(test)
        if isinstance(node, FACTS)
    ]


def is_so_or_not(test: t.Yes | t.Choice) -> bool:
    """Whether a test asks for a yes, or for one word of a choice."""
    return isinstance(test, t.Yes) or len(test.values) == 1


def asks_the_chart(test: t.Test) -> bool:
    """Whether a fact stands below a test."""
    return any(isinstance(node, FACTS) for node in walk(test))
