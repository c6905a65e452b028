"""The tests of the IR, asked of one situation.  The shapes are told in docs/ir.md."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from kb.claims.model import Amount, FactValue
from kb.engine.judge import windows
from kb.engine.judge.book_days import others_today
from kb.engine.judge.books import Page, Stretch
from kb.engine.judge.counting import bearing
from kb.engine.judge.evidence import (
    ON_THE_CLAIM,
    Disagreement,
    Said,
    disagreement,
    place_of,
)
from kb.engine.judge.kleene import (
    MET,
    NOT_MET,
    Truth,
    all_of,
    any_of,
    at_least,
    negated,
    truth,
    unknown,
)
from kb.engine.judge.situation import Situation, amount_on
from kb.engine.program import holds

Json = dict[str, Any]


Found = tuple[FactValue | Disagreement | None, Truth]
"""A fact's value, or ``None`` with the unknown that says why."""
DAYS = ("day", "week")
COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}

DAY_COMPARISONS: dict[str, Callable[[date, date], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}


def ask(node: Json, at: Situation) -> Truth:
    """Whether a test holds in a situation."""
    return TESTS[node["op"]](node, at)


def ask_and(node: Json, at: Situation) -> Truth:
    """All of; stops at the first that is not met."""
    return all_of(ask(part, at) for part in node["of"])


def ask_or(node: Json, at: Situation) -> Truth:
    """Any of; stops at the first that is met."""
    return any_of(ask(part, at) for part in node["of"])


def ask_if(node: Json, at: Situation) -> Truth:
    """One test in a case, another in every other; decided where both agree."""
    case, then, other = (ask(part, at) for part in node["of"])
    return any_of(
        (all_of((case, then)), all_of((negated(case), other)), all_of((then, other)))
    )


def ask_not(node: Json, at: Situation) -> Truth:
    """Not."""
    return negated(ask(node["of"][0], at))


def ask_at_least(node: Json, at: Situation) -> Truth:
    """At least so many of."""
    return at_least(node["count"], (ask(part, at) for part in node["of"]))


def ask_always(_node: Json, _at: Situation) -> Truth:
    """A constant."""
    return MET


def ask_never(_node: Json, _at: Situation) -> Truth:
    """A constant."""
    return NOT_MET


# ---------- facts ----------


def find_fact(node: Json, at: Situation) -> Found:
    """The value of a fact where its owner has it."""
    name, scope = node["fact"], node["of"]
    if scope != "procedure":
        value = at.claim_fact(name, scope)
    elif at.each is not None:
        value = at.each.facts.get(name)
    else:
        return fact_of_last(name, at)
    return (value, MET) if value is not None else (None, unknown(name))


def fact_of_last(name: str, at: Situation) -> Found:
    """A fact of the latest earlier session that the rule looks at.

    The claim's own word for it stands, unless what is known of that session says
    otherwise.  Without it the history must be complete, for a later session that is
    not seen could be the last one.
    """
    assert at.last is not None
    known = at.book(bearing(at.last, at.last["same"])).until(at.day)
    said = at.claim.facts.get(name)
    if said is not None:
        others = [w for page in known.of_latest for w, _why in words_of(page, name)]
        found = disagreement([Said(ON_THE_CLAIM, said), *others])
        return (said if found is None else found), MET
    if not at.history_is_complete:
        return None, unknown("history")
    if not known.pages:
        return None, unknown(name)
    return fact_of_page(known.pages[-1], name)


def fact_of_page(page: Page, name: str) -> Found:
    """A fact of the session of a day, as its services tell it."""
    groups: frozenset[str] = frozenset().union(
        *(e.why for e in (*page.entries, *page.retold))
    )
    if not page.sure:
        return None, Truth(0, groups)
    words = words_of(page, name)
    sure = [word for word, why in words if not why]
    values = {word.value for word in sure}
    if len(values) > 1:
        return Disagreement(tuple(sure)), MET
    if {word.value for word, why in words if why} - values:
        return None, Truth(0, groups)
    return (values.pop(), MET) if values else (None, unknown(name))


def words_of(page: Page, name: str) -> list[tuple[Said, frozenset[str]]]:
    """What the services of a day say of a fact, and why it may not be meant."""
    return [
        (Said(place_of(event), event.facts[name]), why)
        for event, why in (*page.entries, *page.retold)
        if name in event.facts
    ]


def ask_yes(node: Json, at: Situation) -> Truth:
    """A yes-no fact is yes."""
    value, why = find_fact(node, at)
    return truth(met=value is True) if isinstance(value, bool) else no_value(node, why)


def no_value(node: Json, why: Truth) -> Truth:
    """Unknown: the fact is not given, or not of the kind that the test needs."""
    return why if why.value == 0 else unknown(node["fact"])


def ask_documented(node: Json, at: Situation) -> Truth:
    """A fact is given at all; a complete chart that lacks it does not document it."""
    value, why = find_fact(node, at)
    if value is not None:
        return MET
    if at.claim.chart == "complete" and why.about == {node["fact"]}:
        return NOT_MET
    return why


def ask_compare(node: Json, at: Situation) -> Truth:
    """A measured fact against the amount of the day."""
    value, why = find_fact(node, at)
    if not isinstance(value, Amount):
        return no_value(node, why)
    wanted = amount_on(node["amount"], at.day)
    if wanted is None:
        return unknown("rule-ended")
    return compare(value, wanted, node["cmp"], node["fact"])


def compare(value: Amount, wanted: Json, cmp: str, fact: str) -> Truth:
    """Compare amounts; months against days are sure only outside their possible lengths."""
    number = Decimal(str(wanted["amount"]))
    test = COMPARISONS[cmp]
    if wanted["unit"] in ("percent", "dollar", "number"):
        if value.unit != wanted["unit"]:
            return unknown(fact)
        return truth(met=test(value.number, number))
    if value.unit not in ("day", "month"):
        return unknown(fact)
    if (value.unit == "month") == (wanted["unit"] not in DAYS):
        size = {"week": 7, "year": 12}.get(wanted["unit"], 1)
        return truth(met=test(value.number, number * size))
    mine, theirs = (
        windows.days_of(value.number, value.unit),
        windows.days_of(number, wanted["unit"]),
    )
    answers = {test(one, other) for one in mine for other in theirs}
    return truth(met=answers.pop()) if len(answers) == 1 else unknown(fact)


def ask_choice(node: Json, at: Situation) -> Truth:
    """A choice is one of these."""
    value, why = find_fact(node, at)
    return (
        truth(met=value in node["in"])
        if isinstance(value, str)
        else no_value(node, why)
    )


# ---------- the claim and the line ----------


def ask_field(node: Json, at: Situation) -> Truth:
    """A claim field is one of these, or in a set of places."""
    name = node["field"]
    value = at.field_value(name)
    if not value:
        return unknown(name)
    if node["set"] is not None:
        spans = at.program.sets.get(node["set"], {}).get(value, ())
        return truth(met=any(holds(days, at.day) for days in spans))
    return truth(met=value in node["in"])


def ask_date(node: Json, at: Situation) -> Truth:
    """The date of service before or after a day."""
    day = date.fromisoformat(node["date"])
    return truth(met=at.day < day if node["cmp"] == "<" else at.day > day)


def ask_elapsed(node: Json, at: Situation) -> Truth:
    """Another day lies so long before or after the date of service.

    A day on the other side of it does not.
    """
    if "clock" in node:
        name, day = node["clock"], at.clock_day(node["clock"])
        if day is None:
            return unknown(name)
    else:
        value, why = find_fact(node, at)
        if not isinstance(value, date):
            return no_value(node, why)
        day = value
    wanted = amount_on(node["amount"], at.day)
    if wanted is None:
        return unknown("rule-ended")
    after = node["side"] == "after"
    if day < at.day if after else day > at.day:
        return NOT_MET
    end = (windows.later if after else windows.earlier)(at.day, wanted)
    # Before the service a longer time is an earlier day.
    first, second = (day, end) if after else (end, day)
    return truth(met=DAY_COMPARISONS[node["cmp"]](first, second))


def ask_same_npi(node: Json, at: Situation) -> Truth:
    """Two providers of the claim are the same."""
    one, other = (at.field_value(name) for name in node["fields"])
    return truth(met=one == other) if one and other else unknown("npi")


def ask_diagnosis(node: Json, at: Situation) -> Truth:
    """A diagnosis that the line points to is in the set."""
    if not at.line.diagnoses:
        return unknown("diagnosis")
    given = at.line.diagnoses[:1] if node["which"] == "primary" else at.line.diagnoses
    members = at.program.sets.get(node["set"], {})
    return truth(
        met=any(holds(days, at.day) for code in given for days in members.get(code, ()))
    )


def ask_modifier(node: Json, at: Situation) -> Truth:
    """The line carries the modifier."""
    return truth(met=node["modifier"] in at.line.modifiers)


# ---------- other services ----------


def ask_earlier(node: Json, at: Situation) -> Truth:
    """The number of earlier sessions lies in a range."""
    window = at.window(node["window"]) if node["window"] else None
    if node["window"] and window is None:
        return unknown("plan-year-start")
    days = earlier_days(node, window, at)
    low, high = sessions(node, days.sure, at)[0], sessions(node, days.all, at)[1]
    about = days.about
    if node["apart"] and amount_on(node["apart"], at.day) is None:
        about |= {"rule-ended"}
    ends = at.history_is_complete or windows.is_one_date(node["window"])
    return in_range(
        low, high if ends else None, node["count"], about if high > low else frozenset()
    )


class EarlierDays(NamedTuple):
    """Days with services that a test counts for certain, and with those or such as may."""

    sure: Collection[date]
    all: Collection[date]
    about: frozenset[str]
    """What decides of the days that only may count."""


def earlier_days(node: Json, window: Json | None, at: Situation) -> EarlierDays:
    """The days that a test of earlier services counts."""
    first = windows.first_day(window, at.day) if window else None
    if node["before"] and amount_on(node["before"], at.day) is None:
        # Nobody says how long before: any service of the set may be meant.
        every = at.book(bearing(node, [])).until(at.day, first).sure_days
        return EarlierDays((), every, frozenset({"rule-ended"} if every else ()))
    found = at.book(bearing(node, node["same"])).until(at.day, first)
    if node["before"]:
        found = long_before(found, amount_on(node["before"], at.day), at.day)
    if node["each"] is not None:
        return days_by_each(node["each"], found, at)
    days = [page.day for page in found.pages]
    return EarlierDays(found.sure_days, days, found.about("session"))


def long_before(found: Stretch, amount: Json | None, day: date) -> Stretch:
    """The days of a stretch that lie at least a duration before a day."""
    end = bisect_right(
        found.book.days,
        day,
        found.start,
        found.end,
        key=lambda seen: windows.later(seen, amount or {}),
    )
    return Stretch(found.book, found.start, end)


def days_by_each(test: Json, found: Stretch, at: Situation) -> EarlierDays:
    """The days of the services on which a test of each holds, or may hold."""
    sure: set[date] = set()
    maybe: dict[date, set[str]] = defaultdict(set)
    kept = at.each
    for page in found.pages:
        for at.each, why in page.entries:
            fits = all_of((Truth(0 if why else 1, why), ask(test, at)))
            if fits.value > 0:
                sure.add(page.day)
            elif fits.value == 0:
                maybe[page.day] |= fits.about
    at.each = kept
    about = frozenset().union(*(maybe[day] for day in maybe.keys() - sure))
    return EarlierDays(sure, sure | maybe.keys(), about)


def sessions(node: Json, days: Collection[date], at: Situation) -> tuple[int, int]:
    """How many sessions at least and at most.

    When they must lie apart, the most that do; while nobody says how far, one or all.
    """
    if not node["apart"]:
        return len(days), len(days)
    amount = amount_on(node["apart"], at.day)
    if amount is None:
        return min(len(days), 1), len(days)
    chosen, last = 0, None
    for day in sorted(days):
        if last is None or windows.is_long_before(amount, day, last):
            chosen, last = chosen + 1, day
    return chosen, chosen


def in_range(low: int, high: int | None, count: Json, about: frozenset[str]) -> Truth:
    """Whether a number between ``low`` and ``high`` (``None``: no end) is in the range."""
    least, most = count["min"], count["max"]
    ends = high is not None
    if low >= least and (most is None or (ends and high is not None and high <= most)):
        return MET
    if (high is not None and high < least) or (most is not None and low > most):
        return NOT_MET
    return Truth(0, about | (frozenset() if ends else frozenset({"history"})))


def ask_same_day(node: Json, at: Situation) -> Truth:
    """The number of other lines of the date lies in a range."""
    others = others_today(at.book(bearing(node, node["same"])), at.event)
    high = others.sure + others.maybe
    return in_range(others.sure, high, node["count"], others.about)


TESTS: dict[str, Callable[[Json, Situation], Truth]] = {
    "and": ask_and,
    "or": ask_or,
    "not": ask_not,
    "if": ask_if,
    "at-least": ask_at_least,
    "always": ask_always,
    "never": ask_never,
    "yes": ask_yes,
    "documented": ask_documented,
    "compare": ask_compare,
    "choice": ask_choice,
    "field": ask_field,
    "date": ask_date,
    "elapsed": ask_elapsed,
    "same-npi": ask_same_npi,
    "diagnosis": ask_diagnosis,
    "modifier": ask_modifier,
    "earlier": ask_earlier,
    "same-day": ask_same_day,
}
