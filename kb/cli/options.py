"""Options that several commands share, and how they speak."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from kb.database.opening import KnowledgeBaseError, open_knowledge_base

BAD_INPUT = 2
UNDECIDED = 3

database_option = click.option(
    "--database",
    "-d",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("build/kb.db"),
    show_default=True,
    envvar="PAYERKB_DATABASE",
    help="The knowledge base that `payerkb build` wrote (or $PAYERKB_DATABASE).",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for programs instead of text."
)


def stop(message: str, code: int = BAD_INPUT) -> NoReturn:
    """Say what is wrong on standard error and leave with the exit code."""
    click.echo(message, err=True)
    raise SystemExit(code)


@contextmanager
def reading(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the knowledge base, for as long as the command reads from it.

    Leaves the program with a sentence when there is none, or when it is damaged.
    """
    try:
        with closing(open_knowledge_base(database)) as connection:
            yield connection
    except KnowledgeBaseError as error:
        stop(str(error))
    except sqlite3.DatabaseError as error:
        stop(f"{database} is damaged: {error}. Make it anew: payerkb build --force")


def in_words(number: int, one: str, many: str) -> str:
    """``1 policy``, ``2 policies``."""
    return f"{number} {one if number == 1 else many}"


def print_json(value: Any) -> None:  # noqa: ANN401
    """Print a value as indented JSON with sorted keys."""
    import json  # noqa: PLC0415

    click.echo(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False))


def is_terminal() -> bool:
    """Whether standard error is a terminal, so that a progress bar makes sense."""
    return sys.stderr.isatty()
