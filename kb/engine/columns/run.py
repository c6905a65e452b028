"""One run of a program over a batch: tables made once, shared by every rule."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import TypeVar, cast

import numpy as np

from kb.engine.columns.batch import Bools, ClaimBatch, Indexes, Ints
from kb.engine.columns.calendar import FIRST_DAY, DayTable, days_between
from kb.engine.columns.sets import (
    DatedCodes,
    GroupTable,
    dated_codes,
    every_code,
    group_table,
)
from kb.engine.program import Program

Made = TypeVar("Made")

DAY_BITS = 22
"""A day of the calendar, counted from its first, takes 22 bits of a key."""
MOST_OWNERS = 1 << (62 - DAY_BITS)
MOST_NUMBERS = 1 << 62
"""So many different rows can be told apart by one number."""


def keyed(owner: Ints, days: Ints) -> Ints:
    """Owner and day as one number that sorts by owner, then by day."""
    key: Ints = (owner << DAY_BITS) | (np.maximum(days, FIRST_DAY) - FIRST_DAY)
    return key


def numbered(columns: Sequence[Indexes | Ints]) -> Ints:
    """A number for each row, the same for rows that are equal in every column."""
    number = np.zeros(len(columns[0]), np.int64)
    values = 1
    for column in columns:
        if not len(column):
            return number
        low = int(column.min())
        size = int(column.max()) - low + 1
        if values * size > MOST_NUMBERS:
            known, number = np.unique(number, return_inverse=True)
            values = len(known)
        number = number * size + (column.astype(np.int64) - low)
        values *= size
    return number


class Rows:
    """Claim lines that a test is asked on, their columns gathered once.

    ``events`` is set where the test looks at earlier services: row ``i`` is then
    line ``lines[i]`` looking at event ``events[i]``, and lines may repeat.
    """

    def __init__(
        self, batch: ClaimBatch, lines: Indexes, events: Ints | None = None
    ) -> None:
        self.batch = batch
        self.lines = lines
        self.events = events

    def __len__(self) -> int:
        return len(self.lines)

    def at(self, rows: Ints, events: Ints | None = None) -> Rows:
        """Some of these rows, perhaps looking at events."""
        return Rows(self.batch, self.lines[rows], events)

    @cached_property
    def claim(self) -> Indexes:
        """Claim of each row."""
        return self.batch.lines.claim[self.lines]

    @cached_property
    def code(self) -> Indexes:
        """Procedure code of each row."""
        return self.batch.lines.code[self.lines]

    @cached_property
    def day(self) -> Ints:
        """Date of service of each row."""
        return self.batch.lines.day[self.lines].astype(np.int64)

    @cached_property
    def own_history_complete(self) -> Bools:
        """Whether each row's history is complete for this practice's claims."""
        return self.batch.claims.own_history_complete[self.claim]

    @cached_property
    def record(self) -> Ints:
        """Patient record of each row."""
        return self.batch.claims.record[self.claim].astype(np.int64)

    @cached_property
    def history_complete(self) -> Bools:
        """Whether all earlier services of the patient are known."""
        return self.batch.claims.history_complete[self.claim]

    @cached_property
    def chart_complete(self) -> Bools:
        """Whether the facts given are all that the chart holds."""
        return self.batch.claims.chart_complete[self.claim]


class Run:
    """A program over a batch, with whatever tables its rules have asked for."""

    def __init__(self, program: Program, batch: ClaimBatch) -> None:
        self.program = program
        self.batch = batch
        self._made: dict[Hashable, object] = {}

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, made the first time that ``key`` is asked for."""
        if key not in self._made:
            self._made[key] = make()
        return cast(Made, self._made[key])

    @cached_property
    def reach(self) -> tuple[int, int]:
        """First and last day on which anything happens."""
        days = (self.batch.lines.day, self.batch.events.day)
        lows = [int(column.min()) for column in days if len(column)]
        highs = [int(column.max()) for column in days if len(column)]
        return min(lows, default=0), max(highs, default=0)

    @cached_property
    def code_numbers(self) -> dict[str, int]:
        """Number of each procedure code."""
        return _numbers(self.batch.words.codes)

    @cached_property
    def diagnosis_numbers(self) -> dict[str, int]:
        """Number of each diagnosis."""
        return _numbers(self.batch.words.diagnoses)

    @cached_property
    def word_numbers(self) -> dict[str, int]:
        """Number of each word."""
        return _numbers(self.batch.words.words)

    @cached_property
    def records(self) -> int:
        """How many patient records there are."""
        return int(self.batch.claims.record.max(initial=-1)) + 1

    @cached_property
    def line_record(self) -> Ints:
        """Record of each claim line."""
        claims = self.batch.claims.record[self.batch.lines.claim]
        return claims.astype(np.int64)

    @cached_property
    def event_record(self) -> Ints:
        """Record of each event, wide enough for keys."""
        return self.batch.events.record.astype(np.int64)

    @cached_property
    def event_day(self) -> Ints:
        """Day of each event, wide enough for keys."""
        return self.batch.events.day.astype(np.int64)

    @cached_property
    def event_key(self) -> Ints:
        """Record and day of each event; rising."""
        return keyed(self.event_record, self.event_day)

    def procedures(self, key: str | None) -> DatedCodes:
        """A set of procedure codes; every code when there is no key."""
        if key is None:
            count = len(self.batch.words.codes)
            return self.once("every code", lambda: every_code(count))
        return self._set(key, self.code_numbers, "procedures")

    def diagnoses(self, key: str) -> DatedCodes:
        """A set of diagnoses."""
        return self._set(key, self.diagnosis_numbers, "diagnoses")

    def words(self, key: str) -> DatedCodes:
        """A set of words, such as places of service."""
        return self._set(key, self.word_numbers, "words")

    def _set(self, key: str, numbers: dict[str, int], kind: str) -> DatedCodes:
        return self.once(
            (kind, key),
            lambda: dated_codes(self.program.sets.get(key, {}), numbers, self.reach),
        )

    def grouping(self, name: str) -> GroupTable:
        """A grouping of procedure codes."""
        return self.once(
            ("grouping", name),
            lambda: group_table(
                self.program.groupings.get(name, {}), self.code_numbers, self.reach
            ),
        )

    def modifier_lookup(self, wanted: Sequence[str]) -> Bools:
        """For each combination of modifiers whether it holds one of ``wanted``."""
        combinations = self.batch.words.modifiers
        return self.once(
            ("modifiers", *wanted),
            lambda: np.array(
                [not set(wanted).isdisjoint(held) for held in combinations], np.bool_
            ),
        )

    def by_day(self, key: Hashable, make: Callable[[Ints], Ints]) -> DayTable:
        """A function of days as a table over every day of the batch."""
        low, high = self.reach
        return self.once(
            ("days", key), lambda: DayTable(low, make(days_between(low, high)))
        )


def _numbers(words: Sequence[str]) -> dict[str, int]:
    return {word: number for number, word in enumerate(words)}
