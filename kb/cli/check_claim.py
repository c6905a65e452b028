"""``payerkb check-claim``: will a claim hold, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TypedDict, Unpack

import click

from kb.claims import (
    BadClaim,
    ClaimFileError,
    Run,
    stream_runs,
)
from kb.claims.runs import Check, Found
from kb.cli.answers_out import JsonOut, LinesOut, Out, Tally, TextOut
from kb.cli.history_given import given_history, history_option
from kb.cli.known import knowledge, known_on_option, policies_option
from kb.cli.options import (
    BAD_INPUT,
    UNDECIDED,
    database_option,
    reading,
    stop,
)
from kb.cli.tables_given import holding_against
from kb.cli.tables_options import tables_option
from kb.engine import Engine
from kb.engine.rows import KeptOpen


class How(TypedDict):
    """How answers are printed, and which outcome the exit code follows."""

    form: str | None
    show_all: bool
    as_billed: bool
    verbose: bool
    trace: bool
    full: bool


NO_FINDING = frozenset({"unknown", "pass", "note"})


@click.command(name="check-claim")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@database_option
@tables_option
@click.option(
    "--json",
    "form",
    flag_value="json",
    default=None,
    help="Print JSON for programs instead of text.",
)
@click.option(
    "--ndjson",
    "form",
    flag_value="ndjson",
    help="Print one JSON object a line: answers in brief, faults, remarks, and last their"
    " number.",
)
@click.option(
    "--all",
    "show_all",
    is_flag=True,
    help="Explain every claim of a large file, and tell every fault.",
)
@click.option(
    "--as-billed",
    is_flag=True,
    help="Let the exit code follow what claim, history and tables decide without the chart.",
)
@history_option
@known_on_option
@policies_option
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Add rules that are met, not asked or not applicable, how to ask for each"
    " point of the chart, and the policies consulted.",
)
@click.option("--trace", is_flag=True, help="Give sums and reasons of every rule.")
@click.option(
    "--full",
    is_flag=True,
    help="With --ndjson: write whole answers, as --json does, not the brief form.",
)
def check_claim(
    file: Path,
    database: Path,
    tables: Path,
    known_on: datetime | None,
    policies: Path,
    history: tuple[Path, ...],
    history_holds: str,
    **how: Unpack[How],
) -> None:
    """Answer the claims of FILE (- for standard input).

    FILE is X12 (837P, 837I), FHIR R4, a clearinghouse's JSON or our own (payerkb schema
    claim), or a table (CSV, Parquet); it may be packed with gzip or zip. Each claim gets
    one of eight outcomes: by all that is asked, and as billed, without the chart. The
    answer begins with the worst finding and what to do; then come the lines with their
    limits, what the chart must show by document, and what nobody judged. What cannot be
    read is reported with its place, and the other claims are still answered.

    Answers come as they are made, and memory stays flat: give large files as X12 or as
    JSON with one claim a line.

    Lines are held against CMS's tables too: those that `payerkb import` loaded, on the
    days that they own, and else against the few rows that ship, which name their edition
    and after its end only ask to look it up.

    With --history the earlier services of each patient are looked up in files, by
    member id, payer and birth date; docs/history.md tells how.

    Exit codes: 0 nothing found, 1 findings, 2 something was not read, 3 undecided only.

    Nothing of the claims leaves this process.
    """
    if how["full"] and how["form"] is None:
        raise click.UsageError("--full is for --ndjson; for people there is -v.")
    day = known_on.date() if known_on else None
    with knowledge(database, policies, day) as known, reading(known) as connection:
        engine = holding_against(
            Engine.reading(connection, KeptOpen(connection)), tables
        )
        try:
            given = given_history(history, history_holds, engine)
            runs = stream_runs(file, faults_by(engine))
            found = given.fill(runs) if given else runs
            tally = say_answers(found, engine, out_of(engine, how), trace=how["trace"])
        except ClaimFileError as error:
            stop(str(error))
    raise SystemExit(exit_code(tally, as_billed=how["as_billed"]))


def out_of(engine: Engine, how: How) -> Out:
    """The way to print that was asked for."""
    trace = how["trace"]
    match how["form"]:
        case "json":
            return JsonOut(engine, trace=trace)
        case "ndjson":
            return LinesOut(engine, full=how["full"] or trace, trace=trace)
        case _:
            return TextOut(
                engine, show_all=how["show_all"], verbose=how["verbose"], trace=trace
            )


def say_answers(
    runs: Iterable[Found], engine: Engine, out: Out, *, trace: bool
) -> Tally:
    """Answer claims one run after the other, and say each answer."""
    tally = Tally()
    sound = engine.taking_any_facts()
    for found in runs:
        if isinstance(found, Run):
            answers = sound.answer(found.claims, others=found.others, trace=trace)
            for answer in answers:
                tally.count(answer)
                out.answer(answer)
        elif isinstance(found, BadClaim):
            tally.bad += 1
            out.bad(found)
        else:
            out.remark(found)
    out.end(tally)
    return tally


def faults_by(engine: Engine) -> Check:
    """Finds the facts of a claim that are not declared or not of their kind."""
    return engine.faults_in


def exit_code(tally: Tally, *, as_billed: bool = False) -> int:
    """0 nothing found, 1 findings, 2 something was not read, 3 undecided only."""
    if tally.bad:
        return BAD_INPUT
    outcomes = tally.lines_as_billed if as_billed else tally.of_lines
    if outcomes - NO_FINDING:
        return 1
    return UNDECIDED if "unknown" in outcomes else 0
