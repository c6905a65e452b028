"""``payerkb evaluate``: many claims of several files, answered into files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypedDict, Unpack

import click

from dsl.errors import PayerkbError
from kb.claims import ClaimFileError
from kb.cli.history_given import given_history, history_option
from kb.cli.known import knowledge, known_on_option, policies_option
from kb.cli.options import BAD_INPUT, UNDECIDED, database_option, json_option, stop
from kb.cli.progress import progress_bar, rate_bar
from kb.cli.tables_given import given_file
from kb.cli.tables_options import tables_option
from kb.database.opening import KnowledgeBaseError
from kb.engine import Engine
from kb.evaluate.earlier import Earlier, is_worth_it, read_earlier
from kb.evaluate.journal import ENDING, Journal, Made, ResumeError
from kb.evaluate.knowledge import Knowledge, KnowledgeChangedError
from kb.evaluate.outputs import Output, OutputError, outputs_of
from kb.evaluate.run import Columns, Work, go_on_from, run
from kb.evaluate.sources import sources_given
from kb.evaluate.summary import Summary
from kb.evaluate.telling import json_of, text_of
from kb.evaluate.workers import WorkerError
from kb.history.errors import HistoryError
from kb.history.files import HOLDS, files_of
from kb.library.errors import MissingPackageError
from kb.tables.errors import TablesError
from kb.whole_files import NotWrittenError

NO_FINDING = frozenset({"unknown", "pass", "note"})
STANDARD = Path("-")
SAID: tuple[type[PayerkbError], ...] = (
    ClaimFileError,
    HistoryError,
    KnowledgeBaseError,
    KnowledgeChangedError,
    MissingPackageError,
    NotWrittenError,
    OutputError,
    ResumeError,
    TablesError,
    WorkerError,
)


class How(TypedDict):
    """What is written, and how."""

    out: tuple[Path, ...]
    full: bool
    workers: int | None
    resume: bool
    as_json: bool
    as_billed: bool


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, allow_dash=True),
)
@database_option
@tables_option
@click.option(
    "--out",
    multiple=True,
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write the answers to this file, in the form of its ending: .ndjson, .csv,"
    " .parquet, .fhir.ndjson or .html; a folder has answers.ndjson. May be given several"
    " times; - prints lines of JSON.",
)
@click.option(
    "--full", is_flag=True, help="Write whole answers as .ndjson, not the brief form."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="Processes that answer side by side.  [default: one a processor]",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with a work that was stopped, from the journal beside its first output.",
)
@click.option(
    "--as-billed",
    is_flag=True,
    help="Let the exit code follow what claim, history and tables decide without the chart.",
)
@history_option
@known_on_option
@policies_option
@json_option
def evaluate(
    files: tuple[Path, ...],
    database: Path,
    tables: Path,
    known_on: datetime | None,
    policies: Path,
    history: tuple[Path, ...],
    history_holds: str,
    **how: Unpack[How],
) -> None:
    """Answer the claims of FILES into files, and say what they come to.

    FILES are claim files of any format that `payerkb check-claim` reads, several of them
    too; - is standard input. Claims of one patient are answered together, wherever they
    stand. Answers have the order of the claims; neither the order of the files nor the
    number of workers changes one.

    With --history the earlier services of each patient are looked up in files, as
    `payerkb check-claim` does.

    At the end stands a summary: by outcome and payer, the rules whose lines are worth
    most, and what could not be read.

    Files are written whole: until the end each grows beside its place as NAME.part, with
    a journal. After a kill the same command with --resume goes on, to the same bytes.

    Exit codes: 0 nothing found, 1 findings, 2 something was not read, 3 undecided only.

    Nothing of the claims leaves this process and its workers.
    """
    day = known_on.date() if known_on else None
    try:
        outputs = outputs_of(one for one in how["out"] if one != STANDARD)
        if how["resume"] and not outputs:
            raise click.UsageError("--resume goes on with files: name them by --out.")
        with (
            sources_given(files) as sources,
            knowledge(database, policies, day) as known,
        ):
            made_from = Knowledge(known, given_file(tables))
            engine = made_from.engine()
            workers = how["workers"] or processors()
            work = Work(
                sources,
                replace(made_from, sha256=engine.program.database),
                engine,
                outputs,
                full=how["full"],
                workers=workers,
                printed=print_lines if STANDARD in how["out"] else None,
                journal=journal_of(outputs),
                columns=columns_for(outputs),
                earlier=earlier_given(
                    history, history_holds, made_from, engine, workers
                ),
            )
            summary = answer(work, resume=how["resume"])
    except SAID as error:
        stop(str(error))
    said = json_text(summary, work) if how["as_json"] else text_of(summary, work.engine)
    click.echo(said, nl=False, err=work.printed is not None)
    raise SystemExit(exit_code(summary, as_billed=how["as_billed"]))


def earlier_given(
    history: tuple[Path, ...],
    holds: str,
    knowledge: Knowledge,
    engine: Engine,
    workers: int,
) -> Earlier | None:
    """The files of ``--history``, read by several processes where these are many.

    Raises as ``given_history`` does.
    """
    files = files_of(history)
    if workers > 1 and STANDARD not in files and is_worth_it(files):
        with progress_bar() as progress:
            return read_earlier(
                files, knowledge, engine, HOLDS[holds], workers, progress
            )
    given = given_history(history, holds, engine)
    return Earlier(given.known, tuple(given.notes.said())) if given else None


def answer(work: Work, *, resume: bool) -> Summary:
    """Do the work, with a bar of progress; say on standard error how to go on with it."""
    made = work.made() if work.journal else None
    if made and resume:
        go_on_from(work, made)
        if work.state.found:
            gone = work.state.summary.answers
            click.echo(f"Going on after {gone:,} claims.", err=True)
    elif work.journal and work.journal.path.exists():
        click.echo(
            "A work that was stopped is begun anew; --resume would have gone on.",
            err=True,
        )
        work.journal.remove()
    try:
        with rate_bar("claims") as work.tell:
            return run(work, made)
    except BaseException:
        clear_up(work, made)
        raise


def clear_up(work: Work, made: Made | None) -> None:
    """After a work that was stopped: what can be gone on with stays, the rest does not."""
    if work.journal and made and work.journal.path.exists():
        click.echo("The same command with --resume goes on from here.", err=True)
        return
    for output in work.outputs:
        output.remove()


def journal_of(outputs: Iterable[Output]) -> Journal | None:
    """The journal, beside the first output."""
    for output in outputs:
        return Journal(output.path.with_name(output.path.name + ENDING))
    return None


def columns_for(outputs: Iterable[Output]) -> Columns | None:
    """What writes tables of columns, where one is wanted.

    Raises ``kb.library.errors.MissingPackageError`` without pyarrow.
    """
    if not any(output.kind == ".parquet" for output in outputs):
        return None
    from kb.library.parquet import write_columns  # noqa: PLC0415  (needs pyarrow)

    return write_columns


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def print_lines(text: str) -> None:
    """Print lines of answers."""
    click.echo(text, nl=False)


def json_text(summary: Summary, work: Work) -> str:
    """The summary as JSON."""
    import json  # noqa: PLC0415

    return (
        json.dumps(json_of(summary, work.engine), indent=2, ensure_ascii=False) + "\n"
    )


def exit_code(summary: Summary, *, as_billed: bool = False) -> int:
    """0 nothing found, 1 findings, 2 something was not read, 3 undecided only."""
    if summary.bad:
        return BAD_INPUT
    outcomes = set(summary.lines_as_billed if as_billed else summary.lines)
    if outcomes - NO_FINDING:
        return 1
    return UNDECIDED if "unknown" in outcomes else 0
