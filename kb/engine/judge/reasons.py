"""Why: the first condition that decided, in plain words.

Each clause says what the claim gave, and what was asked of it: the value, the day, the
age and the limit.  Like tests and duties, each is made ready once: when first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.parts import Amount as RuleAmount
from dsl.ir.parts import Count
from kb.claims.model import Amount, FactValue
from kb.engine.judge import windows
from kb.engine.judge.amounts import on_day
from kb.engine.judge.answer import Arithmetic, Status
from kb.engine.judge.beside import on_the_other_side, told_before
from kb.engine.judge.book_days import codes_beside
from kb.engine.judge.books import Question
from kb.engine.judge.conditions import asking, each_of
from kb.engine.judge.events import Event
from kb.engine.judge.evidence import Disagreement, place_of
from kb.engine.judge.looking import fact_of_last, looking_for
from kb.engine.judge.others import earlier_days
from kb.engine.judge.situation import Situation
from kb.engine.program import Program, codes_on

COMPARED = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
ASKED, DENIED = "asked is", "asked is not"
OPPOSITE = {ASKED: DENIED, DENIED: ASKED}
NO_AMOUNT = "no amount is in force on the date"
Words = Callable[[Situation, str], str]
"""What a single test found; given ``asked is`` or ``asked is not``."""
FirstWords = Callable[[Situation, int, str], str]
"""The words of the first single test below a node that has the wanted value.

The last argument: ``asked is``, or ``asked is not`` where an odd number of ``not`` stands
around the node.
"""
Because = Callable[[Situation, Status, Arithmetic | None], str]
"""The reason of a status, as a clause; empty when the sum says it all."""


def reasoning(duty: d.Duty | None, program: Program) -> Because:
    """The reasons of a duty made ready."""
    if duty is None:
        return lambda _at, _status, _sum: ""
    return BECAUSE[type(duty)](duty, program)


def because_required(duty: d.Require, program: Program) -> Because:
    """The first single test that decided."""
    first = first_words(duty.test, program)
    wanted = {"not-met": -1, "unknown": 0}
    return lambda at, status, _sum: first(at, wanted.get(status, 1), ASKED)


def because_never(_duty: d.NeverCovered, _program: Program) -> Because:
    """It is never covered."""
    return lambda _at, _status, _sum: "this is never covered"


def because_covers(_duty: d.Covers, _program: Program) -> Because:
    """The payer asks for no policy."""
    return lambda _at, _status, _sum: "this is covered without a policy of its own"


def because_bill_as(duty: d.BillAs, program: Program) -> Because:
    """The code that was billed, and the one that names what was done."""
    right = program.sets.get(duty.set, {})

    def because(at: Situation, _status: Status, _sum: Arithmetic | None) -> str:
        codes = codes_on(right, at.day)
        if not codes:
            return "the code to bill instead does not hold on the date"
        does = "does" if len(codes) == 1 else "do"
        return f"{at.line.code} does not tell this; {' or '.join(codes)} {does}"

    return because


def because_not_with(duty: d.NotWith, _program: Program) -> Because:
    """The codes beside the line, of whatever groups."""
    question = Question(duty.set)

    def because(at: Situation, _status: Status, _sum: Arithmetic | None) -> str:
        beside = codes_beside(at.book(question), at.event)
        return f"{' and '.join(beside)} on the same date" if beside else ""

    return because


def because_limit_by(duty: d.LimitBy, program: Program) -> Because:
    """The choice, and the lines that stand equal."""
    found = fact_found(duty, program)

    def because(at: Situation, _status: Status, total: Arithmetic | None) -> str:
        return "; ".join(filter(None, (found(at, ""), tied_words(total))))

    return because


def because_counted(_duty: d.Limit | d.Interval, _program: Program) -> Because:
    """The sum says all but which lines stand equal."""
    return lambda _at, _status, total: tied_words(total) if total else NO_AMOUNT


def tied_words(total: Arithmetic | None) -> str:
    """Which lines of other claims stand equal; empty for none."""
    return either_may_go(total) if total and total.tied_with else ""


def either_may_go(found: Arithmetic) -> str:
    """Which lines of other claims stand equal to this one."""
    names = [f"line {number} of claim {claim}" for claim, number in found.tied]
    if found.tied_with > len(names):
        names.append(f"{found.tied_with - len(names)} more")
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
        f"{name} is said twice: {shown(value)}"
        for name, value in found
        if isinstance(value, Disagreement)
    )


# ---------- the words of tests ----------


def first_words(test: t.Test, program: Program) -> FirstWords:
    """The words of the first single test below one that has its value."""
    return REASONS[type(test)](test, program)


def first_of(tests: tuple[t.Test, ...], program: Program) -> FirstWords:
    """The words of the first part that has the wanted value."""
    parts = tuple(first_words(part, program) for part in tests)

    def first(at: Situation, wanted: int, asked: str) -> str:
        return next(filter(None, (part(at, wanted, asked) for part in parts)), "")

    return first


def of_group(test: t.And | t.Or, program: Program) -> FirstWords:
    """The words of its first part that has the value of the group."""
    ask, parts = asking(test, program), first_of(test.of, program)

    def first(at: Situation, wanted: int, asked: str) -> str:
        return parts(at, wanted, asked) if ask(at).value == wanted else ""

    return first


def of_not(test: t.Not, program: Program) -> FirstWords:
    """The words of its part, which has the opposite value."""
    part = first_words(test.of[0], program)
    return lambda at, wanted, asked: part(at, -wanted, OPPOSITE[asked])


def of_if(test: t.If, program: Program) -> FirstWords:
    """The words of the case that holds; of any while that is not known."""
    ask, case = asking(test, program), asking(test.of[0], program)
    _case, then, other = test.of
    branches = {
        1: first_of((then,), program),
        0: first_of(test.of, program),
        -1: first_of((other,), program),
    }

    def first(at: Situation, wanted: int, asked: str) -> str:
        if ask(at).value != wanted:
            return ""
        return branches[case(at).value](at, wanted, asked)

    return first


def saying(
    make: Callable[[Any, Program], Words],
) -> Callable[[Any, Program], FirstWords]:
    """The reasons of a form that is a single test, by the words for what it found."""

    def reason(test: t.Test, program: Program) -> FirstWords:
        ask, words = asking(test, program), make(test, program)

        def first(at: Situation, wanted: int, asked: str) -> str:
            if ask(at).value != wanted:
                return ""
            return words(at, asked)

        return first

    return reason


def fact_found(
    node: t.Yes | t.Documented | t.Choice | t.Compare | d.LimitBy, _program: Program
) -> Words:
    """A fact with its value."""
    fact, look = node.fact, looking_for(node.fact, node.of)
    return lambda at, _asked: f"{fact}: {shown(look(at)[0])}"


def compared(test: t.Compare, program: Program) -> Words:
    """A measured fact beside what is asked of it."""
    found, wanted_on = fact_found(test, program), on_day(test.amount, amount_words)

    def words(at: Situation, asked: str) -> str:
        amount = wanted_on(at.day)
        if amount is None:
            return f"{test.fact}: {NO_AMOUNT}"
        return f"{found(at, asked)}, {asked} {COMPARED[test.cmp]} {amount}"

    return words


def amount_words(amount: RuleAmount) -> str:
    """An amount of a rule: ``4 weeks``, ``50 percent``, ``3``."""
    return number_words(amount.amount, amount.unit)


def number_words(number: object, unit: str) -> str:
    """A number with its unit."""
    if unit in ("number", "percent"):
        return f"{number} {unit}".removesuffix(" number")
    return many(number, unit)


def many(number: object, unit: str) -> str:
    """``1 day``, ``2 days``."""
    return f"{number} {unit}{'' if str(number) == '1' else 's'}"


def elapsed(test: t.Elapsed, _program: Program) -> Words:
    """Another day, how far it lies from the service, and how far it may or must."""
    name, look = test.clock or test.fact or "", looking_for(test.fact or "", test.of)
    amount_on = on_day(test.amount, lambda amount: amount)

    def words(at: Situation, asked: str) -> str:
        value = look(at)[0] if test.clock is None else at.clock_day(test.clock)
        day, said = value if isinstance(value, date) else None, shown(value)
        amount = amount_on(at.day)
        if amount is None:
            return f"{name}: {NO_AMOUNT}"
        limit = f"{COMPARED[test.cmp]} {amount_words(amount)} {test.side}"
        if day is None:
            return f"{name}: {said}, {asked} {limit} the service"
        far = distance(day, at.day, amount)
        return f"{name}: {said}, {far} the date of service {at.day}, {asked} {limit} it"

    return words


def distance(day: date, service: date, amount: RuleAmount) -> str:
    """How far a day lies from the service: ``24 months and 1 day before``, ``on``."""
    if day == service:
        return "on"
    unit = amount.unit
    early, late = min(day, service), max(day, service)
    whole = wholes(early, late, unit)
    parts = [many(whole, unit)] if whole else []
    start = windows.later(early, RuleAmount(whole, unit))
    if rest := (late - start).days:
        parts.append(many(rest, "day"))
    return f"{' and '.join(parts)} {'before' if day < service else 'after'}"


def wholes(early: date, late: date, unit: str) -> int:
    """How many whole days, weeks, months or years lie between two days."""
    if unit in ("day", "week"):
        return (late - early).days // (7 if unit == "week" else 1)
    months = (late.year - early.year) * 12 + late.month - early.month
    if windows.months_after(early, months) > late:
        months -= 1
    return months // 12 if unit == "year" else months


def field_found(test: t.Field, _program: Program) -> Words:
    """A claim field with its value."""
    name = test.name
    return lambda at, _asked: f"{name}: {at.field_value(name) or 'not given'}"


def diagnoses(_test: t.Diagnosis, _program: Program) -> Words:
    """The diagnoses that the line points to."""
    return lambda at, _asked: (
        f"diagnosis: {', '.join(at.line.diagnoses) or 'none given'}"
    )


def modifiers(_test: t.Modifier, _program: Program) -> Words:
    """The modifiers of the line."""
    return lambda at, _asked: f"modifiers: {', '.join(at.line.modifiers) or 'none'}"


def service_day(test: t.DateOfService, _program: Program) -> Words:
    """The date of service beside the day that bounds it."""
    bound = f"{'before' if test.cmp == '<' else 'after'} {test.day}"
    return lambda at, asked: f"date of service {at.day}, {asked} {bound}"


def providers(test: t.SameNpi, _program: Program) -> Words:
    """Whether two providers of the claim are one; their numbers name people and stay out."""
    names = test.fields

    def words(at: Situation, asked: str) -> str:
        if lacking := [name for name in names if not at.field_value(name)]:
            return ", ".join(f"{name}: not given" for name in lacking)
        same = at.field_value(names[0]) == at.field_value(names[1])
        found = "the same" if same else "two providers"
        return f"{names[0]} and {names[1]}: {found}, {asked} the same"

    return words


def billed(test: t.Billed, _program: Program) -> Words:
    """The lines of the day that are told in the same words, or have the other side."""
    once = test.how == "once"
    found_by, how = (told_before, "once") if once else (on_the_other_side, "both sides")

    def words(at: Situation, _asked: str) -> str:
        found = found_by(at)
        others = ", ".join(map(told_line, (*found.sure, *found.maybe)))
        return f"billed {how}: beside it {others or 'no line of its code'}"

    return words


def told_line(event: Event) -> str:
    """A service by its line, or by its day where it is of the history."""
    told = "-".join((event.code, *event.modifiers))
    return f"{told} {place_of(event)}"


def earlier(test: t.Earlier, program: Program) -> Words:
    """The dates of the earlier services that count, and how many may or must."""
    days_of, wanted = (
        earlier_days(test, each_of(test, program)),
        count_words(test.count),
    )

    def words(at: Situation, asked: str) -> str:
        counted = days_of(at)
        if counted is None:
            return "plan-year-start: not given"
        days = (day.isoformat() for day in counted.sure)
        found = ", ".join(sorted(days)) or "none that counts"
        window = at.window(test.window) if test.window else None
        within = f" in {windows.in_words(window)}" if window else ""
        return f"earlier services: {found}, {asked} {wanted}{within}"

    return words


def same_day(test: t.SameDay, _program: Program) -> Words:
    """The codes beside the line that count, and how many may or must."""
    question, wanted = Question(test.set, test.same), count_words(test.count)

    def words(at: Situation, asked: str) -> str:
        codes = codes_beside(at.book(question), at.event)
        found = ", ".join(codes) or "none that counts"
        return f"other services of the day: {found}, {asked} {wanted}"

    return words


def count_words(count: Count) -> str:
    """How many are asked for: ``none``, ``at least 2``, ``exactly 1``."""
    least, most = count.least, count.most
    if most == 0:
        return "none"
    if most is None:
        return f"at least {least}"
    return f"exactly {least}" if least == most else f"at most {most}"


def how_many(test: t.AtLeast, program: Program) -> Words:
    """How many parts of a group hold, and what is found where the others look.

    No single test decides how many of a group hold: the group itself speaks.
    """
    parts = [(asking(part, program), first_words(part, program)) for part in test.of]

    def words(at: Situation, asked: str) -> str:
        values = [ask(at).value for ask, _first in parts]
        held = f"{sum(value > 0 for value in values)} of {len(values)} hold"
        lacking = [
            first(at, value, ASKED)
            for (_ask, first), value in zip(parts, values, strict=True)
            if value <= 0
        ]
        return "; ".join([f"{held}, {asked} at least {test.count}", *lacking])

    return words


def constant(test: t.Always | t.Never, _program: Program) -> Words:
    """A test that nothing can change."""
    found = f"this {'always' if isinstance(test, t.Always) else 'never'} holds"
    return lambda _at, _asked: found


def shown(value: FactValue | Disagreement | None) -> str:
    """A fact's value as people write it."""
    if value is None:
        return "not given"
    if isinstance(value, Disagreement):
        return in_places(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Amount):
        return number_words(f"{value.number.normalize():f}", value.unit)
    return str(value)


def in_places(found: Disagreement) -> str:
    """Each value with where it is said, those of one place together."""
    places: dict[str, list[str]] = {}
    for place, value in found.words:
        places.setdefault(place, []).append(shown(value))
    return ", ".join(
        f"{' and '.join(dict.fromkeys(values))} {place}"
        for place, values in places.items()
    )


# Each takes the form of its key, which the type of a dict cannot say.
REASONS: dict[type[t.Test], Callable[[Any, Program], FirstWords]] = {
    t.And: of_group,
    t.Or: of_group,
    t.Not: of_not,
    t.If: of_if,
    t.AtLeast: saying(how_many),
    t.Always: saying(constant),
    t.Never: saying(constant),
    t.Yes: saying(fact_found),
    t.Documented: saying(fact_found),
    t.Choice: saying(fact_found),
    t.Compare: saying(compared),
    t.Elapsed: saying(elapsed),
    t.Field: saying(field_found),
    t.DateOfService: saying(service_day),
    t.SameNpi: saying(providers),
    t.Diagnosis: saying(diagnoses),
    t.Modifier: saying(modifiers),
    t.Billed: saying(billed),
    t.Earlier: saying(earlier),
    t.SameDay: saying(same_day),
}
BECAUSE: dict[type[d.Duty], Callable[[Any, Program], Because]] = {
    d.Require: because_required,
    d.NeverCovered: because_never,
    d.Covers: because_covers,
    d.BillAs: because_bill_as,
    d.Limit: because_counted,
    d.LimitBy: because_limit_by,
    d.Interval: because_counted,
    d.NotWith: because_not_with,
}
