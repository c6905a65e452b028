"""Fixtures of all tests: golden files, and the knowledge base of the shipped policies."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from kb.compiler import build_folder
from tests import seeds

ROOT = Path(__file__).parents[1]
EPIDURAL = (
    "shared/[!cf]*.policy",
    "shared/codes.policy",
    "shared/fa*.policy",
    "medicare/**/esi.policy",
    "bcbs-alabama/payer.policy",
    "bcbs-alabama/esi.policy",
    "aetna/transforaminal.policy",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden-update", action="store_true", help="write golden files")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Hypothesis has the seed of the run too; by itself it tries the same in CI always."""
    if seeds.RUN and config.option.hypothesis_seed is None:
        settings.register_profile(
            "fresh", settings.get_profile("ci"), derandomize=False
        )
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


@pytest.fixture(scope="session")
def shipped_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the policies that ship with the program, built once."""
    database = tmp_path_factory.mktemp("shipped") / "kb.db"
    report = build_folder(ROOT / "policies", database)
    assert report.written, [found.render() for found in report.diagnostics]
    return database


@pytest.fixture(scope="session")
def epidural_policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped epidural policies alone: what they answer does not change as we learn."""
    folder = tmp_path_factory.mktemp("epidural") / "policies"
    for pattern in EPIDURAL:
        for file in (ROOT / "policies").glob(pattern):
            copy = folder / file.relative_to(ROOT / "policies")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    return folder


@pytest.fixture(scope="session")
def epidural_database(epidural_policies: Path) -> Path:
    """The database of the epidural policies, built once."""
    database = epidural_policies.parent / "kb.db"
    report = build_folder(epidural_policies, database)
    assert report.written, [found.render() for found in report.diagnostics]
    return database
