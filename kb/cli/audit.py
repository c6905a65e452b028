"""``payerkb audit``: contradictions, unknown cells, stale and disagreeing sources."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.options import (
    BAD_INPUT,
    database_option,
    json_option,
    print_json,
    stop,
)
from kb.cli.tables_given import given_tables
from kb.cli.tables_options import tables_option
from kb.database.opening import (
    ChangedFileError,
    KnowledgeBaseError,
    open_knowledge_base,
)

if TYPE_CHECKING:
    from sqlite3 import Connection

Findings = dict[str, list[Any]]


@click.command()
@database_option
@tables_option
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day to look from; without it, the last day on which a source was read.",
)
@json_option
def audit(
    database: Path, tables: Path, as_of: datetime | None, *, as_json: bool
) -> None:
    """Look the whole knowledge base over.

    Two policies that answer one worked claim differently, with that claim; payers and
    families of procedures about which nothing is loaded; sources due for review; sources
    that disagree, as authors wrote it down; Medicare's pairs and caps that CMS's tables
    of the day have otherwise. Holes between dates are found by
    `payerkb lint`. Conflicts found leave with 1. A database that is not as
    `payerkb build` wrote it is not looked over: every policy and table that was
    changed is named.
    """
    try:
        with closing(open_knowledge_base(database)) as connection:
            day, found = findings(connection, tables, as_of)
    except ChangedFileError as error:
        say_changed(error, as_json=as_json)
        raise SystemExit(BAD_INPUT) from None
    except KnowledgeBaseError as error:
        stop(str(error))
    if as_json:
        shown = {kind: [asdict(one) for one in rows] for kind, rows in found.items()}
        print_json({"as_of": day.isoformat(), **shown})
    else:
        say(found, day)
    raise SystemExit(1 if found["conflicts"] else 0)


def say_changed(error: ChangedFileError, *, as_json: bool) -> None:
    """Tell everything in the file that is not as the build wrote it."""
    if as_json:
        changed = {"policies": error.policies, "tables": error.tables}
        print_json({"changed": changed})
    else:
        for policy in error.policies:
            click.echo(f"changed: policy {policy}", err=True)
        for table in error.tables:
            click.echo(f"changed: table {table}", err=True)
    click.echo(str(error), err=True)


def findings(
    connection: Connection, tables: Path, as_of: datetime | None
) -> tuple[date, Findings]:
    """The day looked from, and everything found, by kind."""
    from kb.engine import Engine  # noqa: PLC0415
    from kb.reference import audit as look  # noqa: PLC0415  (only this command answers claims)
    from kb.reference.against_tables import contradictions  # noqa: PLC0415

    engine = Engine.reading(connection)
    day = as_of.date() if as_of else look.newest_reading(connection)
    return day, {
        "conflicts": list(look.conflicts(connection, engine)),
        "unknown_cells": list(look.unknown_cells(connection, day)),
        "stale_sources": list(look.stale_sources(connection, day)),
        "disagreements": list(look.disagreements(connection)),
        "tables": list(contradictions(engine.program, given_tables(tables), day)),
    }


def say(found: Findings, day: date) -> None:
    """Print what was found, kind by kind."""
    click.echo(f"conflicts: {len(found['conflicts'])}")
    for one in found["conflicts"]:
        click.echo(f"  {one.code}: {one.kept} is kept, {one.broken} is not")
        click.echo(f"    on the claim of {one.policy}, scenario {one.scenario}")
    cells = found["unknown_cells"]
    click.echo(f"nothing loaded on {day}: {len(cells)} cells of payer and family")
    for payer, of_payer in groupby(cells, key=lambda cell: cell.payer):
        click.echo(f"  {payer}: {', '.join(cell.family for cell in of_payer)}")
    click.echo(f"sources due for review: {len(found['stale_sources'])}")
    for one in found["stale_sources"]:
        click.echo(
            f"  {one.source} since {one.review_by}, {one.rules} rules: {one.title}"
        )
    click.echo(f"sources that disagree: {len(found['disagreements'])}")
    for one in found["disagreements"]:
        click.echo(f"  {one.place}  {one.rule}: {one.text}")
    click.echo(f"tables that say otherwise than a rule: {len(found['tables'])}")
    for one in found["tables"]:
        click.echo(f"  {one.rule}: {one.table} {one.what}")
        click.echo(f"    {', '.join(one.codes)}")
