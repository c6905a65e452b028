"""Duties compiled to the rule tree: what a rule requires, forbids, limits or keeps apart."""

from __future__ import annotations

from dsl.base.diagnostics import did_you_mean
from dsl.compile.compiling import Compiling
from dsl.compile.conditions import compile_whole
from dsl.compile.measures import amounts, compile_window, groups
from dsl.compile.single_tests import find_fact
from dsl.ir import duties as d
from dsl.ir.parts import Amount, Amounts, CountedUnit, Counting
from dsl.ir.tests import Always
from dsl.resolve.code_lists import set_of
from dsl.resolve.codes import MODIFIER, PLACE
from dsl.resolve.context import report_of
from dsl.resolve.dated_values import dated_value
from dsl.resolve.values import DURATION_UNITS, is_name, read_number
from dsl.resolve.vocabulary import Sited, choose, lines_of
from dsl.syntax import nodes as n

LIMIT_UNITS: dict[str, CountedUnit] = {
    "session": "session", "sessions": "session", "date": "session", "dates": "session",
    "line": "line", "lines": "line", "unit": "unit", "units": "unit",
    "level": "level", "levels": "level", "injection": "injection",
    "injections": "injection", "region": "region", "regions": "region",
}  # fmt: skip


def duty_of(sited: Sited, at: Compiling) -> d.Duty | None:
    """The one duty of a rule; none or several are reported."""
    duties = [line for line in sited.item.lines if is_duty(line)]
    name = sited.item.name
    if sited.item.kind == "gap":
        if duties:
            sited.report.at(name, "P022", "A gap has no duty: a claim cannot show it.")
        return None
    if len(duties) > 1:
        sited.report.at(
            name,
            "P022",
            f"`{sited.name}` has {len(duties)} duties; a rule has one. Write a rule for "
            "each, so that each has its own outcome and citation.",
        )
    if not duties:
        if not sited.item.broken:
            sited.report.at(
                name,
                "P023",
                "A duty is missing: one of `require`, `covered`, `bill as`, `limit`, "
                "`interval`, `not with`. Write what must hold, such as `covered: never`.",
            )
        return d.Require(Always())
    at.report = report_of(sited, duties[0])
    return compile_duty(duties[0], at)


def is_duty(line: n.Line) -> bool:
    """Whether a line is a duty."""
    if isinstance(line, n.TestLine):
        return line.label == "require"
    return isinstance(line, n.DutyLine)


def compile_duty(line: n.Line, at: Compiling) -> d.Duty:
    """The tree of a duty."""
    match line:
        case n.TestLine():
            return d.Require(compile_whole(line.test, at))
        case n.Limit():
            return compile_limit(line, at)
        case n.Interval():
            return compile_interval(line, at)
        case n.NotWith():
            return compile_not_with(line, at)
        case n.LimitBy():
            return compile_limit_by(line, at)
        case n.Covers():
            return d.Covers()
        case n.BillAs():
            return compile_bill_as(line, at)
    return d.NeverCovered()


def compile_limit_by(line: n.LimitBy, at: Compiling) -> d.Duty:
    """A limit for each choice of a fact; every choice has one."""
    fact = find_fact(line.fact, at)
    if fact is None:
        return d.NeverCovered()
    if fact.kind != "choice":
        at.report.at(line.fact, "P017", f"`{fact.key}` is a {fact.kind}, not a choice.")
    cases = []
    for choice, limit in line.cases:
        choose(choice, fact.choices, f"choice of `{fact.key}`", at.report)
        cases.append(d.Case(choice.text, compile_limit(limit, at)))
    given = [case.choice for case in cases]
    for choice_name in fact.choices:
        if given.count(choice_name) != 1:
            at.report.at(
                line.fact,
                "P020",
                f"Every choice has one limit; `{choice_name}` has {given.count(choice_name)}. "
                f"Write a bullet for it, such as `- {choice_name}: 2 sessions in any 12 months`.",
            )
    return d.LimitBy(fact.key, fact.scope, tuple(cases))


def counting_of(at: Compiling) -> Counting | None:
    """Which earlier services count, when the rule says other than usual."""
    line = next(lines_of(at.sited.item, n.Counting), None)
    if line is None:
        return None
    report = report_of(at.sited, line)
    for word in (*line.with_modifiers, *line.without_modifiers):
        if not (MODIFIER.fullmatch(word.text) or PLACE.fullmatch(word.text)):
            report.at(
                word,
                "P012",
                f"`{word.text}` is no modifier; write two characters, as KX.",
            )
    return Counting(
        with_modifiers=tuple(word.text for word in line.with_modifiers),
        without_modifiers=tuple(word.text for word in line.without_modifiers),
        denied=line.denied,
        own=line.own,
    )


def compile_limit(line: n.Limit, at: Compiling) -> d.Limit:
    """At most so many in a window."""
    unit = LIMIT_UNITS.get(line.unit.text)
    if unit is None:
        at.report.at(
            line.unit,
            "P025",
            f"`{line.unit.text}` cannot be counted. Count sessions, lines, units, levels, "
            "injections or regions.",
            fix=did_you_mean(line.unit.text, LIMIT_UNITS),
        )
    return d.Limit(
        count=limit_count(line.number, at),
        unit=unit or "session",
        per=groups(line.per, at),
        window=compile_window(line.window, at),
        counting=counting_of(at),
    )


def limit_count(word: n.Word, at: Compiling) -> Amounts:
    """The number of a limit: literal, or a dated value."""
    if is_name(word):
        return counted_value(word, at)
    number = read_number(word, at.report)
    if number is None:
        return ()
    if not isinstance(number, int) or number == 0:
        at.report.at(
            word,
            "P033",
            "A limit is a whole number from 1; for none write `covered: never`.",
        )
    return (Amount(number, "number"),)


def counted_value(name: n.Word, at: Compiling) -> Amounts:
    """The dated numbers of a value; one that is no whole number is reported."""
    found = dated_value(name, at.context, at.report) or ()
    if all(is_count(amount) for amount in found):
        return found
    other = next(amount for amount in found if not is_count(amount))
    unit = "" if other.unit == "number" else f" ({other.unit})"
    at.report.at(
        name,
        "P018",
        f"A limit is a whole number from 1; `{name.text}` is {other.amount}{unit}. Write the "
        "value without a unit, such as `4 from 2026-01-01`.",
    )
    return ()


def is_count(amount: Amount) -> bool:
    """Whether an amount is a plain whole number from 1."""
    number = amount.amount
    return amount.unit == "number" and isinstance(number, int) and number > 0


def compile_interval(line: n.Interval, at: Compiling) -> d.Interval:
    """At least so long between sessions."""
    if line.between.text not in ("sessions", "dates"):
        at.report.at(
            line.between, "P025", "An interval lies between sessions.", fix="sessions"
        )
    return d.Interval(
        least=amounts(line.least, DURATION_UNITS, "duration", at),
        between="session",
        per=groups(line.per, at),
        counting=counting_of(at),
    )


def compile_bill_as(line: n.BillAs, at: Compiling) -> d.BillAs:
    """The code that names what was done."""
    slot = at.next_slot("bill-as")
    return d.BillAs(
        set_of(line.words, (), slot, "procedure", at.sited, at.context, at.report)
    )


def compile_not_with(line: n.NotWith, at: Compiling) -> d.NotWith:
    """Not beside other codes on one date."""
    slot = at.next_slot("not-with")
    key = set_of(line.words, (), slot, "procedure", at.sited, at.context, at.report)
    if line.same and "date" not in {word.text for word in line.same}:
        at.report.at(
            line.same[0],
            "P025",
            "`not with` looks at one date.",
            fix=f"date and same {line.same[0].text}",
        )
    same = tuple(word for word in line.same if word.text != "date")
    return d.NotWith(
        set=key,
        same=groups(same, at),
        unless_modifier=tuple(word.text for word in line.allowed),
    )
