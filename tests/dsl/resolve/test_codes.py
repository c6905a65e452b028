"""The shapes of codes and levels."""

from __future__ import annotations

import pytest

from dsl.resolve.codes import is_level
from kb.claims.shapes import LEVELS


def test_levels_are_those_that_a_claim_may_give() -> None:
    assert all(map(is_level, LEVELS))


@pytest.mark.parametrize(
    "text", ["L4", "L5-L4", "L4-S1", "C8-T1", "l4-l5", "S5-L1", ""]
)
def test_what_is_no_level(text: str) -> None:
    assert not is_level(text)
