"""``payerkb guide``: the pages as plain files, for any file server."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from kb.cli.options import (
    database_option,
    json_option,
    print_json,
    stop,
)
from kb.cli.progress import progress_bar

if TYPE_CHECKING:
    from kb.guide.writer import Report


class How(TypedDict):
    """What the guide is to hold, and what it may replace."""

    pyodide: Path | None
    day: datetime | None
    states: tuple[str, ...]
    pdf: bool
    force: bool


@click.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder to write to; empty or not there yet.",
)
@database_option
@click.option(
    "--pyodide",
    type=click.Path(path_type=Path),
    help="The folder that `npm pack pyodide` unpacks: claims can then be checked in the guide.",
)
@click.option(
    "--as-of",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day that the answers are for; by default today.",
)
@click.option(
    "--state",
    "states",
    multiple=True,
    metavar="XX",
    help="A state for which contractors' answers are wanted, several times for several;"
    " without it all.",
)
@click.option(
    "--pdf/--no-pdf",
    default=True,
    show_default=True,
    help="Print one PDF a payer, when a browser of the Chromium family is found.",
)
@click.option("--force", is_flag=True, help="Replace a guide that is in the folder.")
@json_option
def guide(out: Path, database: Path, *, as_json: bool, **how: Unpack[How]) -> None:
    """Write the guide as plain files that any file server shows.

    Answers, payers, codes, comparisons, changes, rules and sheets to print, with a search
    that runs in the browser. With --pyodide the engine itself runs in a page: a practice
    checks claims with nothing installed and nothing sent. The pages answer for one day,
    which each of them names; write the guide anew when policies or days change.

    The same knowledge base, day and Pyodide give the same bytes.
    """
    from kb.database.opening import KnowledgeBaseError  # noqa: PLC0415  (slow to import)
    from kb.guide.engine_files import PyodideError  # noqa: PLC0415
    from kb.guide.paper import browser_found  # noqa: PLC0415
    from kb.guide.writer import GuideError, Wish, write_guide  # noqa: PLC0415
    from kb.reference.days import today  # noqa: PLC0415
    from kb.whole_files import NotWrittenError  # noqa: PLC0415

    wish = Wish(
        database=database,
        out=out,
        day=how["day"].date() if how["day"] else today(),
        pyodide=how["pyodide"],
        browser=browser_found() if how["pdf"] else None,
        states=tuple(sorted({each.upper() for each in how["states"]})),
        replaces=how["force"],
    )
    try:
        with progress_bar() as progress:
            report = write_guide(wish, progress)
    except (GuideError, PyodideError, KnowledgeBaseError, NotWrittenError) as error:
        stop(str(error))
    except OSError as error:
        stop(f"{out} cannot be written: {error.strerror or error}.")
    if as_json:
        print_json(report_json(report, pdf=how["pdf"]))
    else:
        say(report, pdf=how["pdf"])


def say(report: Report, *, pdf: bool) -> None:
    """Tell a person what was written."""
    click.echo(
        f"{report.out}: {report.pages:,} pages for services on {report.day}, in"
        f" {report.files:,} files, {report.size / 1e6:.1f} MB."
    )
    if report.pyodide:
        click.echo(
            f"Claims can be checked in it: Pyodide {report.pyodide}, "
            f"{report.engine_bytes / 1e6:.1f} MB before the first one."
        )
    else:
        click.echo(
            "Without the claim check: give --pyodide the folder that `npm pack pyodide`"
            " unpacks."
        )
    if pdf and report.unprinted:
        click.echo(f"{report.papers} PDFs: {report.unprinted}.")
    elif pdf:
        click.echo(f"{report.papers} PDFs, one a payer that has sheets.")
    click.echo(f"Show it with: python3 -m http.server --directory {report.out}")


def report_json(report: Report, *, pdf: bool) -> dict[str, object]:
    """The same for programs."""
    return {
        "out": str(report.out),
        "day": report.day.isoformat(),
        "database": report.sha256,
        "pages": report.pages,
        "files": report.files,
        "bytes": report.size,
        "claim_check": bool(report.pyodide),
        "pyodide": report.pyodide or None,
        "bytes_before_first_check": report.engine_bytes,
        "pdfs": report.papers,
        "pdfs_missing_because": (report.unprinted or None) if pdf else "not asked for",
    }
