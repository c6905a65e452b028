"""Fixtures of all tests: golden files, and the knowledge base of the shipped policies."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from sqlite3 import Connection

import pytest
from hypothesis import HealthCheck, settings

from dsl.base.companions import SCENARIOS
from kb.build.compiler import build_folder
from kb.read.store import open_knowledge_base
from tests import seeds

ROOT = Path(__file__).parents[1]
EPIDURAL = (
    "shared/[!cf]*.policy",
    "shared/codes.policy",
    "shared/fa*.policy",
    "medicare/**/esi.policy",
    "medicare/national/wiser.policy",
    "bcbs-alabama/payer.policy",
    "bcbs-alabama/esi.policy",
    "aetna/transforaminal.policy",
)

# A busy machine is no fault of a case: none fails for having taken long.
settings.register_profile(
    "patient",
    settings.get_profile(settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="write golden files")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Hypothesis has the seed of the run too; by itself it tries the same in CI always."""
    if seeds.RUN and config.option.hypothesis_seed is None:
        patient = settings.get_profile("patient")
        settings.register_profile("fresh", patient, derandomize=False)
        settings.load_profile("fresh")
        config.option.hypothesis_seed = str(seeds.RUN)


def pytest_report_header() -> str:
    """The seed, at the head of every run."""
    return f"seed: {seeds.RUN}  ({seeds.how_to_repeat()} repeats the random cases)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first: with one worker a processor, none is left waiting for the last."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare text with a golden file; ``--golden-update`` writes it, never in CI."""
    update = request.config.getoption("--golden-update") and not os.environ.get("CI")

    def compare(path: Path, actual: str) -> None:
        if update:
            path.write_text(actual, "utf-8")
        assert path.read_text("utf-8") == actual

    return compare


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Connection]]:
    """Opens knowledge bases, and closes them after the test."""
    with ExitStack() as stack:

        def open_one(database: Path) -> Connection:
            connection = open_knowledge_base(database)
            stack.callback(connection.close)
            return connection

        yield open_one


@pytest.fixture(scope="session")
def shipped_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the policies that ship with the program, built once.

    The workers of a run share it, and every run that is given its place in
    ``$PAYERKB_TEST_DATABASE``: the first builds, the others wait for the build's lock
    and find it up to date.
    """
    mine = tmp_path_factory.getbasetemp()
    everybodys = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
    given = os.environ.get("PAYERKB_TEST_DATABASE")
    database = Path(given) if given else everybodys / "shipped" / "kb.db"
    report = build_folder(ROOT / "policies", database)
    assert report.written or report.up_to_date, [
        found.render() for found in report.diagnostics
    ]
    return database


@pytest.fixture(scope="session")
def epidural_policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped epidural policies alone: what they answer does not change as we learn."""
    folder = tmp_path_factory.mktemp("epidural") / "policies"
    for pattern in EPIDURAL:
        for policy in (ROOT / "policies").glob(pattern):
            for file in (policy, policy.with_suffix(SCENARIOS)):
                copy = folder / file.relative_to(ROOT / "policies")
                copy.parent.mkdir(parents=True, exist_ok=True)
                if file.exists():
                    shutil.copy(file, copy)
    return folder


@pytest.fixture(scope="session")
def epidural_database(epidural_policies: Path) -> Path:
    """The database of the epidural policies, built once."""
    database = epidural_policies.parent / "kb.db"
    report = build_folder(epidural_policies, database)
    assert report.written, [found.render() for found in report.diagnostics]
    return database
