"""The groups by which services are compared: region, level, side, code, provider."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb.engine.columns.batch import LEFT, RIGHT, Bools, Indexes, Ints, Small
from kb.engine.columns.run import MOST_OWNERS, Rows, Run

UNKNOWN = -1
_SIDE_UNKNOWN, _NO_SIDE = 0, 4


@dataclass(frozen=True, slots=True)
class GroupColumn:
    """One kind of group, for every line and every event.

    ``line_keys`` and ``event_keys`` number the known groups, ``UNKNOWN`` where a
    group is not known or where equality is more than equal numbers.
    """

    lines: Indexes
    events: Indexes
    agree: Small | None
    """Kleene equality by number; ``None``: equal numbers, unknown below 0."""
    line_keys: Indexes
    event_keys: Indexes
    size: int


def group_column(run: Run, name: str) -> GroupColumn:
    """The column of ``region`` (or another grouping), ``level``, ``side`` ..."""
    return run.once(("group", name), lambda: _made(run, name))


def _made(run: Run, name: str) -> GroupColumn:
    lines, events, words = run.batch.lines, run.batch.events, run.batch.words
    if name == "code":
        return _equal(lines.code, events.code, len(words.codes))
    if name == "level":
        return _equal(lines.level - 1, events.level - 1, len(words.levels))
    if name == "provider":
        return _equal(lines.rendering - 1, events.rendering - 1, len(words.words))
    if name == "side":
        return _sides(run)
    return _grouping(run, name)


def _equal(lines: Indexes, events: Indexes, size: int) -> GroupColumn:
    return GroupColumn(lines, events, None, lines, events, max(size, 1))


def _grouping(run: Run, name: str) -> GroupColumn:
    table = run.grouping(name)
    lines = table.at(run.batch.lines.code, run.batch.lines.day.astype(np.int64))
    events = table.at(run.batch.events.code, run.event_day)
    size = max(int(table.group.max()) + 1, 1)
    return GroupColumn(
        lines, events, table.agree, table.group[lines], table.group[events], size
    )


def side_bits(run: Run) -> Indexes:
    """Sides that each combination of modifiers tells: RT, LT, 50 is both."""
    right, left, both = (run.modifier_lookup([word]) for word in ("RT", "LT", "50"))
    bits = (right | both) * RIGHT + (left | both) * LEFT
    return bits.astype(np.int32)


def _sides(run: Run) -> GroupColumn:
    single = np.array(
        [_sides_of(run, code) == "single" for code in run.batch.words.codes], np.bool_
    )
    bits = side_bits(run)
    lines, events = run.batch.lines, run.batch.events
    of_lines = _sides_told(bits[lines.modifiers], single[lines.code])
    of_events = _sides_told(bits[events.modifiers], single[events.code])
    return GroupColumn(
        of_lines,
        of_events,
        _side_agreement(),
        np.full(len(of_lines), UNKNOWN, np.int32),
        np.full(len(of_events), UNKNOWN, np.int32),
        1,
    )


def _sides_of(run: Run, code: str) -> str:
    known = run.program.codes.get(code)
    return known.sides if known else ""


def _sides_told(bits: Indexes, single: Bools) -> Indexes:
    """Sides of services: what modifiers tell; without them none, or not known."""
    untold = np.where(single, _NO_SIDE, _SIDE_UNKNOWN).astype(np.int32)
    return np.where(bits > 0, bits, untold)


def _side_agreement() -> Small:
    """Whether an event was on all the sides of a line; on some of them: not known."""
    table = np.full((5, 5), -1, np.int8)
    for line in range(1, 5):
        for event in range(1, 5):
            if line & event:
                table[line, event] = 1 if line & event == line else 0
    table[_SIDE_UNKNOWN, :] = table[:, _SIDE_UNKNOWN] = 0
    return table


def agreement(run: Run, rows: Rows, events: Ints, same: tuple[str, ...]) -> Small:
    """Whether each row and its event are of the same groups, in Kleene values."""
    value = np.ones(len(rows), np.int8)
    for name in same:
        column = group_column(run, name)
        left, right = column.lines[rows.lines], column.events[events]
        if column.agree is not None:
            np.minimum(value, column.agree[left, right], out=value)
            continue
        equal = (left == right).astype(np.int8) * np.int8(2) - np.int8(1)
        equal[(left < 0) | (right < 0)] = 0
        np.minimum(value, equal, out=value)
    return value


def owners(run: Run, same: tuple[str, ...]) -> int:
    """How many numbers a record and its known groups take; 0: too many for a key."""
    count = run.records
    for name in same:
        count *= group_column(run, name).size
    return count if count < MOST_OWNERS else 0


def owner_of_lines(
    run: Run, rows: Rows, same: tuple[str, ...]
) -> tuple[Ints, Bools | None]:
    """Record and known groups of rows as one number; and where they are known."""
    columns = [group_column(run, name) for name in same]
    return _owner(rows.record, [(c.line_keys[rows.lines], c.size) for c in columns])


def owner_of_events(
    run: Run, events: Ints, same: tuple[str, ...]
) -> tuple[Ints, Bools | None]:
    """The same of events."""
    columns = [group_column(run, name) for name in same]
    return _owner(
        run.event_record[events], [(c.event_keys[events], c.size) for c in columns]
    )


def _owner(
    record: Ints, groups: list[tuple[Indexes, int]]
) -> tuple[Ints, Bools | None]:
    owner = record
    known: Bools | None = None
    for keys, size in groups:
        owner = owner * size + keys
        here = keys >= 0
        if not here.all():
            known = here if known is None else known & here
    return owner, known
