"""Tallies: what services of one date come to in the unit of a limit."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from kb.engine.judge.events import Event, group_values, sides_of
from kb.engine.program import Program

NONE = Decimal(0)
RIGHT, LEFT, BOTH, UNSAID = "RT", "LT", "50", ""
ALL = (RIGHT, LEFT, BOTH, UNSAID)
THOUSANDTHS = 1000


Name = TypeVar("Name")


def counted(numbers: dict[Name, int], name: Name, times: int) -> None:
    """Count a name so many times more; one that is not left has no entry."""
    number = numbers.get(name, 0) + times
    if number:
        numbers[name] = number
    else:
        numbers.pop(name, None)


@dataclass(slots=True)
class LevelsOfCode:
    """The levels of one code on one day, by the sides that lines tell.

    A line that tells no side may be the other side of what another line stands for.
    """

    lines: dict[str, dict[str, int]] = field(
        default_factory=lambda: {side: {} for side in ALL}
    )
    """Lines by the level that they name."""
    rest: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(ALL, NONE))
    """Levels that lines stand for without naming them."""
    unsaid: dict[Decimal, int] = field(default_factory=dict)
    """Lines without a side by how many such levels each stands for."""

    def copy(self) -> LevelsOfCode:
        """Its own levels."""
        lines = {side: named.copy() for side, named in self.lines.items()}
        return LevelsOfCode(lines, self.rest.copy(), self.unsaid.copy())

    def add(self, event: Event, program: Program, times: int) -> None:
        """Count a line; with ``times`` -1 take it away again."""
        side = side_told(event)
        one_sided = side in (RIGHT, LEFT)
        stands_for = event.units if one_sided else weight(event, program)
        if event.level:
            counted(self.lines[side], event.level, times)
            stands_for = max(stands_for - 1, NONE)
        self.rest[side] += stands_for * times
        if side == UNSAID:
            counted(self.unsaid, stands_for, times)

    @property
    def named(self) -> set[str]:
        """The levels that lines name."""
        return self._named(RIGHT) | self._named(LEFT)

    def _named(self, side: str) -> set[str]:
        either = self.lines[BOTH].keys() | self.lines[UNSAID].keys()
        return self.lines[side].keys() | either

    def least_unnamed(self, shared: Set[str]) -> Decimal:
        """How many more there are at least than are named.

        What is not named of one side may be what only the other side names, but not one
        of the ``shared`` levels, which other codes name too.  Each level has room for two
        sides, and what one line stands for without a side is never one level twice.
        """
        own = self.named - shared
        on_right = len(own - self._named(RIGHT))
        on_left = len(own - self._named(LEFT))
        right, left, both = self.rest[RIGHT], self.rest[LEFT], self.rest[BOTH]
        sides = right + left + self.rest[UNSAID] + 2 * both - on_right - on_left
        of_one_line = max(self.unsaid, default=NONE) + both - on_right - on_left
        of_one_side = max(right - on_right, left - on_left) + both
        return max(of_one_side, halved(sides), of_one_line, NONE)

    @property
    def most_unnamed(self) -> Decimal:
        """How many more there are at most; both sides of one count once."""
        one_sided = max(self.rest[RIGHT], self.rest[LEFT])
        return one_sided + self.rest[BOTH] + self.rest[UNSAID]


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
    known: dict[str, int] = field(default_factory=dict)
    """Lines by the region that they name."""
    levels: dict[str, LevelsOfCode] = field(default_factory=dict)

    def copy(self) -> Tally:
        """A tally of its own with the same services."""
        if self.unit not in ("region", "level"):
            return Tally(self.unit, self.program, self.lines, self.total)
        levels = {code: one.copy() for code, one in self.levels.items()}
        known = self.known.copy()
        return Tally(self.unit, self.program, self.lines, self.total, known, levels)

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
                    counted(self.known, next(iter(values)), times)
            case "level":
                if event.code not in self.levels:
                    self.levels[event.code] = LevelsOfCode()
                self.levels[event.code].add(event, self.program, times)

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
        open_ones = self.lines - sum(self.known.values())
        if most:
            return Decimal(len(self.known) + open_ones)
        return Decimal(max(len(self.known), bool(self.lines)))

    def _levels(self, *, most: bool) -> Decimal:
        """Levels: one that several lines name is one, and so are both sides of one.

        What is not named of a code is another level than what its side names, and than
        any of other codes.  It may be one that the other side names: the least counts
        those once, the most apart.
        """
        codes = self.levels.values()
        named: set[str] = set()
        shared: set[str] = set()
        for one in codes:
            shared |= named & one.named
            named |= one.named
        more = (
            one.most_unnamed if most else one.least_unnamed(shared) for one in codes
        )
        return sum(more, Decimal(len(named)))


def tally_of(unit: str, events: Iterable[Event], program: Program) -> Tally:
    """The tally of some services of one date."""
    found = Tally(unit, program)
    for event in events:
        found.add(event)
    return found


def side_told(event: Event) -> str:
    """The side of a line: right, left, both, or none that is said."""
    sides = sides_of(event.modifiers, None)
    if sides is None:
        return UNSAID
    return next(iter(sides)) if len(sides) == 1 else BOTH


def halved(sides: Decimal) -> Decimal:
    """How many levels so many sides are at least; thousandths are not split."""
    if sides <= 0:
        return NONE
    whole = sides + 1 if sides % 2 == 1 else sides
    return whole * THOUSANDTHS // 2 / THOUSANDTHS


def weight(event: Event, program: Program) -> Decimal:
    """How many levels a line stands for: the units of an add-on, else one."""
    facts = program.codes.get(event.code)
    return event.units if facts and facts.add_on else Decimal(1)


def injections(event: Event, program: Program) -> Decimal:
    """Injections of a line: both sides of a level are two."""
    sides = sides_of(event.modifiers, None)
    return weight(event, program) * (len(sides) if sides else 1)
