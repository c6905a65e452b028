"""Facts over rows: of patient, claim and line, and of an earlier procedure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dsl.ir.rule import Last
from kb.claims.model import FactValue
from kb.engine.columns.batch import Bools, FactColumns, Indexes, Ints, Small
from kb.engine.columns.calendar import FIRST_DAY
from kb.engine.columns.counts import Asked, Pairs, counted_pairs
from kb.engine.columns.events import event_set, retold_set
from kb.engine.columns.run import Rows, Run, keyed
from kb.engine.columns.truth import CHART, CLAIM, HISTORY, About, Truth
from kb.engine.judge.evidence import contradict

NOT_GIVEN, DISAGREE, HIDDEN, UNSEEN = -1, -2, -3, -4
"""No value; lines of one date that disagree; groups, or the history, not known enough."""
_BELOW = 4


@dataclass(frozen=True, slots=True)
class LastSession:
    """For rows, the lines of the latest earlier session that a rule looks at.

    With it the later ones that may be of that session: they hide it.
    """

    row: Ints
    event: Ints
    sure: Bools
    """Whether the line is of the session for certain, or only may be."""
    hidden: Bools
    """Rows where a session may be the latest of which we do not know that it counts."""
    unseen: Bools
    """Rows where one may be that the history does not tell."""


def fact_values(
    run: Run, rows: Rows, fact: str, scope: str, last: LastSession | None
) -> Indexes:
    """The value number of a fact on each row, or why there is none."""
    if scope == "procedure" and rows.events is not None:
        return fact_column(run, "events", fact, run.batch.event_facts)[rows.events]
    own = _own_values(run, rows, fact, scope)
    if scope != "procedure" or last is None:
        return own
    own = np.where(_contradicted(run, own, last, fact), DISAGREE, own)
    return np.where(own == NOT_GIVEN, _values_of_last(run, last, fact), own)


def _own_values(run: Run, rows: Rows, fact: str, scope: str) -> Indexes:
    """What the claim says of a fact; of a line's fact what the line says, first."""
    of_claim = fact_column(run, "claims", fact, run.batch.claim_facts)[rows.claim]
    if scope != "line" or fact not in run.batch.line_facts:
        return of_claim
    of_line = fact_column(run, "lines", fact, run.batch.line_facts)[rows.lines]
    return np.where(of_line >= 0, of_line, of_claim)


def fact_column(run: Run, table: str, fact: str, facts: FactColumns) -> Indexes:
    """The value number of a fact on every row of ``claims``, ``lines`` or ``events``."""
    counts = {
        "claims": len(run.batch.claims.rank),
        "lines": len(run.batch.lines.code),
        "events": len(run.batch.events.code),
    }
    return run.once(("fact", table, fact), lambda: _filled(facts, fact, counts[table]))


def _filled(facts: FactColumns, fact: str, count: int) -> Indexes:
    values = np.full(count, NOT_GIVEN, np.int32)
    if fact in facts:
        values[facts[fact].rows] = facts[fact].values
    return values


def last_session(run: Run, rows: Rows, last: Last) -> LastSession:
    """The session that ``last`` of a rule names."""
    codes = run.procedures(last.set)
    first = np.full(len(rows), FIRST_DAY, np.int64)
    asked = Asked(
        event_set(run, codes),
        last.same,
        first,
        rows.day - 1,
        modifier=last.modifier,
        without=last.without,
    )
    pairs = counted_pairs(run, rows, asked)
    day, sure = run.event_day[pairs.event], pairs.value > 0
    latest = np.full(len(rows), FIRST_DAY - 1, np.int64)
    np.maximum.at(latest, pairs.row[sure], day[sure])
    hidden = np.zeros(len(rows), np.bool_)
    hidden[pairs.row[~sure & (day > latest[pairs.row])]] = True
    chosen = day >= latest[pairs.row]
    row, event, sure = pairs.row[chosen], pairs.event[chosen], sure[chosen]
    again = _retold(
        run, rows, replace(asked, events=retold_set(run, codes)), row, event
    )
    return LastSession(
        np.concatenate((row, again.row)),
        np.concatenate((event, again.event)),
        np.concatenate((sure, again.value > 0)),
        hidden,
        ~rows.history_complete,
    )


def _retold(run: Run, rows: Rows, asked: Asked, row: Ints, event: Ints) -> Pairs:
    """What histories say again of sessions that rows look at."""
    pairs = counted_pairs(run, rows, asked)
    sessions = keyed(row, run.event_day[event])
    held = np.isin(keyed(pairs.row, run.event_day[pairs.event]), sessions)
    return Pairs(pairs.row[held], pairs.event[held], pairs.value[held], pairs.about)


def _contradicted(run: Run, own: Indexes, last: LastSession, fact: str) -> Bools:
    """Where what the claim says of its last session is not what a line of it says."""
    told = fact_column(run, "events", fact, run.batch.event_facts)[last.event]
    said = own[last.row]
    unlike = np.flatnonzero((said >= 0) & (told >= 0) & (said != told))
    pairs, of_pair = np.unique(
        np.stack((said[unlike], told[unlike])), axis=1, return_inverse=True
    )
    values = run.batch.words.values
    apart = [contradict(values[one], values[other]) for one, other in pairs.T.tolist()]
    found = np.zeros(len(own), np.bool_)
    found[last.row[unlike[np.array(apart, np.bool_)[of_pair.ravel()]]]] = True
    return found


def _values_of_last(run: Run, last: LastSession, fact: str) -> Indexes:
    found = fact_column(run, "events", fact, run.batch.event_facts)[last.event]
    given = last.sure & (found >= 0)
    count = len(last.hidden)
    high = np.full(count, NOT_GIVEN, np.int32)
    low = np.full(count, np.iinfo(np.int32).max, np.int32)
    np.maximum.at(high, last.row[given], found[given])
    np.minimum.at(low, last.row[given], found[given])
    values = np.where((high >= 0) & (low != high), DISAGREE, high).astype(np.int32)
    told = values[last.row]
    other = ~last.sure & (found >= 0) & (found != told) & (told != DISAGREE)
    values[last.row[other]] = HIDDEN
    return np.where(last.unseen, UNSEEN, np.where(last.hidden, HIDDEN, values))


def judged(run: Run, values: Indexes, judge: Callable[[FactValue], int]) -> Truth:
    """A test of a value, asked once of each value that there is."""
    table = np.zeros(len(run.batch.words.values) + _BELOW, np.int8)
    table[_BELOW:] = [judge(value) for value in run.batch.words.values]
    return looked_up(values, table)


def looked_up(values: Indexes, table: Small) -> Truth:
    """A test of values by table; its first rows stand for the missing ones."""
    return Truth(table[values + _BELOW], _about_missing(values))


def without_amount(values: Indexes) -> Truth:
    """Unknown on every row: no amount holds on the day, or the value is missing too."""
    about = np.where(values >= 0, CLAIM, _about_missing(values))
    return Truth(np.zeros(len(values), np.int8), about.astype(np.uint8))


def documented(rows: Rows, values: Indexes) -> Truth:
    """Whether a fact is given at all; a complete chart gives all that there is."""
    value = np.where(rows.chart_complete, np.int8(-1), np.int8(0))
    value[(values >= 0) | (values == DISAGREE)] = 1
    value[(values == HIDDEN) | (values == UNSEEN)] = 0
    return Truth(value, _about_missing(values))


def _about_missing(values: Indexes) -> About:
    if not (values <= HIDDEN).any():
        return CHART
    told = np.where(values == HIDDEN, CLAIM, CHART)
    return np.where(values == UNSEEN, HISTORY, told).astype(np.uint8)
