"""A rule on its way to its tree: what its tests are looked up in and reported to."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsl.base.diagnostics import Reporter
from dsl.ir import tests as t
from dsl.resolve.context import Context
from dsl.resolve.sizes import Sizes
from dsl.resolve.vocabulary import (
    Sited,
)


@dataclass(slots=True)
class Compiling:
    """One rule on its way to its tree: where its words are looked up and reported."""

    sited: Sited
    context: Context
    report: Reporter
    owner: bool = False
    """Whether the rule says whose procedure facts it looks at."""
    in_each: bool = False
    slot: int = 0
    """Counts anonymous lists, so that each has a key of its own."""
    facts: set[str] = field(default_factory=set)
    depth: int = 0
    """How many tests are being compiled inside each other."""
    defined: dict[tuple[str, bool, str], t.Test] = field(default_factory=dict)
    """Tests of definitions: compiled once, shared by all that name them."""
    sizes: Sizes = field(default_factory=Sizes)
    refused: bool = False
    """Whether a definition was too large; those that name it are too, and are not told."""

    def next_slot(self, label: str) -> str:
        """A fresh name for an anonymous list of this rule."""
        self.slot += 1
        return f"{label}-{self.slot}"


NOTHING = t.Never()
"""Takes the place of a test that has a fault."""


def negate(test: t.Test, *, negated: bool) -> t.Test:
    """The test, or its opposite."""
    return t.Not((test,)) if negated else test
