"""Tallies: what services of one date come to in the unit of a limit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kb.engine.judge.events import Event, group_values, sides_of
from kb.engine.program import Program

NONE = Decimal(0)


@dataclass(slots=True)
class Tally:
    """Services of one date, added and taken away one by one.

    Regions and levels that are not known make the amount a range, so a tally has a
    ``least`` and a ``most``.
    """

    unit: str
    program: Program
    lines: int = 0
    total: Decimal = NONE
    """Billed units, or injections."""
    other: Decimal = NONE
    """Levels of lines that tell neither level nor a side."""
    known: Counter[str] = field(default_factory=Counter)
    """Lines by the level or the region that they name."""
    right: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    left: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def copy(self) -> Tally:
        """A tally of its own with the same services."""
        if self.unit in ("region", "level"):
            return replace(
                self,
                known=self.known.copy(),
                right=self.right.copy(),
                left=self.left.copy(),
            )
        return replace(self)

    def add(self, event: Event, times: int = 1) -> None:
        """Count a service; with ``times`` -1 take it away again."""
        self.lines += times
        match self.unit:
            case "unit":
                self.total += event.units * times
            case "injection":
                self.total += injections(event, self.program) * times
            case "region":
                values = group_values(event, "region", self.program)
                if values is not None and len(values) == 1:
                    self._name(next(iter(values)), times)
            case "level":
                self._add_level(event, times)

    def _name(self, name: str, times: int) -> None:
        self.known[name] += times
        if not self.known[name]:
            del self.known[name]

    def _add_level(self, event: Event, times: int) -> None:
        if event.level:
            self._name(event.level, times)
            return
        sides = sides_of(event.modifiers, None)
        if sides == frozenset({"RT"}):
            self.right[event.code] += event.units * times
        elif sides == frozenset({"LT"}):
            self.left[event.code] += event.units * times
        else:
            self.other += weight(event, self.program) * times

    @property
    def least(self) -> Decimal:
        """The least that the services can come to."""
        return self._amount(most=False)

    @property
    def most(self) -> Decimal:
        """The most that they can come to."""
        return self._amount(most=True)

    def _amount(self, *, most: bool) -> Decimal:
        match self.unit:
            case "session":
                return Decimal(bool(self.lines))
            case "line":
                return Decimal(self.lines)
            case "region":
                return self._regions(most=most)
            case "level":
                return self._levels(most=most)
            case _:
                return self.total

    def _regions(self, *, most: bool) -> Decimal:
        """Distinct regions; a line of unknown region may be in one more."""
        open_ones = self.lines - self.known.total()
        if most:
            return Decimal(len(self.known) + open_ones)
        return Decimal(max(len(self.known), bool(self.lines)))

    def _levels(self, *, most: bool) -> Decimal:
        """Levels: both sides of a level are one.

        A line whose level is not given may be at one that another line names: the
        least counts those once, the most apart.
        """
        codes = {*self.right, *self.left}
        paired = (max(self.right.get(c, NONE), self.left.get(c, NONE)) for c in codes)
        told, inferred = Decimal(len(self.known)), sum(paired, self.other)
        return told + inferred if most else max(told, inferred)


def tally_of(unit: str, events: Iterable[Event], program: Program) -> Tally:
    """The tally of some services of one date."""
    found = Tally(unit, program)
    for event in events:
        found.add(event)
    return found


def weight(event: Event, program: Program) -> Decimal:
    """How many levels a line stands for: the units of an add-on, else one."""
    facts = program.codes.get(event.code)
    return event.units if facts and facts.add_on else Decimal(1)


def injections(event: Event, program: Program) -> Decimal:
    """Injections of a line: both sides of a level are two."""
    sides = sides_of(event.modifiers, None)
    return weight(event, program) * (len(sides) if sides else 1)
