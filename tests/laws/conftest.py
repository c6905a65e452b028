"""The world of the laws: the shipped rules, and the claims that ship with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.laws.tabled import under_tables
from tests.laws.trials import open_world
from tests.laws.worlds import World
from tests.seeds import fresh


@pytest.fixture(scope="session")
def world(shipped_database: Path) -> World:
    return open_world(shipped_database)


@pytest.fixture(scope="session")
def world_under_tables(world: World) -> World:
    return under_tables(world, fresh(0))
