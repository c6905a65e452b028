"""Why: a sentence for the status of a rule, made from its tree and the values it met.

It says what was found with the number of the rule beside it.  Of a group that failed it
names each part that failed, of one that is open what is missing.  Like tests and duties,
each sentence is made ready once: when first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Never

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.reading import read
from dsl.ir.rule import Rule
from kb.engine.judge import clauses, services, wording
from kb.engine.judge.answer import Arithmetic, Status
from kb.engine.judge.books import Question
from kb.engine.judge.clauses import ASKED, Clause
from kb.engine.judge.conditions import asking
from kb.engine.judge.counts import interval_words, limit_words
from kb.engine.judge.deciding import joined, parts_of
from kb.engine.judge.duties import of_choice
from kb.engine.judge.evidence import Disagreement
from kb.engine.judge.looking import fact_of_last, looking_for
from kb.engine.judge.outcome import clamped
from kb.engine.judge.situation import Situation
from kb.engine.program import Program, codes_on

Because = Callable[[Situation, Status, Arithmetic | None], str]
"""The reason of a status, as a sentence without its point."""
REFUSED = ("deny", "fix")
"""Outcomes that say that a service is not paid as it was billed."""
VALUES: dict[str, int] = {"not-met": -1, "unknown": 0}


def reasoning(rule: Rule, program: Program) -> Because:
    """The reasons of a rule, made ready when one is first asked for."""
    ready = cache(lambda: made_ready(rule, program))

    def because(at: Situation, status: Status, total: Arithmetic | None) -> str:
        return ready()(at, status, total)

    return because


def made_ready(rule: Rule, program: Program) -> Because:
    """The reasons of a rule made ready."""
    duty = of_duty(rule, program)
    conditions = open_conditions(rule, program)
    ways_out = excuses(rule, program)

    fails = surely_failing(rule, program)

    def because(at: Situation, status: Status, total: Arithmetic | None) -> str:
        if status == "exempt":
            return "; ".join(ways_out(at, 1))
        said = duty(at, status, total)
        if status != "unknown":
            # A rule that may not apply is met by a way out alone.
            return said or "; ".join(ways_out(at, 1))
        told = conditions(at)
        # What a rule would ask is no question while nobody knows that it does.
        if not told or fails(at):
            told.append(f"if it does, {said}" if told else said)
        told += (f"it is excused if this holds: {x}" for x in ways_out(at, 0))
        return "; ".join(filter(None, told))

    return because


def surely_failing(rule: Rule, program: Program) -> Callable[[Situation], bool]:
    """Whether a rule's duty is broken whenever the rule applies."""
    match rule.duty:
        case d.Require(test=test):
            ask = asking(test, program)
            return lambda at: ask(at).value < 0
    never = isinstance(rule.duty, d.NeverCovered)
    return lambda _at: never


def of_duty(rule: Rule, program: Program) -> Because:
    """The words of the rule's duty."""
    if rule.duty is None:
        return lambda _at, _status, _sum: ""
    return read(BECAUSE[type(rule.duty)], rule.duty, rule, program)


def open_conditions(rule: Rule, program: Program) -> Callable[[Situation], list[str]]:
    """Why it is not known whether a rule applies at all."""
    when = None if rule.when is None else parts_of(rule.when, program)
    span = rule.in_force

    def conditions(at: Situation) -> list[str]:
        found = []
        if when is not None and (parts := when(at, 0, ASKED)):
            found.append(f"whether the rule applies is open: {joined(parts)}")
        day = at.clock_day(span.clock)
        if day is None and (span.days.start or span.days.end):
            found.append(f"the day on which it was {span.clock} is {wording.NOT_GIVEN}")
        elif day is not None and span.days.end is not None and day > span.days.end:
            found.append(
                f"the text ended on {span.days.end}, and no later one is loaded"
            )
        return found

    return conditions


def excuses(rule: Rule, program: Program) -> Callable[[Situation, int], list[str]]:
    """The ways out of a rule that have a value, each in words."""
    tests = [("", rule.unless)] if rule.unless is not None else []
    tests += [(one.name, one.when) for one in rule.exceptions]
    ready = [(name, parts_of(test, program)) for name, test in tests]

    def found(at: Situation, value: int) -> list[str]:
        told = ((name, parts(at, value, ASKED)) for name, parts in ready)
        return [
            (f"{name.replace('-', ' ')}, " if name else "") + joined(parts)
            for name, parts in told
            if parts
        ]

    return found


# ---------- duties ----------


def because_required(duty: d.Require, _rule: Rule, program: Program) -> Because:
    """What was found where the test was decided, and what is asked."""
    parts = parts_of(duty.test, program)
    ask = asking(duty.test, program)

    def because(at: Situation, status: Status, _sum: Arithmetic | None) -> str:
        value = VALUES.get(status, 1)
        # A rule whose ways out are open may have failed all the same.
        if status == "unknown":
            value = min(ask(at).value, 0)
        found = parts(at, value, ASKED)
        if value < 0 and len(found) > 1 and isinstance(duty.test, t.Or):
            return f"none of these holds: {joined(found)}"
        return joined(found)

    return because


def because_never(_duty: d.NeverCovered, rule: Rule, program: Program) -> Because:
    """The code, and what it was matched to.

    A rule that only sends the line to a person refuses nothing.
    """
    when = None if rule.when is None else parts_of(rule.when, program)
    refused = clamped(rule, rule.otherwise.outcome) in REFUSED
    verdict = " is not covered" if refused else ""

    def because(at: Situation, _status: Status, _sum: Arithmetic | None) -> str:
        said = wording.code_words(at.line.code, program)
        matched = told_of(when(at, 1, ASKED)) if when is not None else []
        if not matched:
            return f"{said}{verdict}"
        found = wording.listed(part.found for part in matched)
        if all(part.found.endswith(services.SAME_DAY) for part in matched):
            return f"{said}{verdict} beside {found}"
        return f"{said}{verdict}{' here' if refused else ''}: {found}"

    return because


def told_of(matched: list[Clause]) -> list[Clause]:
    """What was matched, without what there is not; that alone where there is no more."""
    return [part for part in matched if not part.absent] or matched


def because_not_with(duty: d.NotWith, _rule: Rule, program: Program) -> Because:
    """The services beside the line with their lines, and the day."""
    question = Question(duty.set, duty.same)
    same = "".join(f", same {group}" for group in duty.same)
    allowed = wording.either(duty.unless_modifier) if duty.unless_modifier else ""

    def because(at: Situation, status: Status, _sum: Arithmetic | None) -> str:
        beside = services.named_beside(at, question)
        if not beside:
            title = wording.list_words(duty.set, at.day, program)
            return f"no service of {title} beside {at.line.code} on the same day"
        said = f"{wording.listed(beside)} beside {at.line.code} on the same day{same}"
        if status == "unknown" and same:
            said += ", as far as the claim tells"
        if not allowed:
            return f"{said}; they do not go together"
        has = clauses.carried(at.line.modifiers)
        return f"{said}: allowed with modifier {allowed}; the line has {has}"

    return because


def because_limit_by(duty: d.LimitBy, rule: Rule, program: Program) -> Because:
    """The choice, and the sum of its limit; of a choice that is not known, that of each."""
    found = clauses.fact_found(duty.fact, duty.of, program)
    words = {c.choice: because_limit(c.limit, rule, program) for c in duty.cases}
    first = next(iter(words.values()))
    look = looking_for(duty.fact, duty.of)

    def because(at: Situation, status: Status, total: Arithmetic | None) -> str:
        if sums := dict(total.choices if total else ()):
            each = (
                f"if {word}: {words[word](at, status, sums[of_choice(duty.fact, word)])}"
                for word in words
                if of_choice(duty.fact, word) in sums
            )
            return "; ".join([found(at), *each])
        value = look(at)[0]
        chosen = words.get(value, first) if isinstance(value, str) else first
        return "; ".join(filter(None, (found(at), chosen(at, status, total))))

    return because


def because_limit(duty: d.Limit, rule: Rule, program: Program) -> Because:
    """How many of how many, and which lines stand equal."""
    return summed(limit_words(rule.scope, duty, program))


def because_interval(duty: d.Interval, rule: Rule, program: Program) -> Because:
    """How long since the last, and how long is asked."""
    return summed(interval_words(rule.scope, duty, program))


def summed(words: Callable[[Situation, Status, Arithmetic], str]) -> Because:
    """The words of a sum; said too where no amount is in force."""

    def because(at: Situation, status: Status, total: Arithmetic | None) -> str:
        if total is None:
            return wording.NO_AMOUNT
        return "; ".join(filter(None, (words(at, status, total), tied_words(total))))

    return because


def tied_words(total: Arithmetic) -> str:
    """Which lines of other claims stand equal to this one; empty for none."""
    if not total.tied_with:
        return ""
    names = [f"line {number} of claim {claim}" for claim, number in total.tied]
    if total.tied_with > len(names):
        names.append(f"{total.tied_with - len(names)} more")
    return (
        f"together with {' and '.join(names)} on the same day this is over the limit,"
        " without it is not: they stand equal, and either may go"
    )


def said_twice(about: Iterable[str], at: Situation) -> tuple[str, ...]:
    """Each fact of these on which claim and history disagree, with what each says."""
    if at.last is None:
        return ()
    found = ((name, fact_of_last(name, at)[0]) for name in sorted(about))
    return tuple(
        f"{wording.fact_title(name, at.program)} is said twice: {wording.shown(value)}"
        for name, value in found
        if isinstance(value, Disagreement)
    )


def because_covers(_duty: d.Covers, _rule: Rule, _program: Program) -> Because:
    """The payer asks for no policy."""
    return lambda at, _status, _sum: (
        f"{at.line.code} is covered without a policy of its own"
    )


def because_bill_as(duty: d.BillAs, rule: Rule, program: Program) -> Because:
    """The code that was billed, what shows that it is the wrong one, and the right one."""
    right = program.sets.get(duty.set, {})
    when = None if rule.when is None else parts_of(rule.when, program)

    def because(at: Situation, _status: Status, _sum: Arithmetic | None) -> str:
        codes = codes_on(right, at.day)
        if not codes:
            return "the code to bill instead does not hold on the date"
        does = "names" if len(codes) == 1 else "name"
        said = f"{' or '.join(codes)} {does} this service, not {at.line.code}"
        matched = when(at, 1, ASKED) if when is not None else []
        if not matched:
            return said
        return f"{said}: {wording.listed(part.found for part in matched)}"

    return because


BECAUSE: dict[type[d.Duty], Callable[[Never, Rule, Program], Because]] = {
    d.Require: because_required,
    d.NeverCovered: because_never,
    d.Covers: because_covers,
    d.BillAs: because_bill_as,
    d.Limit: because_limit,
    d.LimitBy: because_limit_by,
    d.Interval: because_interval,
    d.NotWith: because_not_with,
}
