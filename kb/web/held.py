"""The knowledge base that the site serves: a copy in memory of the file that was checked.

Datasette opens a file by its name, once for each of its threads and only when a thread
is first asked: by then another file may stand there, unchecked, and one page would be
made from two.  Its connections here all read the copy that one opening has filled, so
that nothing of the file is read after it was checked.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import local
from typing import Any, TypeVar

from datasette.database import Database

from kb.database.opening import OpenedFile, hash_of
from kb.engine.judge.evaluate import Engine
from kb.read.knowledge_base import Held
from kb.read.store import Connection, KnowledgeBase, content_of, open_knowledge_base
from kb.tables.errors import TablesError
from kb.tables.layers import Layered
from kb.tables.model import Tables
from kb.tables.opening import open_tables
from kb.tables.schema import DEFAULT_NAME
from kb.tables.shipped_rows import shipped_hash, shipped_rows

log = logging.getLogger("payerkb.site")
_numbers = count(1)
Made = TypeVar("Made")
AT_ONCE = 1
"""Pages that are made at a time: threads share one processor, and more of them only keep
those from it who send what is made already."""


class HeldDatabase(Database):  # type: ignore[misc]  # Datasette is not typed
    """A knowledge base held in memory until it is closed."""

    def __init__(self, datasette: Any, source: Path) -> None:  # noqa: ANN401
        """Open, check and copy the file ``source``.

        Raises ``kb.read.store.KnowledgeBaseError`` when it is no sound knowledge base.
        """
        super().__init__(datasette, is_mutable=False, is_memory=True)
        self.source = source
        self.read = Held(tables_beside(source))
        """What its threads have read of it; another file brings its own."""
        self._address = f"file:/payerkb-{next(_numbers)}?vfs=memdb"
        self._own: list[Connection] = []
        self._pages = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pages")
        self._aside = ThreadPoolExecutor(thread_name_prefix="aside")
        self._of_thread = local()
        self._engine: Engine | None = None
        opened = open_knowledge_base(source)
        self.sha256 = hash_of(opened)
        """``sha256:...`` of the file, which receipts name."""
        try:
            # SQLite forgets the copy with its last connection: this one keeps it.
            own = self._connection()
            opened.backup(own)
        finally:
            opened.close()
        self.content = content_of(KnowledgeBase(own, self.read))
        """The hash of the policies, which pages name."""
        self.columns = columns_in(own)
        """The columns of each table."""

    def connect(self, write: bool = False) -> Connection:  # noqa: FBT001, FBT002  (Datasette's own)
        """A connection for one of Datasette's threads; none may write."""
        assert not write
        connection = self._connection()
        connection.execute("PRAGMA query_only = ON")
        return connection

    async def ask(
        self, build: Callable[[KnowledgeBase], Made], *, aside: bool = False
    ) -> Made:
        """What ``build`` makes of the knowledge base, in a thread that only pages have.

        Datasette's tables have threads of their own, and what may take long is made
        ``aside``: however slow these are, pages wait for none of them.
        """

        def made() -> Made:
            if not hasattr(self._of_thread, "connection"):
                self._of_thread.connection = self.connect()
            return build(KnowledgeBase(self._of_thread.connection, self.read))

        pool = self._aside if aside else self._pages
        return await asyncio.get_running_loop().run_in_executor(pool, made)

    def engine(self, kb: KnowledgeBase) -> Engine:
        """The engine of this build, made once, with the tables that lie beside its file."""
        with self.read.lock:
            if self._engine is None:
                engine = Engine.reading(kb.connection)
                self._engine = engine.with_tables(self.read.cms, shipped_hash())
        return self._engine

    async def execute(self, *args: Any, **more: Any) -> Any:  # noqa: ANN401
        """As Datasette's own, but what SQLite refuses is not printed with its values."""
        return await super().execute(*args, **{**more, "log_sql_errors": False})

    def close(self) -> None:
        """Forget the copy, once what is being read from it has come to its end."""
        super().close()
        self._pages.shutdown(wait=True)
        self._aside.shutdown(wait=True)
        for connection in self._own:
            connection.close()
        self._own.clear()

    def _connection(self) -> Connection:
        made = sqlite3.connect(
            self._address, uri=True, check_same_thread=False, factory=OpenedFile
        )
        made.sha256 = self.sha256
        self._own.append(made)
        return made


def columns_in(connection: Connection) -> dict[str, list[str]]:
    """The columns of each table."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for table, column in connection.execute(
        "SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c"
        " WHERE t.type IN ('table', 'view') ORDER BY t.name, c.cid"
    ):
        found[table].append(column)
    return dict(found)


def tables_beside(source: Path) -> Tables:
    """CMS's tables as the command line has them: those that were imported beside a file.

    Without them, or when they cannot be read, there are the rows that ship.
    """
    imported = source.with_name(DEFAULT_NAME)
    if imported.exists():
        try:
            return Layered(open_tables(imported), shipped_rows())
        except TablesError as error:
            log.error("The tables are not used: %s", error)
    return shipped_rows()
