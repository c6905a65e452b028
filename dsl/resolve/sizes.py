"""How large a compiled test may be: what it stands for is counted, not written out."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsl.ir.tests import Test
from dsl.ir.walk import Node, children

MOST_TESTS = 1000
"""Tests that one test or definition may stand for; the longest of any payer has seven."""
DEEPEST_TEST = 100
"""Groups, joined tests and definitions inside each other."""
DEEPEST_EXCEPTION = 20
"""Exceptions to exceptions."""
DEEPEST_LIKE = 100
"""Scenarios that are like each other."""
DEEPEST_LIST = 100
"""Lists that hold each other."""
MOST_CODES = 500_000
"""Codes that the lists of one policy, and its rules by them, come to written out."""
MOST_ROWS = 200_000
"""Lines, pairs and expectations that the scenarios of one policy take from others."""
MOST_SPANS = 100
"""Spans of days on which a list holds one code."""
MOST_AMOUNTS = 250
"""Lines of a value."""
MOST_VERSIONS = 100
"""Versions of one rule, or of one name, on days of their own."""
MOST_CHANGES = 100
"""Changes that one policy makes to one item."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a compiled test comes to once every definition is written out."""

    tests: int
    depth: int

    @property
    def too_large(self) -> bool:
        """Whether it is beyond what a test may be."""
        return self.tests > MOST_TESTS or self.depth > DEEPEST_TEST


@dataclass(slots=True)
class Sizes:
    """Sizes of compiled tests that share parts: each part is counted once."""

    known: dict[int, tuple[Node, Size]] = field(default_factory=dict)
    """By identity, with the part itself, so that no other takes its place."""

    def of(self, test: Test) -> Size:
        """The size of a test, and from now on of its parts."""
        waiting: list[Node] = [test]
        while waiting:
            part = waiting[-1]
            inner = list(children(part))
            unknown = [p for p in inner if id(p) not in self.known]
            if unknown:
                waiting += unknown
                continue
            sizes = [self.known[id(p)][1] for p in inner]
            tests = sum(size.tests for size in sizes) or 1
            depth = 1 + max((size.depth for size in sizes), default=0)
            self.known[id(part)] = (part, Size(tests, depth))
            waiting.pop()
        return self.known[id(test)][1]


def too_much(what: str, size: Size) -> str:
    """Why a test is refused."""
    if size.depth > DEEPEST_TEST:
        return (
            f"{what} goes {size.depth:,} deep; groups and definitions may stand at most "
            f"{DEEPEST_TEST} deep in each other. Write it flatter."
        )
    return (
        f"{what} stands for {size.tests:,} tests, with all that its definitions stand for; "
        f"at most {MOST_TESTS:,} are allowed. Write it shorter, or as several rules."
    )
