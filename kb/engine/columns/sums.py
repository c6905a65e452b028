"""Sums behind limits: lines, units, levels, injections and regions of sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kb.engine.columns.batch import (
    LEFT,
    RIGHT,
    THOUSANDTHS,
    Bools,
    Indexes,
    Ints,
    Small,
)
from kb.engine.columns.counts import Counts
from kb.engine.columns.events import (
    EventSet,
    Ledger,
    claims_of_events,
    equal_from,
    held_back_to,
    ledger,
    pairs_within,
    split_by_knowledge,
)
from kb.engine.columns.groups import agreement, group_column, side_bits
from kb.engine.columns.run import Rows, Run, keyed

_BOTH = RIGHT | LEFT
_ADDITIVE = frozenset({"line", "unit", "injection"})


@dataclass(frozen=True, slots=True)
class Services:
    """Services that a row's limit looks at, each row's own line among them."""

    row: Ints
    day: Ints
    value: Small
    """Whether it counts, in Kleene values; never -1."""
    code: Indexes
    modifiers: Indexes
    units: Ints
    level: Indexes
    region: Indexes
    """The known region; -1 when it is not known, or not asked for."""


@dataclass(frozen=True, slots=True)
class Summed:
    """What a limit adds up: a unit of the events of one scope and group."""

    events: EventSet
    per: tuple[str, ...]
    unit: str
    first: Ints
    """First day that counts, by row."""


def sums(run: Run, rows: Rows, asked: Summed) -> Counts:
    """Thousandths of the unit from the first day on, the row's own day included.

    Of that day the row's own claim counts up to and with its line, and every other
    claim with all of its lines, for no claim stands before another.
    """
    events, per, unit, first = asked.events, asked.per, asked.unit, asked.first
    if unit not in _ADDITIVE or events.narrowed or events.with_denied:
        return _sums_one_by_one(run, rows, asked)
    owner, plain = split_by_knowledge(run, rows, events, per)
    plain = plain & run.batch.claims.counts[rows.claim]
    if owner is None or not plain.any():
        return _sums_one_by_one(run, rows, asked)
    book = ledger(run, events, per)
    running = run.once(
        ("running", events.content, per, unit), lambda: _running(run, unit, book)
    )
    of_lines = run.once("event of lines", lambda: _event_of_lines(run))
    key = keyed(owner, rows.day)
    today = np.searchsorted(book.key, key)
    low = today - held_back_to(book.key, today, keyed(owner, first))
    own = np.where(plain, of_lines[rows.lines], -1)
    place = _own_places(book, today, own)
    # All of the day counts but what the line's own claim has behind it.
    day_end = today + equal_from(book.key, today, key)
    claim_end = np.minimum(_ends_of_claims(run, events, per, book)[place], day_end)
    behind = running[claim_end] - running[place + 1]
    known = running[day_end] - running[low] - behind
    rest = np.flatnonzero(~plain)
    if not len(rest):
        return Counts(known, known)
    found = _sums_one_by_one(run, rows.at(rest), replace(asked, first=first[rest]))
    lower, upper = known.copy(), known.copy()
    lower[rest], upper[rest] = found.lower, found.upper
    return Counts(lower, upper)


def _running(run: Run, unit: str, book: Ledger) -> Ints:
    """Running sum over a ledger; row ``i`` is the sum before its event ``i``."""
    table, events = run.batch.events, book.events
    weights = _weights(
        run, unit, table.code[events], table.modifiers[events], table.units[events]
    )
    return np.concatenate(([0], np.cumsum(weights)))


_STEPS = 4
"""Most days have few services: so many are walked before all are numbered."""


def _own_places(book: Ledger, today: Ints, own: Ints) -> Ints:
    """Where events stand among those of their day; -1 stands nowhere."""
    place = np.minimum(today, len(book.key) - 1)
    for _ in range(_STEPS):
        before = book.events[place] < own
        if not before.any():
            return place
        place = place + before
    numbers = np.zeros(int(book.events.max()) + 1, np.int64)
    numbers[book.events] = np.arange(len(book.events))
    return np.where(own >= 0, numbers[own], place)


def _ends_of_claims(
    run: Run, events: EventSet, per: tuple[str, ...], book: Ledger
) -> Ints:
    """For each service of a ledger where those of its claim on its day end."""
    return run.once(
        ("ends of claims", events.content, per), lambda: _ends_in(run, book)
    )


def _ends_in(run: Run, book: Ledger) -> Ints:
    claims = claims_of_events(run)[book.events]
    last = np.ones(len(claims), np.bool_)
    last[:-1] = (claims[1:] != claims[:-1]) | (book.key[1:] != book.key[:-1])
    ends = np.flatnonzero(last) + 1
    return ends[np.cumsum(last) - last]


def _event_of_lines(run: Run) -> Ints:
    """The event that each claim line is in its own record; -1 when it never counts."""
    events = np.full(len(run.batch.lines.code), -1, np.int64)
    line = run.batch.events.line
    given = np.flatnonzero(line >= 0)
    own = given[run.event_record[given] == run.line_record[line[given]]]
    events[line[own]] = own
    return events


def _weights(
    run: Run, unit: str, code: Indexes, modifiers: Indexes, units: Ints
) -> Ints:
    """What each service adds of a unit that services add one by one."""
    if unit == "line":
        return np.full(len(code), THOUSANDTHS, np.int64)
    if unit == "unit":
        return units
    sides = np.where(side_bits(run)[modifiers] == _BOTH, 2, 1)
    return sides * np.where(_add_on(run)[code], units, THOUSANDTHS)


def _add_on(run: Run) -> Bools:
    """For each code whether it is billed in addition to another."""
    known = run.program.codes
    return run.once(
        "add-on codes",
        lambda: np.array(
            [code in known and known[code].add_on for code in run.batch.words.codes],
            np.bool_,
        ),
    )


def _sums_one_by_one(run: Run, rows: Rows, asked: Summed) -> Counts:
    unit, services = asked.unit, _services(run, rows, asked)
    sure = services.value > 0
    if unit == "region":
        return _regions(services, sure, len(rows))
    every = np.ones(len(sure), np.bool_)
    if unit == "level":
        return Counts(
            _levels(run, services, sure, len(rows), most=False),
            _levels(run, services, every, len(rows), most=True),
        )
    return Counts(
        _measured(run, services, sure, unit, len(rows)),
        _measured(run, services, every, unit, len(rows)),
    )


def _services(run: Run, rows: Rows, asked: Summed) -> Services:
    """The rows' own lines, and what of their windows counts beside them."""
    row, event = pairs_within(rows, asked.events, asked.first, rows.day)
    table, lines = run.batch.events, run.batch.lines
    order = run.batch.line_order[rows.lines]
    today = run.event_day[event] == rows.day[row]
    other = table.line[event] != rows.lines[row]
    own_claim = claims_of_events(run)[event] == rows.claim[row]
    behind = own_claim & (table.order[event] > order[row])
    keep = other & ~(today & (behind | table.denied[event]))
    row, event = row[keep], event[keep]
    value = agreement(run, rows.at(row), event, asked.per)
    row, event, value = row[value >= 0], event[value >= 0], value[value >= 0]
    own = rows.lines
    region = group_column(run, "region") if asked.unit == "region" else None
    return Services(
        row=np.concatenate((row, np.arange(len(rows)))),
        day=np.concatenate((run.event_day[event], rows.day)),
        value=np.concatenate((value, np.ones(len(rows), np.int8))),
        code=np.concatenate((table.code[event], rows.code)),
        modifiers=np.concatenate((table.modifiers[event], lines.modifiers[own])),
        units=np.concatenate((table.units[event], lines.units[own])),
        level=np.concatenate((table.level[event], lines.level[own])),
        region=np.full(len(row) + len(rows), -1, np.int32)
        if region is None
        else np.concatenate((region.event_keys[event], region.line_keys[own])),
    )


def _measured(
    run: Run, services: Services, chosen: Bools, unit: str, count: int
) -> Ints:
    """Thousandths of a unit that the chosen services make, by row."""
    at = np.flatnonzero(chosen)
    weights = _weights(
        run, unit, services.code[at], services.modifiers[at], services.units[at]
    )
    return _added(services.row[at], weights, count)


def _added(rows: Ints, weights: Ints, count: int) -> Ints:
    total = np.zeros(count, np.int64)
    np.add.at(total, rows, weights)
    return total


def _regions(services: Services, sure: Bools, count: int) -> Counts:
    """Distinct known regions of each date; one of unknown region may be one more."""
    known = services.region >= 0
    named = np.flatnonzero(sure & known)
    lower = _distinct(services, named, services.region, count)
    upper = _distinct(services, np.flatnonzero(known), services.region, count)
    unknown = np.bincount(services.row[~known], minlength=count)
    # A date with a service has a region, though none be known.
    any_ = np.zeros_like(services.region)
    dates = _distinct(services, np.flatnonzero(sure), any_, count)
    lower += dates - _distinct(services, named, any_, count)
    return Counts(lower * THOUSANDTHS, (upper + unknown) * THOUSANDTHS)


def _distinct(services: Services, at: Ints, words: Indexes, count: int) -> Ints:
    """Distinct words of each row and date."""
    order, new = _by_date_and_word(keyed(services.row[at], services.day[at]), words[at])
    return np.bincount(services.row[at][order][new], minlength=count)


def _by_date_and_word(dates: Ints, words: Indexes) -> tuple[Ints, Bools]:
    """Order by date and word, and where in it a new pair starts."""
    order = np.lexsort((words, dates))
    dates, words = dates[order], words[order]
    new = np.ones(len(dates), np.bool_)
    new[1:] = (dates[1:] != dates[:-1]) | (words[1:] != words[:-1])
    return order, new


def _levels(
    run: Run, services: Services, chosen: Bools, count: int, *, most: bool
) -> Ints:
    """Levels: the distinct ones that are named, and what each code has beside them.

    What a code has beside them may be named by its other side: counted once at least,
    apart at most.
    """
    at = np.flatnonzero(chosen)
    dates, date = np.unique(
        np.stack((services.row[at], services.day[at])), axis=1, return_inverse=True
    )
    named = services.level[at] > 0
    told = _distinct_words(date, services.level[at], named, dates.shape[1])
    order, new = _by_date_and_word(date, services.code[at])
    at, date = at[order], date[order]
    code = np.cumsum(new) - 1
    apart = _named_by_one(services.level[at], date, code)
    more = _beside_named(run, services, at, code, apart, most=most)
    return _added(
        np.concatenate((dates[0], dates[0][date[new]])),
        np.concatenate((told * THOUSANDTHS, more)),
        count,
    )


def _distinct_words(groups: Ints, words: Indexes, chosen: Bools, count: int) -> Ints:
    """How many distinct words the chosen rows of each group have."""
    order, new = _by_date_and_word(groups[chosen], words[chosen])
    return np.bincount(groups[chosen][order][new], minlength=count)


def _named_by_one(level: Indexes, date: Ints, code: Ints) -> Bools:
    """Where a level is named, and no other code of the date names it."""
    named = level > 0
    pairs, pair = np.unique(np.stack((date, level)), axis=1, return_inverse=True)
    found: Bools = named & (
        _distinct_words(pair, code.astype(np.int32), named, pairs.shape[1])[pair] == 1
    )
    return found


def _beside_named(
    run: Run, services: Services, at: Ints, group: Ints, apart: Bools, *, most: bool
) -> Ints:
    """Thousandths of levels that each code of a date has beside those it names.

    ``apart`` is where a row names a level that no other code names: what a side does not
    name may be such a one of the other side.
    """
    count = int(group.max(initial=-1)) + 1
    side = side_bits(run)[services.modifiers[at]]
    units, level = services.units[at], services.level[at]
    named = level > 0
    unsaid, both = side == 0, side == _BOTH
    plain = np.where(_add_on(run)[services.code[at]], units, THOUSANDTHS)
    stands_for = np.where(unsaid | both, plain, units)
    rest = np.where(named, np.maximum(stands_for - THOUSANDTHS, 0), stands_for)
    right, left, of_both, of_unsaid = (
        _added(group, np.where(where, rest, 0), count)
        for where in (side == RIGHT, side == LEFT, both, unsaid)
    )
    if most:
        at_most: Ints = np.maximum(right, left) + of_both + of_unsaid
        return at_most
    of_right, of_left, of_all = (
        _distinct_words(group, level, apart & where, count) * THOUSANDTHS
        for where in (side != LEFT, side != RIGHT, apart)
    )
    on_right, on_left = of_all - of_right, of_all - of_left
    free = on_right + on_left
    of_one_side = np.maximum(right - on_right, left - on_left) + of_both
    of_sides = _halved(right + left + of_unsaid + 2 * of_both - free)
    of_one_line = _largest(group, np.where(unsaid, rest, 0), count) + of_both - free
    at_least: Ints = np.maximum.reduce([of_one_side, of_sides, of_one_line])
    return np.maximum(at_least, 0)


def _halved(sides: Ints) -> Ints:
    """Thousandths of levels that so many sides are at least."""
    odd = sides % (2 * THOUSANDTHS) == THOUSANDTHS
    return np.maximum(np.where(odd, sides + THOUSANDTHS, sides), 0) // 2


def _largest(groups: Ints, values: Ints, count: int) -> Ints:
    """The largest value of each group; zero of none."""
    found = np.zeros(count, np.int64)
    np.maximum.at(found, groups, values)
    return found
