"""What the audit finds between Medicare's billing rules and the tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb.engine import Engine
from kb.reference.against_tables import Contradiction, contradictions
from kb.tables.layers import Layered
from kb.tables.shipped_rows import shipped_rows
from tests.kb.tables.in_memory import InMemory

DAY = date(2026, 11, 3)
BLOCK = "medicare/national/code-pairs@2017-01-01#block-beside-ablation"


@pytest.fixture(scope="module")
def engine(shipped_database: Path) -> Engine:
    return Engine.open(shipped_database)


def of_block(engine: Engine, pairs: dict[tuple[str, str], int]) -> list[str]:
    """What is found of the rule that takes 64450 off beside 64635."""
    tables = Layered(InMemory(pairs=pairs), shipped_rows())
    found = contradictions(engine.program, tables, DAY)
    return [one.what for one in found if one.rule == BLOCK]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({("64635", "64450"): 1}, []),
        ({("64635", "64450"): 0}, ["lets no modifier help"]),
        ({("64450", "64635"): 1}, ["takes the other code off"]),
        ({}, ["has no such pair"]),
    ],
)
def test_a_pair_is_compared(
    engine: Engine, pairs: dict[tuple[str, str], int], expected: list[str]
) -> None:
    assert of_block(engine, pairs) == expected


def test_a_cap_is_compared(engine: Engine) -> None:
    tables = Layered(InMemory(caps={"64483": (3, 2)}), shipped_rows())
    found = [
        one
        for one in contradictions(engine.program, tables, DAY)
        if one.codes == ("64483",)
    ]

    assert [one.what for one in found] == ["has 3, the rule 1"]


def test_the_policies_and_the_shipped_rows_agree(engine: Engine) -> None:
    found: list[Contradiction] = list(
        contradictions(engine.program, shipped_rows(), DAY)
    )

    assert found == []
