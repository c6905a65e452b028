"""The bar for the policies that ship: nine changes of ten are noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.compiler import build_folder
from kb.coverage import cover_policy
from kb.mutation.score import score_policy
from kb.workbook import Workbook

POLICIES = Path(__file__).parents[3] / "policies"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    database = tmp_path_factory.mktemp("shipped") / "kb.db"
    build_folder(POLICIES, database)
    return Workbook.open(database)


@pytest.mark.slow
def test_scenarios_notice_nine_changes_of_ten(shipped: Workbook) -> None:
    scores = {
        policy.id: score_policy(
            shipped.engine, policy, shipped.scenarios(policy), shipped.sites
        ).percent
        for policy in shipped.policies()
    }

    assert scores
    assert {version for version, percent in scores.items() if percent < 90} == set()


def test_scenarios_show_every_status_and_both_sides_of_dates(shipped: Workbook) -> None:
    missing = {
        policy.id: cover_policy(
            policy, shipped.engine.program, shipped.scenarios(policy)
        ).missing
        for policy in shipped.policies()
    }

    assert {version: what for version, what in missing.items() if what} == {}
