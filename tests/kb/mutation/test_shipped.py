"""What the scenarios of the policies that ship have shown.

That they notice nine changes of ten is asked by `make test` with `payerkb mutate`."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.proofs.authoring_session import Workbook
from kb.proofs.coverage import cover_policy

POLICIES = Path(__file__).parents[3] / "policies"


@pytest.fixture(scope="module")
def shipped(shipped_database: Path) -> Workbook:
    return Workbook.open(shipped_database)


def test_scenarios_show_every_status_and_both_sides_of_dates(shipped: Workbook) -> None:
    missing = {
        policy.id: cover_policy(
            policy, shipped.engine.program, shipped.scenarios(policy)
        ).missing
        for policy in shipped.policies()
    }

    assert {version: what for version, what in missing.items() if what} == {}
