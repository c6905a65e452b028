"""Tests of the compiled rule over rows of claim lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from kb.claims.model import Amount, FactValue
from kb.engine.columns.batch import NO_DAY, Bools, Indexes, Ints
from kb.engine.columns.batch_claims import day_number
from kb.engine.columns.calendar import (
    amounts_on,
    compare_amounts,
    day_of,
    is_one_date,
    later,
    plan_years,
    window_start,
)
from kb.engine.columns.counts import (
    UNTOLD,
    Asked,
    Counts,
    Each,
    Untold,
    in_range,
    same_day_lines,
    sessions,
)
from kb.engine.columns.events import event_set
from kb.engine.columns.facts import (
    LastSession,
    documented,
    fact_values,
    judged,
    last_session,
    without_amount,
)
from kb.engine.columns.run import Rows, Run
from kb.engine.columns.truth import (
    APPROVAL,
    CLAIM,
    About,
    Truth,
    all_of,
    always,
    any_of,
    at_least,
    certain,
    in_pieces,
    known_where,
    negation,
    never,
)

Json = dict[str, Any]


@dataclass(slots=True)
class Asking:
    """A rule being asked on rows: what its tests need beside the rows."""

    run: Run
    rows: Rows
    last_tree: Json | None
    _last: list[LastSession] = field(default_factory=list)

    @property
    def last(self) -> LastSession | None:
        """The session that procedure facts belong to, found when first needed."""
        if self.last_tree is None:
            return None
        if not self._last:
            self._last.append(last_session(self.run, self.rows, self.last_tree))
        return self._last[0]

    def of_events(self, rows: Rows) -> Asking:
        """The same rule, asked about single earlier events."""
        return Asking(self.run, rows, None)


def tested(asking: Asking, tree: Json) -> Truth:
    """The value of a test on every row."""
    return _TESTS[tree["op"]](asking, tree)


def _parts(asking: Asking, tree: Json) -> list[Truth]:
    return [tested(asking, part) for part in tree["of"]]


def _and(asking: Asking, tree: Json) -> Truth:
    return all_of(_parts(asking, tree))


def _or(asking: Asking, tree: Json) -> Truth:
    return any_of(_parts(asking, tree))


def _if(asking: Asking, tree: Json) -> Truth:
    case, then, other = _parts(asking, tree)
    in_case, in_others = all_of([case, then]), all_of([negation(case), other])
    return any_of([in_case, in_others, all_of([then, other])])


def _not(asking: Asking, tree: Json) -> Truth:
    return negation(tested(asking, tree["of"][0]))


def _at_least(asking: Asking, tree: Json) -> Truth:
    return at_least(tree["count"], _parts(asking, tree))


def _always(asking: Asking, _tree: Json) -> Truth:
    return always(len(asking.rows))


def _never(asking: Asking, _tree: Json) -> Truth:
    return never(len(asking.rows))


def _values(asking: Asking, tree: Json) -> Indexes:
    last = asking.last if tree["of"] == "procedure" else None
    return fact_values(asking.run, asking.rows, tree["fact"], tree["of"], last)


def _yes(asking: Asking, tree: Json) -> Truth:
    return judged(asking.run, _values(asking, tree), _is_yes)


def _is_yes(value: FactValue) -> int:
    return (1 if value else -1) if isinstance(value, bool) else 0


def _documented(asking: Asking, tree: Json) -> Truth:
    return documented(asking.rows, _values(asking, tree))


def _choice(asking: Asking, tree: Json) -> Truth:
    wanted = frozenset(tree["in"])

    def judge(value: FactValue) -> int:
        return (1 if value in wanted else -1) if isinstance(value, str) else 0

    return judged(asking.run, _values(asking, tree), judge)


def _compare(asking: Asking, tree: Json) -> Truth:
    values, days = _values(asking, tree), asking.rows.day
    pieces = [
        (where, judged(asking.run, values, partial(_compared, tree["cmp"], amount)))
        for where, amount in amounts_on(tree["amount"], days)
    ]
    return in_pieces(pieces, without_amount(values))


def _compared(cmp: str, amount: Amount, value: FactValue) -> int:
    return compare_amounts(value, cmp, amount) if isinstance(value, Amount) else 0


def _field(asking: Asking, tree: Json) -> Truth:
    if tree["field"] == "level":
        return _level(asking, tree)
    words = _field_words(asking, tree["field"])
    about = APPROVAL if tree["field"] == "authorization" else CLAIM
    return known_where(words > 0, _among(asking, tree, words), about)


def _level(asking: Asking, tree: Json) -> Truth:
    given = asking.run.batch.lines.level[asking.rows.lines]
    levels = asking.run.batch.words.levels
    wanted = np.array([level in tree["in"] for level in levels], np.bool_)
    return known_where(given > 0, wanted[given], CLAIM)


def _field_words(asking: Asking, name: str) -> Indexes:
    rows, batch = asking.rows, asking.run.batch
    if name == "place":
        return batch.lines.place[rows.lines]
    if name == "rendering-npi":
        return batch.lines.rendering[rows.lines]
    if name == "authorization":
        return batch.lines.authorization[rows.lines]
    columns = {
        "state": batch.claims.state,
        "plan": batch.claims.plan,
        "payer": batch.claims.payer,
        **batch.claims.fields,
    }
    if name not in columns:
        return np.zeros(len(rows), np.int32)
    return columns[name][rows.claim]


def _among(asking: Asking, tree: Json, words: Indexes) -> Bools:
    run = asking.run
    wanted = np.zeros(len(run.batch.words.words), np.bool_)
    wanted[
        [run.word_numbers[word] for word in tree["in"] if word in run.word_numbers]
    ] = True
    met = wanted[words]
    if tree["set"] is not None:
        met |= run.words(tree["set"]).holds(words, asking.rows.day)
    return met


def _date(asking: Asking, tree: Json) -> Truth:
    day, days = day_of(tree["date"]), asking.rows.day
    return certain(days < day if tree["cmp"] == "<" else days > day)


def _elapsed(asking: Asking, tree: Json) -> Truth:
    """Another day lies so long before or after the date of service, on that side of it."""
    run, rows = asking.run, asking.rows
    about: About = CLAIM
    if "clock" in tree:
        day = rows.batch.claims.clock(tree["clock"])[rows.claim].astype(np.int64)
        known = day != NO_DAY
    else:
        values = _values(asking, tree)
        dated = judged(run, values, lambda value: int(isinstance(value, date)))
        table = np.array(
            [0, 0, 0, *map(_day_of_value, run.batch.words.values)], np.int64
        )
        day, known, about = table[values + 3], dated.value > 0, dated.about
    sign = 1 if tree["side"] == "after" else -1
    ends, told = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.bool_)
    for where, amount in amounts_on(tree["amount"], rows.day):
        here = slice(None) if where is None else where
        ends[here], told[here] = later(rows.day[here], amount, sign), True
    far = _DAYS_COMPARED[tree["cmp"]](sign * day, sign * ends)
    met = (sign * day >= sign * rows.day) & far
    return Truth(known_where(known & told, met, CLAIM).value, about)


_DAYS_COMPARED: dict[str, Callable[[Ints, Ints], Bools]] = {
    ">=": np.greater_equal,
    "<=": np.less_equal,
    ">": np.greater,
    "<": np.less,
}


def _day_of_value(value: FactValue) -> int:
    return day_number(value) if isinstance(value, date) else 0


def _same_npi(asking: Asking, tree: Json) -> Truth:
    one, other = (_field_words(asking, name) for name in tree["fields"])
    return known_where((one > 0) & (other > 0), one == other, CLAIM)


def _diagnosis(asking: Asking, tree: Json) -> Truth:
    rows, lines = asking.rows, asking.run.batch.lines
    codes = asking.run.diagnoses(tree["set"])
    start = lines.diagnosis_start[rows.lines]
    count = lines.diagnosis_start[rows.lines + 1] - start
    met = np.zeros(len(rows), np.bool_)
    depth = int(count.max(initial=0))
    for place in range(min(depth, 1) if tree["which"] == "primary" else depth):
        at = (
            np.flatnonzero(count > place)
            if place or (count == 0).any()
            else slice(None)
        )
        met[at] |= codes.holds(lines.diagnosis[start[at] + place], rows.day[at])
    return known_where(count > 0, met, CLAIM)


def _modifier(asking: Asking, tree: Json) -> Truth:
    return certain(carries(asking, [tree["modifier"]]))


def carries(asking: Asking, wanted: list[str]) -> Bools:
    """Whether each line carries one of some modifiers."""
    modifiers = asking.run.batch.lines.modifiers[asking.rows.lines]
    return asking.run.modifier_lookup(wanted)[modifiers]


def _earlier(asking: Asking, tree: Json) -> Truth:
    if tree["apart"] is None:
        return _earlier_apart(asking, tree, None)
    pieces = [
        (where, _earlier_apart(asking, tree, amount))
        for where, amount in amounts_on(tree["apart"], asking.rows.day)
    ]
    return in_pieces(pieces, _earlier_apart(asking, tree, UNTOLD))


def _earlier_apart(asking: Asking, tree: Json, apart: Amount | Untold | None) -> Truth:
    run, rows = asking.run, asking.rows
    last, unsure = _last_days(asking, tree["before"])
    asked = Asked(
        events=event_set(run, run.procedures(tree["set"])),
        same=tuple(tree["same"]),
        first=first_days(run, rows, tree["window"]),
        last=last,
        unsure=unsure,
        modifier=tree["modifier"],
        without=tree.get("without"),
        each=_each(asking, tree["each"]),
        apart=apart,
    )
    counts = sessions(run, rows, asked)
    least, most = tree["count"]["min"], tree["count"]["max"]
    value = in_range(counts, least, most)
    told = window_told(run, rows, tree["window"])
    if told is not None:
        open_ = ~rows.history_complete
        value = np.where(open_, in_range(_without_end(counts), least, most), value)
        about = np.where(told, counts.about, 0) | np.where(told & ~open_, 0, CLAIM)
        return Truth(np.where(told, value, 0).astype(np.int8), about.astype(np.uint8))
    if is_one_date(tree["window"]):
        return Truth(value, counts.about)
    open_ = ~rows.history_complete
    value = np.where(open_, in_range(_without_end(counts), least, most), value)
    if isinstance(counts.about, int):
        return Truth(value, counts.about | CLAIM)
    return Truth(value, counts.about | np.where(open_, CLAIM, 0).astype(np.uint8))


def _last_days(asking: Asking, before: list[Json] | None) -> tuple[Ints, Bools | None]:
    """The last day that counts, and the rows on whose day nobody says which it is."""
    last = asking.rows.day - 1
    if before is None:
        return last, None
    unsure = np.ones(len(last), np.bool_)
    for where, amount in amounts_on(before, asking.rows.day):
        told = np.ones(len(last), np.bool_) if where is None else where
        last = np.where(told, _last_before(asking, amount), last)
        unsure &= ~told
    return last, (unsure if unsure.any() else None)


def _last_before(asking: Asking, amount: Amount) -> Ints:
    """The last day that lies ``amount`` before the date of service, or earlier."""
    run = asking.run
    low = run.reach[0]
    reached = run.by_day(("later", amount), partial(later, amount=amount)).days
    table = run.by_day(
        ("before", amount),
        lambda days: low - 1 + np.searchsorted(reached, days, "right"),
    )
    return np.minimum(table.at(asking.rows.day), asking.rows.day - 1)


def _without_end(counts: Counts) -> Counts:
    """The same counts when history may hold more."""
    endless = np.full(len(counts.upper), np.iinfo(np.int64).max)
    return Counts(counts.lower, endless, counts.about)


def _each(asking: Asking, tree: Json | None) -> Each | None:
    if tree is None:
        return None
    return lambda rows: tested(asking.of_events(rows), tree)


def first_days(run: Run, rows: Rows, window: Json | None) -> Ints:
    """The first day of a window that ends on each row's date of service.

    Any day where a plan year is asked for and the claim does not tell it.
    """
    if window is not None and window["kind"] == "plan-year":
        return _plan_year_start(run, rows)
    key = None if window is None else tuple(sorted(window.items()))
    table = run.by_day(("window", key), lambda days: window_start(days, window))
    return table.at(rows.day)


def window_told(run: Run, rows: Rows, window: Json | None) -> Bools | None:
    """Where a claim tells what a window needs; ``None`` when it needs nothing."""
    if window is None or window["kind"] != "plan-year":
        return None
    return _starts_of_years(run, rows) > 0


def _starts_of_years(run: Run, rows: Rows) -> Indexes:
    column = run.batch.claims.fields.get("plan-year-start")
    return np.zeros(len(rows), np.int32) if column is None else column[rows.claim]


def _plan_year_start(run: Run, rows: Rows) -> Ints:
    words, first = _starts_of_years(run, rows), rows.day.copy()
    for word in np.unique(words[words > 0]).tolist():
        start = run.batch.words.words[word]
        table = run.by_day(("plan year", start), partial(plan_years, start=start))
        where = words == word
        first[where] = table.at(rows.day[where])
    return first


def _same_day(asking: Asking, tree: Json) -> Truth:
    run = asking.run
    events = event_set(run, run.procedures(tree["set"]))
    counts = same_day_lines(run, asking.rows, events, tuple(tree["same"]))
    value = in_range(counts, tree["count"]["min"], tree["count"]["max"])
    return Truth(value, CLAIM)


_TESTS: dict[str, Callable[[Asking, Json], Truth]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "if": _if,
    "at-least": _at_least,
    "always": _always,
    "never": _never,
    "yes": _yes,
    "documented": _documented,
    "compare": _compare,
    "choice": _choice,
    "field": _field,
    "date": _date,
    "elapsed": _elapsed,
    "same-npi": _same_npi,
    "diagnosis": _diagnosis,
    "modifier": _modifier,
    "earlier": _earlier,
    "same-day": _same_day,
}
