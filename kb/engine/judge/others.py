"""The tests that count other services of the patient: earlier ones, those of the day."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from typing import NamedTuple

from dsl.ir.parts import Count, Rolling
from dsl.ir.tests import Earlier, SameDay
from kb.engine.judge import windows
from kb.engine.judge.amounts import on_day
from kb.engine.judge.book_days import others_today
from kb.engine.judge.books import Question, Stretch
from kb.engine.judge.counting import bearing
from kb.engine.judge.kleene import MET, NOT_MET, Truth, all_of, unknown
from kb.engine.judge.situation import Situation
from kb.engine.program import Program

Ask = Callable[[Situation], Truth]
"""A test made ready: whether it holds in a situation."""


class EarlierDays(NamedTuple):
    """Days with services that a test counts for certain, and with those or such as may."""

    sure: Collection[date]
    all: Collection[date]
    about: frozenset[str]
    """What decides of the days that only may count."""


NO_DAYS = EarlierDays((), (), frozenset())
DaysFound = Callable[[Situation], EarlierDays | None]
"""The days that a test counts; ``None`` while its plan year has no start."""


def earlier_days(node: Earlier, each: Ask | None) -> DaysFound:
    """How to find the days that a test of earlier services counts.

    ``each`` is what must hold of a service for its day to count.
    """
    of_set, of_groups = bearing(node, ()), bearing(node, node.same)
    window = node.window
    long_ago = on_day(node.before, windows.rolling_of) if node.before else None

    def days(at: Situation) -> EarlierDays | None:
        first = None
        if window is not None:
            span = at.window(window)
            if span is None:
                return None
            first = windows.first_day(span, at.day)
        length = long_ago(at.day) if long_ago else None
        if long_ago and length is None:
            # Nobody says how long before: any service of the set may be meant.
            every = at.book(of_set).until(at.day, first).sure_days
            return EarlierDays((), every, frozenset({"rule-ended"} if every else ()))
        found = at.book(of_groups).until(at.day, first)
        if found.start >= found.end:
            return NO_DAYS
        if length is not None:
            found = long_before(found, length, at.day)
        if each is not None:
            return days_by_each(each, found, at)
        every = [page.day for page in found.pages]
        return EarlierDays(found.sure_days, every, found.about("session"))

    return days


def long_before(found: Stretch, length: Rolling, day: date) -> Stretch:
    """The days of a stretch that lie at least so long before a day."""
    end = bisect_right(
        found.book.days,
        day,
        found.start,
        found.end,
        key=lambda seen: windows.after(seen, length),
    )
    return Stretch(found.book, found.start, end)


def days_by_each(test: Ask, found: Stretch, at: Situation) -> EarlierDays:
    """The days of the services on which a test of each holds, or may hold."""
    sure: set[date] = set()
    maybe: dict[date, set[str]] = defaultdict(set)
    kept = at.each
    for page in found.pages:
        for at.each, why in page.entries:
            fits = all_of((Truth(0 if why else 1, why), test(at)))
            if fits.value > 0:
                sure.add(page.day)
            elif fits.value == 0:
                maybe[page.day] |= fits.about
    at.each = kept
    about = frozenset().union(*(maybe[day] for day in maybe.keys() - sure))
    return EarlierDays(sure, sure | maybe.keys(), about)


def ask_earlier(node: Earlier, each: Ask | None) -> Ask:
    """The number of earlier sessions lies in a range."""
    count, days_of = node.count, earlier_days(node, each)
    apart = on_day(node.apart, windows.rolling_of) if node.apart else None
    one_date = windows.is_one_date(node.window)

    def ask(at: Situation) -> Truth:
        days = days_of(at)
        if days is None:
            return unknown("plan-year-start")
        about = days.about
        if apart is None:
            low, high = len(days.sure), len(days.all)
        else:
            length = apart(at.day)
            low, high = sessions(days.sure, length)[0], sessions(days.all, length)[1]
            if length is None:
                about |= {"rule-ended"}
        ends = at.history_is_complete or one_date
        return in_range(
            low, high if ends else None, count, about if high > low else frozenset()
        )

    return ask


def sessions(days: Collection[date], apart: Rolling | None) -> tuple[int, int]:
    """How many sessions that lie so far apart, at least and at most.

    The most that do; while nobody says how far, one or all.
    """
    if apart is None:
        return min(len(days), 1), len(days)
    chosen, last = 0, None
    for day in sorted(days):
        if last is None or windows.after(last, apart) <= day:
            chosen, last = chosen + 1, day
    return chosen, chosen


def in_range(low: int, high: int | None, count: Count, about: frozenset[str]) -> Truth:
    """Whether a number between ``low`` and ``high`` (``None``: no end) is in the range."""
    least, most = count.least, count.most
    ends = high is not None
    if low >= least and (most is None or (high is not None and high <= most)):
        return MET
    if (high is not None and high < least) or (most is not None and low > most):
        return NOT_MET
    return Truth(0, about | (frozenset() if ends else frozenset({"history"})))


def ask_same_day(node: SameDay, _program: Program) -> Ask:
    """The number of other lines of the date lies in a range."""
    question, count = Question(node.set, node.same), node.count

    def ask(at: Situation) -> Truth:
        others = others_today(at.book(question), at.event)
        high = others.sure + others.maybe
        return in_range(others.sure, high, count, others.about)

    return ask
