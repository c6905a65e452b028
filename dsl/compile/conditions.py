"""Tests compiled to the rule tree: groups, definitions and counts of services."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

from dsl.compile.compiling import NOTHING, Compiling, negate
from dsl.compile.measures import (
    amounts,
    compile_count,
    compile_window,
    duration,
    groups,
    in_family,
    procedures,
)
from dsl.compile.single_tests import (
    CLAIM_DAYS,
    SINGLE_TESTS,
    check_modifier,
    find_fact,
    use_of,
)
from dsl.ir import tests as t
from dsl.ir.parts import (
    Amounts,
    Unit,
)
from dsl.resolve.dated_values import cases_of
from dsl.resolve.sizes import DEEPEST_TEST, Size, too_much
from dsl.resolve.values import (
    DURATION_UNITS,
    is_name,
    read_number,
)
from dsl.resolve.vocabulary import (
    Sited,
    lines_of,
)
from dsl.syntax import nodes as n


def compile_test(test: n.Test, at: Compiling) -> t.Test:
    """The tree of a test; faults are reported and leave ``never`` in their place."""
    at.depth += 1
    node = COMPILERS[type(test)](test, at)
    at.depth -= 1
    return node


def compile_whole(test: n.Test, at: Compiling) -> t.Test:
    """The tree of all that stands behind a label; one that is too large is reported."""
    node = compile_test(test, at)
    size = at.sizes.of(node)
    if size.too_large:
        if not at.refused:
            at.report.at(first_word(test), "P037", too_much("This test", size))
        return NOTHING
    return node


def first_word(test: n.Test) -> n.Word:
    """The first word of a test, to point at it."""
    while isinstance(test, n.Joined | n.Group):
        test = test.parts[0]
    match test:
        case n.DiagnosisTest():
            return test.words[0]
        case n.ModifierTest():
            return test.modifier
        case n.Written():
            return test.words[0]
        case n.Earlier() | n.SameDay():
            return test.of
    return test.name


def compile_joined(test: n.Joined, at: Compiling) -> t.Test:
    """Tests joined on one line."""
    parts = tuple(compile_test(part, at) for part in test.parts)
    return t.And(parts) if test.by == "and" else t.Or(parts)


def compile_group(test: n.Group, at: Compiling) -> t.Test:
    """A bulleted group."""
    parts = tuple(compile_test(part, at) for part in test.parts)
    if test.kind == "all":
        return t.And(parts)
    if test.kind == "any":
        return t.Or(parts)
    if test.kind == "none":
        return t.Not((t.Or(parts),))
    assert test.count
    count = read_number(test.count, at.report)
    if isinstance(count, int) and not 1 <= count <= len(parts):
        at.report.at(
            test.count,
            "P033",
            f"At least {count} of {len(parts)} tests can never decide anything. Write a "
            f"number from 1 to {len(parts)}.",
        )
    return t.AtLeast(cast("int", count or 1), parts)


def compile_yes(test: n.Yes, at: Compiling) -> t.Test:
    """A bare name, or its opposite: a definition, or a yes-no fact."""
    return negate(compile_name(test, at), negated=test.negated)


def compile_name(test: n.Yes, at: Compiling) -> t.Test:
    """A definition's test, or a yes-no fact."""
    name = test.name.text
    if sited := at.context.named(name, "define"):
        return compile_define(test.name, sited, at)
    fact = find_fact(test.name, at)
    if fact is None:
        return NOTHING
    if fact.kind != "yes-no":
        at.report.at(
            test.name,
            "P017",
            f"`{name}` is a {fact.kind}, not a yes or no. {use_of(fact)}",
        )
    return t.Yes(name, fact.scope)


def compile_define(name: n.Word, sited: Sited, at: Compiling) -> t.Test:
    """The test that a definition stands for, compiled once for a rule."""
    line = next((x for x in lines_of(sited.item, n.TestLine)), None)
    if line is None:
        if not sited.item.broken:
            sited.report.at(
                sited.item.name,
                "P020",
                "A line `means:` is missing. Write the test that it stands for, such as "
                "`means: pain-duration more than 3 months`.",
            )
        return NOTHING
    if name.text in at.context.open_names:
        at.report.at(name, "P026", f"`{name.text}` defines itself.")
        return NOTHING
    if at.depth > DEEPEST_TEST:
        return refuse_define(sited, Size(1, at.depth), at)
    key = (name.text, at.in_each, at.report.file)
    if key not in at.defined:
        at.context.open_names.append(name.text)
        node = compile_test(line.test, at)
        at.context.open_names.remove(name.text)
        size = at.sizes.of(node)
        at.defined[key] = refuse_define(sited, size, at) if size.too_large else node
    return at.defined[key]


def refuse_define(sited: Sited, size: Size, at: Compiling) -> t.Test:
    """Report the first definition of a rule that is too large; ``never`` takes its place."""
    if not at.refused:
        report = sited.report.within(*sited.report.trail, sited.name)
        report.at(sited.item.name, "P037", too_much(f"`{sited.name}`", size))
    at.refused = True
    return NOTHING


UNITS_OF_KIND: dict[str, frozenset[Unit]] = {
    "duration": DURATION_UNITS,
    "percent": frozenset({"percent"}),
    "number": frozenset({"number"}),
    "money": frozenset({"dollar"}),
}


def compile_compare(test: n.Compare, at: Compiling) -> t.Test:
    """A measured fact against an amount or a named value."""
    fact = find_fact(test.name, at)
    if fact is None:
        return NOTHING
    if fact.kind not in UNITS_OF_KIND:
        at.report.at(
            test.name,
            "P017",
            f"`{fact.key}` is a {fact.kind} and has no size. {use_of(fact)}",
        )
        return NOTHING
    make = partial(t.Compare, fact.key, fact.scope, test.cmp)
    return by_case(make, test.amount, UNITS_OF_KIND[fact.kind], fact.kind, at)


def by_case(
    make: Callable[[Amounts], t.Test],
    written: n.AmountNode,
    units: frozenset[Unit],
    what: str,
    at: Compiling,
) -> t.Test:
    """The test of an amount; for a value that depends on the case, a choice of tests."""
    if written.unit is not None or not is_name(written.number):
        return make(amounts(written, units, what, at))
    cases = cases_of(written.number, at.context, at.report) or {"": ()}
    found: t.Test = NOTHING
    for case, dated in reversed(cases.items()):
        one = make(in_family(dated, written, units, what, at))
        if case:
            name = n.Word(case, written.number.line, written.number.column)
            known = at.context.named(case, "define") or case in at.context.words.facts
            test = compile_name(n.Yes(name, negated=False), at) if known else NOTHING
            found = t.If((test, one, found))
        else:
            found = one
    return found


def compile_within(test: n.WithinTest, at: Compiling) -> t.Test:
    """A dated fact no older than a time: ``at most`` that long before the service."""
    age = n.AmountNode(test.number, test.unit)
    return compile_elapsed(n.ElapsedTest(test.name, "<=", age, "before"), at)


def compile_elapsed(test: n.ElapsedTest, at: Compiling) -> t.Test:
    """How long before or after the date of service another day lies."""
    make = partial(t.Elapsed, test.side, test.cmp)
    name = test.name.text
    if name in CLAIM_DAYS and name not in at.context.words.facts:
        of_day = partial(make, clock=name)
        return by_case(of_day, test.amount, DURATION_UNITS, "duration", at)
    fact = find_fact(test.name, at)
    if fact is None:
        return NOTHING
    if fact.kind != "date":
        at.report.at(
            test.name,
            "P017",
            f"`{fact.key}` is a {fact.kind}, not a date. {use_of(fact)}",
        )
    of_fact = partial(make, fact=fact.key, of=fact.scope)
    return by_case(of_fact, test.amount, DURATION_UNITS, "duration", at)


def compile_earlier(test: n.Earlier, at: Compiling) -> t.Test:
    """A count of earlier sessions."""
    each = tuple(compile_each(asked, at) for asked in test.each)
    for modifier in (test.modifier, test.without):
        if modifier:
            check_modifier(modifier, at.report)
    return t.Earlier(
        set=procedures(test.of, "earlier", at),
        count=compile_count(test.count, at),
        same=groups(test.same, at),
        window=compile_window(test.window, at) if test.window else None,
        before=duration(test.before, at) if test.before else None,
        apart=duration(test.apart, at) if test.apart else None,
        modifier=test.modifier.text if test.modifier else None,
        without=test.without.text if test.without else None,
        each=t.And(each) if each else None,
    )


def compile_each(asked: n.EachTest, at: Compiling) -> t.Test:
    """A test of the earlier procedure's own facts."""
    at.in_each = True
    node = compile_test(asked, at)
    at.in_each = False
    fact = at.context.words.facts.get(asked.name.text)
    if fact and fact.scope != "procedure":
        at.report.at(
            asked.name,
            "P019",
            f"`{fact.key}` belongs to the {fact.scope}, not to an earlier procedure.",
        )
    return node


def compile_same_day(test: n.SameDay, at: Compiling) -> t.Test:
    """A count of other lines of the date."""
    return t.SameDay(
        set=procedures(test.of, "same-day", at),
        count=compile_count(test.count, at),
        same=groups(test.same, at),
    )


COMPILERS: dict[type, Callable[..., t.Test]] = {
    **SINGLE_TESTS,
    n.Joined: compile_joined,
    n.Group: compile_group,
    n.Yes: compile_yes,
    n.Compare: compile_compare,
    n.WithinTest: compile_within,
    n.ElapsedTest: compile_elapsed,
    n.Earlier: compile_earlier,
    n.SameDay: compile_same_day,
}
