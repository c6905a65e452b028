"""``payerkb tables``: which of CMS's tables are loaded, and what they say."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
from click.core import ParameterSource

from kb.cli.options import UNDECIDED, in_words, json_option, print_json
from kb.cli.tables_look_up import of_code, of_two
from kb.cli.tables_options import DAY, beside_option, tables_option
from kb.cli.tables_sample import sample
from kb.tables.importing import remove_edition
from kb.tables.layers import Layered
from kb.tables.opening import open_tables
from kb.tables.sealing import refuse_unless_sealed
from kb.tables.shipped_rows import shipped_rows
from kb.tables.standing import notices


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
    it was read from. After its last day a table says nothing; below stands what ends
    within three weeks, or is lacking today. The whole file is held against its seal:
    one that was changed or damaged is refused.
    """
    context.obj = tables
    if context.invoked_subcommand:
        return
    today = datetime.now(UTC).date()
    with closing(open_tables(tables)) as opened:
        loaded = opened.loaded
        soon = [*notices(Layered(opened, shipped_rows()), today)]
    refuse_unless_sealed(tables)
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
    for notice in soon:
        click.echo(notice)


@tables.command()
@click.argument("codes", nargs=-1, required=True, metavar="CODE [CODE]")
@click.option("--on", "day", type=DAY, required=True, help="The day of service.")
@beside_option
@tables_option
@click.pass_context
def check(
    context: click.Context,
    codes: tuple[str, ...],
    day: datetime,
    database: Path,  # noqa: ARG001  (says where the tables lie)
    tables: Path,
) -> None:
    """Look up what the tables say of a code, or of two together, on a day.

    Exit code 3 when no loaded table speaks of that day.
    """
    if len(codes) > 2:
        message = "One code is looked up, or two together."
        raise click.UsageError(message)
    on = day.date()
    with closing(open_tables(place_of(context, tables))) as opened:
        one, *others = [code.upper() for code in codes]
        said = list(
            of_two(opened, one, others[0], on) if others else of_code(opened, one, on)
        )
    for line in said:
        click.echo(line.text)
    raise SystemExit(0 if any(line.loaded for line in said) else UNDECIDED)


@tables.command("sample")
@beside_option
@tables_option
@click.pass_context
def sample_command(
    context: click.Context,
    database: Path,  # noqa: ARG001  (says where the tables lie)
    tables: Path,
) -> None:
    """Print look-ups to compare by eye with CMS's own files.

    Of each edition 30 pairs (on the first day, the last and the day after), 10 unit
    caps, 10 add-on codes; of ICD-10-CM 10 codes on both sides of a change of year.
    """
    with closing(open_tables(place_of(context, tables))) as opened:
        for line in sample(opened):
            click.echo(line)


@tables.command()
@click.argument("edition", nargs=-1, required=True)
@beside_option
@tables_option
@click.pass_context
def remove(
    context: click.Context,
    edition: tuple[str, ...],
    database: Path,  # noqa: ARG001  (says where the tables lie)
    tables: Path,
) -> None:
    """Remove an edition, named as `payerkb tables` lists it."""
    name = " ".join(edition)
    remove_edition(place_of(context, tables), name)
    click.echo(f"{name} is removed.")


def place_of(context: click.Context, tables: Path) -> Path:
    """The file named behind the word of the subcommand, else the one before it."""
    sources = map(context.get_parameter_source, ("database", "tables"))
    if ParameterSource.COMMANDLINE in sources:
        return tables
    found = context.obj
    assert isinstance(found, Path)
    return found
