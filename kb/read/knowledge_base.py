"""The knowledge base as all readers of one build share it: what was read is kept, typed.

A build never changes, so nothing is read from it twice.  A table that pages want whole
(payers, policy versions, sources) is read when it is first asked for; of what is large
(rules, code lists, the content of policies) only the items asked for are read, all that
are missing in one go, and those last asked for are kept.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from threading import RLock
from typing import Any, TypeVar, cast

from cachetools import LRUCache

from kb.tables.model import Tables
from kb.tables.shipped_rows import shipped_rows

MOST_ITEMS = 20_000
"""Of a kind, kept in memory: ten times the rules of the shipped policies."""

Row = dict[str, Any]
Kept = TypeVar("Kept")


class Held:
    """What was read of one build, for every thread that reads it."""

    def __init__(self, cms: Tables | None = None) -> None:
        self.lock = RLock()
        self.cms: Tables = cms or shipped_rows()
        """CMS's tables: those that lie beside the file, or only what ships."""
        self.tables: dict[Hashable, object] = {}
        self.items: defaultdict[Hashable, LRUCache[str, object]] = defaultdict(
            lambda: LRUCache(maxsize=MOST_ITEMS)
        )


class KnowledgeBase:
    """A connection to a build, with what it and others have read of the same build."""

    def __init__(
        self, connection: sqlite3.Connection, held: Held | None = None
    ) -> None:
        self.connection = connection
        self._held = held or Held()

    @property
    def cms(self) -> Tables:
        """CMS's tables, which are no part of the build."""
        return self._held.cms

    def once(self, load: Callable[[KnowledgeBase], Kept]) -> Kept:
        """What ``load`` reads, read the first time only."""
        held = self._held
        with held.lock:
            if load not in held.tables:
                held.tables[load] = load(self)
            return cast("Kept", held.tables[load])

    def items(
        self,
        load: Callable[[KnowledgeBase, list[str]], dict[str, Kept]],
        ids: Iterable[str],
    ) -> dict[str, Kept]:
        """Items by id, in the order of their ids; ``load`` reads the missing ones.

        Ids that are unknown are left out.
        """
        wanted = sorted(set(ids))
        with self._held.lock:
            kept = cast("LRUCache[str, Kept]", self._held.items[load])
            found = {each: kept[each] for each in wanted if each in kept}
            missing = [each for each in wanted if each not in found]
            if missing:
                read = load(self, missing)
                kept.update(read)
                found |= read
        return {each: found[each] for each in wanted if each in found}

    def rows(self, sql: str, *values: object, **named: object) -> list[Row]:
        """The rows of a query, as ``rows_from``."""
        return rows_from(self.connection, sql, *values, **named)

    def column(self, sql: str, *values: object, **named: object) -> tuple[Any, ...]:
        """The first column of a query, as ``column_from``."""
        return column_from(self.connection, sql, *values, **named)


def rows_from(
    connection: sqlite3.Connection, sql: str, *values: object, **named: object
) -> list[Row]:
    """The rows of a query, each by column name, whatever the row factory is.

    A query has either ``?`` with values in their order or ``:name`` with named ones.
    """
    cursor = connection.execute(sql, named or values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def column_from(
    connection: sqlite3.Connection, sql: str, *values: object, **named: object
) -> tuple[Any, ...]:
    """The first column of a query; its values as in ``rows_from``."""
    return tuple(row[0] for row in connection.execute(sql, named or values))


def grouped(rows: Iterable[Row], column: str) -> defaultdict[str, list[Row]]:
    """Rows by the value of ``column``, which the rows then no longer have."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.pop(column)].append(row)
    return groups
