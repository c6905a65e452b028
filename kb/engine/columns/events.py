"""Events of a set of codes: sorted once, asked by every rule that counts them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from dsl.ir.parts import Counting
from kb.engine.columns.batch import RETOLD, Bools, Indexes, Ints
from kb.engine.columns.groups import owner_of_events, owner_of_lines, owners
from kb.engine.columns.run import Rows, Run, keyed
from kb.engine.columns.sets import DatedCodes


@dataclass(frozen=True, slots=True)
class EventSet:
    """Events with a code of a set on their date, by record, day and order."""

    codes: DatedCodes
    events: Ints
    key: Ints
    content: Hashable
    """Equal for sets that hold the same events."""
    narrowed: bool = False
    """Whether events with a code of the set were left out for their modifiers."""
    with_denied: bool = False
    """Whether denied events are among them: these count on earlier days only."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Events of a set by record, known groups and day.

    It answers for a row whose groups are known, in a record without an event of
    unknown group: the common case, without a look at single events.
    """

    key: Ints
    events: Ints
    dates: Ints
    """Keys without repeats: one a session."""
    unsure: Bools | None
    """Records that hold an event of unknown group."""


def event_set(
    run: Run, codes: DatedCodes, counting: Counting | None = None
) -> EventSet:
    """Events of ``codes`` that count; sets of equal content share them.

    ``counting`` says which do, as a duty has it; without it all that were not denied.
    """
    content = (codes.content, counting)
    return run.once(
        ("events", content), lambda: _event_set(run, codes, counting, content)
    )


def retold_set(run: Run, codes: DatedCodes) -> EventSet:
    """Events of ``codes`` that never count, but whose facts are heard."""
    content = (codes.content, "retold")
    return run.once(
        ("events", content),
        lambda: _event_set(run, codes, None, content, retold=True),
    )


def _event_set(
    run: Run,
    codes: DatedCodes,
    counting: Counting | None,
    content: Hashable,
    *,
    retold: bool = False,
) -> EventSet:
    if codes.member.all():
        events = np.arange(len(run.event_key))
    else:
        events = np.sort(_of_codes(run, np.flatnonzero(codes.member)))
    if codes.layers:
        held = codes.holds(run.batch.events.code[events], run.event_day[events])
        events = events[held]
    events = events[(run.batch.events.line[events] == RETOLD) == retold]
    if counting is None or not counting.denied:
        events = events[~run.batch.events.denied[events]]
    narrowed = counting is not None and _narrows(counting)
    if counting is not None and narrowed:
        events = events[_bears(run, counting)[run.batch.events.modifiers[events]]]
    denied = counting is not None and counting.denied
    return EventSet(codes, events, run.event_key[events], content, narrowed, denied)


def _narrows(counting: Counting) -> bool:
    """Whether it asks for modifiers at all."""
    return bool(counting.with_modifiers or counting.without_modifiers)


def _bears(run: Run, counting: Counting) -> Bools:
    """For each combination of modifiers whether a service with it counts."""
    bears = np.ones(len(run.batch.words.modifiers), np.bool_)
    for modifier in counting.with_modifiers:
        bears &= run.modifier_lookup([modifier])
    if counting.without_modifiers:
        bears &= ~run.modifier_lookup(counting.without_modifiers)
    return bears


def _of_codes(run: Run, codes: Ints) -> Ints:
    """Events of some codes, in no order."""
    order, starts = run.once("events by code", lambda: _by_code(run))
    parts = [order[starts[code] : starts[code + 1]] for code in codes.tolist()]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _by_code(run: Run) -> tuple[Ints, Ints]:
    codes = run.batch.events.code
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes, minlength=len(run.batch.words.codes))
    return order, np.concatenate(([0], np.cumsum(counts)))


def claims_of_events(run: Run) -> Indexes:
    """The claim of the run that each event is a line of; -1 for the history."""
    return run.once("claims of events", lambda: _claims_of_lines(run))


def _claims_of_lines(run: Run) -> Indexes:
    line = run.batch.events.line
    claims = np.full(len(line), -1, np.int32)
    given = np.flatnonzero(line >= 0)
    claims[given] = run.batch.lines.claim[line[given]]
    return claims


def pairs_within(
    rows: Rows, events: EventSet, first: Ints, last: Ints
) -> tuple[Ints, Ints]:
    """Every row with each event of its record from ``first`` through ``last``.

    Returns the row's place in ``rows`` and the event; by row, then day and order.
    """
    low = np.searchsorted(events.key, keyed(rows.record, first))
    high = np.searchsorted(events.key, keyed(rows.record, last + 1))
    times = np.maximum(high - low, 0)
    row = np.repeat(np.arange(len(rows)), times)
    step = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    return row, events.events[np.repeat(low, times) + step]


def ledger(run: Run, events: EventSet, same: tuple[str, ...]) -> Ledger:
    """Events of a set by record, groups and day; shared by equal sets and groups."""
    return run.once(
        ("ledger", events.content, same), lambda: _ledger(run, events, same)
    )


def _ledger(run: Run, events: EventSet, same: tuple[str, ...]) -> Ledger:
    owner, known = owner_of_events(run, events.events, same)
    at, unsure = events.events, None
    if known is not None:
        unsure = np.zeros(run.records, np.bool_)
        unsure[run.event_record[at[~known]]] = True
        owner, at = owner[known], at[known]
    key = keyed(owner, run.event_day[at])
    if same:
        order = np.argsort(key, kind="stable")
        key, at = key[order], at[order]
    new = np.ones(len(key), np.bool_)
    new[1:] = key[1:] != key[:-1]
    return Ledger(key, at, key[new], unsure)


def split_by_knowledge(
    run: Run, rows: Rows, events: EventSet, same: tuple[str, ...]
) -> tuple[Ints | None, Bools]:
    """The owner number of each row, and the rows that a ledger can answer.

    The owner is ``None`` when the groups are too many for one number.
    """
    if not owners(run, same):
        return None, np.zeros(len(rows), np.bool_)
    owner, known = owner_of_lines(run, rows, same)
    plain = np.ones(len(rows), np.bool_) if known is None else known
    unsure = ledger(run, events, same).unsure
    if unsure is not None:
        plain = plain & ~unsure[rows.record]
    return owner, plain


_STEPS = 4
"""Most rows have few events in a window: so many are walked before a search is."""


def held_back_to(keys: Ints, end: Ints, first: Ints) -> Ints:
    """How many keys before each ``end`` are at least ``first``."""
    held = np.zeros(len(end), np.int64)
    if not len(keys):
        return held
    place, row = end - 1, np.arange(len(end))
    for _ in range(_STEPS):
        more = (place >= 0) & (keys[place] >= first[row])
        row = row[more]
        if not len(row):
            return held
        held[row] += 1
        place = place[more] - 1
    held[row] = end[row] - np.searchsorted(keys, first[row])
    return held


def equal_from(keys: Ints, start: Ints, wanted: Ints) -> Ints:
    """How many keys from each ``start`` on are the wanted one."""
    held = np.zeros(len(start), np.int64)
    place, row = start, np.arange(len(start))
    for _ in range(_STEPS):
        inside = place < len(keys)
        row, place = row[inside], place[inside]
        equal = keys[place] == wanted[row]
        row, place = row[equal], place[equal] + 1
        if not len(row):
            return held
        held[row] += 1
    held[row] = np.searchsorted(keys, wanted[row], "right") - start[row]
    return held
