"""``payerkb search``: the site's search on the command line."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from kb.asking.find import Found, find
from kb.asking.reader import understand
from kb.cli.options import UNDECIDED, database_option, json_option, print_json, reading
from kb.read.search import Hit
from kb.read.search import search as search_entries
from kb.read.store import KnowledgeBase


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
@json_option
def search(
    words: tuple[str, ...], database: Path, limit: int, *, as_json: bool
) -> None:
    """Search rules, policies, sources, codes and payers.

    Codes may carry modifiers (64483-RT) or be ranges (64493-64495). No hit is no
    answer, and ends with exit code 3; what holds some of the words follows.
    """
    with reading(database) as connection:
        text = " ".join(words)
        hits = search_entries(connection, text, limit=limit)
        kb = KnowledgeBase(connection)
        asked = understand(kb, text, datetime.now(UTC).date())
        some = () if hits else find(kb, asked, limit, with_topics=True)
    if as_json:
        print_json([asdict(hit) for hit in hits])
    else:
        say(hits, database)
        say_some(some)
    raise SystemExit(0 if hits else UNDECIDED)


def say_some(found: tuple[Found, ...]) -> None:
    """Print what holds some of the words, and which it lacks."""
    if found:
        click.echo("\nSome of the words are in:")
    for hit in found:
        click.echo(f"{hit.kind:<8}{hit.title}")
        click.echo(f"        {hit.subtitle}  {hit.path}")
        click.echo(f"        without: {', '.join(hit.without)}")


def say(hits: list[Hit], database: Path) -> None:
    """Print each hit with where it stands on the site."""
    for hit in hits:
        click.echo(f"{hit.kind:<8}{hit.title}")
        click.echo(f"        {hit.subtitle}  {hit.path}")
    if not hits:
        click.echo(f"Nothing in {database} holds these words. That is no answer to")
        click.echo("whether a payer covers something: it says what is not loaded.")
