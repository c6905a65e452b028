"""Tests of the compiled rule over rows of claim lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TypeVar, cast

import numpy as np

from dsl.ir.parts import Amounts, FactScope
from dsl.ir.rule import Last
from dsl.ir.tests import (
    Always,
    And,
    AtLeast,
    Billed,
    Choice,
    Compare,
    DateOfService,
    Diagnosis,
    Documented,
    Earlier,
    Elapsed,
    Field,
    If,
    Modifier,
    Never,
    Not,
    Or,
    SameDay,
    SameNpi,
    Test,
    Yes,
)
from kb.claims.model import Amount, FactValue
from kb.engine.columns.batch import NO_DAY, Bools, Indexes, Ints, Marks
from kb.engine.columns.batch_claims import day_number
from kb.engine.columns.billed import billed_on_both_sides, billed_once
from kb.engine.columns.calendar import (
    amounts_on,
    compare_amounts,
    is_one_date,
    later,
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
    HISTORY,
    LEFT_OUT,
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
from kb.engine.columns.windows import first_days, window_told
from kb.engine.judge.left_out import CLOSED


@dataclass(slots=True)
class Asking:
    """A rule being asked on rows: what its tests need beside the rows."""

    run: Run
    rows: Rows
    looks_at: Last | None
    """Whose procedure facts the rule looks at."""
    _last: list[LastSession] = field(default_factory=list)

    @property
    def last(self) -> LastSession | None:
        """The session that procedure facts belong to, found when first needed."""
        if self.looks_at is None:
            return None
        if not self._last:
            self._last.append(last_session(self.run, self.rows, self.looks_at))
        return self._last[0]

    def of_events(self, rows: Rows) -> Asking:
        """The same rule, asked about single earlier events."""
        return Asking(self.run, rows, None)


ColumnTest = Callable[[Asking, Test], Truth]
Form = TypeVar("Form", bound=Test)


def tested(asking: Asking, test: Test) -> Truth:
    """The value of a test on every row."""
    return COLUMN_TESTS[type(test)](asking, test)


def _parts(asking: Asking, of: tuple[Test, ...]) -> list[Truth]:
    return [tested(asking, part) for part in of]


def _and(asking: Asking, test: And) -> Truth:
    return all_of(_parts(asking, test.of))


def _or(asking: Asking, test: Or) -> Truth:
    return any_of(_parts(asking, test.of))


def _if(asking: Asking, test: If) -> Truth:
    case, then, other = _parts(asking, test.of)
    in_case, in_others = all_of([case, then]), all_of([negation(case), other])
    return any_of([in_case, in_others, all_of([then, other])])


def _not(asking: Asking, test: Not) -> Truth:
    return negation(tested(asking, test.of[0]))


def _at_least(asking: Asking, test: AtLeast) -> Truth:
    return at_least(test.count, _parts(asking, test.of))


def _always(asking: Asking, _test: Always) -> Truth:
    return always(len(asking.rows))


def _never(asking: Asking, _test: Never) -> Truth:
    return never(len(asking.rows))


def _values(asking: Asking, fact: str, scope: FactScope) -> Indexes:
    last = asking.last if scope == "procedure" else None
    return fact_values(asking.run, asking.rows, fact, scope, last)


def _yes(asking: Asking, test: Yes) -> Truth:
    return judged(asking.run, _values(asking, test.fact, test.of), _is_yes)


def _is_yes(value: FactValue) -> int:
    return (1 if value else -1) if isinstance(value, bool) else 0


def _documented(asking: Asking, test: Documented) -> Truth:
    values = _values(asking, test.fact, test.of)
    found = documented(asking.rows, values)
    words = asking.run.program.facts.get(test.fact)
    if words is None or words.kind != "choice":
        return found
    says_none = words.says_none
    none = judged(asking.run, values, lambda value: int(says_none(value)))
    return Truth(np.where(none.value > 0, np.int8(-1), found.value), found.about)


def _choice(asking: Asking, test: Choice) -> Truth:
    wanted = frozenset(test.values)

    def judge(value: FactValue) -> int:
        return (1 if value in wanted else -1) if isinstance(value, str) else 0

    return judged(asking.run, _values(asking, test.fact, test.of), judge)


def _compare(asking: Asking, test: Compare) -> Truth:
    values, days = _values(asking, test.fact, test.of), asking.rows.day
    pieces = [
        (where, judged(asking.run, values, partial(_compared, test.cmp, amount)))
        for where, amount in amounts_on(test.amount, days)
    ]
    return in_pieces(pieces, without_amount(values))


def _compared(cmp: str, amount: Amount, value: FactValue) -> int:
    return compare_amounts(value, cmp, amount) if isinstance(value, Amount) else 0


def _field(asking: Asking, test: Field) -> Truth:
    if test.name == "level":
        return _level(asking, test)
    words = _field_words(asking, test.name)
    about = APPROVAL if test.name == "authorization" else CLAIM
    if test.name in CLOSED:
        about = LEFT_OUT
    return known_where(words > 0, _among(asking, test, words), about)


def _level(asking: Asking, test: Field) -> Truth:
    given = asking.run.batch.lines.level[asking.rows.lines]
    levels = asking.run.batch.words.levels
    wanted = np.array([level in test.values for level in levels], np.bool_)
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


def _among(asking: Asking, test: Field, words: Indexes) -> Bools:
    run = asking.run
    wanted = np.zeros(len(run.batch.words.words), np.bool_)
    wanted[
        [run.word_numbers[word] for word in test.values if word in run.word_numbers]
    ] = True
    met = wanted[words]
    if test.set is not None:
        met |= run.words(test.set).holds(words, asking.rows.day)
    return met


def _date(asking: Asking, test: DateOfService) -> Truth:
    day, days = day_number(test.day), asking.rows.day
    return certain(days < day if test.cmp == "<" else days > day)


def _elapsed(asking: Asking, test: Elapsed) -> Truth:
    """Another day lies so long before or after the date of service, on that side of it."""
    run, rows = asking.run, asking.rows
    about: About = CLAIM
    if test.clock is not None:
        day = rows.batch.claims.clock(test.clock)[rows.claim].astype(np.int64)
        known = day != NO_DAY
    else:
        assert test.fact is not None
        assert test.of is not None
        values = _values(asking, test.fact, test.of)
        dated = judged(run, values, lambda value: int(isinstance(value, date)))
        table = np.array(
            [0, 0, 0, *map(_day_of_value, run.batch.words.values)], np.int64
        )
        day, known, about = table[values + 3], dated.value > 0, dated.about
    sign = 1 if test.side == "after" else -1
    ends, told = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.bool_)
    for where, amount in amounts_on(test.amount, rows.day):
        here = slice(None) if where is None else where
        ends[here], told[here] = later(rows.day[here], amount, sign), True
    far = _DAYS_COMPARED[test.cmp](sign * day, sign * ends)
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


def _same_npi(asking: Asking, test: SameNpi) -> Truth:
    one, other = (_field_words(asking, name) for name in test.fields)
    return known_where((one > 0) & (other > 0), one == other, CLAIM)


def _diagnosis(asking: Asking, test: Diagnosis) -> Truth:
    rows, lines = asking.rows, asking.run.batch.lines
    codes = asking.run.diagnoses(test.set)
    start = lines.diagnosis_start[rows.lines]
    count = lines.diagnosis_start[rows.lines + 1] - start
    met = np.zeros(len(rows), np.bool_)
    depth = int(count.max(initial=0))
    for place in range(min(depth, 1) if test.which == "primary" else depth):
        at = (
            np.flatnonzero(count > place)
            if place or (count == 0).any()
            else slice(None)
        )
        met[at] |= codes.holds(lines.diagnosis[start[at] + place], rows.day[at])
    return known_where(count > 0, met, CLAIM)


def _modifier(asking: Asking, test: Modifier) -> Truth:
    return certain(carries(asking, (test.modifier,)))


def carries(asking: Asking, wanted: Sequence[str]) -> Bools:
    """Whether each line carries one of some modifiers."""
    modifiers = asking.run.batch.lines.modifiers[asking.rows.lines]
    return asking.run.modifier_lookup(wanted)[modifiers]


def _billed(asking: Asking, test: Billed) -> Truth:
    billed = billed_once if test.how == "once" else billed_on_both_sides
    return billed(asking.run, asking.rows)


def _earlier(asking: Asking, test: Earlier) -> Truth:
    if test.apart is None:
        return _earlier_apart(asking, test, None)
    pieces = [
        (where, _earlier_apart(asking, test, amount))
        for where, amount in amounts_on(test.apart, asking.rows.day)
    ]
    return in_pieces(pieces, _earlier_apart(asking, test, UNTOLD))


def _earlier_apart(
    asking: Asking, test: Earlier, apart: Amount | Untold | None
) -> Truth:
    run, rows = asking.run, asking.rows
    last, unsure = _last_days(asking, test.before)
    asked = Asked(
        events=event_set(run, run.procedures(test.set)),
        same=test.same,
        first=first_days(run, rows, test.window),
        last=last,
        unsure=unsure,
        modifier=test.modifier,
        without=test.without,
        each=_each(asking, test.each),
        apart=apart,
    )
    counts = sessions(run, rows, asked)
    least, most = test.count.least, test.count.most
    value = in_range(counts, least, most)
    told = window_told(run, rows, test.window)
    if told is not None:
        open_ = ~rows.history_complete
        value = np.where(open_, in_range(_without_end(counts), least, most), value)
        about = np.where(told, _spread(counts), CLAIM)
        about = about | np.where(told & open_, HISTORY, 0)
        return Truth(np.where(told, value, 0).astype(np.int8), about.astype(np.uint8))
    if is_one_date(test.window):
        return Truth(value, counts.about)
    open_ = ~rows.history_complete
    value = np.where(open_, in_range(_without_end(counts), least, most), value)
    if not open_.any():
        return Truth(value, counts.about)
    about = _spread(counts) | np.where(open_, HISTORY, 0)
    return Truth(value, about.astype(np.uint8))


def _spread(counts: Counts) -> Marks:
    """What the counts of each row are about that are not known."""
    spread = np.where(counts.upper > counts.lower, counts.about, 0)
    return spread.astype(np.uint8)


def _last_days(asking: Asking, before: Amounts | None) -> tuple[Ints, Bools | None]:
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


def _each(asking: Asking, test: Test | None) -> Each | None:
    if test is None:
        return None
    return lambda rows: tested(asking.of_events(rows), test)


def _same_day(asking: Asking, test: SameDay) -> Truth:
    run = asking.run
    events = event_set(run, run.procedures(test.set))
    counts = same_day_lines(run, asking.rows, events, test.same)
    value = in_range(counts, test.count.least, test.count.most)
    return Truth(value, CLAIM)


def _by(
    form: type[Form], evaluate: Callable[[Asking, Form], Truth]
) -> tuple[type[Test], ColumnTest]:
    """An entry of the registry: it is asked by the form of the test at hand."""
    return cast("tuple[type[Test], ColumnTest]", (form, evaluate))


COLUMN_TESTS: dict[type[Test], ColumnTest] = dict(
    (
        _by(And, _and),
        _by(Or, _or),
        _by(Not, _not),
        _by(If, _if),
        _by(AtLeast, _at_least),
        _by(Always, _always),
        _by(Never, _never),
        _by(Yes, _yes),
        _by(Documented, _documented),
        _by(Compare, _compare),
        _by(Choice, _choice),
        _by(Field, _field),
        _by(DateOfService, _date),
        _by(Elapsed, _elapsed),
        _by(SameNpi, _same_npi),
        _by(Diagnosis, _diagnosis),
        _by(Modifier, _modifier),
        _by(Billed, _billed),
        _by(Earlier, _earlier),
        _by(SameDay, _same_day),
    )
)
"""The evaluator of each form; rules with a form that has none are interpreted."""
