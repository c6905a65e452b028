"""Work on the everyday claims with the shipped policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.engine import Engine
from kb.evaluate.knowledge import Knowledge
from kb.evaluate.outputs import outputs_of
from kb.evaluate.run import Work
from kb.evaluate.sources import sources_of
from tests.everyday.claims import DAYS, as_json

Json = dict[str, object]
WorkOf = Callable[..., Work]


@pytest.fixture(scope="session")
def engine(shipped_database: Path) -> Engine:
    return Engine.open(shipped_database)


@pytest.fixture(scope="session")
def day() -> list[Json]:
    """Forty claims of a day: two of each of twenty patients, one after the other."""
    claims = [*as_json(DAYS[1])][:240:6]
    for at, claim in enumerate(claims):
        claim["patient"] = f"P-{at // 2}"
        claim["charge"] = "450.00"
        for line in claim["lines"]:  # type: ignore[attr-defined]
            line["charge"] = "225.00"
    return claims


@pytest.fixture
def work_of(engine: Engine, shipped_database: Path, tmp_path: Path) -> WorkOf:
    """Makes a work of files of claims, given as lists."""

    def make(
        *files: list[Json],
        out: tuple[str, ...] = ("answers.ndjson",),
        names: tuple[str, ...] = (),
        workers: int = 1,
    ) -> Work:
        paths = []
        for at, claims in enumerate(files):
            path = tmp_path / (names[at] if names else f"claims-{at}.ndjson")
            path.write_text("".join(json.dumps(one) + "\n" for one in claims), "utf-8")
            paths.append(path)
        knowledge = Knowledge(shipped_database, None, engine.program.database)
        outputs = outputs_of(tmp_path / name for name in out)
        return Work(sources_of(paths), knowledge, engine, outputs, workers=workers)

    return make
