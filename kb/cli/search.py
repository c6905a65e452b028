"""``payerkb search``: the site's search on the command line."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from kb.asking.find import Found, find
from kb.asking.reader import understand
from kb.cli.options import UNDECIDED, database_option, json_option, print_json, reading
from kb.cli.tables_options import tables_option
from kb.read.search import Hit
from kb.read.search import search as search_entries
from kb.read.store import KnowledgeBase
from kb.tables.opening import open_tables
from kb.tables.searching import FoundDocument, find_documents


@click.command()
@click.argument("words", nargs=-1, required=True)
@database_option
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Most hits to show.",
)
@tables_option
@json_option
def search(
    words: tuple[str, ...], database: Path, limit: int, tables: Path, *, as_json: bool
) -> None:
    """Search rules, policies, sources, codes and payers.

    Articles and LCDs too, with their lists of codes and diagnoses, where an export of
    CMS's coverage database was imported (payerkb import mcd).

    Codes may carry modifiers (64483-RT) or be ranges (64493-64495). No hit is no
    answer, and ends with exit code 3; what holds some of the words follows.
    """
    with reading(database) as connection:
        text = " ".join(words)
        hits = search_entries(connection, text, limit=limit)
        kb = KnowledgeBase(connection)
        asked = understand(kb, text, datetime.now(UTC).date())
        some = () if hits else find(kb, asked, limit, with_topics=True)
    documents = in_export(tables, text, limit)
    if as_json:
        print_json([*map(asdict, hits), *map(document_json, documents)])
    else:
        say(hits, documents, database)
        say_some(some)
    raise SystemExit(0 if hits or documents else UNDECIDED)


def in_export(tables: Path, words: str, limit: int) -> list[FoundDocument]:
    """What an export of the coverage database holds; nothing where none is loaded."""
    if not tables.exists():
        return []
    with closing(open_tables(tables)) as opened:
        return find_documents(opened, words, limit)


def document_json(found: FoundDocument) -> dict[str, object]:
    """A document in the shape of a hit; its page is at CMS."""
    return {
        "kind": "document",
        "item": found.name,
        "title": found.title,
        "subtitle": f"version {found.version}, export of {found.export}",
        "path": "",
        "snippet": found.snippet,
        "places": list(found.places),
    }


def say_some(found: tuple[Found, ...]) -> None:
    """Print what holds some of the words, and which it lacks."""
    if found:
        click.echo("\nSome of the words are in:")
    for hit in found:
        click.echo(f"{hit.kind:<8}{hit.title}")
        click.echo(f"        {hit.subtitle}  {hit.path}")
        click.echo(f"        without: {', '.join(hit.without)}")


def say(hits: list[Hit], documents: list[FoundDocument], database: Path) -> None:
    """Print each hit with where it stands on the site, then documents of CMS."""
    for hit in hits:
        click.echo(f"{hit.kind:<8}{hit.title}")
        click.echo(f"        {hit.subtitle}  {hit.path}")
    for found in documents:
        click.echo(f"{found.name:<8}{found.title}")
        click.echo(
            f"        version {found.version}, export of {found.export}, in "
            f"{', '.join(found.places)}"
        )
        if found.snippet:
            click.echo(f"        {found.snippet}")
    if not hits and not documents:
        click.echo(f"Nothing in {database} holds these words. That is no answer to")
        click.echo("whether a payer covers something: it says what is not loaded.")
