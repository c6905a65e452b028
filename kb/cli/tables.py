"""``payerkb tables``: which of CMS's tables are loaded, and what they say."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from kb.cli.options import UNDECIDED, in_words, json_option, print_json
from kb.cli.tables_look_up import of_code, of_two
from kb.cli.tables_options import DAY, beside_option, tables_option
from kb.tables.importing import remove_edition
from kb.tables.opening import open_tables


@click.group(invoke_without_command=True)
@beside_option
@tables_option
@json_option
@click.pass_context
def tables(
    context: click.Context,
    database: Path,  # noqa: ARG001  (says where the tables lie)
    tables: Path,
    *,
    as_json: bool,
) -> None:
    """List the editions of CMS's tables that are loaded.

    Each with the days that it answers for, its rows, and the hash of the files that
    it was read from. After its last day a table says nothing.
    """
    context.obj = tables
    if context.invoked_subcommand:
        return
    with closing(open_tables(tables)) as opened:
        loaded = opened.loaded
    if as_json:
        print_json([each.json() for each in loaded])
        return
    for each in loaded:
        edition = each.edition()
        piece = "" if edition.whole else ", a piece"
        click.echo(
            f"{each.title:<32} {edition.first_day} to {edition.last_day}  "
            f"{in_words(each.rows, 'row', 'rows')}{piece}, sha256 {each.sha256[:16]}"
        )


@tables.command()
@click.argument("codes", nargs=-1, required=True, metavar="CODE [CODE]")
@click.option("--on", "day", type=DAY, required=True, help="The day of service.")
@click.pass_obj
def check(tables: Path, codes: tuple[str, ...], day: datetime) -> None:
    """Look up what the tables say of a code, or of two together, on a day.

    Exit code 3 when no loaded table speaks of that day.
    """
    if len(codes) > 2:
        message = "One code is looked up, or two together."
        raise click.UsageError(message)
    on = day.date()
    with closing(open_tables(tables)) as opened:
        one, *others = [code.upper() for code in codes]
        said = list(
            of_two(opened, one, others[0], on) if others else of_code(opened, one, on)
        )
    for line in said:
        click.echo(line.text)
    raise SystemExit(0 if any(line.loaded for line in said) else UNDECIDED)


@tables.command()
@click.argument("edition", nargs=-1, required=True)
@click.pass_obj
def remove(tables: Path, edition: tuple[str, ...]) -> None:
    """Remove an edition, named as `payerkb tables` lists it."""
    name = " ".join(edition)
    remove_edition(tables, name)
    click.echo(f"{name} is removed.")
