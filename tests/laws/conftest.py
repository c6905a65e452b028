"""The world of the laws: the shipped rules, and the claims that ship with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.laws.trials import open_world
from tests.laws.worlds import World


@pytest.fixture(scope="session")
def world(shipped_database: Path) -> World:
    return open_world(shipped_database)
