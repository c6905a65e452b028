"""The tests of the IR, asked of one situation.  The shapes are told in docs/ir.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from kb.claims.model import Amount, FactValue
from kb.engine import windows
from kb.engine.events import Event
from kb.engine.kleene import (
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
from kb.engine.program import holds
from kb.engine.situation import Situation, amount_on

Json = dict[str, Any]


class Disagreement(Enum):
    """Stands for a value that is given, but not as one."""

    WITHIN_A_DATE = auto()


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

    The claim's own word for it stands; else the history must be complete, for a later
    session that is not seen could be the last one.
    """
    said = at.claim.facts.get(name)
    if said is not None:
        return said, MET
    if not at.history_is_complete:
        return None, unknown("history")
    assert at.last is not None
    members = [
        e
        for e in at.earlier
        if bears(at.last, e.modifiers) and at.in_set(at.last["set"], e)
    ]
    likeness = [(e, at.alike(e, at.last["same"])) for e in members]
    candidates = [(e, t) for e, t in likeness if t.value >= 0]
    if not candidates:
        return None, unknown(name)
    day = max(e.date for e, _t in candidates)
    of_day = [(e, t) for e, t in candidates if e.date == day]
    groups: frozenset[str] = frozenset().union(*(t.about for _e, t in of_day))
    if not any(t.value > 0 for _e, t in of_day):
        return None, Truth(0, groups)
    values = {e.facts[name] for e, t in of_day if t.value > 0 and name in e.facts}
    others = {e.facts[name] for e, t in of_day if t.value == 0 and name in e.facts}
    if len(values) < 2 and others - values:
        return None, Truth(0, groups)
    if len(values) > 1:
        return Disagreement.WITHIN_A_DATE, MET
    return (values.pop(), MET) if values else (None, unknown(name))


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
    sure: set[date] = set()
    maybe: dict[date, set[str]] = defaultdict(set)
    window = at.window(node["window"]) if node["window"] else None
    if node["window"] and window is None:
        return unknown("plan-year-start")
    for event in at.earlier:
        if not at.in_set(node["set"], event):
            continue
        fits = fits_earlier(node, event, window, at)
        if fits.value > 0:
            sure.add(event.date)
        elif fits.value == 0:
            maybe[event.date] |= fits.about
    low, high = sessions(node, sure, at)[0], sessions(node, sure | maybe.keys(), at)[1]
    about: set[str] = set().union(*(maybe[day] for day in maybe.keys() - sure))
    if node["apart"] and amount_on(node["apart"], at.day) is None:
        about.add("rule-ended")
    ends = at.history_is_complete or windows.is_one_date(node["window"])
    return in_range(
        low, high if ends else None, node["count"], about if high > low else set()
    )


def bears(node: Json, modifiers: tuple[str, ...]) -> bool:
    """Whether a service carries the modifier that is asked for, and not the other."""
    wanted = node.get("modifier")
    return (not wanted or wanted in modifiers) and node.get("without") not in modifiers


def fits_earlier(node: Json, event: Event, window: Json | None, at: Situation) -> Truth:
    """Whether an earlier service is one that the test counts."""
    if not bears(node, event.modifiers):
        return NOT_MET
    if not windows.holds(window, at.day, event.date):
        return NOT_MET
    if node["before"]:
        amount = amount_on(node["before"], at.day)
        if amount is None:
            return unknown("rule-ended")
        if not windows.is_long_before(amount, at.day, event.date):
            return NOT_MET
    alike = at.alike(event, node["same"])
    if node["each"] is None or alike.value < 0:
        return alike
    at.each, kept = event, at.each
    each = ask(node["each"], at)
    at.each = kept
    return all_of((alike, each))


def sessions(node: Json, days: set[date], at: Situation) -> tuple[int, int]:
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


def in_range(low: int, high: int | None, count: Json, about: set[str]) -> Truth:
    """Whether a number between ``low`` and ``high`` (``None``: no end) is in the range."""
    least, most = count["min"], count["max"]
    ends = high is not None
    if low >= least and (most is None or (ends and high is not None and high <= most)):
        return MET
    if (high is not None and high < least) or (most is not None and low > most):
        return NOT_MET
    return Truth(
        0, frozenset(about) | (frozenset() if ends else frozenset({"history"}))
    )


def ask_same_day(node: Json, at: Situation) -> Truth:
    """The number of other lines of the date lies in a range."""
    found = [at.alike(e, node["same"]) for e in at.others if at.in_set(node["set"], e)]
    low = sum(t.value > 0 for t in found)
    high = sum(t.value >= 0 for t in found)
    about = {name for t in found if t.value == 0 for name in t.about}
    return in_range(low, high, node["count"], about)


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
