"""Duties over rows: require, never, limit, interval, not-with."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_FLOOR
from functools import partial
from typing import TypeVar, cast

import numpy as np

from dsl.ir.duties import (
    Duty,
    Interval,
    Limit,
    LimitBy,
    NeverCovered,
    NotWith,
    Require,
)
from dsl.ir.parts import Counting
from kb.claims.model import Amount, FactValue
from kb.engine.columns.batch import THOUSANDTHS, Bools, Ints, Small
from kb.engine.columns.calendar import FIRST_DAY, amounts_on, is_one_date, later
from kb.engine.columns.counts import (
    Asked,
    Counts,
    counted_pairs,
    same_day_lines,
    sessions,
)
from kb.engine.columns.events import EventSet, event_set, ledger, split_by_knowledge
from kb.engine.columns.facts import fact_values, judged
from kb.engine.columns.run import DAY_BITS, Rows, Run, keyed
from kb.engine.columns.sums import Summed, sums
from kb.engine.columns.tests import Asking, carries, tested
from kb.engine.columns.truth import (
    CLAIM,
    HISTORY,
    Truth,
    bits_of,
    in_pieces,
    never,
    untold,
)
from kb.engine.columns.windows import first_days, window_told

ColumnDuty = Callable[[Asking, str | None, Duty], Truth]
Form = TypeVar("Form", bound=Duty)


def duty_kept(asking: Asking, scope: str | None, duty: Duty) -> Truth:
    """Whether each row keeps the duty of a rule with this scope."""
    return COLUMN_DUTIES[type(duty)](asking, scope, duty)


def _require(asking: Asking, _scope: str | None, duty: Require) -> Truth:
    return tested(asking, duty.test)


def _never(asking: Asking, _scope: str | None, _duty: NeverCovered) -> Truth:
    return never(len(asking.rows))


def _limit(asking: Asking, scope: str | None, duty: Limit) -> Truth:
    run, rows = asking.run, asking.rows
    events = event_set(run, run.procedures(scope), duty.counting)
    counts = _counted(run, rows, events, duty)
    closed = _history_ends(rows, duty.counting) | is_one_date(duty.window)
    pieces = [
        (where, _within(counts, amount, closed))
        for where, amount in amounts_on(duty.count, rows.day)
    ]
    found = in_pieces(pieces, untold(len(rows)))
    told = window_told(run, rows, duty.window)
    if told is None:
        return found
    about = np.where(told, bits_of(found), CLAIM).astype(np.uint8)
    return Truth(np.where(told, found.value, 0), about)


def _history_ends(rows: Rows, counting: Counting | None) -> Bools:
    """Whether the history of each row holds all that a duty counts."""
    if counting is not None and counting.own:
        return rows.own_history_complete
    return rows.history_complete


def _limit_by(asking: Asking, scope: str | None, duty: LimitBy) -> Truth:
    """The limit of the choice; where it is not known, what all choices agree on."""
    run, rows = asking.run, asking.rows
    last = asking.last if duty.of == "procedure" else None
    values = fact_values(run, rows, duty.fact, duty.of, last)
    numbers = {case.choice: n for n, case in enumerate(duty.cases)}
    kept = [_limit(asking, scope, case.limit) for case in duty.cases]
    chosen = judged(run, values, lambda value: _number_of(numbers, value))
    # Numbers count from 1 here: 0 stands for no choice that has a limit.
    table = np.array([truth.value for truth in kept], np.int8)
    about = np.array([bits_of(truth) for truth in kept], np.uint8)
    at = np.maximum(chosen.value.astype(np.int64) - 1, 0), np.arange(len(rows))
    told = chosen.value > 0
    value = np.where(told, table[at], _agreed(table, chosen))
    any_case = np.bitwise_or.reduce(np.where(table == 0, about, 0), axis=0)
    bits = np.where(told, about[at], any_case | bits_of(chosen))
    return Truth(value.astype(np.int8), bits.astype(np.uint8))


def _number_of(numbers: dict[str, int], value: FactValue) -> int:
    known = isinstance(value, str) and value in numbers
    return numbers[str(value)] + 1 if known else 0


def _agreed(table: Small, chosen: Truth) -> Small:
    """What every choice gives alike, else unknown."""
    low, high = table.min(axis=0), table.max(axis=0)
    return np.where(low == high, low, 0).astype(chosen.value.dtype)


def _counted(run: Run, rows: Rows, events: EventSet, duty: Limit) -> Counts:
    """Thousandths of the limit's unit, this line and its date included."""
    per = duty.per
    first = first_days(run, rows, duty.window)
    if duty.unit != "session":
        return sums(run, rows, Summed(events, per, duty.unit, first))
    found = sessions(run, rows, Asked(events, per, first, rows.day - 1))
    lower = (found.lower + 1) * THOUSANDTHS
    return Counts(lower, (found.upper + 1) * THOUSANDTHS)


def _within(counts: Counts, amount: Amount, closed: Bools) -> Truth:
    most = int((amount.number * THOUSANDTHS).to_integral_value(ROUND_FLOOR))
    met = (counts.upper <= most) & closed
    missed = counts.lower > most
    about = np.where(counts.upper > counts.lower, CLAIM, 0)
    return _open_about(met, missed, about, closed)


def _open_about(met: Bools, missed: Bools, about: Ints, closed: Bools) -> Truth:
    """A truth from both sides; where the history is open an unknown is about it too."""
    value = met.astype(np.int8) - missed.astype(np.int8)
    if closed.all():
        return Truth(value, CLAIM)
    return Truth(value, (about | np.where(closed, 0, HISTORY)).astype(np.uint8))


def _interval(asking: Asking, scope: str | None, duty: Interval) -> Truth:
    run, rows = asking.run, asking.rows
    events = event_set(run, run.procedures(scope), duty.counting)
    closed = _history_ends(rows, duty.counting)
    sure, possible = _latest(run, rows, events, duty.per)
    pieces = [
        (where, _far_enough(run, rows, (sure, possible), closed, amount))
        for where, amount in amounts_on(duty.least, rows.day)
    ]
    return in_pieces(pieces, untold(len(rows)))


def _far_enough(
    run: Run, rows: Rows, latest: tuple[Ints, Ints], closed: Bools, least: Amount
) -> Truth:
    sure, possible = latest
    reached = run.by_day(("later", least), partial(later, amount=least))
    missed = _too_close(rows, sure, reached.at(np.maximum(sure, reached.low)))
    open_ = _too_close(rows, possible, reached.at(np.maximum(possible, reached.low)))
    met = ~missed & ~open_ & closed
    return _open_about(met, missed, np.where(open_, CLAIM, 0), closed)


def _too_close(rows: Rows, latest: Ints, reached: Ints) -> Bools:
    return (latest >= FIRST_DAY) & (reached > rows.day)


def _latest(
    run: Run, rows: Rows, events: EventSet, per: tuple[str, ...]
) -> tuple[Ints, Ints]:
    """Day of the latest earlier session for certain, and of the latest that may be.

    Below ``FIRST_DAY`` where there is none.
    """
    owner, plain = split_by_knowledge(run, rows, events, per)
    if owner is None or not plain.any():
        return _latest_one_by_one(run, rows, events, per)
    known = _latest_known(ledger(run, events, per).dates, owner, rows.day)
    if plain.all():
        return known, known
    rest = np.flatnonzero(~plain)
    sure, possible = known.copy(), known.copy()
    sure[rest], possible[rest] = _latest_one_by_one(run, rows.at(rest), events, per)
    return sure, possible


def _latest_known(dates: Ints, owner: Ints, days: Ints) -> Ints:
    place = np.searchsorted(dates, keyed(owner, days)) - 1
    if not len(dates):
        return np.full(len(days), FIRST_DAY - 1, np.int64)
    found = dates[place]
    held = (place >= 0) & (found >> DAY_BITS == owner)
    day = (found & ((1 << DAY_BITS) - 1)) + FIRST_DAY
    return np.where(held, day, FIRST_DAY - 1)


def _latest_one_by_one(
    run: Run, rows: Rows, events: EventSet, per: tuple[str, ...]
) -> tuple[Ints, Ints]:
    first = np.full(len(rows), FIRST_DAY, np.int64)
    pairs = counted_pairs(run, rows, Asked(events, per, first, rows.day - 1))
    day, certain = run.event_day[pairs.event], pairs.value > 0
    sure, possible = first - 1, first - 1
    np.maximum.at(sure, pairs.row[certain], day[certain])
    np.maximum.at(possible, pairs.row, day)
    return sure, possible


def _not_with(asking: Asking, _scope: str | None, duty: NotWith) -> Truth:
    run, rows = asking.run, asking.rows
    events = event_set(run, run.procedures(duty.set))
    counts = same_day_lines(run, rows, events, duty.same)
    met, missed = counts.upper == 0, counts.lower > 0
    if duty.unless_modifier:
        marked = carries(asking, duty.unless_modifier)
        met, missed = met | marked, missed & ~marked
    return Truth(met.astype(np.int8) - missed.astype(np.int8), CLAIM)


def _by(
    form: type[Form], kept: Callable[[Asking, str | None, Form], Truth]
) -> tuple[type[Duty], ColumnDuty]:
    """An entry of the registry: it is asked by the form of the duty at hand."""
    return cast("tuple[type[Duty], ColumnDuty]", (form, kept))


COLUMN_DUTIES: dict[type[Duty], ColumnDuty] = dict(
    (
        _by(Require, _require),
        _by(NeverCovered, _never),
        _by(Limit, _limit),
        _by(LimitBy, _limit_by),
        _by(Interval, _interval),
        _by(NotWith, _not_with),
    )
)
"""The evaluator of each form; rules with a form that has none are interpreted."""
