"""The law of cards, over all payers, families and days of the shipped policies.

What a card must show is read by the engine's own way: its policies for a payer, those
that it follows with them, and its rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kb.engine import Engine
from kb.engine.program import CompiledPolicy, CompiledRule, Program, holds
from kb.plain.aspects import aspect_of
from kb.plain.headings import OPEN_POINTS
from kb.read.families import families
from kb.read.knowledge_base import KnowledgeBase
from kb.read.store import open_knowledge_base, payers
from kb.reference.cards import card, cards_of_code, cards_of_payer

DAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def kb(shipped_database: Path) -> Iterator[KnowledgeBase]:
    with closing(open_knowledge_base(shipped_database)) as opened:
        yield KnowledgeBase(opened)


@pytest.fixture(scope="module")
def program(shipped_database: Path) -> Program:
    return Engine.open(shipped_database).program


def policies_of(program: Program, payer: str) -> list[CompiledPolicy]:
    return [each for each in program.policies if each.payer in ("", payer)]


def days_of(policies: list[CompiledPolicy]) -> set[date]:
    """First days of a payer's own policies, and of their rules, and today."""
    own = [each for each in policies if each.payer and not each.followed_by]
    starts = {each.days[0] for each in own}
    starts |= {rule.tree.in_force.days.start for each in own for rule in each.rules}
    return {day for day in starts if day is not None} | {DAY}


def rules_for(
    program: Program, rules: list[CompiledRule], codes: frozenset[str], day: date
) -> Iterator[CompiledRule]:
    """Those of the rules that are for one of the codes on a day."""
    for rule in rules:
        scope = rule.tree.scope
        members = program.sets.get(scope, {}) if scope else {}
        if scope is None or any(
            holds(span, day)
            for code in codes & members.keys()
            for span in members[code]
        ):
            yield rule


def test_no_cell_is_silent_where_a_rule_answers(
    kb: KnowledgeBase, program: Program
) -> None:
    """Every rule in force stands in its cell of every card that it is for."""
    missing = []
    looked = 0
    for payer in payers(kb):
        own = policies_of(program, payer.id)
        for day in days_of(own):
            codes = families(kb, day)
            in_force = [
                rule
                for policy in own
                if holds(policy.days, day)
                for rule in policy.rules
                if rule.tree.in_force.days.hold(day)
            ]
            for made in cards_of_payer(kb, payer.id, day):
                looked += 1
                shown = {
                    (cell.aspect.key, rule)
                    for cell in made.cells
                    for row in cell.rows
                    for rule in row.rules
                }
                wanted = rules_for(program, in_force, codes[made.subject.key], day)
                missing += [
                    (payer.id, made.subject.key, day, rule.id)
                    for rule in wanted
                    if (aspect := aspect_of(rule.tree)) != OPEN_POINTS.key
                    and (aspect, rule.id) not in shown
                ]

    assert missing == []
    assert looked > 60 * 12


def test_a_cell_is_silent_just_where_it_has_no_row(kb: KnowledgeBase) -> None:
    for made in cards_of_code(kb, "64483", DAY):
        for cell in made.cells:
            assert (cell.known == "silent") == (not cell.rows)
            assert bool(cell.short) == bool(cell.rows)
            assert bool(cell.searched and cell.ask) == (not cell.rows)


@pytest.mark.parametrize(
    ("payer", "subject", "state", "aspect", "short"),
    [
        ("cigna", "64483", "", "approval", "Required"),
        ("cigna", "epidural", "", "limit", "3 in 6 months, 4 in 12 months"),
        ("cigna", "64483", "", "sides", ""),
        ("cigna", "basivertebral", "", "covered", "Not covered"),
        ("medicare-part-b", "64483", "FL", "limit", "4 in 12 months"),
        ("medicare-part-b", "trigger-point", "FL", "diagnosis", "M79.12, M79.18"),
        ("medicare-part-b", "64635", "FL", "approval", "Required in some cases"),
    ],
)
def test_answers_that_staff_ask_for(
    payer: str, subject: str, state: str, aspect: str, short: str, kb: KnowledgeBase
) -> None:
    made = card(kb, payer, subject, DAY, state)

    assert made is not None
    assert made.cell(aspect).short == short


def test_florida_hears_nothing_of_another_contractor(kb: KnowledgeBase) -> None:
    made = card(kb, "medicare-part-b", "epidural", DAY, "FL")

    assert made is not None
    assert {each.contractor for each in made.searched} == {"", "first-coast"}


def test_a_caveat_stands_with_its_answer(kb: KnowledgeBase) -> None:
    made = card(kb, "cigna", "64483", DAY)
    assert made is not None
    row = made.cell("approval").rows[0]

    assert "which ones was not read" in row.caveat
    assert row.fix.startswith("Look the code up with Cigna")


def test_who_follows_another_has_its_answers_but_not_its_billing(
    kb: KnowledgeBase,
) -> None:
    leader = card(kb, "medicare-part-b", "64483", DAY, "FL")
    led = card(kb, "aetna-medicare-advantage", "64483", DAY, "FL")
    assert leader is not None
    assert led is not None

    assert led.is_led
    assert led.cell("limit").short == leader.cell("limit").short
    assert {row.follows for row in led.cell("limit").rows} == {"Medicare Part B"}
    assert led.cell("session").short != ""
    assert not any("MUE" in row.source for row in led.cell("session").rows)
