"""Every denial of the shipped scenarios says the value and the number that were compared.

The rule's tree is walked here a second time: for each single test that failed, what it
compared must stand in the reason.  The date of service alone is not enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dsl.ir import duties as d
from dsl.ir import tests as t
from dsl.ir.parts import amount_on
from kb.engine.judge.answer import RuleResult
from kb.engine.judge.conditions import ask
from kb.engine.judge.evaluate import Engine
from kb.engine.judge.events import services_of
from kb.engine.judge.looking import looking_for
from kb.engine.judge.situation import Situation
from kb.engine.judge.wording import fact_title, list_words, shown
from kb.engine.program import CompiledRule, codes_on
from kb.proofs.authoring_session import Workbook
from kb.proofs.scenario_claims import WorkedClaim

EMPTY = (
    "this is never covered",
    "this never holds",
    "earlier services",
    "other services of the day",
    "none that counts",
    "none of its tests",
    "decides alone",
    "required is",
    "asked is",
)
"""Phrases that name a mechanism, or nothing that was found."""
Tokens = Iterator[str]


@dataclass(frozen=True, slots=True)
class Case:
    """A result with the line and the rule that it is of."""

    scenario: str
    result: RuleResult
    rule: CompiledRule
    at: Situation

    def __str__(self) -> str:
        return f"{self.scenario}, {self.result.rule}: {self.result.because}"


@pytest.fixture(scope="module")
def cases(shipped_database: Path) -> list[Case]:
    """Each denial and each open point of the shipped scenarios; one of a kind is enough."""
    book = Workbook.open(shipped_database)
    rules = {r.id: r for p in book.engine.program.policies for r in p.rules}
    found: dict[tuple[str, str, str], Case] = {}
    for worked in book.worked.values():
        engine = book.engine.only(worked[0].policy)
        for case in (case for one in worked for case in cases_of(one, engine, rules)):
            said = case.result
            found.setdefault((said.rule, said.status, said.because), case)
    return list(found.values())


def cases_of(
    worked: WorkedClaim, engine: Engine, rules: Mapping[str, CompiledRule]
) -> Iterator[Case]:
    """The results of a scenario that object, or that are open."""
    claim = worked.claim
    (answer,) = engine.answer([claim], trace=True)
    services = services_of([claim])[claim.id]
    for line, answered in zip(claim.lines, answer.lines, strict=True):
        for result in answered.results:
            if result.status in ("not-met", "unknown"):
                payer = answer.searched.payer
                at = Situation(engine.program, claim, line, payer, services)
                at.last = rules[result.rule].tree.last
                name = f"{worked.policy} {worked.name}"
                yield Case(name, result, rules[result.rule], at)


def failing(test: t.Test, at: Situation, wanted: int) -> Iterator[t.Test]:
    """The single tests, and groups that count, that made a test come out as wanted."""
    if ask(test, at).value != wanted:
        return
    match test:
        case t.And() | t.Or():
            for part in test.of:
                yield from failing(part, at, wanted)
        case t.Not():
            yield from failing(test.of[0], at, -wanted)
        case t.If():
            holds = ask(test.of[0], at).value
            branches = {1: test.of[1:2], -1: test.of[2:], 0: test.of[1:]}
            for part in branches[holds]:
                yield from failing(part, at, wanted)
        case _:
            yield test


def compared(test: t.Test, at: Situation) -> Tokens:
    """What a failing test compared, as it must stand in the reason."""
    match test:
        case t.Yes() | t.Documented() | t.Choice() | t.Compare():
            yield from of_fact(test, at)
        case t.AtLeast():
            yield str(sum(ask(part, at).value > 0 for part in test.of))
            yield str(test.count)
        case t.Earlier() | t.SameDay():
            yield list_words(test.set, at.day, at.program).strip('"')
        case t.Elapsed(amount=amounts, fact=fact, clock=clock):
            day = looking_for(fact, test.of)(at)[0] if fact else None
            yield shown(day) if fact else str(at.clock_day(str(clock)))
            amount = amount_on(amounts, at.day)
            yield str(amount.amount) if amount else "no amount"
        case _:
            yield from of_claim(test, at)


def of_fact(test: t.Yes | t.Documented | t.Choice | t.Compare, at: Situation) -> Tokens:
    """A fact by its title, its value, and what is asked of it."""
    yield fact_title(test.fact, at.program)
    yield shown(looking_for(test.fact, test.of)(at)[0])
    if isinstance(test, t.Choice):
        yield from test.values
    if isinstance(test, t.Compare):
        amount = amount_on(test.amount, at.day)
        yield str(amount.amount) if amount else "no amount"


def of_claim(test: t.Test, at: Situation) -> Tokens:
    """What stands on the claim, and what is asked of it."""
    match test:
        case t.Field():
            yield at.field_value(test.name) or "not given"
            yield from test.values
            if test.set:
                yield list_words(test.set, at.day, at.program)
        case t.Diagnosis():
            yield list_words(test.set, at.day, at.program)
            yield from () if at.line.diagnoses else ("not given",)
        case t.Modifier():
            yield test.modifier
            yield from at.line.modifiers or ("no modifier",)
        case t.DateOfService():
            yield str(test.day)
        case t.SameNpi():
            yield from test.fields


def to_be_said(case: Case) -> Tokens:
    """All that the reason of a denial must hold, by the duty of its rule."""
    duty, at, total = case.rule.tree.duty, case.at, case.result.arithmetic
    match duty:
        case d.Require():
            for test in failing(duty.test, at, -1):
                yield from compared(test, at)
        case d.NeverCovered():
            yield at.line.code
            if case.rule.tree.when is not None:
                for test in told(case.rule.tree.when, at):
                    yield from matched(test, at)
        case d.BillAs(set=codes):
            yield at.line.code
            yield from sorted(codes_on(at.program.sets[codes], at.day))
            if case.rule.tree.when is not None:
                for test in failing(case.rule.tree.when, at, 1):
                    yield from matched(test, at)
        case d.NotWith():
            yield at.line.code
            yield "on the same day"
            yield " on line " if not case.at.claim.history.lines else " beside "
        case d.Limit() | d.LimitBy():
            assert total is not None
            yield str(total.limit)
            yield str(total.counted + total.this)
        case d.Interval():
            assert total is not None
            yield str(total.events[-1].date)
            amount = amount_on(duty.least, at.day)
            yield str(amount.amount) if amount else "no amount"


def told(when: t.Test, at: Situation) -> list[t.Test]:
    """What a condition matched; a list that the diagnosis is not on says nothing beside it."""
    every = [*failing(when, at, 1)]
    found = [x for x in every if not isinstance(x, t.Diagnosis) or ask(x, at).value > 0]
    return found or every


def matched(test: t.Test, at: Situation) -> Tokens:
    """What a condition of a bare prohibition matched."""
    match test:
        case t.Diagnosis():
            yield list_words(test.set, at.day, at.program)
            yield at.line.diagnoses[0] if test.which == "primary" else "diagnos"
        case t.Modifier():
            yield from at.line.modifiers
        case t.Yes() | t.Choice() | t.Compare():
            yield fact_title(test.fact, at.program)
            yield shown(looking_for(test.fact, test.of)(at)[0])
        case t.Field():
            yield at.field_value(test.name)


def test_each_denial_says_what_its_failing_tests_compared(cases: list[Case]) -> None:
    denials = [case for case in cases if case.result.status == "not-met"]
    lacking = [
        f"{case}\n  lacks {token!r}"
        for case in denials
        for token in to_be_said(case)
        if token not in case.result.because
    ]

    assert denials
    assert lacking == []


def test_the_date_of_service_alone_is_no_reason(cases: list[Case]) -> None:
    bare = [
        str(case)
        for case in cases
        if not case.result.because.replace(str(case.at.day), "").strip(" ;,.")
    ]

    assert bare == []


def test_no_reason_is_an_empty_phrase(cases: list[Case]) -> None:
    found = [
        str(case) for case in cases for phrase in EMPTY if phrase in case.result.because
    ]

    assert found == []


def test_the_duties_of_the_shipped_denials_are_all_forms(cases: list[Case]) -> None:
    denied: set[Any] = {
        type(case.rule.tree.duty) for case in cases if case.result.status == "not-met"
    }

    assert denied == {
        d.Require, d.NeverCovered, d.Limit, d.LimitBy, d.Interval, d.NotWith,
        d.BillAs,
    }  # fmt: skip
