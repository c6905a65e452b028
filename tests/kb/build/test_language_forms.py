"""Forms of the language, each proved by scenarios that run through build and engine."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from kb.build.compiler import build_folder
from kb.claims import read_json_value
from kb.engine import Engine
from kb.proofs.scenarios import run_scenarios
from kb.read.store import open_knowledge_base

DATA = Path(__file__).parents[2] / "data"
FORMS = DATA / "forms"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("forms") / "kb.db"
    report = build_folder(FORMS, built)
    assert [d.render() for d in report.diagnostics] == []
    return built


@pytest.mark.parametrize(("folder", "least"), [("forms", 34), ("values", 12)])
def test_every_scenario_of_the_forms_comes_out_as_expected(
    folder: str, least: int, tmp_path: Path
) -> None:
    database = tmp_path / "kb.db"
    report = build_folder(DATA / folder, database)
    assert [d.render() for d in report.diagnostics] == []

    with closing(open_knowledge_base(database)) as connection:
        runs = list(run_scenarios(connection, Engine.open(database)))

    assert [(run.name, run.failures) for run in runs if run.failures] == []
    assert len(runs) >= least


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("  4 weeks", "does not say since when it is so, or in which case"),
        ("  4 weeks when often\n  5 weeks otherwise", "`often` is no case"),
        ("  4 weeks when radicular-pain", "what holds in every other case"),
        ("  4 weeks otherwise\n  5 weeks otherwise", "hold on the same days"),
    ],
)
def test_a_value_says_when_it_holds(lines: str, said: str, tmp_path: Path) -> None:
    shared = (DATA / "values" / "shared.policy").read_text()
    (tmp_path / "shared.policy").write_text(shared)
    (tmp_path / "p.policy").write_text(
        "policy p/q: Q\n  payer: medicare-part-b\n  in force: from 2020-01-01\n"
        f"  cite: EXAMPLE\nvalue care: Care\n{lines}\n  cite: EXAMPLE\n"
        "rule r: R\n  for: 64493\n  require: pain-duration at least care\n"
        "  otherwise: review\n  cite: EXAMPLE\n"
    )

    report = build_folder(tmp_path, tmp_path / "kb.db")

    assert said in "\n".join(d.render() for d in report.diagnostics)


@pytest.mark.parametrize(
    ("change", "outcome", "policies"),
    [
        (
            {},
            "deny",
            ["example-advantage/all@2021-01-01", "medicare/testing@2020-01-01"],
        ),
        ({"plan": "ppo"}, "unknown", []),
        ({"state": "CA"}, "unknown", ["example-advantage/all@2021-01-01"]),
        ({"date": "2020-06-01"}, "unknown", []),
    ],
)
def test_a_plan_that_defers_is_judged_by_the_other_payers_policies(
    change: dict[str, str], outcome: str, policies: list[str], database: Path
) -> None:
    claim = {
        "claim": "C1", "payer": "example-advantage", "plan": "hmo", "state": "OH",
        "date": "2026-02-03", "facts": {"opioid-risk": "high"},
        "lines": [{"code": "80305"}],
        "history": {"state": "complete", "lines": [
            {"date": f"2026-01-{day}", "code": "80305"} for day in (10, 17, 24)]},
    }  # fmt: skip
    (answer,) = Engine.open(database).answer(
        read_json_value({**claim, **change}).claims
    )

    assert answer.outcome == outcome
    assert list(answer.searched.policies) == policies
