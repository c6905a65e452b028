"""Options of the commands over CMS's tables."""

from __future__ import annotations

from pathlib import Path

import click

from kb.tables.schema import DEFAULT_NAME

DAY = click.DateTime(["%Y-%m-%d"])


def tables_beside(
    context: click.Context, _parameter: click.Parameter, given: Path | None
) -> Path:
    """The file that was named, or the usual one beside the knowledge base."""
    return given or context.params["database"].with_name(DEFAULT_NAME)


beside_option = click.option(
    "--database",
    "-d",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("build/kb.db"),
    show_default=True,
    envvar="PAYERKB_DATABASE",
    is_eager=True,
    expose_value=True,
    help="The knowledge base that the tables lie beside (or $PAYERKB_DATABASE).",
)
tables_option = click.option(
    "--tables",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=tables_beside,
    envvar="PAYERKB_TABLES",
    show_default=f"{DEFAULT_NAME} beside the knowledge base",
    help="The database of tables (or $PAYERKB_TABLES).",
)
