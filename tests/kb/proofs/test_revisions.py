"""Folders as git holds them, in a small repository of their own."""

from __future__ import annotations

import os
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import main
from kb.cli.known import last_today
from kb.proofs.revisions import (
    RevisionError,
    _entries,
    changed_since,
    export_revision,
    revision_known_on,
)

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


def test_links_and_submodules_in_history_are_left_out_and_told(
    kept: Path, tmp_path: Path
) -> None:
    (kept / "payer").symlink_to("/etc")
    (kept / "x.policy").symlink_to("../../secret")
    run(kept.parent, "2026-03-06", "add", ".")
    module = "160000,1234567890123456789012345678901234567890,policies/module"
    run(kept.parent, "2026-03-06", "update-index", "--add", "--cacheinfo", module)
    run(kept.parent, "2026-03-06", "commit", "--quiet", "-m", "links")
    told: list[str] = []
    folder = export_revision(kept, "HEAD", tmp_path / "out", told.append)

    assert [path.name for path in folder.iterdir()] == ["q.policy"]
    assert told == [
        "HEAD: module is a submodule and is left out.",
        "HEAD: payer is a symbolic link and is left out.",
        "HEAD: x.policy is a symbolic link and is left out.",
    ]


def test_a_link_in_history_stops_neither_diff_nor_a_question(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kept / "x.policy").symlink_to("/etc/passwd")
    run(kept.parent, "2026-03-06", "add", ".")
    run(kept.parent, "2026-03-06", "commit", "--quiet", "-m", "link")
    (kept / "x.policy").unlink()
    monkeypatch.chdir(kept.parent)
    differ = CliRunner().invoke(main, ["diff", "HEAD:policies", "policies"])
    asked = CliRunner().invoke(main, ["query", "show rules known on 2026-03-06 as csv"])

    assert differ.exit_code == 0, differ.output
    assert asked.exit_code == 0, asked.output
    for done in (differ, asked):
        assert "x.policy is a symbolic link and is left out." in done.stderr


def test_what_attributes_would_hide_or_rewrite_is_as_it_was_committed(
    kept: Path, tmp_path: Path
) -> None:
    (kept / ".gitattributes").write_text("q.policy export-ignore export-subst\n")
    run(kept.parent, "2026-03-06", "add", ".")
    run(kept.parent, "2026-03-06", "commit", "--quiet", "-m", "attributes")
    folder = export_revision(kept, "HEAD", tmp_path / "out")

    assert (folder / "q.policy").read_text() == POLICY.format(limit=3)


@pytest.mark.parametrize(
    "revision",
    [
        "--output={place}",
        "-h",
        "--remote=ext::touch {place}",
        "",
        "HEAD..HEAD~1",
        "nope",
    ],
)
def test_what_is_no_revision_is_refused_and_does_nothing(
    revision: str, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(kept.parent)
    place = tmp_path / "made"
    name = f"{revision.format(place=place)}:policies"
    done = CliRunner().invoke(main, ["diff", "--", name, "policies"])

    assert done.exit_code == 2
    assert done.output.startswith(f"git does not know {name}: ")
    assert not place.exists()


@pytest.mark.parametrize("name", ["../out.policy", "a/../../out.policy", "./x.policy"])
def test_a_name_made_by_hand_does_not_lead_out(
    name: str, kept: Path, tmp_path: Path
) -> None:
    blob = output(kept, "rev-parse", "HEAD:policies/q.policy")
    for part in reversed(name.split("/")):
        kind = "tree" if blob.startswith("t") else "blob"
        mode = "40000" if kind == "tree" else "100644"
        raw = f"{mode} {part}".encode() + b"\0" + bytes.fromhex(blob.removeprefix("t"))
        blob = "t" + output(kept, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", given=raw)  # noqa: E501  # fmt: skip
    tree = blob.removeprefix("t")
    with pytest.raises(RevisionError, match="leads out"):
        list(_entries(kept, tree))
    assert not (tmp_path / "out.policy").exists()


def output(folder: Path, *words: str, given: bytes = b"") -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, input=given, check=True, capture_output=True
    )
    return done.stdout.decode().strip()


@pytest.mark.parametrize(
    "words",
    [
        ["query", "show rules known on {day}"],
        ["check-claim", "claim.json", "--known-on", "{day}"],
    ],
)
def test_what_will_be_known_nobody_knows(
    words: list[str], kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(kept.parent)
    Path("claim.json").write_text("{}")
    day = str(last_today() + timedelta(days=1))
    done = CliRunner().invoke(main, [word.format(day=day) for word in words])

    assert done.exit_code == 2
    assert f"{day} has not come yet" in done.output


def test_today_is_known_wherever_one_is(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(kept.parent)
    done = CliRunner().invoke(main, ["query", f"show rules known on {last_today()}"])

    assert done.exit_code == 0, done.output


def test_what_changed_since_a_revision_is_told_committed_or_not(kept: Path) -> None:
    assert changed_since(kept, "HEAD") == set()
    assert changed_since(kept, "HEAD~1") == {"q"}

    (kept / "below").mkdir()
    (kept / "below/new.policy").write_text("# new\n")
    (kept / "q.scenarios").write_text("# beside\n")
    (kept / "notes.txt").write_text("no policy")
    assert changed_since(kept, "HEAD") == {"below/new", "q"}

    (kept / "q.scenarios").unlink()
    (kept / "q.policy").unlink()
    assert changed_since(kept, "HEAD") == {"below/new", "q"}


def test_what_changed_since_no_revision_is_refused(kept: Path) -> None:
    with pytest.raises(RevisionError, match="no revision no-such"):
        changed_since(kept, "no-such")


def test_only_rules_in_changed_files_are_mutated(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = str(tmp_path / "kb.db")
    monkeypatch.chdir(kept.parent)
    CliRunner().invoke(main, ["build", "policies", "--database", database])

    def mutate(since: str) -> tuple[int, str]:
        ran = CliRunner().invoke(
            main, ["mutate", "--database", database, *since.split()]
        )
        return ran.exit_code, ran.output

    everything = mutate("")
    assert "Together 0 of" in everything[1]
    assert mutate("--since HEAD~1:policies") == everything
    assert mutate("--since HEAD:policies") == (
        0,
        "No policy file changed since HEAD:policies: nothing to try.\n",
    )
    code, said = mutate("--since HEAD")
    assert code == 2
    assert "Write `HEAD:policies`" in said
    (kept / "other.policy").write_text("# nothing in it\n")
    assert "No rule of what is meant changed" in mutate("--since HEAD:policies")[1]
