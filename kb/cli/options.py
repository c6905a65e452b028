"""Options that several commands share, and how they speak."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn

import click

BAD_INPUT = 2

database_option = click.option(
    "--database",
    "-d",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("build/kb.db"),
    show_default=True,
    envvar="PAYERKB_DATABASE",
    help="The knowledge base that `payerkb build` wrote (or $PAYERKB_DATABASE).",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for programs instead of text."
)


def stop(message: str, code: int = BAD_INPUT) -> NoReturn:
    """Say what is wrong on standard error and leave with the exit code."""
    click.echo(message, err=True)
    raise SystemExit(code)


def default_policies() -> Path:
    """``policies`` in this folder; else those that came with the installed program."""
    here = Path("policies")
    return here if here.is_dir() else shipped("policies")


def shipped(folder: str) -> Path:
    """A folder that ships with the program: in the wheel, or beside it in a checkout."""
    packed = Path(str(files("kb"))) / "shipped" / folder
    return packed if packed.is_dir() else packed.parents[2] / folder


def print_json(value: Any) -> None:  # noqa: ANN401
    """Print a value as indented JSON with sorted keys."""
    import json  # noqa: PLC0415

    click.echo(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False))


def is_terminal() -> bool:
    """Whether standard error is a terminal, so that a progress bar makes sense."""
    return sys.stderr.isatty()
