"""``payerkb check-claim``: will a claim hold, and why."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from kb.claims import (
    BadClaim,
    ClaimFileError,
    Run,
    stream_runs,
)
from kb.claims.runs import Check
from kb.cli.answers_out import JsonOut, LinesOut, Out, Tally, TextOut, json_of
from kb.cli.known import knowledge, known_on_option, policies_option
from kb.cli.options import (
    BAD_INPUT,
    UNDECIDED,
    database_option,
    reading,
    stop,
)
from kb.engine import Engine

NO_FINDING = frozenset({"unknown", "pass", "note"})


@click.command(name="check-claim")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@database_option
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
    help="Print one JSON object a line: answers, faults, remarks, and last their number.",
)
@click.option(
    "--all", "show_all", is_flag=True, help="Explain every claim of a large file."
)
@known_on_option
@policies_option
@click.option("--trace", is_flag=True, help="Give sums and reasons of every rule.")
def check_claim(
    file: Path,
    database: Path,
    known_on: datetime | None,
    policies: Path,
    *,
    form: str | None,
    show_all: bool,
    trace: bool,
) -> None:
    """Answer the claims of FILE (- for standard input).

    FILE is an X12 837P file or JSON (payerkb schema claim). Each line gets one of eight
    outcomes, and every rule in scope a status; limits come with the dates that counted
    and the next eligible date. What cannot be read is reported with its place, and the
    other claims are still answered.

    Answers come as they are made, and memory stays flat: give large files as X12 or as
    JSON with one claim a line.

    Nothing of the claims leaves this process.
    """
    day = known_on.date() if known_on else None
    with knowledge(database, policies, day) as known, reading(known) as connection:
        engine = Engine.reading(connection)
    said = json_of(engine, trace=trace)
    out: Out
    match form:
        case "json":
            out = JsonOut(said)
        case "ndjson":
            out = LinesOut(said)
        case _:
            out = TextOut(engine, show_all=show_all, trace=trace)
    try:
        tally = say_answers(file, engine, out, trace=trace)
    except ClaimFileError as error:
        stop(str(error))
    raise SystemExit(exit_code(tally))


def say_answers(file: Path, engine: Engine, out: Out, *, trace: bool) -> Tally:
    """Answer the claims of a file one run after the other, and say each answer."""
    tally = Tally()
    sound = engine.taking_any_facts()
    for found in stream_runs(file, faults_by(engine)):
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


def exit_code(tally: Tally) -> int:
    """0 nothing found, 1 findings, 2 something was not read, 3 undecided only."""
    if tally.bad:
        return BAD_INPUT
    if tally.of_lines - NO_FINDING:
        return 1
    return UNDECIDED if "unknown" in tally.of_lines else 0
