"""The tests of rules, each made once into a function of the situation.

What never changes between claims is looked up when a test is made ready: its sets, its
amounts, its windows and the books that it asks.  What tests mean is told in docs/ir.md.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import repeat
from operator import call
from typing import Never

from dsl.ir import tests as t
from dsl.ir.parts import Amount as RuleAmount
from dsl.ir.reading import read
from kb.claims.model import Amount
from kb.engine.judge import windows
from kb.engine.judge.amounts import on_day
from kb.engine.judge.beside import ask_billed
from kb.engine.judge.kleene import (
    MET,
    NOT_MET,
    Truth,
    all_of,
    any_of,
    at_least,
    negated,
    ordered,
    truth,
    unknown,
)
from kb.engine.judge.looking import looking_for
from kb.engine.judge.others import Ask, ask_earlier, ask_same_day
from kb.engine.judge.situation import Situation
from kb.engine.program import Program, belongs

DAYS = ("day", "week")
RULE_ENDED = unknown("rule-ended")
NUMBERS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
COMPARISONS: dict[str, Callable[[date, date], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def asking(test: t.Test, program: Program) -> Ask:
    """A test made ready to be asked in situations of a program."""
    return read(EVALUATORS[type(test)], test, program)


def ask(test: t.Test, at: Situation) -> Truth:
    """Whether a test holds in one situation."""
    return asking(test, at.program)(at)


def parts_of(tests: tuple[t.Test, ...], program: Program) -> tuple[Ask, ...]:
    """The parts of a group made ready."""
    return tuple(asking(part, program) for part in tests)


def ask_and(test: t.And, program: Program) -> Ask:
    """All of; stops at the first that is not met."""
    parts = parts_of(test.of, program)
    return lambda at: all_of(map(call, parts, repeat(at)))


def ask_or(test: t.Or, program: Program) -> Ask:
    """Any of; stops at the first that is met."""
    parts = parts_of(test.of, program)
    return lambda at: any_of(map(call, parts, repeat(at)))


def ask_if(test: t.If, program: Program) -> Ask:
    """One test in a case, another in every other; decided where both agree."""
    parts = parts_of(test.of, program)

    def ask(at: Situation) -> Truth:
        case, then, other = (part(at) for part in parts)
        found = any_of(
            (
                all_of((case, then)),
                all_of((negated(case), other)),
                all_of((then, other)),
            )
        )
        if found.value == 0 and case.value == 0:
            return ordered(found.about, case.to_ask)
        return found

    return ask


def ask_not(test: t.Not, program: Program) -> Ask:
    """Not."""
    part = asking(test.of[0], program)
    return lambda at: negated(part(at))


def ask_at_least(test: t.AtLeast, program: Program) -> Ask:
    """At least so many of."""
    parts, count = parts_of(test.of, program), test.count
    return lambda at: at_least(count, map(call, parts, repeat(at)))


def ask_always(_test: t.Always, _program: Program) -> Ask:
    """A constant."""
    return lambda _at: MET


def ask_never(_test: t.Never, _program: Program) -> Ask:
    """A constant."""
    return lambda _at: NOT_MET


# ---------- facts ----------


def no_value(why: Truth, lacking: Truth) -> Truth:
    """Unknown: the fact is not given, or not of the kind that the test needs."""
    return why if why.value == 0 else lacking


def ask_yes(test: t.Yes, _program: Program) -> Ask:
    """A yes-no fact is yes."""
    look, lacking = looking_for(test.fact, test.of), unknown(test.fact)

    def ask(at: Situation) -> Truth:
        value, why = look(at)
        if isinstance(value, bool):
            return MET if value else NOT_MET
        return no_value(why, lacking)

    return ask


def ask_documented(test: t.Documented, program: Program) -> Ask:
    """A fact is given at all; a complete chart that lacks it does not document it.

    Nor does a chart that gives none of the choices of a fact.
    """
    look, itself = looking_for(test.fact, test.of), {test.fact}
    words = program.facts.get(test.fact)

    def ask(at: Situation) -> Truth:
        value, why = look(at)
        if value is not None:
            return NOT_MET if words and words.says_none(value) else MET
        if at.claim.chart == "complete" and why.about == itself:
            return NOT_MET
        return why

    return ask


def ask_compare(test: t.Compare, _program: Program) -> Ask:
    """A measured fact against the amount of the day."""
    look, lacking = looking_for(test.fact, test.of), unknown(test.fact)
    cmp, wanted_on = test.cmp, on_day(test.amount, lambda amount: amount)

    def ask(at: Situation) -> Truth:
        value, why = look(at)
        if not isinstance(value, Amount):
            return no_value(why, lacking)
        wanted = wanted_on(at.day)
        if wanted is None:
            return RULE_ENDED
        met = compare(value, wanted, cmp)
        return lacking if met is None else truth(met=met)

    return ask


def compare(value: Amount, wanted: RuleAmount, cmp: str) -> bool | None:
    """Compare amounts; ``None`` when their units do not say.

    Months against days are sure only outside their possible lengths.
    """
    number, test = Decimal(str(wanted.amount)), NUMBERS[cmp]
    if wanted.unit in ("percent", "dollar", "number"):
        return test(value.number, number) if value.unit == wanted.unit else None
    if value.unit not in ("day", "month"):
        return None
    if (value.unit == "month") == (wanted.unit not in DAYS):
        size = {"week": 7, "year": 12}.get(wanted.unit, 1)
        return test(value.number, number * size)
    mine, theirs = days_of_both(value, number, wanted.unit)
    answers = {test(one, other) for one in mine for other in theirs}
    return answers.pop() if len(answers) == 1 else None


def days_of_both(
    value: Amount, number: Decimal, unit: str
) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
    """A time told in days and one asked for in months, or the reverse, both in days."""
    if value.unit == "day":
        months = number * (12 if unit == "year" else 1)
        told = value.number
        return (told, told), windows.months_as_told(months, told)
    asked = number * (7 if unit == "week" else 1)
    if windows.is_quarters(value.number, asked):
        return (asked, asked), (asked, asked)
    return windows.days_of(value.number, "month"), (asked, asked)


def ask_choice(test: t.Choice, _program: Program) -> Ask:
    """A choice is one of these."""
    look, lacking = looking_for(test.fact, test.of), unknown(test.fact)
    wanted = frozenset(test.values)

    def ask(at: Situation) -> Truth:
        value, why = look(at)
        if isinstance(value, str):
            return MET if value in wanted else NOT_MET
        return no_value(why, lacking)

    return ask


# ---------- the claim and the line ----------


def ask_field(test: t.Field, program: Program) -> Ask:
    """A claim field is one of these, or in a set of places."""
    name, lacking = test.name, unknown(test.name)
    wanted = frozenset(test.values)
    places = None if test.set is None else program.sets.get(test.set, {})

    def ask(at: Situation) -> Truth:
        value = at.field_value(name)
        if not value:
            return lacking
        if places is None:
            return MET if value in wanted else NOT_MET
        return truth(met=belongs(places, value, at.day))

    return ask


def ask_date(test: t.DateOfService, _program: Program) -> Ask:
    """The date of service before or after a day."""
    bound, compared = test.day, COMPARISONS[test.cmp]
    return lambda at: truth(met=compared(at.day, bound))


def ask_elapsed(test: t.Elapsed, _program: Program) -> Ask:
    """Another day lies so long before or after the date of service.

    A day on the other side of it does not.
    """
    clock, lacking = test.clock, unknown(test.clock or test.fact or "")
    look = looking_for(test.fact or "", test.of)
    length_on = on_day(test.amount, windows.rolling_of)
    after, compared = test.side == "after", COMPARISONS[test.cmp]

    def ask(at: Situation) -> Truth:
        if clock is not None:
            day = at.clock_day(clock)
            if day is None:
                return lacking
        else:
            value, why = look(at)
            if not isinstance(value, date):
                return no_value(why, lacking)
            day = value
        length = length_on(at.day)
        if length is None:
            return RULE_ENDED
        if after:
            met = day >= at.day and compared(day, windows.after(at.day, length))
        else:
            # Before the service a longer time is an earlier day.
            met = day <= at.day and compared(windows.before(at.day, length), day)
        return truth(met=met)

    return ask


def ask_same_npi(test: t.SameNpi, _program: Program) -> Ask:
    """Two providers of the claim are the same."""
    first, second = test.fields

    def ask(at: Situation) -> Truth:
        one, other = at.field_value(first), at.field_value(second)
        return truth(met=one == other) if one and other else unknown("npi")

    return ask


def ask_diagnosis(test: t.Diagnosis, program: Program) -> Ask:
    """A diagnosis that the line points to is in the set."""
    members, lacking = program.sets.get(test.set, {}), unknown("diagnosis")
    number = 1 if test.which == "primary" else None

    def ask(at: Situation) -> Truth:
        given = at.line.diagnoses
        if not given:
            return lacking
        return truth(met=any(belongs(members, x, at.day) for x in given[:number]))

    return ask


def ask_modifier(test: t.Modifier, _program: Program) -> Ask:
    """The line carries the modifier."""
    wanted = test.modifier
    return lambda at: MET if wanted in at.line.modifiers else NOT_MET


def ask_earlier_each(test: t.Earlier, program: Program) -> Ask:
    """The number of earlier sessions, those of which a test holds, lies in a range."""
    return ask_earlier(test, each_of(test, program))


def each_of(test: t.Earlier, program: Program) -> Ask | None:
    """What must hold of each service that counts."""
    return None if test.each is None else asking(test.each, program)


EVALUATORS: dict[type[t.Test], Callable[[Never, Program], Ask]] = {
    t.And: ask_and,
    t.Or: ask_or,
    t.Not: ask_not,
    t.If: ask_if,
    t.AtLeast: ask_at_least,
    t.Always: ask_always,
    t.Never: ask_never,
    t.Yes: ask_yes,
    t.Documented: ask_documented,
    t.Compare: ask_compare,
    t.Choice: ask_choice,
    t.Field: ask_field,
    t.DateOfService: ask_date,
    t.Elapsed: ask_elapsed,
    t.SameNpi: ask_same_npi,
    t.Diagnosis: ask_diagnosis,
    t.Modifier: ask_modifier,
    t.Billed: ask_billed,
    t.Earlier: ask_earlier_each,
    t.SameDay: ask_same_day,
}
