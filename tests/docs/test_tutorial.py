"""The tutorial is typed from top to bottom; what it shows is what comes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "tutorial.md"
FENCE = re.compile(r"```(policy|json|console)(?: (\S+))?( \+)?\n(.*?)```", re.DOTALL)


def typed(page: str) -> str:
    """The page with the output of each command as it is when all before it was typed."""

    def play(found: re.Match[str]) -> str:
        kind, name, more, body = found.groups()
        if kind == "console":
            return f"```console\n{said(body)}```"
        place = Path(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        before = place.read_text("utf-8") if more else ""
        place.write_text(before + body, "utf-8")
        return found.group()

    return FENCE.sub(play, page)


def said(session: str) -> str:
    """The commands of a session with what they print."""
    commands = re.findall(r"^\$ payerkb (.*)$", session, re.MULTILINE)
    parts = []
    for command in commands:
        result = CliRunner().invoke(main, command.split(), prog_name="payerkb")
        assert isinstance(result.exception, SystemExit | None), command
        # The file's hash holds the version of SQLite that wrote it.
        output = re.sub(r"(  db )[0-9a-f]{12}", r"\1............", result.output)
        output = output.rstrip()
        parts.append(
            f"$ payerkb {command}\n{output}\n" if output else f"$ payerkb {command}\n"
        )
    return "\n".join(parts)


def test_the_tutorial_shows_what_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Callable[[Path, str], None]
) -> None:
    page = PAGE.read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    golden(PAGE, typed(page))


def test_no_scenario_of_the_tutorial_fails() -> None:
    page = PAGE.read_text("utf-8")

    assert "0 failed" in page
    assert not re.search(r"[1-9]\d* failed", page)
