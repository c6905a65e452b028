"""``payerkb calibrate``: what rules foretold, held against what payers did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypedDict, Unpack

import click

from kb.calibrate.calibrating import Reader, hold_run, sending_day
from kb.calibrate.fates import Remittances
from kb.calibrate.report import LEAST, Limits, Report, report_of
from kb.calibrate.tables import denials_csv, report_json, rules_csv
from kb.calibrate.tally import FEWEST, Tally
from kb.calibrate.words import report_text
from kb.claims import BadClaim, ClaimFileError, Run, stream_claims, stream_runs
from kb.claims.model import Claim
from kb.claims.past import EARLIER, PastClaim, Told
from kb.claims.read import chunks_of, opened, tell_chunks
from kb.cli.history_given import GivenHistory, given_history, history_option
from kb.cli.known import policies_option
from kb.cli.known_when_sent import WhenSent, when_sent
from kb.cli.options import (
    BAD_INPUT,
    UNDECIDED,
    database_option,
    print_json,
    reading,
    stop,
)
from kb.cli.progress import Progress, progress_bar
from kb.cli.tables_given import holding_against
from kb.cli.tables_options import tables_option
from kb.engine import Engine
from kb.engine.report.words import payer_title
from kb.engine.rows import KeptOpen
from kb.history.errors import HistoryError

EACH = 500
"""Claims after which progress is told."""
MOST_FAULTS = 10
CLAIMS_FIRST = "Name the claims first, then their remittances."


class How(TypedDict):
    """What is looked up, and what is shown."""

    history: tuple[Path, ...]
    history_holds: str
    form: str | None
    show_all: bool
    today: bool


class Files(NamedTuple):
    """What is held against each other."""

    claims: Path
    remittances: tuple[Path, ...]
    history: GivenHistory | None
    """Earlier services: the remittances tell them too."""


@click.command()
@click.argument("claims", type=click.Path(path_type=Path))
@click.argument("remittances", nargs=-1, required=True, type=click.Path(path_type=Path))
@database_option
@tables_option
@policies_option
@history_option
@click.option(
    "--today",
    is_flag=True,
    help="Answer by the policies of today, not by those known when a claim was sent.",
)
@click.option(
    "--least",
    type=click.IntRange(1),
    default=LEAST,
    show_default=True,
    help="Lines under which nothing is claimed of a rule.",
)
@click.option(
    "--fewest",
    type=click.IntRange(1, 1000),
    default=FEWEST,
    show_default=True,
    help="Patients under which a row is left out.",
)
@click.option("--json", "form", flag_value="json", default=None, help="Print JSON.")
@click.option("--csv", "form", flag_value="rules", help="Print the rules as CSV.")
@click.option(
    "--csv-denials",
    "form",
    flag_value="denials",
    help="Print the denials that no rule foretells as CSV.",
)
@click.option("--all", "show_all", is_flag=True, help="Show every row as text.")
def calibrate(
    claims: Path,
    remittances: tuple[Path, ...],
    database: Path,
    tables: Path,
    policies: Path,
    least: int,
    fewest: int,
    **how: Unpack[How],
) -> None:
    """Hold what rules say of CLAIMS against what payers did by REMITTANCES.

    CLAIMS is a claim file of any format that `payerkb check-claim` reads, REMITTANCES are
    835 files for them. Each claim is answered as of the day when it was sent, with the
    earlier services that remittances and --history tell of its patient, and each line is
    held against the payer's last word on it. The report names the rules that the
    outcomes speak against, the most suspicious first, and the denials that no rule
    foretells: rules to write.

    Only counts leave this process: no claim, no patient, no number that a payer gave.

    Exit codes: 0 nothing suspicious, 1 findings, 2 something was not read, 3 no line has
    an outcome.
    """
    tally = Tally(fewest)
    with reading(database) as connection, TemporaryDirectory() as scratch:
        engine = Engine.reading(connection, KeptOpen(connection))
        today = Reader(holding_against(engine, tables).taking_any_facts())

        given = [*remittances, *how["history"]]

        def state(place: Path) -> Engine:
            return holding_against(Engine.open(place), tables).taking_any_facts()

        try:
            with progress_bar() as progress:
                days = () if how["today"] else days_of(claims)
                sent = when_sent(days, today, policies, Path(scratch), state, progress)
                history = given_history(given, how["history_holds"], engine)
                files = Files(claims, remittances, history)
                faults = hold_files(files, engine, sent, tally, progress)
        except (ClaimFileError, HistoryError) as error:
            stop(str(error))
        sent.say()
        report = report_of(tally, sent.kind, Limits(fewest, least))
        say(report, sent, how)
    say_faults(faults)
    if faults:
        raise SystemExit(BAD_INPUT)
    if not report.held:
        raise SystemExit(UNDECIDED)
    raise SystemExit(1 if report.suspicious or report.denials else 0)


def days_of(claims: Path) -> set[date | None]:
    """The days on which the claims of a file were sent."""
    return {sending_day(one) for one in stream_claims(claims) if isinstance(one, Claim)}


def hold_files(
    files: Files, engine: Engine, sent: WhenSent, tally: Tally, progress: Progress
) -> list[BadClaim]:
    """Read the remittances, hold the claims against them, and give what was not read."""
    remittances, faults = remittances_in(files, progress)
    total = len(remittances.by_claim)
    runs = stream_runs(files.claims, engine.faults_in)
    for found in files.history.fill(runs) if files.history else runs:
        if isinstance(found, Run):
            hold_run(found, remittances, sent.reader, tally)
            if tally.matching.claims % EACH < len(found.claims):
                progress("claims", tally.matching.claims, total)
        elif isinstance(found, BadClaim) and found not in faults:
            swapped = found.reason.endswith(EARLIER)
            faults.append(replace(found, fix=CLAIMS_FIRST) if swapped else found)
    tally.matching.without_claim = remittances.without_a_claim
    return faults


def remittances_in(
    files: Files, progress: Progress
) -> tuple[Remittances, list[BadClaim]]:
    """The remittances of the files, and what of them was not read."""
    remittances, faults = Remittances(), list[BadClaim]()
    for number, place in enumerate(files.remittances):
        progress("remittances", number, len(files.remittances))
        claims_given = 0
        for told in tell(place):
            if isinstance(told, PastClaim):
                remittances.add(told)
            elif isinstance(told, BadClaim):
                faults.append(told)
            elif isinstance(told, Claim):
                claims_given += 1
        if claims_given:
            reason = f"{claims_given:,} claims, where remittances were expected"
            faults.append(BadClaim(place.name, reason, CLAIMS_FIRST))
    return remittances, faults


def tell(place: Path) -> Iterator[Told]:
    """What a file tells, earlier claims among it."""
    with opened(place) as (stream, name):
        yield from tell_chunks(chunks_of(stream, name), name)


def say(report: Report, sent: WhenSent, how: How) -> None:
    """Print the report in the form that was asked for."""
    match how["form"]:
        case "json":
            print_json(report_json(report))
        case "rules":
            click.echo(rules_csv(report), nl=False)
        case "denials":
            click.echo(denials_csv(report), nl=False)
        case _:
            lines = report_text(
                report,
                sent.words,
                lambda key: payer_title(key, sent.today.engine) or "payer not found",
                everything=how["show_all"],
            )
            click.echo("\n".join(lines))


def say_faults(faults: list[BadClaim]) -> None:
    """Say what was not read, by its place."""
    for fault in faults[:MOST_FAULTS]:
        fix = f" {fault.fix}" if fault.fix else ""
        click.echo(f"not read: {fault.where}: {fault.reason}.{fix}", err=True)
    if len(faults) > MOST_FAULTS:
        click.echo(f"not read: {len(faults) - MOST_FAULTS:,} more", err=True)
