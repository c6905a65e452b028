"""``payerkb check``: read and check policy files, and write nothing."""

from __future__ import annotations

from pathlib import Path

import click

from dsl.load.folder import load_folder
from kb.cli.build import errors_in_words
from kb.cli.options import in_words, json_option, print_json
from kb.cli.policies import policies_of


@click.command()
@click.argument("policies", required=False, type=click.Path(path_type=Path))
@json_option
def check(policies: Path | None, *, as_json: bool) -> None:
    """Check the .policy files of a folder.

    Every error of every file is shown with its place, what was expected and what to
    write instead. POLICIES is a folder; without it, ./policies, else the policies that
    came with the program.
    """
    folder = policies_of(policies)
    loaded = load_folder(folder)
    errors = sum(d.severity == "error" for d in loaded.diagnostics)
    if as_json:
        fields = ("code", "severity", "file", "line", "column", "message", "fix")
        found = [{f: getattr(d, f) for f in fields} for d in loaded.diagnostics]
        print_json({"errors": errors, "diagnostics": found})
    else:
        for diagnostic in loaded.diagnostics:
            click.echo(diagnostic.render() + "\n")
        files = len(loaded.model.files)
        in_folder = f"{in_words(files, 'file', 'files')} in {folder}"
        click.echo(f"{in_folder}: {errors_in_words(errors)}.")
    raise SystemExit(1 if errors else 0)
