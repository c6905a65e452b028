"""``docs/cli.md`` is what the commands say of themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
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


def below_of(command: str) -> list[str]:
    """The commands of a group; none of a command that is no group."""
    with click.Context(main) as context:
        found = main.get_command(context, command)
    return sorted(found.commands) if isinstance(found, click.Group) else []


def page() -> str:
    """The whole page."""
    sections = [("payerkb", help_of())]
    for command in sorted(COMMANDS):
        sections.append((f"payerkb {command}", help_of(command)))
        sections += [
            (f"payerkb {command} {below}", help_of(command, below))
            for below in below_of(command)
        ]
    parts = [f"## `{title}`\n\n```text\n{text}```\n" for title, text in sections]
    return "\n".join([HEAD, *parts])


def test_the_page_of_commands_is_up_to_date(
    golden: Callable[[Path, str], None],
) -> None:
    golden(ROOT / "docs/cli.md", page())
