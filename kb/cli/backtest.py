"""``payerkb backtest``: what a change of the policies does to past claims."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from kb.claims import ClaimFileError, read_claims
from kb.cli.diff import folder_of, opened
from kb.cli.options import json_option, print_json, stop
from kb.proofs.backtest import Backtest
from kb.proofs.backtest import backtest as run_backtest


@click.command()
@click.argument("claims", type=click.Path(path_type=Path))
@click.argument("old")
@click.argument("new")
@json_option
def backtest(claims: Path, old: str, new: str, *, as_json: bool) -> None:
    """Answer the claims of a file by two states of the policies.

    CLAIMS is an X12 837P file or JSON; OLD and NEW are folders of policies, or git
    revisions as REVISION:FOLDER. Prints how many claim lines move from which outcome to
    which, by payer and code, and by rule: counts only, nothing of a claim or patient.
    """
    try:
        read = read_claims(claims)
    except ClaimFileError as error:
        stop(str(error))
    with TemporaryDirectory() as scratch:
        place = Path(scratch)
        with (
            folder_of(old, place / "old") as before,
            folder_of(new, place / "new") as after,
        ):
            states = [
                opened(f, place / f"{i}.db") for i, f in enumerate((before, after))
            ]
            found = run_backtest(read.claims, *(state.engine for state in states))
    if as_json:
        print_json(
            {**asdict(found), "changed": found.changed, "not_read": len(read.bad)}
        )
    else:
        say(found, len(read.bad))
    raise SystemExit(1 if found.changed else 0)


def say(found: Backtest, not_read: int) -> None:
    """Print the matrix and the rules behind it."""
    click.echo(
        f"{found.lines} claim lines, {found.changed} change; {not_read} claims not read"
    )
    for moved in found.outcomes:
        if moved.before != moved.after:
            click.echo(
                f"  {moved.payer}  {moved.code}  {moved.before} -> {moved.after}  {moved.lines}"
            )
    if found.rules:
        click.echo("rules that answer otherwise:")
    for rule in found.rules:
        click.echo(f"  {rule.rule}  {rule.before} -> {rule.after}  {rule.lines}")
