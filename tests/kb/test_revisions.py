"""Folders as git holds them, in a small repository of their own."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import main
from kb.revisions import RevisionError, export_revision, revision_known_on

POLICY = """policy p/q: A policy
  payer: sample
  in force: from 2020-01-01
  cite: EXAMPLE

payer sample: A sample payer
  line of business: commercial

source EXAMPLE: A made-up source
  grade: example

rule sessions: Sessions in a year
  for: 64483
  limit: {limit} sessions in any 12 months
  otherwise: deny for frequency
  cite: EXAMPLE
"""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder of policies in git: 4 sessions on March 1st, 3 from March 5th on."""
    folder = tmp_path / "repository" / "policies"
    folder.mkdir(parents=True)
    run(folder.parent, "2026-03-01", "init", "--quiet")
    for day, limit in (("2026-03-01", 4), ("2026-03-05", 3)):
        (folder / "q.policy").write_text(POLICY.format(limit=limit))
        run(folder.parent, day, "add", ".")
        run(folder.parent, day, "commit", "--quiet", "-m", "limit")
    return folder


def run(folder: Path, day: str, *words: str) -> None:
    when = f"{day}T12:00:00+00:00"
    who = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "a"), ("EMAIL", "a@b"), ("DATE", when))
    }
    subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, **who},
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize(
    ("day", "limit"),
    [("2026-03-01", 4), ("2026-03-04", 4), ("2026-03-05", 3), ("2027-01-01", 3)],
)
def test_a_folder_as_known_on_a_day(
    day: str, limit: int, kept: Path, tmp_path: Path
) -> None:
    revision = revision_known_on(kept, date.fromisoformat(day))
    folder = export_revision(kept, revision, tmp_path / "out")

    assert (folder / "q.policy").read_text() == POLICY.format(limit=limit)


def test_before_the_first_revision_nothing_was_known(kept: Path) -> None:
    with pytest.raises(RevisionError, match=r"no state of .* from 2026-02-28"):
        revision_known_on(kept, date(2026, 2, 28))


def test_a_folder_outside_git_has_no_past(tmp_path: Path) -> None:
    with pytest.raises(RevisionError):
        revision_known_on(tmp_path, date(2026, 3, 1))


@pytest.mark.parametrize(("day", "said"), [("2026-03-02", "4 "), ("2026-03-06", "3 ")])
def test_a_question_about_what_was_known(day: str, said: str, kept: Path) -> None:
    words = f"show rules known on {day} as csv"
    done = CliRunner().invoke(main, ["query", words, "--policies", str(kept)])

    assert done.exit_code == 0, done.output
    assert f"at most {said}session" in done.output
    assert f"known on {day}: revision" in done.output


def test_a_question_about_a_day_before_all_knowledge(kept: Path) -> None:
    words = "show rules known on 2026-02-01"
    done = CliRunner().invoke(main, ["query", words, "--policies", str(kept)])

    assert done.exit_code == 2
    assert "What was known on 2026-02-01 cannot be read" in done.output


def test_a_difference_between_revisions_in_a_folder_below(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(kept.parent)
    done = CliRunner().invoke(main, ["diff", "HEAD~1:policies", "policies"])

    assert done.exit_code == 1
    assert "value changed" in done.output
