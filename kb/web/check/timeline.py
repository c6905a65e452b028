"""The sessions that a limit counted on a line of days, drawn with plain figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from kb.engine.judge.answer import LimitState

WIDTH = 560
EDGE = 24
"""Room at both ends."""
NEAR_EDGE = 90
APART = 92
"""Names of days that are nearer than this stand below each other."""
ROWS = 3
ALONE = timedelta(days=30)
"""What is shown around a single day."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on the line: where it is, and in which row its name stands."""

    kind: str
    """``counted``, ``this`` or ``next``."""
    day: date
    x: int
    row: int
    text: str

    @property
    def anchor(self) -> str:
        """Which end of its name stands at the day, so that none is cut at the edges."""
        if self.x > WIDTH - NEAR_EDGE:
            return "end"
        return "start" if self.x < NEAR_EDGE else "middle"


@dataclass(frozen=True, slots=True)
class Timeline:
    """A window with the days that count in it."""

    start: int
    end: int
    """Where the window begins and ends."""
    marks: tuple[Mark, ...]
    rows: int
    words: str
    """The same as a sentence, for who does not see it."""


def timeline_of(state: LimitState) -> Timeline:
    """The line of days of a limit or an interval."""
    found = state.arithmetic
    this = found.window_end
    earlier = sorted({event.date for event in found.events} - {this})
    kinds = [("counted", day, f"{day:%b} {day.day}") for day in earlier]
    kinds.append(("this", this, f"{this:%b} {this.day}: this one"))
    if state.next_date:
        kinds.append(("next", state.next_date, f"next {state.next_date}"))
    kinds.sort(key=lambda one: one[1])
    first = min([found.window_start or kinds[0][1] - ALONE, kinds[0][1]])
    last = max(kinds[-1][1], this + ALONE)
    days = max((last - first).days, 1)

    def at(day: date) -> int:
        return EDGE + round((day - first).days * (WIDTH - 2 * EDGE) / days)

    places = [at(day) for _kind, day, _text in kinds]
    rows = rows_of(places)
    marks = tuple(
        Mark(kind, day, x, row, text)
        for (kind, day, text), x, row in zip(kinds, places, rows, strict=True)
    )
    start = at(found.window_start) if found.window_start else 0
    return Timeline(start, at(this), marks, max(rows) + 1, in_words(state, earlier))


def rows_of(places: list[int]) -> list[int]:
    """In which row each name stands so that neighbours do not cover each other."""
    rows = [0]
    for before, here in pairwise(places):
        rows.append((rows[-1] + 1) % ROWS if here - before < APART else 0)
    return rows


def in_words(state: LimitState, earlier: list[date]) -> str:
    """The same as a sentence."""
    found = state.arithmetic
    counted = ", ".join(map(str, earlier)) or "none"
    since = f" since {found.window_start}" if found.window_start else ""
    said = (
        f"Earlier services that count{since}: {counted}. This one: {found.window_end}."
    )
    return f"{said} One more from {state.next_date}." if state.next_date else said
