"""Counting sessions and lines: every count is a lower and an upper end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from kb.claims.model import Amount
from kb.engine.columns.batch import Bools, Ints, Small
from kb.engine.columns.calendar import later
from kb.engine.columns.events import (
    EventSet,
    equal_from,
    held_back_to,
    ledger,
    pairs_within,
    split_by_knowledge,
)
from kb.engine.columns.groups import agreement
from kb.engine.columns.run import DAY_BITS, Rows, Run, keyed
from kb.engine.columns.truth import BITS, CLAIM, About, Truth

Each = Callable[[Rows], Truth]
Untold = Literal["untold"]
UNTOLD: Untold = "untold"
"""An amount that counts on some days, and not on this one."""
_HIGHEST_DAY = (1 << DAY_BITS) - 1


@dataclass(frozen=True, slots=True)
class Counts:
    """What counts for certain, what may count, and what decides between them."""

    lower: Ints
    upper: Ints
    about: About = CLAIM


@dataclass(frozen=True, slots=True)
class Asked:
    """Which earlier events of each row count."""

    events: EventSet
    same: tuple[str, ...]
    first: Ints
    last: Ints
    unsure: Bools | None = None
    """Rows whose events may count at most, for nobody says which do."""
    modifier: str | None = None
    without: str | None = None
    each: Each | None = None
    apart: Amount | Untold | None = None


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows with events that count or may count, by row, day and order."""

    row: Ints
    event: Ints
    value: Small
    about: About


def sessions(run: Run, rows: Rows, asked: Asked) -> Counts:
    """Distinct dates of the events asked for."""
    narrowed = asked.modifier or asked.without
    if narrowed or asked.each or asked.apart or asked.unsure is not None:
        return _sessions_one_by_one(run, rows, asked)
    owner, plain = split_by_knowledge(run, rows, asked.events, asked.same)
    if owner is None or not plain.any():
        return _sessions_one_by_one(run, rows, asked)
    dates = ledger(run, asked.events, asked.same).dates
    end = np.searchsorted(dates, keyed(owner, asked.last + 1))
    known = held_back_to(dates, end, keyed(owner, asked.first))
    if plain.all():
        return Counts(known, known)
    return _filled(run, rows, asked, known, np.flatnonzero(~plain))


def _filled(run: Run, rows: Rows, asked: Asked, known: Ints, rest: Ints) -> Counts:
    """Counts of the plain rows, and of the rest event by event."""
    part = replace(asked, first=asked.first[rest], last=asked.last[rest])
    found = _sessions_one_by_one(run, rows.at(rest), part)
    lower, upper = known.copy(), known.copy()
    lower[rest], upper[rest] = found.lower, found.upper
    return Counts(lower, upper)


def _sessions_one_by_one(run: Run, rows: Rows, asked: Asked) -> Counts:
    pairs = counted_pairs(run, rows, asked)
    key = keyed(pairs.row, run.event_day[pairs.event])
    new = np.ones(len(key), np.bool_)
    new[1:] = key[1:] != key[:-1]
    date = np.cumsum(new) - 1
    sure = np.zeros(int(new.sum()), np.bool_)
    sure[date[pairs.value > 0]] = True
    dates, apart = key[new], asked.apart
    lower = _spaced(dates[sure], len(rows), apart)
    upper = _spaced(dates, len(rows), None if apart == UNTOLD else apart)
    open_ = (pairs.value == 0) & ~sure[date] & (upper > lower)[pairs.row]
    about = _about_rows(pairs, len(rows), open_)
    if apart == UNTOLD:
        spread = np.where(upper > lower, CLAIM, 0)
        about = np.bitwise_or(about, spread).astype(np.uint8)
    return Counts(lower, upper, about)


def counted_pairs(run: Run, rows: Rows, asked: Asked) -> Pairs:
    """The events that count, or may, for each row."""
    row, event = pairs_within(rows, asked.events, asked.first, asked.last)
    if asked.modifier:
        carries = run.modifier_lookup([asked.modifier])
        keep = carries[run.batch.events.modifiers[event]]
        row, event = row[keep], event[keep]
    if asked.without:
        carries = run.modifier_lookup([asked.without])
        keep = ~carries[run.batch.events.modifiers[event]]
        row, event = row[keep], event[keep]
    value = agreement(run, rows.at(row), event, asked.same)
    if asked.unsure is not None:
        value[asked.unsure[row] & (value > 0)] = 0
    keep = value >= 0
    row, event, value = row[keep], event[keep], value[keep]
    if asked.each is None:
        return Pairs(row, event, value, CLAIM)
    truth = asked.each(rows.at(row, event))
    about = np.where(value == 0, CLAIM, 0) | np.where(truth.value == 0, truth.about, 0)
    value = np.minimum(value, truth.value)
    keep = value >= 0
    return Pairs(row[keep], event[keep], value[keep], about[keep].astype(np.uint8))


def _about_rows(pairs: Pairs, count: int, open_: Bools) -> About:
    """What the open pairs of each row are about, together."""
    if isinstance(pairs.about, int):
        return pairs.about
    about = np.zeros(count, np.uint8)
    for bit in BITS:
        about[pairs.row[open_ & (pairs.about & bit > 0)]] |= np.uint8(bit)
    return about


def _spaced(dates: Ints, count: int, apart: Amount | Untold | None) -> Ints:
    """Dates of each row; with ``apart`` the most that lie so far from each other.

    While nobody says how far that is, one of them does.
    """
    owner = dates >> DAY_BITS
    if not isinstance(apart, Amount):
        total = np.bincount(owner, minlength=count)
        return total if apart is None else np.minimum(total, 1)
    total = np.zeros(count, np.int64)
    at = np.searchsorted(owner, np.arange(count))
    row = np.arange(count)
    while True:
        within = at < len(dates)
        within[within] = owner[at[within]] == row[within]
        row, at = row[within], at[within]
        if not len(row):
            return total
        total[row] += 1
        at = np.searchsorted(dates, _next_date(dates[at], row, apart))


def _next_date(dates: Ints, row: Ints, apart: Amount) -> Ints:
    """Key of the first date that lies ``apart`` after a key's date."""
    day = dates & _HIGHEST_DAY
    first = keyed(np.zeros(1, np.int64), np.zeros(1, np.int64))[0]
    after = later(day - first, apart) + first
    key: Ints = (row << DAY_BITS) | np.clip(after, day + 1, _HIGHEST_DAY)
    return key


def in_range(counts: Counts, least: int, most: int | None) -> Small:
    """Whether a count lies from ``least`` through ``most``, for all that is known."""
    met = counts.lower >= least
    missed = counts.upper < least
    if most is not None:
        met &= counts.upper <= most
        missed |= counts.lower > most
    return met.astype(np.int8) - missed.astype(np.int8)


def same_day_lines(
    run: Run, rows: Rows, events: EventSet, same: tuple[str, ...]
) -> Counts:
    """Other lines of the patient on the row's date of service."""
    owner, plain = split_by_knowledge(run, rows, events, same)
    if owner is None or not plain.any():
        return _same_day_one_by_one(run, rows, events, same)
    known = _same_day_known(run, rows, events, same, owner)
    if plain.all():
        return Counts(known, known)
    rest = np.flatnonzero(~plain)
    found = _same_day_one_by_one(run, rows.at(rest), events, same)
    lower, upper = known.copy(), known.copy()
    lower[rest], upper[rest] = found.lower, found.upper
    return Counts(lower, upper)


def _same_day_known(
    run: Run, rows: Rows, events: EventSet, same: tuple[str, ...], owner: Ints
) -> Ints:
    key = keyed(owner, rows.day)
    entries = ledger(run, events, same).key
    count = equal_from(entries, np.searchsorted(entries, key), key)
    return count - _is_event(run, rows, events)


def _is_event(run: Run, rows: Rows, events: EventSet) -> Ints:
    """1 where the row's own line is one of the events, else 0."""
    counts = run.batch.claims.counts[rows.claim]
    own = counts & events.codes.holds(rows.code, rows.day)
    return own.astype(np.int64)


def _same_day_one_by_one(
    run: Run, rows: Rows, events: EventSet, same: tuple[str, ...]
) -> Counts:
    row, event = pairs_within(rows, events, rows.day, rows.day)
    other = run.batch.events.line[event] != rows.lines[row]
    row, event = row[other], event[other]
    value = agreement(run, rows.at(row), event, same)
    lower = np.bincount(row[value > 0], minlength=len(rows))
    return Counts(lower, np.bincount(row[value >= 0], minlength=len(rows)))
