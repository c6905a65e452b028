"""``payerkb build``, ``check``, ``fmt`` and ``lint``: folders of policies, good and bad."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from dsl.load.folder import load_folder
from kb.cli.fmt import compiled

ROOT = Path(__file__).parents[3]
Run = Callable[..., Result]


def test_build_says_what_it_wrote(
    payerkb: Run, good_policies: Path, tmp_path: Path
) -> None:
    database = tmp_path / "deep" / "folder" / "kb.db"
    result = payerkb("build", good_policies, "-d", database)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"{database}: 0 policies, 0 rules, 0 scenarios, 0 sources, 0 codes.\n"
    )
    assert database.read_bytes().startswith(b"SQLite format 3\0")


def test_a_second_build_has_nothing_to_do(
    payerkb: Run, good_policies: Path, tmp_path: Path
) -> None:
    database = tmp_path / "kb.db"
    payerkb("build", good_policies, "-d", database)
    before = database.stat().st_mtime_ns

    result = payerkb("build", good_policies, "-d", database)

    assert result.exit_code == 0
    assert result.stdout == f"{database} is up to date with {good_policies}.\n"
    assert database.stat().st_mtime_ns == before


def test_force_builds_the_same_bytes_again(
    payerkb: Run, good_policies: Path, tmp_path: Path
) -> None:
    database = tmp_path / "kb.db"
    payerkb("build", good_policies, "-d", database)
    before = database.read_bytes()

    found = json.loads(
        payerkb("build", good_policies, "-d", database, "--force", "--json").stdout
    )

    assert (found["written"], found["up_to_date"]) == (True, False)
    assert database.read_bytes() == before


def test_build_json(payerkb: Run, good_policies: Path, tmp_path: Path) -> None:
    database = tmp_path / "kb.db"
    result = payerkb("build", good_policies, "-d", database, "--json")
    found = json.loads(result.stdout)
    assert sorted(found) == [
        "content",
        "counts",
        "database",
        "diagnostics",
        "up_to_date",
        "written",
    ]
    assert found["counts"]["payer"] == 1
    assert found["diagnostics"] == []


def test_build_with_errors_writes_nothing_and_shows_them_all(
    payerkb: Run, bad_policies: Path, tmp_path: Path
) -> None:
    database = tmp_path / "kb.db"
    result = payerkb("build", bad_policies, "-d", database)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "one.policy:2" in result.stderr
    assert "two.policy:1" in result.stderr
    assert "Nothing was written: " in result.stderr
    assert not database.exists()


def test_build_with_errors_leaves_the_database_as_it_was(
    payerkb: Run,
    good_policies: Path,
    tmp_path: Path,
) -> None:
    database = tmp_path / "kb.db"
    payerkb("build", good_policies, "-d", database)
    before = database.read_bytes()
    (good_policies / "broken.policy").write_text("payer\n", "utf-8")

    assert payerkb("build", good_policies, "-d", database).exit_code == 1
    assert database.read_bytes() == before


def test_build_with_errors_as_json_has_a_place_for_each(
    payerkb: Run, bad_policies: Path, tmp_path: Path
) -> None:
    result = payerkb("build", bad_policies, "-d", tmp_path / "kb.db", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (found["written"], found["counts"]) == (False, {})
    assert {d["file"] for d in found["diagnostics"]} == {"one.policy", "two.policy"}
    assert all(d["message"] and d["line"] for d in found["diagnostics"])


@pytest.mark.parametrize("command", ["build", "check", "lint"])
def test_no_such_folder(payerkb: Run, command: str, tmp_path: Path) -> None:
    result = payerkb(command, tmp_path / "none")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"{tmp_path / 'none'} is not a folder. Give the folder of your .policy files.\n"
    )


@pytest.mark.parametrize("command", ["build", "check", "lint"])
def test_a_file_for_a_folder(
    payerkb: Run, command: str, good_policies: Path, tmp_path: Path
) -> None:
    result = payerkb(command, good_policies / "payers.policy")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is not a folder" in result.stderr


@pytest.mark.parametrize("command", ["build", "check", "lint"])
def test_a_folder_without_policies_is_no_success(
    payerkb: Run, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    result = payerkb(command, "empty")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no .policy file in empty." in result.stderr
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"my notes\n", id="text"),
        pytest.param(b"SQLite format 3\0" + bytes(100), id="another-database"),
    ],
)
def test_build_replaces_nothing_but_a_knowledge_base(
    payerkb: Run, good_policies: Path, tmp_path: Path, content: bytes
) -> None:
    other = tmp_path / "notes.txt"
    other.write_bytes(content)
    result = payerkb("build", good_policies, "-d", other)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is no knowledge base" in result.stderr
    assert other.read_bytes() == content


def test_a_database_below_a_file_cannot_be_written(
    payerkb: Run, good_policies: Path
) -> None:
    database = good_policies / "payers.policy" / "kb.db"
    result = payerkb("build", good_policies, "-d", database)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Cannot write {database}" in result.stderr


def test_check_counts_files_and_errors(payerkb: Run, good_policies: Path) -> None:
    result = payerkb("check", good_policies)
    assert result.exit_code == 0
    assert result.stdout == f"1 file in {good_policies}: 0 errors.\n"


def test_check_shows_every_error(payerkb: Run, bad_policies: Path) -> None:
    result = payerkb("check", bad_policies)
    assert result.exit_code == 1
    assert "one.policy:2" in result.stdout
    assert "two.policy:1" in result.stdout


def test_check_json(payerkb: Run, bad_policies: Path) -> None:
    found = json.loads(payerkb("check", bad_policies, "--json").stdout)
    assert found["errors"] == len(found["diagnostics"])
    assert sorted(found["diagnostics"][0]) == [
        "code",
        "column",
        "file",
        "fix",
        "line",
        "message",
        "severity",
    ]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\x00p\x00a", id="not-utf-8"),
        pytest.param(b"payer a: A\n" + bytes(range(32)), id="control-characters"),
    ],
)
def test_an_unreadable_policy_never_gives_a_traceback(
    payerkb: Run, content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "odd.policy").write_bytes(content)
    assert payerkb("check", tmp_path).exit_code in (0, 1)
    assert payerkb("fmt", "--check", tmp_path).exit_code in (0, 1, 2)


def test_fmt_names_the_file_that_is_no_text(payerkb: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.policy").write_bytes(b"\xff\xfe")
    result = payerkb("fmt", "--check", tmp_path / "odd.policy")
    assert result.exit_code == 2
    assert f"{tmp_path / 'odd.policy'} is not UTF-8 text." in result.stderr


def test_fmt_checks_without_writing(payerkb: Run, tmp_path: Path) -> None:
    file = tmp_path / "wide.policy"
    file.write_text("payer a:   A\n      line of business:  commercial\n", "utf-8")
    before = file.read_bytes()
    assert payerkb("fmt", "--check", file).exit_code == 1
    assert file.read_bytes() == before
    assert payerkb("fmt", file).exit_code == 0
    assert file.read_bytes() != before
    assert payerkb("fmt", "--check", file).exit_code == 0


def test_fmt_shows_what_would_change(payerkb: Run, tmp_path: Path) -> None:
    file = tmp_path / "wide.policy"
    file.write_text("payer a:   A\n  line of business: commercial\n", "utf-8")
    result = payerkb("fmt", "--diff", file)
    assert result.exit_code == 1
    assert "-payer a:   A\n+payer a: A\n" in result.stdout
    assert file.read_text("utf-8").startswith("payer a:   A\n")


def test_fmt_moves_scenarios_beside_their_policies(
    payerkb: Run, epidural_policies: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "policies"
    # Of the contractors one is enough: the others differ by a few lines.
    others = shutil.ignore_patterns(
        "cgs", "novitas", "ngs", "noridian", "palmetto", "wps"
    )
    shutil.copytree(epidural_policies, folder, ignore=others)
    before = load_folder(folder).model
    payerkb("fmt", "--split-scenarios", folder)
    files = sorted(path.name for path in folder.rglob("transforaminal.*"))

    assert files == ["transforaminal.policy", "transforaminal.scenarios"]
    assert compiled(load_folder(folder).model) == compiled(before)
    assert payerkb("fmt", "--check", folder).exit_code == 0
    again = payerkb("fmt", "--split-scenarios", folder)
    assert (again.exit_code, again.stdout.split(", ")[1]) == (0, "0 not in style.\n")
    lines = payerkb("check", "--lines", folder).stdout
    assert "       0    0.0%  scenarios\n" in lines
    counted = json.loads(payerkb("check", "--lines", "--json", folder).stdout)["lines"]
    assert counted["scenarios"] == 0 < counted["rules"]


def test_fmt_adds_to_the_scenarios_that_stand_beside_one_file(
    payerkb: Run, tmp_path: Path
) -> None:
    text = "policy a/b: A\n  payer: a\n\nscenario {}: T\n  expect: line 1 pass\n"
    beside = text.format("two").partition("\n\n")[2]
    (tmp_path / "b.policy").write_text(text.format("one"), "utf-8")
    (tmp_path / "b.scenarios").write_text(beside, "utf-8")
    payerkb("fmt", "--split-scenarios", tmp_path / "b.policy")

    held = (tmp_path / "b.scenarios").read_text("utf-8")
    assert held == beside.replace("two", "one") + "\n" + beside
    assert "scenario" not in (tmp_path / "b.policy").read_text("utf-8")


@pytest.mark.parametrize("command", ["build", "check", "lint"])
def test_a_folder_with_the_name_of_a_policy_is_no_policy(
    payerkb: Run, command: str, tmp_path: Path
) -> None:
    (tmp_path / "odd.policy").mkdir()
    result = payerkb(command, tmp_path)
    assert result.exit_code == 2
    assert "There is no .policy file" in result.stderr
    assert payerkb("fmt", "--check", tmp_path).exit_code == 0


def test_lint_leaves_errors_to_check(payerkb: Run, bad_policies: Path) -> None:
    result = payerkb("lint", bad_policies)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "`payerkb check` shows them" in result.stderr


def test_lint_formats_tell_the_same_findings(
    payerkb: Run, epidural_policies: Path
) -> None:
    plain = json.loads(payerkb("lint", epidural_policies, "--format", "json").stdout)
    sarif = json.loads(payerkb("lint", epidural_policies, "--format", "sarif").stdout)
    github = payerkb("lint", epidural_policies, "--format", "github").stdout
    assert plain
    results = sarif["runs"][0]["results"]
    assert [d["code"] for d in plain] == [r["ruleId"] for r in results]
    assert github.count("\n::") + 1 == len(plain)


@pytest.mark.parametrize(
    "words", [("--today", "soon"), ("--format", "xml")], ids=["day", "format"]
)
def test_lint_bad_usage(payerkb: Run, words: tuple[str, ...]) -> None:
    result = payerkb("lint", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Invalid value for '{words[0]}'" in result.stderr


def test_policies_of_this_folder_come_before_the_shipped_ones(
    payerkb: Run, good_policies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good_policies.rename(good_policies.with_name("policies"))
    monkeypatch.chdir(good_policies.parent)
    assert payerkb("check").stdout == "1 file in policies: 0 errors.\n"


def test_shipped_policies_are_used_elsewhere(
    payerkb: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = payerkb("build")
    assert result.exit_code == 0
    assert "up to date" in result.stdout


def build_on(policies: Path, database: Path, *, terminal: bool) -> str:
    """What ``payerkb build`` writes to standard error."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "kb", "build", policies, "-d", database],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "PYTHONPATH": str(ROOT)},
    ) as process:
        os.close(theirs)
        said = b""
        try:
            while chunk := os.read(ours, 1 << 16):
                said += chunk
        except OSError:  # how a terminal says that nobody writes any more
            pass
        assert process.wait() == 0
    os.close(ours)
    return said.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo terminal is needed")
def test_progress_is_shown_on_a_terminal_only(
    good_policies: Path, tmp_path: Path
) -> None:
    assert build_on(good_policies, tmp_path / "a.db", terminal=False) == ""
    on_terminal = build_on(good_policies, tmp_path / "b.db", terminal=True)
    assert "write" in on_terminal
