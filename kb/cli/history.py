"""``payerkb history``: a file of earlier claims, kept because somebody asked for it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from kb.claims.causes import (
    MOST_OF_A_CAUSE,
    Causes,
    count_cause,
    more_like_them,
    of_claim,
)
from kb.cli.options import BAD_INPUT, in_words, json_option, print_json
from kb.cli.progress import progress_bar
from kb.history.database import (
    Kept,
    KeptTelling,
    bytes_now,
    delete_kept,
    kept_in,
    read_kept,
    write_kept,
)
from kb.history.files import files_of
from kb.history.reading import Notes, kept_from

DAY = click.DateTime(["%Y-%m-%d"])
history_database_option = click.option(
    "--database",
    "-d",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    envvar="PAYERKB_HISTORY",
    help="The history database (or $PAYERKB_HISTORY).",
)


@click.group()
def history() -> None:
    """Keep earlier claims in a file of your own, for check-claim --history.

    It is the one place where payerkb keeps patient data: member ids, birth dates, days,
    codes, amounts, claim numbers; no names of people. Its owner alone can read it.
    """


@history.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True)
)
@history_database_option
def add(files: tuple[Path, ...], database: Path) -> None:
    """Add the claims of FILES: claim files, remittances, or folders of them.

    The database is written whole or not at all. Adding a file again changes nothing.
    Exit code 2 when something was not read; the rest is added.
    """
    before = bytes_now(database)
    kept = Kept() if before is None else kept_in(before, database)
    notes = Notes()
    said = []
    with progress_bar() as progress:
        for file in files_of(files):
            there = len(kept.tellings)
            source, tellings = kept_from(file, notes, progress)
            if tellings:
                kept = kept.with_more(source, tellings)
            said.append(added_words(file, tellings, len(kept.tellings) - there))
    write_kept(database, kept, before)
    click.echo("\n".join(said))
    say_notes(notes)
    raise SystemExit(BAD_INPUT if notes.bad else 0)


def added_words(file: Path, tellings: list[KeptTelling], new: int) -> str:
    """How many earlier claims a file told, and how many of them are new."""
    told = in_words(len(tellings), "earlier claim", "earlier claims")
    if not tellings:
        said = "no earlier claim with a member id"
    elif new == len(tellings):
        said = told
    else:
        said = f"{told}, {new or 'none'} of them new"
    return f"{file}: {said}"


def say_notes(notes: Notes) -> None:
    """Say on standard error what was not read, and what was left out; of one cause the first."""
    faults: Causes = {}
    for bad in notes.bad:
        if count_cause(faults, bad).count <= MOST_OF_A_CAUSE:
            click.echo(f"not read: {bad.where}: {of_claim(bad)}{bad.reason}", err=True)
            if bad.fix:
                click.echo(f"  {bad.fix}", err=True)
    for others in more_like_them(faults):
        click.echo(f"not read: {others}", err=True)
    for remark in notes.remarks_said():
        click.echo(f"remark: {remark.where}: {remark.text}", err=True)


@history.command()
@history_database_option
@json_option
def show(database: Path, *, as_json: bool) -> None:
    """Say how much the database holds: patients, claims, days, files.

    Never a value of a patient.
    """
    kept = read_kept(database)
    if as_json:
        print_json(summary(kept))
        return
    first, last = kept.days()
    days = f", {first} .. {last}" if first else ""
    patients = in_words(patients_in(kept), "member id", "member ids")
    told = in_words(len(kept.tellings), "earlier claim", "earlier claims")
    services = in_words(services_in(kept), "service", "services")
    click.echo(f"{patients}, {told} as told, {services}{days}")
    for source in kept.sources:
        own = [t for t in kept.tellings if t.source == source.sha256]
        first, last = Kept(tellings=tuple(own)).days()
        days = f", {first} .. {last}" if first else ""
        told = in_words(len(own), "earlier claim", "earlier claims")
        click.echo(f"  {source.name}: {told}{days}, sha256 {source.sha256[:16]}")


def summary(kept: Kept) -> dict[str, object]:
    """The same for programs."""
    first, last = kept.days()
    return {
        "member_ids": patients_in(kept),
        "claims": len(kept.tellings),
        "services": services_in(kept),
        "first_day": first and first.isoformat(),
        "last_day": last and last.isoformat(),
        "sources": [{"name": s.name, "sha256": s.sha256} for s in kept.sources],
    }


def patients_in(kept: Kept) -> int:
    """How many member ids there are."""
    return len({telling.member for telling in kept.tellings})


def services_in(kept: Kept) -> int:
    """How many services are told; one that a claim and its remittance tell twice."""
    return sum(telling.services for telling in kept.tellings)


@history.command()
@history_database_option
@click.option("--before", type=DAY, help="Drop claims whose last day lies before it.")
@click.option("--all", "everything", is_flag=True, help="Delete the database.")
def forget(database: Path, before: datetime | None, *, everything: bool) -> None:
    """Drop old claims from the database, or delete it.

    What is dropped is not left in free pages of the file; what the disk or its backups
    keep is beyond payerkb.
    """
    if everything == (before is not None):
        message = "Say which: --before DAY, or --all."
        raise click.UsageError(message)
    if before is None:
        delete_kept(database)
        click.echo(f"{database} is deleted.")
        return
    content = bytes_now(database)
    kept = read_kept(database) if content is None else kept_in(content, database)
    left = kept.since(before.date())
    write_kept(database, left, content)
    dropped = in_words(
        len(kept.tellings) - len(left.tellings), "earlier claim", "earlier claims"
    )
    click.echo(f"{dropped} dropped, {len(left.tellings)} left")
