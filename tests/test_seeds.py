"""The seed of a run: asked for, that of the commit in CI, 0 at the desk."""

import os
import subprocess
import sys

import pytest

from tests import seeds


def test_at_the_desk_every_run_is_the_same() -> None:
    assert seeds.seed_of_run({}) == 0


def test_in_ci_a_commit_has_its_own_seed_in_every_run() -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    )
    found = {seeds.seed_of_run({"CI": "true"}) for _ in range(3)}

    assert found == {int(commit.stdout[:8], 16)}


def test_without_git_every_run_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found = {seeds.seed_of_run({"CI": "true"}) for _ in range(20)}

    assert len(found) > 15


def test_a_seed_that_is_asked_for_is_taken() -> None:
    assert seeds.seed_of_run({"CI": "true", "PAYERKB_SEED": "42"}) == 42


@pytest.mark.parametrize("asked", ["x", "-1", "1.5"])
def test_what_is_no_number_is_refused(asked: str) -> None:
    with pytest.raises(ValueError, match="PAYERKB_SEED is no whole number"):
        seeds.seed_of_run({"PAYERKB_SEED": asked})


def test_the_processes_of_a_run_have_its_seed() -> None:
    code = "from tests import seeds; print(seeds.RUN)"
    environment = {**os.environ, "CI": "true"}
    command = [sys.executable, "-c", code]
    found = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    )

    assert int(found.stdout) == seeds.RUN


def test_cases_of_two_runs_never_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = set()
    for run in (0, 1, 2):
        monkeypatch.setattr(seeds, "RUN", run)
        numbers |= {seeds.fresh(number) for number in (0, 1, seeds.APART - 1)}

    assert len(numbers) == 9
