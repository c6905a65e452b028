"""Tests compiled to the rule tree: each word of a test is looked up and checked here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Literal, cast

from dsl.base.diagnostics import Reporter, did_you_mean
from dsl.base.did_you_mean import modifier_meant
from dsl.base.model import Fact
from dsl.ir import tests as t
from dsl.ir.parts import (
    Amount,
    Amounts,
    Calendar,
    ClaimField,
    Count,
    Lifetime,
    NpiField,
    OneDate,
    OneSession,
    PlanYear,
    Rolling,
    Unit,
    Window,
)
from dsl.resolve.codes import MODIFIER, PLACE, STATE, is_level
from dsl.resolve.context import Context, cases_of, dated_value, named_list, set_of
from dsl.resolve.sizes import DEEPEST_TEST, Size, Sizes, too_much
from dsl.resolve.values import (
    DURATION_UNITS,
    is_name,
    read_amount,
    read_date,
    read_number,
)
from dsl.resolve.vocabulary import (
    CLAIM_FIELDS,
    GROUPS_OF_A_LINE,
    LINE_FIELDS,
    NPI_FIELDS,
    Sited,
    lines_of,
)
from dsl.syntax import nodes as n

RollingUnit = Literal["day", "month"]
CALENDAR_UNITS: tuple[Literal["year", "quarter", "month"], ...] = (
    "year", "quarter", "month",
)  # fmt: skip
A_YEAR: tuple[int, RollingUnit] = (12, "month")
ROLLING_SIZES: dict[str, tuple[int, RollingUnit]] = {
    "day": (1, "day"), "week": (7, "day"), "month": (1, "month"),
}  # fmt: skip
CLAIM_DAYS = ("received", "requested")
"""Days of a claim: when the payer received it, when approval was asked for."""
AUTHORIZATIONS = ("approved", "denied", "pending", "none")
UNITS_OF_KIND: dict[str, frozenset[Unit]] = {
    "duration": DURATION_UNITS,
    "percent": frozenset({"percent"}),
    "number": frozenset({"number"}),
    "money": frozenset({"dollar"}),
}


@dataclass(slots=True)
class Compiling:
    """One rule on its way to its tree: where its words are looked up and reported."""

    sited: Sited
    context: Context
    report: Reporter
    owner: bool = False
    """Whether the rule says whose procedure facts it looks at."""
    in_each: bool = False
    slot: int = 0
    """Counts anonymous lists, so that each has a key of its own."""
    facts: set[str] = field(default_factory=set)
    depth: int = 0
    """How many tests are being compiled inside each other."""
    defined: dict[tuple[str, bool, str], t.Test] = field(default_factory=dict)
    """Tests of definitions: compiled once, shared by all that name them."""
    sizes: Sizes = field(default_factory=Sizes)
    refused: bool = False
    """Whether a definition was too large; those that name it are too, and are not told."""

    def next_slot(self, label: str) -> str:
        """A fresh name for an anonymous list of this rule."""
        self.slot += 1
        return f"{label}-{self.slot}"


NOTHING = t.Never()


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
        case n.BilledTest():
            return test.word
        case n.Earlier() | n.SameDay():
            return test.of
    return test.name


def compile_joined(test: n.Joined, at: Compiling) -> t.Test:
    """Tests joined on one line."""
    parts = tuple(compile_test(part, at) for part in test.parts)
    return t.And(parts) if test.by == "and" else t.Or(parts)


def negate(test: t.Test, *, negated: bool) -> t.Test:
    """The test, or its opposite."""
    return t.Not((test,)) if negated else test


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


def use_of(fact: Fact) -> str:
    """How a fact of this kind is tested."""
    uses = {
        "yes-no": f"Write `{fact.key}` or `not {fact.key}`.",
        "duration": f"Write `{fact.key} at least 4 weeks`.",
        "percent": f"Write `{fact.key} at least 50 percent`.",
        "number": f"Write `{fact.key} at least 4`.",
        "money": f"Write `{fact.key} at least 500 dollars`.",
        "choice": f"Write `{fact.key} is {next(iter(fact.choices), 'word')}`.",
        "date": f"Write `{fact.key} within 24 months`.",
        "text": f"Write `{fact.key} is documented`.",
    }
    return uses[fact.kind]


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


TESTED_OTHERWISE = {
    **{
        field: f"It is a field of the claim, tested for what it says: `{field} is ...`."
        for field in (*CLAIM_FIELDS, *LINE_FIELDS)
    },
    **{
        field: f"It is a provider of the claim, compared with another: `{field} is {other}`."
        for field, other in zip(
            NPI_FIELDS, (*NPI_FIELDS[1:], NPI_FIELDS[0]), strict=True
        )
    },
    **{
        day: f"It is a day of the claim: `{day} at most 90 days after service`."
        for day in CLAIM_DAYS
    },
    "date": "It is the date of service: `date after 2025-12-31`, `date before 2026-01-01`.",
}
"""Names that a test looks at in another way than at a fact."""


def find_fact(name: n.Word, at: Compiling) -> Fact | None:
    """The fact of that name; unknown names and facts without owner are reported."""
    fact = at.context.words.facts.get(name.text)
    if fact is None and name.text in TESTED_OTHERWISE:
        at.report.at(
            name,
            "P017",
            f"`{name.text}` is no fact of the chart. {TESTED_OTHERWISE[name.text]}",
        )
        return None
    if fact is None:
        fields = (*CLAIM_FIELDS, *LINE_FIELDS, *CLAIM_DAYS)
        near = at.context.near(name.text, "fact", "define", also=fields)
        at.report.at(
            name,
            "P010",
            f"`{name.text}` is no fact, definition or claim field."
            + ("" if near else " Declare it: `fact name: Title`, `kind:`, `of:`."),
            fix=near,
        )
        return None
    lost = at.sited.item.broken
    if fact.scope == "procedure" and not (at.owner or at.in_each or lost):
        at.report.at(
            name,
            "P019",
            f"`{name.text}` belongs to a procedure. Say whose: add a line `looking at:` "
            "to the rule, or write it behind `each with`.",
            fix=own_looking_at(at),
        )
    at.facts.add(fact.key)
    return fact


def own_looking_at(at: Compiling) -> str:
    """The line that says whose procedure facts are meant: the rule's own list, if it names one."""
    scope = next(lines_of(at.sited.item, n.For), None)
    if scope is None or len(scope.words) != 1 or scope.excepted:
        return ""
    same = ", same region" if "region" in at.context.words.groupings else ""
    return f"looking at: last {scope.words[0].text}{same}"


def compile_documented(test: n.Documented, at: Compiling) -> t.Test:
    """Whether a fact is given at all."""
    fact = find_fact(test.name, at)
    if fact is None:
        return NOTHING
    return t.Documented(fact.key, fact.scope)


def compile_one_of(test: n.OneOf, at: Compiling) -> t.Test:
    """A choice fact or a claim field that is one of some words, or is none of them."""
    return negate(compile_is(test, at), negated=test.negated)


def compile_is(test: n.OneOf, at: Compiling) -> t.Test:
    """A choice fact, a claim field, or two providers that are one."""
    name = test.name.text
    if name in NPI_FIELDS:
        return compile_same_npi(test, at)
    fields = (*CLAIM_FIELDS, *LINE_FIELDS)
    if name in fields and name not in at.context.words.facts:
        return compile_field(test, at)
    fact = find_fact(test.name, at)
    if fact is None:
        return NOTHING
    if fact.kind != "choice":
        at.report.at(
            test.name,
            "P017",
            f"`{name}` is a {fact.kind}, not a choice. {use_of(fact)}",
        )
        return NOTHING
    for word in test.values:
        if word.text not in fact.choices:
            at.report.at(
                word,
                "P025",
                f"`{word.text}` is no choice of `{name}`; write one of: "
                f"{', '.join(fact.choices)}.",
                fix=did_you_mean(word.text, fact.choices),
            )
    return t.Choice(name, fact.scope, tuple(word.text for word in test.values))


def compile_same_npi(test: n.OneOf, at: Compiling) -> t.Test:
    """Two providers of the claim are the same person: ``rendering-npi is supervising-npi``."""
    other = test.values[0]
    if len(test.values) != 1 or other.text not in NPI_FIELDS:
        at.report.at(
            other,
            "P025",
            f"`{test.name.text}` compares with another provider; write one of: "
            f"{', '.join(NPI_FIELDS)}.",
            fix=did_you_mean(other.text, NPI_FIELDS),
        )
        return NOTHING
    one, two = sorted((test.name.text, other.text))
    return t.SameNpi((cast("NpiField", one), cast("NpiField", two)))


def compile_field(test: n.OneOf, at: Compiling) -> t.Test:
    """A claim field that is one of some values, or a place in a list of places."""
    name = cast("ClaimField", test.name.text)
    first = test.values[0]
    if name == "place" and len(test.values) == 1 and not PLACE.fullmatch(first.text):
        named = named_list(first, at.context, at.report)
        if named and named.members and named.kind != "place":
            at.report.at(
                first,
                "P013",
                f"`{first.text}` holds {named.kind} codes, not places. Write places, as "
                "`place in 11, 24`, or a list of them.",
            )
        return t.Field(name, (), named.key if named else None)
    for word in test.values:
        check_field_value(name, word, at)
    return t.Field(name, tuple(word.text for word in test.values), None)


def check_field_value(name: str, word: n.Word, at: Compiling) -> None:
    """Report a value that the field can never have."""
    known: tuple[str, ...] = ()
    if name == "authorization":
        known = AUTHORIZATIONS
    elif name == "payer":
        known = tuple(at.context.words.payers)
    elif name == "sex":
        known = ("female", "male")
    if known and word.text not in known:
        at.report.at(
            word,
            "P025",
            f"`{word.text}` is no {name}; I expected one of: {', '.join(known)}.",
            fix=did_you_mean(word.text, known),
        )
    if name == "level" and not is_level(word.text):
        at.report.at(
            word,
            "P012",
            f"`{word.text}` is no level: two neighbouring vertebrae, as L4-L5.",
        )
    if name == "place" and not PLACE.fullmatch(word.text):
        at.report.at(
            word, "P012", f"`{word.text}` is no place of service (two digits)."
        )
    if name == "state" and not STATE.fullmatch(word.text):
        at.report.at(word, "P012", f"`{word.text}` is no state (two capital letters).")


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


def amounts(
    node: n.AmountNode, units: frozenset[Unit], what: str, at: Compiling
) -> Amounts:
    """Dated amounts of a literal or a value, whose units must be of the family."""
    found: Amounts = ()
    if node.unit is None and is_name(node.number):
        found = dated_value(node.number, at.context, at.report) or ()
    elif amount := read_amount(node, at.report):
        found = (amount,)
    return in_family(found, node, units, what, at)


def in_family(
    found: Amounts,
    node: n.AmountNode,
    units: frozenset[Unit],
    what: str,
    at: Compiling,
) -> Amounts:
    """The amounts, or none (reported) when a unit is of another family."""
    for amount in found:
        if amount.unit not in units:
            example = {
                "duration": "4 weeks",
                "percent": "50 percent",
                "money": "500 dollars",
            }.get(what, "4")
            at.report.at(
                node.unit or node.number,
                "P018",
                f"A {what} does not compare with "
                f"{'a bare number' if amount.unit == 'number' else amount.unit}; "
                f"write it like `{example}`.",
                fix=with_unit(node, amount, units),
            )
            return ()
    return found


def with_unit(node: n.AmountNode, amount: Amount, units: frozenset[Unit]) -> str:
    """A bare number with the only unit that it can have; nothing where there are several."""
    bare = node.unit is None and not is_name(node.number) and len(units) == 1
    unit = next(iter(units)) if bare and amount.unit == "number" else ""
    plural = {"percent": "percent", "dollar": "dollars"}.get(unit, "")
    return f"{node.number.text} {plural}" if plural else ""


def compile_date(test: n.DateTest, at: Compiling) -> t.Test:
    """The date of service before or after a day."""
    if test.name.text != "date":
        at.report.at(
            test.name,
            "P017",
            "`before` and `after` look at the date of service. Write `date after "
            "2025-12-31`; of another day, `at most 90 days after service`.",
        )
    day = read_date(test.day, at.report)
    return t.DateOfService(test.cmp, day or date.min)


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


def compile_diagnosis(test: n.DiagnosisTest, at: Compiling) -> t.Test:
    """A diagnosis that the line points to, in a list."""
    key = set_of(
        test.words, (), at.next_slot("diagnosis"), "diagnosis",
        at.sited, at.context, at.report,
    )  # fmt: skip
    found = t.Diagnosis(key, "primary" if test.which == "primary" else "any")
    return negate(found, negated=test.which == "no")


def compile_modifier(test: n.ModifierTest, at: Compiling) -> t.Test:
    """A modifier that the line carries, or does not."""
    check_modifier(test.modifier, at.report)
    return negate(t.Modifier(test.modifier.text), negated=not test.present)


def check_modifier(word: n.Word, report: Reporter) -> None:
    """Report a word that has not the shape of a modifier."""
    if not (MODIFIER.fullmatch(word.text) or PLACE.fullmatch(word.text)):
        message = f"`{word.text}` is no modifier; write two characters, as KX, 59."
        report.at(word, "P012", message, fix=modifier_meant(word.text))


def compile_billed(test: n.BilledTest, _at: Compiling) -> t.Test:
    """How the line is billed beside the others of the day."""
    return t.Billed(test.how)


# ---------- counts of other services ----------


def compile_count(count: n.Count, at: Compiling) -> Count:
    """How many: a lower and perhaps an upper end."""
    if count.kind == "no" or count.number is None:
        return Count(0, 0)
    number = read_number(count.number, at.report)
    if not isinstance(number, int):
        return Count(0, None)
    if count.kind == "at-least" and number == 0:
        at.report.at(count.number, "P033", "At least 0 is always true; leave it out.")
    return Count(
        least=0 if count.kind == "at-most" else number,
        most=None if count.kind == "at-least" else number,
    )


def groups(words: n.Words, at: Compiling) -> tuple[str, ...]:
    """What must be the same, or what is counted apart: groupings and line groups."""
    known = (*at.context.words.groupings, *GROUPS_OF_A_LINE)
    for word in words:
        if word.text not in known and word.text != "patient":
            at.report.at(
                word,
                "P010",
                f"`{word.text}` is no grouping. Known are: {', '.join(sorted(known))}.",
                fix=did_you_mean(word.text, known),
            )
    return tuple(word.text for word in words if word.text in known)


def procedures(of: n.Word, slot: str, at: Compiling) -> str:
    """Key of a list of procedures."""
    return set_of(
        (of,), (), at.next_slot(slot), "procedure", at.sited, at.context, at.report
    )


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


def duration(node: n.AmountNode, at: Compiling) -> Amounts:
    """An amount of time."""
    return amounts(node, DURATION_UNITS, "duration", at)


def compile_window(window: n.WindowNode, at: Compiling) -> Window:
    """A window of time."""
    if window.kind == "lifetime":
        return Lifetime()
    if window.kind == "rolling":
        return compile_rolling(window, at)
    words = [word.text for word in window.words]
    if window.kind == "calendar":
        if words == ["plan", "year"]:
            return PlanYear()
        for unit in CALENDAR_UNITS:
            if words == ["calendar", unit]:
                return Calendar(unit)
        at.report.at(
            window.words[0],
            "P025",
            "A calendar window is written `in each calendar year` (quarter, month) or `in each "
            "plan year`; a moving one `in any 12 months`. Write one of them.",
        )
        return Lifetime()
    if words[0] not in ("session", "date"):
        at.report.at(
            window.words[0],
            "P025",
            f"`one {words[0]}` is no window; write `in one session` or `on one date`.",
        )
    return OneSession() if words[0] == "session" else OneDate()


def compile_rolling(window: n.WindowNode, at: Compiling) -> Window:
    """``in any 12 months``; weeks become days, years months."""
    number_word, unit_word = window.words
    amount = read_amount(n.AmountNode(number_word, unit_word), at.report)
    if amount is None or not isinstance(amount.amount, int):
        return Lifetime()
    size, unit = ROLLING_SIZES.get(amount.unit, A_YEAR)
    if amount.unit == "percent" or amount.amount == 0:
        at.report.at(
            unit_word,
            "P018",
            "A window is a number of days, weeks, months or years. Write it like `12 months`.",
        )
    return Rolling(amount.amount * size, unit)


COMPILERS: dict[type, Callable[..., t.Test]] = {
    n.Joined: compile_joined,
    n.Group: compile_group,
    n.Yes: compile_yes,
    n.Documented: compile_documented,
    n.OneOf: compile_one_of,
    n.Compare: compile_compare,
    n.DateTest: compile_date,
    n.WithinTest: compile_within,
    n.ElapsedTest: compile_elapsed,
    n.DiagnosisTest: compile_diagnosis,
    n.ModifierTest: compile_modifier,
    n.BilledTest: compile_billed,
    n.Earlier: compile_earlier,
    n.SameDay: compile_same_day,
}
