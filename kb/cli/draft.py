"""``payerkb draft``: a policy file begun from an article of the coverage database."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import click

from dsl.format.formatter import format_text
from kb.cli.options import UNDECIDED, reading, stop
from kb.cli.tables_options import beside_option, tables_option
from kb.reference.draft import draft_of
from kb.tables.documents import ARTICLES, document_of, newest_of
from kb.tables.opening import open_tables
from kb.tables.packing import unpacked_day


@click.command("draft")
@click.argument("kind", type=click.Choice(["mcd"]))
@click.argument("article")
@beside_option
@tables_option
def draft_command(kind: str, article: str, database: Path, tables: Path) -> None:  # noqa: ARG001
    """Print a policy file begun from ARTICLE (A58745) of the coverage database.

    Its lists of codes and diagnoses become lists; a list of diagnoses becomes a rule
    only where its paragraph names the codes that it is for, every other a gap with the
    paragraph. The policy is a draft: it sends claims to a person until somebody has
    read the article and finished it. Exit code 3 when no export has the article.
    """
    number = re.fullmatch(r"[Aa]?(\d{4,6})", article)
    if not number:
        stop(f"{article} is no number of an article. Write it as A58745.")
    with reading(database) as knowledge, closing(open_tables(tables)) as opened:
        for export in newest_of(opened, ARTICLES):
            document = document_of(opened, export, int(number[1]))
            if document is not None:
                day = unpacked_day(export.first_day)
                click.echo(format_text(draft_of(knowledge, document, day)), nl=False)
                return
    stop(
        f"No loaded export has the article A{number[1]}. Load one with: payerkb import mcd "
        "current_article.zip",
        UNDECIDED,
    )
