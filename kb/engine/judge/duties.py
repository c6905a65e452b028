"""The duties of rules, each made once into a function that says whether a line keeps it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import NamedTuple, Never

from dsl.ir import duties as d
from dsl.ir.parts import Rolling
from dsl.ir.reading import read
from kb.engine.judge import windows
from kb.engine.judge.amounts import on_day
from kb.engine.judge.answer import Arithmetic
from kb.engine.judge.arithmetic import Amounts, arithmetic_of, interval_arithmetic
from kb.engine.judge.book_days import Sums, others_today, today
from kb.engine.judge.books import Question, Stretch
from kb.engine.judge.conditions import asking
from kb.engine.judge.counting import history_ends, question_of
from kb.engine.judge.kleene import MET, NOT_MET, Truth, unknown
from kb.engine.judge.looking import looking_for
from kb.engine.judge.situation import Situation
from kb.engine.program import Program, codes_on


class Counted(NamedTuple):
    """What a duty found: its truth, and what was counted."""

    truth: Truth
    add_up: Callable[[], Arithmetic] | None = None
    """Makes the sum behind it; called only when somebody will read it."""


Keep = Callable[[Situation], Counted]
"""A duty made ready: whether a line keeps it."""
NEVER_KEPT = Counted(NOT_MET)
ALWAYS_KEPT = Counted(MET)
RULE_ENDED = Counted(unknown("rule-ended"))


def keeping(duty: d.Duty, scope: str | None, program: Program) -> Keep:
    """A duty made ready; ``scope`` is the key of the rule's own set."""
    return read(EVALUATORS[type(duty)], duty, scope, program)


def keep_require(duty: d.Require, _scope: str | None, program: Program) -> Keep:
    """The test is met."""
    ask = asking(duty.test, program)
    return lambda at: Counted(ask(at))


def keep_never(_duty: d.NeverCovered, _scope: str | None, _program: Program) -> Keep:
    """Not covered whenever the rule applies."""
    return lambda _at: NEVER_KEPT


def keep_covers(_duty: d.Covers, _scope: str | None, _program: Program) -> Keep:
    """Covered wherever the rule applies: there is nothing to keep."""
    return lambda _at: ALWAYS_KEPT


def keep_bill_as(duty: d.BillAs, _scope: str | None, program: Program) -> Keep:
    """Never kept while the right code holds; without one nobody can tell what to bill."""
    right = program.sets.get(duty.set, {})

    def keep(at: Situation) -> Counted:
        return NEVER_KEPT if codes_on(right, at.day) else RULE_ENDED

    return keep


def keep_not_with(duty: d.NotWith, _scope: str | None, _program: Program) -> Keep:
    """No line of the set beside this one, unless it carries an allowed modifier."""
    allowed, question = frozenset(duty.unless_modifier), Question(duty.set, duty.same)

    def keep(at: Situation) -> Counted:
        if not allowed.isdisjoint(at.line.modifiers):
            return Counted(MET)
        others = others_today(at.book(question), at.event)
        if others.sure:
            return Counted(NOT_MET)
        return Counted(Truth(0, others.about) if others.maybe else MET)

    return keep


def keep_limit_by(duty: d.LimitBy, scope: str | None, program: Program) -> Keep:
    """The limit of the fact's choice; of all choices when it is not known."""
    look = looking_for(duty.fact, duty.of)
    cases = {case.choice: keep_limit(case.limit, scope, program) for case in duty.cases}

    def keep(at: Situation) -> Counted:
        value, why = look(at)
        if isinstance(value, str) and value in cases:
            return cases[value](at)
        kept = [limit(at) for limit in cases.values()]
        values = {counted.truth.value for counted in kept}
        if values == {-1}:
            return kept[0]
        open_ones = (
            counted.truth.about for counted in kept if counted.truth.value == 0
        )
        asked = why.about or frozenset({duty.fact})
        truth = MET if values == {1} else Truth(0, asked.union(*open_ones))
        sums = {word: c.add_up for word, c in zip(cases, kept, strict=True) if c.add_up}
        return Counted(truth, partial(under_each, duty.fact, sums) if sums else None)

    return keep


def under_each(fact: str, sums: Mapping[str, Callable[[], Arithmetic]]) -> Arithmetic:
    """The sum of a limit whose choice is not known: the first, with that of each."""
    told = tuple((of_choice(fact, word), add_up()) for word, add_up in sums.items())
    return told[0][1]._replace(choices=told)


def of_choice(fact: str, word: str) -> str:
    """The name of the sum that a limit has for one word of a fact."""
    return f"{fact} {word}"


def keep_limit(duty: d.Limit, scope: str | None, _program: Program) -> Keep:
    """At most so many in a window."""
    limit_on = on_day(duty.count, lambda amount: int(Decimal(str(amount.amount))))
    question = question_of(duty.per, duty.counting, scope)
    unit, over_time = duty.unit, not windows.is_one_date(duty.window)

    def keep(at: Situation) -> Counted:
        limit = limit_on(at.day)
        if limit is None:
            return RULE_ENDED
        window = at.window(duty.window)
        if window is None:
            return Counted(unknown("plan-year-start"))
        book = at.book(question)
        first = windows.first_day(window, at.day) if over_time else at.day
        before = book.until(at.day, first)
        sums = today(book, unit, at.event)
        counted, most = before.total(unit), before.total(unit, most=True)
        this = sums.sure.least
        low, high = counted + this, most + sums.every.most
        ends = history_ends(duty.counting, at) or not over_time
        about = frozenset[str]()
        if high > low:
            about = before.about(unit) | unsure_of(sums, unit)
            if unit in ("region", "level"):
                about |= {unit}
        kept = under(limit, low, high if ends else None, about)
        amounts = Amounts(counted, most if ends else None, this, limit)
        return Counted(kept, partial(arithmetic_of, duty, window, at, before, amounts))

    return keep


def unsure_of(sums: Sums, unit: str) -> frozenset[str]:
    """The groups that could change a day's amount; the line alone makes it a session."""
    return frozenset() if unit == "session" else sums.about


def under(
    limit: int, low: Decimal, high: Decimal | None, about: frozenset[str]
) -> Truth:
    """Whether a number between ``low`` and ``high`` (``None``: no end) is within a limit."""
    if low > limit:
        return NOT_MET
    if high is not None and high <= limit:
        return MET
    return Truth(0, about if high is not None else about | {"history"})


def keep_interval(duty: d.Interval, scope: str | None, _program: Program) -> Keep:
    """At least so long since the session before."""
    length_on = on_day(duty.least, windows.rolling_of)
    question = question_of(duty.per, duty.counting, scope)

    def keep(at: Situation) -> Counted:
        length = length_on(at.day)
        if length is None:
            return RULE_ENDED
        before = at.book(question).until(at.day)
        near = too_near(before, length, at.day)
        ends = history_ends(duty.counting, at)
        if near.sure_days:
            kept = NOT_MET
        elif near.pages or not ends:
            about = near.about()
            kept = Truth(0, about if ends else about | {"history"})
        else:
            kept = MET
        add_up = partial(interval_arithmetic, duty, length, near, before, at)
        return Counted(kept, add_up)

    return keep


def too_near(before: Stretch, length: Rolling, day: date) -> Stretch:
    """The days of a stretch from which a length of time reaches beyond a day.

    A later day reaches further, so that they are the last ones.
    """
    start = bisect_right(
        before.book.days,
        day,
        before.start,
        before.end,
        key=lambda seen: windows.after(seen, length),
    )
    return Stretch(before.book, start, before.end)


EVALUATORS: dict[type[d.Duty], Callable[[Never, str | None, Program], Keep]] = {
    d.Require: keep_require,
    d.NeverCovered: keep_never,
    d.Covers: keep_covers,
    d.BillAs: keep_bill_as,
    d.Limit: keep_limit,
    d.LimitBy: keep_limit_by,
    d.Interval: keep_interval,
    d.NotWith: keep_not_with,
}
