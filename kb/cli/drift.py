"""``payerkb drift``: our Medicare policies against CMS's coverage database."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from kb.cli.options import UNDECIDED, in_words, json_option, print_json, reading
from kb.cli.tables_options import beside_option, tables_option
from kb.reference.drift import Difference, drift
from kb.tables.model import Kind
from kb.tables.opening import open_tables


@click.command("drift")
@beside_option
@tables_option
@json_option
def drift_command(database: Path, tables: Path, *, as_json: bool) -> None:
    """Compare our Medicare policies with an export of the coverage database.

    Each article and LCD that a policy cites is looked up in the newest export that
    `payerkb import mcd` loaded: whether it is still there, in which version, of which
    contractors, and which codes and diagnoses its lists have that ours lack, or the
    other way round.
    What differs is printed as an edit to take over. Differences leave with 1; exit
    code 3 when no export is loaded.
    """
    with reading(database) as knowledge, closing(open_tables(tables)) as opened:
        exports = [each for each in opened.loaded if each.kind == Kind.COVERAGE]
        found = list(drift(knowledge, opened))
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        say(found)
        if not exports:
            click.echo("No export is loaded: payerkb import mcd current_article.zip")
    if not exports:
        raise SystemExit(UNDECIDED)
    raise SystemExit(1 if found else 0)


def say(found: list[Difference]) -> None:
    """Each difference with its place and its edit."""
    for each in found:
        click.echo(f"{each.file}:{each.line}: {each.source}: {each.what}")
        click.echo(f"    {each.edit}")
    if found:
        click.echo(f"{in_words(len(found), 'difference', 'differences')}.")
