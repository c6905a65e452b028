"""Single tests compiled: a fact, a claim field, a day, a diagnosis, a modifier."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast

from dsl.base.diagnostics import Reporter, did_you_mean
from dsl.base.did_you_mean import modifier_meant
from dsl.base.model import Fact
from dsl.compile.compiling import NOTHING, Compiling, negate
from dsl.ir import tests as t
from dsl.ir.parts import (
    ClaimField,
    NpiField,
)
from dsl.resolve.code_lists import named_list, set_of
from dsl.resolve.codes import MODIFIER, PLACE, STATE, is_level
from dsl.resolve.values import (
    read_date,
)
from dsl.resolve.vocabulary import (
    CLAIM_FIELDS,
    LINE_FIELDS,
    NPI_FIELDS,
    lines_of,
)
from dsl.syntax import nodes as n

CLAIM_DAYS = ("received", "requested")
"""Days of a claim: when the payer received it, when approval was asked for."""
AUTHORIZATIONS = ("approved", "denied", "pending", "none")


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


def compile_billed(words: n.Words, _at: Compiling) -> t.Test:
    """How the line is billed beside the others of the day."""
    return t.Billed("once" if words[-1].text == "once" else "on-both-sides")


def compile_written(test: n.Written, at: Compiling) -> t.Test:
    """A test that is words only."""
    return WRITTEN[test.form](test.words, at)


WRITTEN: dict[str, Callable[[n.Words, Compiling], t.Test]] = {
    "billed": compile_billed,
}
"""Tests that are words only, by their rule of the grammar: all that has no node."""


SINGLE_TESTS: dict[type, Callable[..., t.Test]] = {
    n.Documented: compile_documented,
    n.OneOf: compile_one_of,
    n.DateTest: compile_date,
    n.DiagnosisTest: compile_diagnosis,
    n.ModifierTest: compile_modifier,
    n.Written: compile_written,
}
