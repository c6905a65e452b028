"""Which folder of policies a command means."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import click

from dsl.base.companions import POLICY
from dsl.base.diagnostics import Diagnostic
from dsl.load.policy_files import policy_files_in
from kb.cli.options import stop

HERE = Path("policies")
"""The folder that is meant when none is named."""
UNREAD = frozenset({"P009", "P039"})
"""Codes of what is said of a path as a whole."""


def policies_of(folder: Path | None) -> Path:
    """The folder given, or the one that is meant; it holds policies.

    Leaves the program with a sentence when it does not: no file would be no error.
    """
    found = folder or default_policies()
    if folder is None and found != HERE:
        click.echo(
            "There is no ./policies here: these are the policies that came with the "
            "program. For your own, name their folder.",
            err=True,
        )
    if not found.is_dir():
        hint = f": {found.parent}" if found.is_file() else " of your .policy files"
        stop(f"{found} is not a folder. Give the folder{hint}.")
    listing = policy_files_in(found)
    if not listing.files:
        say_unread(listing.told)
        stop(f"There is no {POLICY} file in {found}. Give the folder that holds them.")
    return found


def say_unread(told: Iterable[Diagnostic]) -> None:
    """Say on standard error which links, folders and other things are not read."""
    for diagnostic in told:
        if diagnostic.code in UNREAD:
            click.echo(diagnostic.render() + "\n", err=True)


def default_policies() -> Path:
    """``policies`` in this folder; else those that came with the installed program."""
    return HERE if HERE.is_dir() else shipped("policies")


def shipped(folder: str) -> Path:
    """A folder that ships with the program: in the wheel, or beside it in a checkout."""
    packed = Path(str(files("kb"))) / "shipped" / folder
    return packed if packed.is_dir() else packed.parents[2] / folder
