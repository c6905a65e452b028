"""``payerkb query``: questions to the knowledge base."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import click

from dsl.questions import ask
from kb.asking.cms import told_by_cms, told_lines
from kb.asking.offers import offer
from kb.asking.reader import understand
from kb.cli.known import knowledge, policies_option
from kb.cli.options import database_option, json_option, reading, stop
from kb.cli.tables_given import given_tables
from kb.cli.tables_options import tables_option
from kb.questions import QuestionError, answer, render
from kb.read.knowledge_base import Held
from kb.read.store import KnowledgeBase, KnowledgeBaseError, open_knowledge_base

OF_LANGUAGE = ("show", "compare", "what")
"""A question that begins so was meant in the query language."""


@click.command()
@click.argument("words", nargs=-1, required=True)
@database_option
@policies_option
@tables_option
@json_option
def query(
    words: tuple[str, ...],
    database: Path,
    policies: Path,
    tables: Path,
    *,
    as_json: bool,
) -> None:
    """Ask the knowledge base a question.

    \b
    show limits for 64483 under aetna
    show payers requiring auth for 64483 at place 22 as of 2026-03-01
    show rules mentioning M54.16
    show documentation for 64483 under medicare-part-b state FL
    show sources that expire before 2027-03-01
    show policies | payers | codes | diagnoses | facts | gaps | disagreements | conflicts
    show effective medicare/novitas/esi
    show limits for 64483 under aetna known on 2026-06-30
    can 64483 go with 62323 on 2026-11-02, how many units of 64484, is M54.5 valid
    compare aetna, medicare-part-b for 64483 as markdown
    what changed between 2025-01-01 and 2026-12-31 under first-coast
    what is missing for 64483 under first-coast

    Every question may end in `as table|csv|json|markdown|sql`. An answer says what was
    searched and what is not known: no row is not a no. In CSV, a cell that a spreadsheet
    would take for a formula begins with an apostrophe.
    """  # noqa: D301  (click reads the character \b)
    today = datetime.now(UTC).date()
    text = " ".join(words)
    try:
        with (
            knowledge(database, policies, ask(text).known_on) as file,
            reading(file) as connection,
        ):
            found = answer(connection, text, today)
    except QuestionError as error:
        if told := by_tables(database, text, today, tables):
            click.echo("\n".join(told))
            return
        stop(
            "\n\n".join(
                filter(None, (str(error), in_plain_words(database, text, today)))
            )
        )
    form = "json" if as_json else found.question.format
    click.echo(render(found, form), nl=False)
    raise SystemExit(0 if found.rows else 3)


def by_tables(database: Path, text: str, today: date, tables: Path) -> list[str]:
    """What CMS's tables answer of plain words about codes; empty where they answer nothing."""
    if text.lstrip().lower().startswith(OF_LANGUAGE):
        return []
    try:
        with closing(open_knowledge_base(database)) as connection:
            kb = KnowledgeBase(connection, Held(given_tables(tables)))
            told = told_by_cms(kb, understand(kb, text, today))
    except KnowledgeBaseError:
        return []
    return [*told_lines(told)] if any(each.answers for each in told) else []


def in_plain_words(database: Path, text: str, today: date) -> str:
    """What the refused question asks in plain words; empty where no database tells."""
    try:
        with closing(open_knowledge_base(database)) as connection:
            return offer(KnowledgeBase(connection), text, today)
    except KnowledgeBaseError:
        return ""
