"""What the editor runs: one policy of a folder, with all that it needs and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from dsl.session import Session

from kb.editor.index import Index, index_of
from kb.editor.runs import RunError, policies_needed, run_scenario, twins_of

SHIPPED = Path(__file__).parents[3] / "policies"
Folder = tuple[Session, Index]


@pytest.fixture(scope="module")
def shipped() -> Folder:
    """The policies that ship, as an editor holds them."""
    session = Session()
    for file in sorted(SHIPPED.rglob("*.policy")):
        session.put(file.relative_to(SHIPPED).as_posix(), file.read_text("utf-8"))
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
