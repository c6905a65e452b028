"""Code sets and groupings as tables over a batch's vocabularies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.engine.columns.batch import Bools, Indexes, Ints, Small
from kb.engine.columns.batch_claims import day_number
from kb.engine.columns.calendar import FIRST_DAY, LAST_DAY
from kb.engine.program import Days

DayPair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DatedCodes:
    """The codes of a set, over a vocabulary."""

    content: bytes
    """Equal for two sets that hold the same codes on the same days."""
    member: Bools
    """Whether a code is in the set on any day of the batch."""
    layers: tuple[tuple[Ints, Ints], ...] = ()
    """First and last days by code; none when every member always holds."""

    def holds(self, codes: Indexes, days: Ints) -> Bools:
        """Whether each code is in the set on its day."""
        if not self.layers:
            return self.member[codes]
        held = np.zeros(len(codes), np.bool_)
        for first, last in self.layers:
            held |= (first[codes] <= days) & (days <= last[codes])
        return held


def day_pair(days: Days) -> DayPair:
    """Days as numbers, open ends as the ends of the calendar."""
    first, last = days
    return (
        FIRST_DAY if first is None else day_number(first),
        LAST_DAY if last is None else day_number(last),
    )


def dated_codes(
    members: Mapping[str, tuple[Days, ...]],
    vocabulary: Mapping[str, int],
    reach: DayPair,
) -> DatedCodes:
    """A set over a vocabulary, as far as it shows on the days of ``reach``."""
    spans: dict[int, list[DayPair]] = {}
    for code in members.keys() & vocabulary.keys():
        seen = [day_pair(days) for days in members[code]]
        seen = [pair for pair in seen if pair[0] <= reach[1] and reach[0] <= pair[1]]
        if seen:
            spans[vocabulary[code]] = sorted(seen)
    member = np.zeros(len(vocabulary), np.bool_)
    member[list(spans)] = True
    layers = _layers(spans, len(vocabulary), reach)
    content = b"".join((member.tobytes(), *(x.tobytes() for p in layers for x in p)))
    return DatedCodes(content, member, layers)


def every_code(count: int) -> DatedCodes:
    """The set of all codes."""
    return DatedCodes(b"*", np.ones(count, np.bool_))


def _layers(
    spans: Mapping[int, list[DayPair]], count: int, reach: DayPair
) -> tuple[tuple[Ints, Ints], ...]:
    always = all(
        any(first <= reach[0] and reach[1] <= last for first, last in pairs)
        for pairs in spans.values()
    )
    depth = 0 if always else max(len(pairs) for pairs in spans.values())
    return tuple(_layer(spans, count, level) for level in range(depth))


def _layer(
    spans: Mapping[int, list[DayPair]], count: int, level: int
) -> tuple[Ints, Ints]:
    first = np.full(count, LAST_DAY + 1, np.int64)
    last = np.full(count, FIRST_DAY - 1, np.int64)
    for code, pairs in spans.items():
        if level < len(pairs):
            first[code], last[code] = pairs[level]
    return first, last


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A grouping over a vocabulary, with its days.

    The group of a code on a day is a *candidate set*: one group when it is known,
    several when the grouping leaves it open, none when it does not say at all.
    """

    breaks: Ints
    """Days on which something changes."""
    candidates: npt.NDArray[np.int32]
    """Number of the candidate set, by stretch of days and code."""
    group: Indexes
    """The one group of a candidate set, -1 when it is not known."""
    agree: Small
    """Kleene equality of two candidate sets."""

    def at(self, codes: Indexes, days: Ints) -> Indexes:
        """Candidate set of each code on its day."""
        stretch = np.searchsorted(self.breaks, days, "right") if len(self.breaks) else 0
        found: Indexes = self.candidates[stretch, codes]
        return found


def group_table(
    members: Mapping[str, tuple[tuple[str, Days], ...]],
    vocabulary: Mapping[str, int],
    reach: DayPair,
) -> GroupTable:
    """A grouping over the batch's codes."""
    spans = {
        vocabulary[code]: [(group, day_pair(days)) for group, days in members[code]]
        for code in members.keys() & vocabulary.keys()
    }
    breaks = _breaks(spans.values(), reach)
    sets: dict[frozenset[str], int] = {frozenset(): 0}
    candidates = np.zeros((len(breaks) + 1, len(vocabulary)), np.int32)
    for stretch, day in enumerate([reach[0], *breaks]):
        for code, pairs in spans.items():
            held = frozenset(g for g, (a, b) in pairs if a <= day <= b)
            candidates[stretch, code] = sets.setdefault(held, len(sets))
    names = {name: n for n, name in enumerate(sorted(frozenset().union(*sets)))}
    one = [names[min(held)] if len(held) == 1 else -1 for held in sets]
    agree = [[_agree(left, right) for right in sets] for left in sets]
    return GroupTable(
        np.array(breaks, np.int64),
        candidates,
        np.array(one, np.int32),
        np.array(agree, np.int8),
    )


def _breaks(spans: Iterable[list[tuple[str, DayPair]]], reach: DayPair) -> list[int]:
    """Days within ``reach``, but for its first, on which a span starts or is over."""
    starts = {
        day
        for pairs in spans
        for _, (a, b) in pairs
        for day in (a, min(b, LAST_DAY) + 1)
    }
    return sorted(day for day in starts if reach[0] < day <= reach[1])


def _agree(left: frozenset[str], right: frozenset[str]) -> int:
    """Whether two codes are of one group, for all that is known."""
    if left and right and not left & right:
        return -1
    return 1 if len(left) == 1 and left == right else 0
