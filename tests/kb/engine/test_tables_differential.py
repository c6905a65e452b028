"""Interpreter and columns, held together under random tables as well."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from kb.engine import Engine
from kb.engine.columns.arrays import evaluate_columns
from kb.engine.columns.batch_claims import batch_from_claims
from kb.engine.columns.parts import evaluate_in_parts
from kb.engine.judge.answer import HEADLINE_ORDER
from kb.engine.judge.tables.rules import TableRules
from kb.tables.model import Edition, Kind, Setting
from tests.kb.engine.columns.random_cases import (
    CODES,
    DIAGNOSES,
    PAYERS,
    Case,
    random_case,
)
from tests.kb.tables.in_memory import InMemory, edition
from tests.seeds import fresh

Headlines = dict[tuple[str, int], tuple[str, str]]
QUARTERS = (
    (date(2024, 1, 1), date(2024, 3, 31)),
    (date(2024, 4, 1), date(2024, 9, 30)),
    (date(2025, 1, 1), date(2025, 3, 31)),
)


def random_tables(random: Random) -> InMemory:
    """Tables over the codes of random cases; some quarters have none."""
    return InMemory(
        pairs={
            (one, other): random.choice((0, 1, 1, 9))
            for place, one in enumerate(CODES)
            for other in CODES[place + 1 :]
            if random.random() < 0.3
        },
        caps={
            code: (random.choice((0, 1, 1, 2)), random.choice((1, 2, 3)))
            for code in CODES
            if random.random() < 0.4
        },
        hospital_caps={code: (2, 2) for code in CODES if random.random() < 0.2},
        add_ons={
            code: (random.choice((1, 1, 2, 3)), " ".join(random.sample(CODES, 2)))
            for code in CODES
            if random.random() < 0.3
        },
        diagnoses={
            code: random.choice(((), ("M54.50",)))
            for code in DIAGNOSES
            if random.random() < 0.9
        },
        schedule={
            code: {
                "bilateral": random.choice("0129"),
                "professional_technical": random.choice("019"),
            }
            for code in CODES
            if random.random() < 0.5
        },
        editions=tuple(random_editions(random)),
    )


def random_editions(random: Random) -> list[Edition]:
    found = []
    for kind in (
        Kind.PAIRS,
        Kind.UNIT_CAPS,
        Kind.ADD_ONS,
        Kind.DIAGNOSES,
        Kind.INDICATORS,
    ):
        own = kind in (Kind.PAIRS, Kind.UNIT_CAPS)
        settings = (Setting.PRACTITIONER, Setting.HOSPITAL) if own else (Setting.ALL,)
        for setting in settings:
            for days in QUARTERS:
                if random.random() < 0.8:
                    shipped = random.random() < 0.2
                    found.append(edition(kind, setting, days, shipped=shipped))
    return found


def random_case_with_tables(seed: int) -> tuple[Case, TableRules]:
    case = random_case(seed)
    bound = tuple(
        replace(payer, line_of_business="medicare") if payer.key == PAYERS[0] else payer
        for payer in case.program.payers
    )
    program = replace(case.program, payers=bound)
    return replace(case, program=program), TableRules(random_tables(Random(seed)))


def by_interpreter(case: Case, tables: TableRules) -> Headlines:
    engine = replace(Engine.of(case.program), tables=tables)
    return {
        (answer.claim, line.number): (line.outcome, line.as_billed)
        for answer in engine.answer(case.claims)
        for line in answer.lines
    }


def by_columns(case: Case, tables: TableRules, *, parts: int = 0) -> Headlines:
    batch = batch_from_claims(case.claims)
    if parts:
        result = evaluate_in_parts(case.program, batch, parts, tables=tables)
    else:
        result = evaluate_columns(case.program, batch, tables=tables)
    return {
        (case.claims[claim].id, number): (
            HEADLINE_ORDER[outcome],
            HEADLINE_ORDER[billed],
        )
        for claim, number, outcome, billed in zip(
            batch.lines.claim.tolist(),
            batch.lines.number.tolist(),
            result.headline.tolist(),
            result.as_billed.tolist(),
            strict=True,
        )
    }


@pytest.mark.parametrize("start", range(0, 120, 60), ids=lambda n: f"seeds-{n}")
def test_both_engines_hold_lines_against_tables_alike(start: int) -> None:
    changed = 0
    for seed in map(fresh, range(start, start + 60)):
        case, tables = random_case_with_tables(seed)
        expected = by_interpreter(case, tables)

        assert by_columns(case, tables) == expected, f"seed {seed}"
        changed += expected != by_interpreter(case, TableRules(InMemory(editions=())))
    # The tables spoke, so that the test could fail.
    assert changed > 10


def test_parts_hold_lines_against_tables_too() -> None:
    for seed in map(fresh, range(15)):
        case, tables = random_case_with_tables(seed)

        assert by_columns(case, tables, parts=3) == by_columns(case, tables)
