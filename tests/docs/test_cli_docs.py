"""``docs/cli.md`` is what the commands say of themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from kb.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]
HEAD = """\
# The command line

What each command says with `--help`. This page is written by
`python -m pytest tests/docs/test_cli_docs.py --golden-update`.
"""


def help_of(*words: str) -> str:
    """The help text of a command, 80 columns wide on every machine."""
    result = CliRunner().invoke(
        main, [*words, "--help"], prog_name="payerkb", terminal_width=80
    )
    assert result.exit_code == 0
    return result.stdout


def page() -> str:
    """The whole page."""
    sections = [("payerkb", help_of())]
    sections += [
        (f"payerkb {command}", help_of(command)) for command in sorted(COMMANDS)
    ]
    parts = [f"## `{title}`\n\n```text\n{text}```\n" for title, text in sections]
    return "\n".join([HEAD, *parts])


def test_the_page_of_commands_is_up_to_date(
    golden: Callable[[Path, str], None],
) -> None:
    golden(ROOT / "docs/cli.md", page())
