"""``payerkb compare-lists``: what we say of codes against CMS's own tables."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from kb.cli.options import UNDECIDED, in_words, json_option, print_json, reading
from kb.cli.tables_options import DAY, beside_option, tables_option
from kb.reference.code_lists import TABLE_OF, differences
from kb.tables.opening import open_tables


@click.command("compare-lists")
@click.option("--on", "day", type=DAY, required=True, help="The day to compare on.")
@beside_option
@tables_option
@json_option
def compare_lists(
    day: datetime, database: Path, tables: Path, *, as_json: bool
) -> None:
    """Compare our lists of codes with CMS's tables of a day.

    Unit caps, add-on codes with their first codes, the indicator for two sides and
    global days, each against the table that `payerkb import` loaded for that day.
    `payerkb drift` compares lists of codes and diagnoses of articles. Differences
    leave with 1; exit code 3 when no loaded table speaks of the day.
    """
    on = day.date()
    with reading(database) as knowledge, closing(open_tables(tables)) as opened:
        held = [name for name in TABLE_OF if opened.edition(*TABLE_OF[name], on)]
        found = list(differences(knowledge, opened, on))
    if as_json:
        print_json({"compared": held, "differences": [asdict(x) for x in found]})
    else:
        for each in found:
            click.echo(
                f"{each.place}: {each.code}, {each.list}: {each.ours}, "
                f"and the table says {each.theirs}"
            )
        said = ", ".join(held) or "nothing: no loaded table speaks of the day"
        click.echo(f"Compared on {on}: {said}.")
        click.echo(f"{in_words(len(found), 'difference', 'differences')}.")
    if not held:
        raise SystemExit(UNDECIDED)
    raise SystemExit(1 if found else 0)
