"""Rows of a knowledge base file: read now or later, and refused where of another shape."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from threading import Lock
from typing import Any

from kb.database.opening import KnowledgeBaseError
from kb.engine.program import Days


class KeptOpen:
    """A file that stays open for what is asked of it later, by one thread at a time.

    A claim is under few policies, so that most of a large file is never asked for.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection, self._lock = connection, Lock()

    def rows(self, sql: str, *values: str) -> list[Any]:
        """The rows of a statement as plain tuples."""
        with self._lock:
            cursor = self._connection.cursor()
            cursor.row_factory = None
            return cursor.execute(sql, values).fetchall()


@contextmanager
def of_our_shape() -> Iterator[None]:
    """Tell rows that are not as this version writes them, as what they are.

    A changed file is refused before; what comes here was written so by another state
    of the program.
    """
    try:
        yield
    except (
        sqlite3.DatabaseError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        message = (
            "Rows of this knowledge base are of another shape than this payerkb reads "
            f"({type(error).__name__}). Build it again with: payerkb build --force"
        )
        raise KnowledgeBaseError(message) from None


def day(text: str | None) -> date | None:
    """A day out of a column."""
    return date.fromisoformat(text) if text else None


def days(first: str | None, last: str | None) -> Days:
    """A span out of two columns."""
    return day(first), day(last)


def several(connection: sqlite3.Connection, sql: str) -> dict[str, list[str]]:
    """Values by key, out of rows of a key and a value."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in connection.execute(sql):
        found[key].append(value)
    return found
