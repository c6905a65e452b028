"""The duties of the IR: whether one is kept on a line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from kb.engine.judge import windows
from kb.engine.judge.answer import Arithmetic
from kb.engine.judge.arithmetic import Amounts, arithmetic_of, interval_arithmetic
from kb.engine.judge.book_days import Sums, others_today, today
from kb.engine.judge.books import Question, Stretch
from kb.engine.judge.conditions import ask, find_fact
from kb.engine.judge.counting import history_ends, question_of
from kb.engine.judge.kleene import MET, NOT_MET, Truth, unknown
from kb.engine.judge.situation import Situation, amount_on

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a duty found: its truth, and what was counted."""

    truth: Truth
    add_up: Callable[[], Arithmetic] | None = None
    """Makes the sum behind it; called only when somebody will read it."""


def keep(duty: Json, scope: str | None, at: Situation) -> Counted:
    """Whether a duty is kept; ``scope`` is the key of the rule's own set."""
    match duty["duty"]:
        case "require":
            return Counted(ask(duty["test"], at))
        case "never":
            return Counted(NOT_MET)
        case "limit":
            return keep_limit(duty, scope, at)
        case "limit-by":
            return keep_limit_by(duty, scope, at)
        case "interval":
            return keep_interval(duty, scope, at)
        case _:
            return Counted(keep_not_with(duty, at))


def keep_not_with(duty: Json, at: Situation) -> Truth:
    """No line of the set beside this one, unless it carries an allowed modifier."""
    if set(duty["unless_modifier"]) & set(at.line.modifiers):
        return MET
    book = at.book(Question(duty["set"], tuple(duty["same"])))
    others = others_today(book, at.event)
    if others.sure:
        return NOT_MET
    return Truth(0, others.about) if others.maybe else MET


def keep_limit_by(duty: Json, scope: str | None, at: Situation) -> Counted:
    """The limit of the fact's choice; of all choices when it is not known."""
    value, why = find_fact(duty, at)
    cases = {case["choice"]: case["limit"] for case in duty["cases"]}
    if isinstance(value, str) and value in cases:
        return keep_limit(cases[value], scope, at)
    kept = [keep_limit(limit, scope, at) for limit in cases.values()]
    values = {counted.truth.value for counted in kept}
    if values in ({1}, {-1}):
        return kept[0]
    open_ones = (counted.truth.about for counted in kept if counted.truth.value == 0)
    asked = why.about or frozenset({duty["fact"]})
    return Counted(Truth(0, asked.union(*open_ones)), kept[0].add_up)


def keep_limit(duty: Json, scope: str | None, at: Situation) -> Counted:
    """At most so many in a window."""
    amount = amount_on(duty["count"], at.day)
    if amount is None:
        return Counted(unknown("rule-ended"))
    limit = int(Decimal(str(amount["amount"])))
    window, unit = at.window(duty["window"]), duty["unit"]
    if window is None:
        return Counted(unknown("plan-year-start"))
    book, over_time = at.book(question_of(duty, scope)), not windows.is_one_date(window)
    first = windows.first_day(window, at.day) if over_time else at.day
    before = book.until(at.day, first)
    sums = today(book, unit, at.event)
    counted, most = before.total(unit), before.total(unit, most=True)
    low, high = counted + sums.sure.least, most + sums.every.most
    ends = history_ends(duty, at) or not over_time
    about = before.about(unit) | unsure_of(sums, unit) if high > low else frozenset()
    if unit in ("region", "level") and high > low:
        about |= {unit}
    kept = under(limit, low, high if ends else None, about)
    add_up = partial(
        arithmetic_of,
        {**duty, "window": window},
        at,
        before,
        Amounts(counted, most if ends else None, sums.sure.least, limit),
    )
    return Counted(kept, add_up)


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


def keep_interval(duty: Json, scope: str | None, at: Situation) -> Counted:
    """At least so long since the session before."""
    amount = amount_on(duty["least"], at.day)
    if amount is None:
        return Counted(unknown("rule-ended"))
    before = at.book(question_of(duty, scope)).until(at.day)
    near = too_near(before, amount, at.day)
    ends = history_ends(duty, at)
    if near.sure_days:
        kept = NOT_MET
    elif near.pages or not ends:
        about = near.about()
        kept = Truth(0, about if ends else about | {"history"})
    else:
        kept = MET
    add_up = partial(interval_arithmetic, duty, amount, near, before, at)
    return Counted(kept, add_up)


def too_near(before: Stretch, amount: Json, day: date) -> Stretch:
    """The days of a stretch from which a duration reaches beyond a day.

    A later day reaches further, so that they are the last ones.
    """
    start = bisect_right(
        before.book.days,
        day,
        before.start,
        before.end,
        key=lambda seen: windows.later(seen, amount),
    )
    return Stretch(before.book, start, before.end)
