"""Habits: how a policy's scenarios bill each code, so that twins bill codes likewise.

A claim that nobody would bill, a neck code at a low back level, cannot be held against the
source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kb.engine.program import Program

Json = dict[str, Any]
SIDES = ("RT", "LT", "50")
GOES_WITH_THE_PLACE = ("level", "diagnoses")


@dataclass(frozen=True, slots=True)
class Habits:
    """What the scenarios write beside each code."""

    lines: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    """Lines and earlier services that bill a code, by code."""
    groups: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """Grouping and group of each code."""
    one_sided: frozenset[str] = frozenset()
    """Codes that have no side."""

    def billed(self, line: Json, code: str) -> Json:
        """The line with another code, and with what goes with that code."""
        moved = {**line, "code": code, "modifiers": self.modifiers(line, code)}
        if self.groups.get(line["code"]) == self.groups.get(code):
            return moved
        likeness = next(self.alike(code), {})
        for key in GOES_WITH_THE_PLACE:
            if key in likeness:
                moved[key] = likeness[key]
            elif key == "level":
                moved.pop(key, None)
        return moved

    def modifiers(self, line: Json, code: str) -> list[str]:
        """Those of a line's modifiers that go with a code: sides, and what it is billed with."""
        used = {m for other in self.lines.get(code, ()) for m in other["modifiers"]}
        sides = () if code in self.one_sided else SIDES
        return [m for m in line["modifiers"] if m in used or m in sides]

    def alike(self, code: str) -> Iterator[Json]:
        """Lines that bill the code, then those of codes in the same groups."""
        yield from self.lines.get(code, ())
        for other, lines in self.lines.items():
            if self.groups.get(other) == self.groups.get(code):
                yield from lines


def habits_of(claims: Iterable[Json], program: Program) -> Habits:
    """The habits of some claims in their JSON form."""
    lines: dict[str, list[Json]] = defaultdict(list)
    for claim in claims:
        for line in (*claim["lines"], *claim["history"]["lines"]):
            lines[line["code"]].append(line)
    groups: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for name, codes in program.groupings.items():
        for code, days in codes.items():
            groups[code] |= {(name, group) for group, _days in days}
    return Habits(
        {code: tuple(found) for code, found in lines.items()},
        {code: frozenset(found) for code, found in groups.items()},
        frozenset(c for c, facts in program.codes.items() if facts.sides == "single"),
    )
