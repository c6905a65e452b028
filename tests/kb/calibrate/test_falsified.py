"""A small version of ``bench.calibration``: falsified rules stand first in the report."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from bench.calibration import answered_anew, pairs_of, places_in, tally_of
from bench.witnesses import Served, falsified_rules, payers_of, served
from kb.calibrate.calibrating import Reader
from kb.calibrate.report import report_of
from kb.engine import Engine
from kb.proofs.authoring_session import Workbook

PAIRS = 1500
POLICIES = ("medicare/ngs/esi", "aetna/transforaminal")


@pytest.fixture(scope="module")
def engine(epidural_database: Path) -> Engine:
    return Workbook.open(epidural_database).engine


@pytest.fixture(scope="module")
def shapes(epidural_database: Path, engine: Engine) -> list[Served]:
    worked = Workbook.open(epidural_database).worked.values()
    return served(
        (one.claim for each in worked for one in each if one.policy in POLICIES), engine
    )


@pytest.mark.parametrize("seed", range(2))
def test_falsified_rules_stand_first(
    shapes: list[Served], engine: Engine, seed: int
) -> None:
    chance = Random(seed)
    payers = payers_of(shapes, engine, chance)
    changes = falsified_rules(shapes, engine, 3, 4, chance)
    pairs = list(pairs_of(shapes, payers, PAIRS, chance))
    reader = Reader(engine)
    report = report_of(
        tally_of(pairs, answered_anew(shapes, changes, payers), reader), reader.kind
    )
    first = [0 < place <= 5 for place in places_in(report, changes).values()]

    assert len(changes) == 3
    assert sum(first) >= 2
    assert report.suspicious


def test_rules_as_they_stand_are_not_suspicious(
    shapes: list[Served], engine: Engine
) -> None:
    chance = Random(7)
    payers = payers_of(shapes, engine, chance)
    pairs = list(pairs_of(shapes, payers, PAIRS, chance))
    reader = Reader(engine)

    report = report_of(tally_of(pairs, shapes, reader), reader.kind)

    assert [row.rule for row in report.suspicious] == []
    assert report.denials
