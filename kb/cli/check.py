"""``payerkb check``: read and check policy files, and write nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from dsl.base.model import File
from dsl.load.folder import load_folder
from dsl.load.shares import BESIDE, shares
from kb.cli.build import errors_in_words
from kb.cli.options import in_words, json_option, print_json
from kb.cli.policies import policies_of


@click.command()
@click.argument("policies", required=False, type=click.Path(path_type=Path))
@click.option(
    "--lines",
    "counted",
    is_flag=True,
    help="Say how many lines are rules, scenarios, sources and the rest.",
)
@json_option
def check(policies: Path | None, *, as_json: bool, counted: bool) -> None:
    """Check the .policy files of a folder.

    Every error of every file, also of the .scenarios beside them, is shown with its
    place, what was expected and what to write instead. POLICIES is a folder; without
    it, ./policies, else the policies that came with the program.
    """
    folder = policies_of(policies)
    loaded = load_folder(folder)
    errors = sum(d.severity == "error" for d in loaded.diagnostics)
    if as_json:
        fields = ("code", "severity", "file", "line", "column", "message", "fix")
        found = [{f: getattr(d, f) for f in fields} for d in loaded.diagnostics]
        lines = {"lines": shares(loaded.model.files)} if counted else {}
        print_json({"errors": errors, "diagnostics": found, **lines})
    else:
        for diagnostic in loaded.diagnostics:
            click.echo(diagnostic.render() + "\n")
        files = len(loaded.model.files)
        in_folder = f"{in_words(files, 'file', 'files')} in {folder}"
        click.echo(f"{in_folder}: {errors_in_words(errors)}.")
        if counted:
            say_shares(loaded.model.files)
    raise SystemExit(1 if errors else 0)


def say_shares(files: Iterable[File]) -> None:
    """Print the lines of each part of the policy files, and of the scenarios beside them."""
    found = shares(files)
    beside = found.pop(BESIDE)
    whole = sum(found.values())
    click.echo(f"{whole:,} lines of policy files:")
    for part, lines in found.items():
        click.echo(f"{lines:8,}  {lines / max(whole, 1):6.1%}  {part}")
    click.echo(f"{beside:8,}          {BESIDE}")
