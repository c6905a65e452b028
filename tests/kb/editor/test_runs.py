"""What the editor runs: one policy of a folder, with all that it needs and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.base.companions import scenarios_beside
from dsl.load.folder import texts_of_folder
from dsl.load.session import Session
from kb.editor.index import Index, index_of
from kb.editor.runs import (
    RunError,
    policies_needed,
    run_scenario,
    scenarios_of,
    twins_of,
)

SHIPPED = Path(__file__).parents[3] / "policies"
Folder = tuple[Session, Index]


@pytest.fixture(scope="module")
def shipped() -> Folder:
    """The policies that ship, as an editor holds them."""
    session = Session()
    texts, _told = texts_of_folder(SHIPPED)
    for path, text in texts:
        session.put(path, text)
    return session, index_of(session)


@pytest.mark.parametrize(
    ("path", "scenario", "policy"),
    [
        ("ambetter/drug-testing.policy", "", "ambetter/drug-testing"),
        ("cigna/epidural.policy", "", "cigna/epidural"),
        ("medicare/cgs/facet.policy", "cyst-code", "medicare/cgs/facet"),
        (
            "humana-medicare-advantage/coverage.policy",
            "third-ablation",
            "humana-medicare-advantage/coverage",
        ),
    ],
)
def test_a_scenario_of_the_shipped_folder_runs(
    shipped: Folder, path: str, scenario: str, policy: str
) -> None:
    session, index = shipped
    beside = scenarios_beside(path)
    path = beside if beside in index.files else path
    items = index.files[path]
    name = scenario or next(i.name.text for i in items if i.kind == "scenario")

    assert run_scenario(session, index, path, name) == f"{name} passed for {policy}."


def test_a_base_brings_those_that_stand_on_it_but_not_other_policies(
    shipped: Folder,
) -> None:
    session, index = shipped
    needed = policies_needed(session, index, "evicore/epidural.policy")

    assert {"evicore/epidural", "cigna/epidural"} <= needed
    assert "aetna/facet" not in needed


def test_twins_of_the_shipped_folder_are_written(shipped: Folder) -> None:
    session, index = shipped
    text = twins_of(session, index, "medicare/facet.policy", "therapeutic-repeat")

    assert "Notices therapeutic-repeat" in text


def test_a_faulty_file_is_told_with_its_place() -> None:
    session = Session()
    session.put("a.policy", "policy a/b: B\n  payer: nobody\n")

    with pytest.raises(RunError, match=r"first: a\.policy:1 "):
        run_scenario(session, index_of(session), "a.policy", "any")


POLICY = """\
payer good: Good Health
  line of business: commercial

source TEXT: A text
  publisher: Good Health
  grade: primary
  read on: 2026-01-05
  review by: 2026-12-31

policy good/esi: Epidurals
  payer: good
  in force: from 2024-01-01

rule two-weeks: Two weeks apart
  for: 64483
  interval: at least 14 days between sessions
  otherwise: deny for frequency CO-151
  fix: Wait.
  cite: TEXT
"""
SCENARIOS = """\
scenario alone: The first session
  claim: date 2025-06-01
  line 1: 64483
  expect: line 1 met by two-weeks
"""


def test_scenarios_beside_a_policy_run_and_its_twins_go_to_them() -> None:
    session = Session()
    session.put("good/esi.policy", POLICY)
    assert scenarios_of(session, "good/esi.policy") == "good/esi.policy"
    session.put("good/esi.scenarios", SCENARIOS)
    index = index_of(session)

    said = run_scenario(session, index, "good/esi.scenarios", "alone")
    assert said == "alone passed for good/esi."
    assert scenarios_of(session, "good/esi.policy") == "good/esi.scenarios"
    assert "Notices two-weeks" in twins_of(
        session, index, "good/esi.policy", "two-weeks"
    )
    (meant,) = index.meant("two-weeks", "rule", "good/esi.scenarios")
    assert meant.path == "good/esi.policy"
