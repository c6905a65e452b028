"""Nothing that a command prints moves a terminal, whoever wrote it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bench.generators import HEAD, rule
from kb.cli import CommandsByName, main

EVIL = "\x1b]52;c;aGVsbG8=\x07"


class Own(CommandsByName):
    """The program with a command that knows nothing of all this."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return click.Command("new", callback=lambda: click.echo(f"new {EVIL}\u202e"))


def test_a_new_command_cannot_forget_it() -> None:
    result = CliRunner().invoke(Own(), ["new"])

    assert result.stdout == "new \\x1b]52;c;aGVsbG8=\\x07\\u202e\n"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + rule("few", f"  {EVIL} not a line\n"),
        HEAD + rule("few").replace("A rule", f"A {EVIL}rule"),
        HEAD + rule(f"few-{EVIL}"),
        f"{EVIL}\n{HEAD}",
    ],
    ids=["a bad line", "a title", "a name", "before the first item"],
)
@pytest.mark.parametrize("command", ["check", "build", "fmt", "lint"])
def test_escapes_in_policies_are_shown_and_do_nothing(
    tmp_path: Path, command: str, text: str
) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "a.policy").write_text(text, "utf-8")
    words = [command, str(folder)]
    words += ["-d", str(tmp_path / "kb.db")] if command == "build" else []
    result = CliRunner().invoke(main, words)

    assert "\x1b" not in result.output
    assert "\x07" not in result.output
    assert result.exit_code in {1, 2}


def test_names_of_files_and_questions_are_shown_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "kb",
            "query",
            f"show limits {EVIL}",
            "-d",
            f"{tmp_path}/a{EVIL}",
        ],
        capture_output=True,
        check=False,
    )

    assert done.returncode == 2
    assert b"\x1b" not in done.stdout + done.stderr
