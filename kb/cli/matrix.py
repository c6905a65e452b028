"""``payerkb matrix``: what payers say of each family of procedures, side by side."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cells import markdown_cell
from kb.cli import nearest
from kb.cli.options import database_option, print_json, reading, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kb.reference.comparison import Voice
    from kb.reference.matrix import FamilyTable, Row, Statement

HEAD = """\
# Payers side by side

What payers say of each family of procedures on {day}. This page is written by
`payerkb matrix`, from the same rules that answer claims.

`?` means that no loaded rule answers, not that the payer says nothing. † marks what was
recalled and not read, ‡ what goes to a person or is only worth knowing, *draft* an old text
or one that is only proposed. Codes before a sentence: it is for these only. What holds for
every line, whatever its code, is left out. Whether a claim will hold: `payerkb check-claim`.
"""


@click.command()
@click.option("--family", help="Only this family of procedures, as `facet-injection`.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day to look from; without it, the last day on which a source was read.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "json"]),
    default="markdown",
    show_default=True,
    help="Tables to read, or JSON for programs.",
)
@database_option
def matrix(
    family: str | None, as_of: datetime | None, form: str, database: Path
) -> None:
    """Show payers side by side, one table a family of procedures.

    A cell holds the short answers of the quick references; `?` where no loaded rule
    answers. Contractors of Medicare that say the same share a row.
    """
    from kb.read.knowledge_base import KnowledgeBase  # noqa: PLC0415  (only this command)
    from kb.reference.audit import newest_reading  # noqa: PLC0415  (it loads the engine)
    from kb.reference.matrix import matrix as tables_of  # noqa: PLC0415  (only this command)

    with reading(database) as connection:
        day = as_of.date() if as_of else newest_reading(connection)
        tables = tables_of(KnowledgeBase(connection), day)
    known = [table.family for table in tables]
    if family is not None and family not in known:
        near = nearest(family, known)
        hint = f" Did you mean `{near}`?" if near else ""
        stop(f"There is no family `{family}`.{hint} Families: {', '.join(known)}.")
    chosen = [table for table in tables if family in {None, table.family}]
    if form == "json":
        print_json({"as_of": day.isoformat(), "families": [*map(as_json, chosen)]})
    else:
        click.echo(HEAD.format(day=day) + "".join(map(markdown, chosen)), nl=False)


def as_json(table: FamilyTable) -> dict[str, Any]:
    """One family for programs: the statements of each column by its key."""
    from kb.reference.matrix import COLUMNS  # noqa: PLC0415  (only this command)

    keys = [column.key for column in COLUMNS]
    return {
        "family": table.family,
        "codes": list(table.codes),
        "rows": [
            {
                "who": [voice.title for voice in row.voices],
                "contractors_of": row.voices[0].payer_title,
                "follows": row.follows,
                "cells": {
                    key: [asdict(each) for each in cell]
                    for key, cell in zip(keys, row.cells, strict=True)
                },
            }
            for row in table.rows
        ],
        "followers": [
            {"who": voice.title, "follows": voice.payer_title}
            for voice in table.followers
        ],
        "nothing_loaded": [voice.title for voice in table.nothing_loaded],
    }


def markdown(table: FamilyTable) -> str:
    """One family as a section with its table."""
    from kb.plain.trade import codes_words  # noqa: PLC0415  (only this command)
    from kb.reference.matrix import COLUMNS  # noqa: PLC0415  (only this command)

    head = ["Payer", *(column.title for column in COLUMNS)]
    lines = [
        f"## {table.title}",
        "",
        f"{codes_words(table.codes)}.",
        "",
        _line(head),
        _line(["---"] * len(head)),
        *(_line(_row(row)) for row in table.rows if row.answers),
        "",
        *_others(table),
    ]
    return "\n" + "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _row(row: Row) -> list[str]:
    empty = f"follows {markdown_cell(row.follows)}" if row.follows else "?"
    return [
        _who(row.voices),
        *("<br>".join(map(_said, cell)) or empty for cell in row.cells),
    ]


def _who(voices: tuple[Voice, ...]) -> str:
    names = "; ".join(voice.title for voice in voices)
    payer = voices[0].payer_title
    return markdown_cell(f"{payer}: {names}" if payer else names)


def _said(statement: Statement) -> str:
    text = markdown_cell(statement.text)
    if statement.grade == "recalled":
        text += " †"
    elif statement.outcome in {"review", "note"}:
        text += " ‡"
    return f"*draft:* {text}" if statement.status == "draft" else text


def _others(table: FamilyTable) -> Iterator[str]:
    """Who is not in the table, and why."""
    other = [_who(row.voices) for row in table.rows if not row.answers]
    if other:
        yield f"Rules that answer none of these questions: {'; '.join(other)}.\n"
    for leader in sorted({voice.payer_title for voice in table.followers}):
        led = [each.title for each in table.followers if each.payer_title == leader]
        yield f"Follows {leader}: {'; '.join(led)}.\n"
    silent = [voice.title for voice in table.nothing_loaded]
    if silent:
        yield f"Nothing loaded for: {'; '.join(silent)}.\n"
