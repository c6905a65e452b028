"""``payerkb read``: what claim files hold, before anything is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from kb.claims import BadClaim, ClaimFileError
from kb.claims.reading import (
    SCHEMA,
    Reading,
    in_numbers,
    json_of_reading,
    reading_of,
    text_of_reading,
)
from kb.cli.options import BAD_INPUT, json_option, print_json


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, allow_dash=True),
)
@json_option
def read(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Read FILES (- for standard input), and say what they hold.

    The first look at a new sender's files: how many claims and lines are read, how many
    not, and why, by cause with the first places and the sender's own claim numbers. Of
    earlier claims, as a remittance tells them, it says what the payer did.

    Every format is read that `payerkb check-claim` and --history read. No claim is
    answered, so no knowledge base is needed; facts are not held against policies.

    Exit codes: 0 all was read, 2 something was not.
    """
    readings = readings_of(files)
    everything = Reading()
    told = []
    for reading in readings:
        everything.add(reading)
        if as_json:
            told.append(json_of_reading(reading))
        else:
            click.echo("\n".join(text_of_reading(reading)))
    if as_json:
        total = json_of_reading(everything)
        print_json({"schema": SCHEMA, "files": told, "all": total})
    elif len(files) > 1:
        click.echo(f"{len(files):,} files: {in_numbers(everything)}")
    raise SystemExit(BAD_INPUT if everything.faults else 0)


def readings_of(files: Iterable[Path]) -> Iterator[Reading]:
    """What can be read of each file; one that is not there is a fault of itself.

    It is told on standard error too, where whoever keeps the report elsewhere sees it.
    """
    for file in files:
        try:
            yield reading_of(file)
        except ClaimFileError as error:
            click.echo(str(error), err=True)
            reading = Reading(file.name)
            reading.count(BadClaim(file.name, str(error)))
            yield reading
