"""``payerkb build``: policies into the knowledge base."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from kb.build.compiler import BuildError, BuildReport, build_folder
from kb.build.publish import place_of_database
from kb.cli.options import (
    BAD_INPUT,
    database_option,
    in_words,
    json_option,
    print_json,
    stop,
)
from kb.cli.policies import policies_of
from kb.cli.progress import progress_bar
from kb.database.schema import APPLICATION_ID

HEADER = 72
"""Bytes of an SQLite file up to the end of its application id."""


@click.command()
@click.argument("policies", required=False, type=click.Path(path_type=Path))
@database_option
@click.option(
    "--force",
    is_flag=True,
    help="Read and write everything anew, even when nothing has changed.",
)
@json_option
def build(policies: Path | None, database: Path, *, force: bool, as_json: bool) -> None:
    """Compile the .policy files of a folder into one database.

    POLICIES is a folder; without it, ./policies, else the policies that came with
    the program. The new file is written beside the old one, checked, and put in its
    place in one step: whatever happens, the database is whole. When any file has an
    error, nothing is written and every error of every file is shown.
    """
    folder = policies_of(policies)
    try:
        refuse_to_replace_other_files(database)
        with progress_bar() as progress:
            report = build_folder(
                folder,
                database,
                progress=progress,
                force=force,
                waiting=lambda: click.echo(
                    f"Waiting for another build of {database} to end.", err=True
                ),
            )
    except BuildError as error:
        stop(str(error), BAD_INPUT)
    if as_json:
        print_json(report_json(report))
    else:
        say(report, folder)
    raise SystemExit(1 if report.errors else 0)


def refuse_to_replace_other_files(database: Path) -> None:
    """Stop when there is something in the database's place that no build wrote.

    Raises ``BuildError`` when it is no regular file: reading a pipe would never end.
    """
    place = place_of_database(database)
    try:
        with place.open("rb") as file:
            header = file.read(HEADER)
    except (FileNotFoundError, NotADirectoryError):
        return  # nothing there; whether it can be written, the build will say
    except OSError as error:
        stop(
            f"{database} is there already and cannot be read: {error.strerror}. It stays "
            "as it is: name another file, or delete it first."
        )
    ours = header.startswith(b"SQLite format 3\0") and header.endswith(
        APPLICATION_ID.to_bytes(4, "big")
    )
    if header and not ours:
        stop(
            f"{database} is there already and is no knowledge base. It stays as it is: "
            "name another file, or delete it first."
        )


def say(report: BuildReport, folder: Path) -> None:
    """Tell a person what happened."""
    for diagnostic in report.diagnostics:
        click.echo(diagnostic.render() + "\n", err=True)
    if report.up_to_date:
        click.echo(f"{report.database} is up to date with {folder}.")
    elif report.written:
        counts = dict(report.counts)
        click.echo(f"{report.database}: {', '.join(held(counts))}.")
    else:
        click.echo(f"Nothing was written: {errors_in_words(report.errors)}.", err=True)


def held(counts: dict[str, int]) -> Iterator[str]:
    """What the database holds, in words; gaps only where there are any."""
    gaps = counts["gap"]
    yield in_words(counts["policy_version"], "policy", "policies")
    yield in_words(counts["rule"] - gaps, "rule", "rules")
    if gaps:
        yield in_words(gaps, "gap", "gaps")
    yield in_words(counts["scenario"], "scenario", "scenarios")
    yield in_words(counts["source"], "source", "sources")
    yield in_words(counts["code"], "code", "codes")


def errors_in_words(number: int) -> str:
    """``1 error``, ``2 errors``."""
    return in_words(number, "error", "errors")


def report_json(report: BuildReport) -> dict[str, object]:
    """The report for programs."""
    return {
        "database": str(report.database),
        "written": report.written,
        "up_to_date": report.up_to_date,
        "content": report.content,
        "counts": dict(report.counts),
        "diagnostics": [
            {
                "code": d.code,
                "severity": d.severity,
                "file": d.file,
                "line": d.line,
                "column": d.column,
                "message": d.message,
                "fix": d.fix,
            }
            for d in report.diagnostics
        ],
    }
