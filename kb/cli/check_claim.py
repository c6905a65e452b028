"""``payerkb check-claim``: will a claim hold, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from kb.claims import (
    BadClaim,
    Claim,
    ClaimFileError,
    Remark,
    check_facts,
    read_claims,
)
from kb.cli.known import knowledge, known_on_option, policies_option
from kb.cli.options import (
    BAD_INPUT,
    UNDECIDED,
    database_option,
    json_option,
    print_json,
    reading,
    stop,
)
from kb.cli.trace import trace_text, with_trace
from kb.engine import ClaimAnswer, Engine
from kb.engine.explain import explain
from kb.engine.findings import report

NO_FINDING = frozenset({"unknown", "pass", "note"})
MOST_SHOWN = 50


@click.command(name="check-claim")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@database_option
@json_option
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
    as_json: bool,
    show_all: bool,
    trace: bool,
) -> None:
    """Answer the claims of FILE (- for standard input).

    FILE is an X12 837P file or JSON (payerkb schema claim). Each line gets one of eight
    outcomes, and every rule in scope a status; limits come with the dates that counted
    and the next eligible date. What cannot be read is reported with its place, and the
    other claims are still answered.

    Nothing of the claims leaves this process.
    """
    day = known_on.date() if known_on else None
    with knowledge(database, policies, day) as known, reading(known):
        engine = Engine.open(known)
    try:
        read = read_claims(file)
    except ClaimFileError as error:
        stop(str(error))
    claims, bad = sound_claims(read.claims, list(read.bad), engine)
    answers = engine.taking_any_facts().answer(claims, trace=trace)
    if as_json:
        found = report(answers, bad, engine, read.remarks)
        print_json(with_trace(found, answers, engine) if trace else found)
    else:
        say_answers(answers, engine, show_all=show_all, trace=trace)
        say_not_read(bad, read.remarks)
        say_counts(answers, bad)
    raise SystemExit(exit_code(answers, bad))


def sound_claims(
    claims: tuple[Claim, ...], bad: list[BadClaim], engine: Engine
) -> tuple[list[Claim], list[BadClaim]]:
    """The claims whose facts are declared and of their kind; the others are bad."""
    sound = []
    for number, claim in enumerate(claims, 1):
        faults = check_facts(claim, engine.kinds)
        which = f"claim {number} of those read: " if len(claims) > 1 else ""
        bad = [*bad, *(replace(fault, where=which + fault.where) for fault in faults)]
        if not faults:
            sound.append(claim)
    return sound, bad


def say_answers(
    answers: tuple[ClaimAnswer, ...], engine: Engine, *, show_all: bool, trace: bool
) -> None:
    """Print the answers; of a large file the first of them."""
    shown = answers if show_all else answers[:MOST_SHOWN]
    for number, answer in enumerate(shown):
        click.echo(("\n" if number else "") + explain(answer, engine), nl=False)
        if trace:
            click.echo(trace_text(answer, engine), nl=False)
    if len(shown) < len(answers):
        click.echo(
            f"\n... and {len(answers) - len(shown)} more claims; --all shows them."
        )


def say_not_read(bad: list[BadClaim], remarks: tuple[Remark, ...]) -> None:
    """Print what could not be read, and what was left out of good claims."""
    for remark in remarks:
        click.echo(f"remark: {remark.where}: {remark.text}", err=True)
    for found in bad:
        click.echo(f"not read: {found.where}: {found.reason}", err=True)
        if found.fix:
            click.echo(f"  {found.fix}", err=True)


def say_counts(answers: tuple[ClaimAnswer, ...], bad: list[BadClaim]) -> None:
    """Print how many claims had which outcome, when there is more than one."""
    if len(answers) + len(bad) > 1:
        counts = Counter(answer.outcome for answer in answers)
        words = [f"{number} {outcome}" for outcome, number in sorted(counts.items())]
        answered = f"{len(answers)} claim{'s' if len(answers) != 1 else ''} answered"
        faults = f"{len(bad)} fault{'s' if len(bad) != 1 else ''} in the others"
        click.echo(
            f"\n{answered}: {', '.join(words) or 'none'}"
            + (f"; {faults}" if bad else "")
        )


def exit_code(answers: tuple[ClaimAnswer, ...], bad: list[BadClaim]) -> int:
    """0 nothing found, 1 findings, 2 something was not read, 3 undecided only."""
    if bad:
        return BAD_INPUT
    outcomes = {line.outcome for answer in answers for line in answer.lines}
    if outcomes - NO_FINDING:
        return 1
    return UNDECIDED if "unknown" in outcomes else 0
