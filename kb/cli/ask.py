"""``payerkb ask``: a question in one's own words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from kb.asking.answers import ask
from kb.asking.saying import as_json as json_of
from kb.asking.saying import as_text
from kb.cli.options import UNDECIDED, database_option, json_option, print_json, reading
from kb.cli.tables_given import given_tables
from kb.cli.tables_options import tables_option
from kb.read.knowledge_base import Held
from kb.read.store import KnowledgeBase


@click.command(name="ask")
@click.argument("words", nargs=-1, required=True)
@database_option
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of questions that name none; today by default.",
)
@tables_option
@json_option
def ask_command(
    words: tuple[str, ...],
    database: Path,
    today: datetime | None,
    tables: Path,
    *,
    as_json: bool,
) -> None:
    """Ask in your own words what payers' rules say.

    \b
    payerkb ask how many epidurals per year aetna
    payerkb ask 64483-50 medicare florida
    payerkb ask does cigna need prior auth for RFA in an ASC
    payerkb ask M54.16 64483 aetna in march 2026
    payerkb ask timely filing humana
    payerkb ask can 64483 go with 62323 on 2026-11-02
    payerkb ask is M54.5 valid

    It says what it understood and which words it did not, and answers with numbers and
    sources; of pairs, units, sides and diagnosis codes CMS's tables answer too.
    Exit code 3 when nothing loaded answers, which is not a no. What words stand
    for is written in the files *.words beside the policies.
    """  # noqa: D301  (click reads the character \b)
    day: date = today.date() if today else datetime.now(UTC).date()
    with reading(database) as connection:
        kb = KnowledgeBase(connection, Held(given_tables(tables)))
        asked = ask(kb, " ".join(words), day)
    if as_json:
        print_json(json_of(asked))
    else:
        click.echo(as_text(asked), nl=False)
    raise SystemExit(0 if asked.is_answered else UNDECIDED)
