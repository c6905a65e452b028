"""Claims answered by two states: counts of what moved, and nothing of the claims."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import main

ROOT = Path(__file__).parents[3]
EXAMPLE = json.loads((ROOT / "docs/examples/fifth-session.json").read_text("utf-8"))


@pytest.fixture
def folders(epidural_policies: Path, tmp_path: Path) -> tuple[str, str]:
    shutil.copytree(epidural_policies, tmp_path / "new")
    file = tmp_path / "new" / "medicare" / "esi.policy"
    text = file.read_text("utf-8").replace("limit: 4 sessions", "limit: 5 sessions")
    file.write_text(text, "utf-8")
    return str(epidural_policies), str(tmp_path / "new")


def test_a_looser_limit_moves_the_fifth_session(
    folders: tuple[str, str], tmp_path: Path
) -> None:
    claims = [
        {**EXAMPLE, "claim": f"SECRET-{i}", "patient": f"PERSON-{i}"} for i in range(3)
    ]
    (tmp_path / "claims.json").write_text(json.dumps(claims), "utf-8")
    arguments = ["backtest", str(tmp_path / "claims.json"), *folders]
    told = CliRunner().invoke(main, arguments)
    found = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).output)

    assert told.exit_code == 1
    assert "3 claim lines, 3 change; 0 claims not read" in told.output
    assert "medicare-part-b  64483  deny -> note  3" in told.output
    assert "sessions-per-region  not-met -> met  3" in told.output
    assert found["changed"] == 3
    for secret in ("SECRET", "PERSON", "2026-03-10"):
        assert secret not in told.output
        assert secret not in json.dumps(found)


def test_nothing_moves_between_equal_states(folders: tuple[str, str]) -> None:
    path = str(ROOT / "docs/examples/fifth-session.json")
    told = CliRunner().invoke(main, ["backtest", path, folders[0], folders[0]])

    assert (told.exit_code, told.output) == (
        0,
        "1 claim lines, 0 change; 0 claims not read\n",
    )


def test_a_file_that_is_not_there_is_said(folders: tuple[str, str]) -> None:
    told = CliRunner().invoke(main, ["backtest", "nowhere.json", *folders])

    assert told.exit_code == 2
    assert "nowhere.json" in told.output
