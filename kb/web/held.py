"""The knowledge base that the site serves: a copy in memory of the file that was checked.

Datasette opens a file by its name, once for each of its threads and only when a thread
is first asked: by then another file may stand there, unchecked, and one page would be
made from two.  Its connections here all read the copy that one opening has filled, so
that nothing of the file is read after it was checked.
"""

from __future__ import annotations

import sqlite3
from itertools import count
from pathlib import Path
from typing import Any

from datasette.database import Database

from kb.database.opening import OpenedFile, hash_of
from kb.read.knowledge_base import Held
from kb.read.store import Connection, open_knowledge_base

_numbers = count(1)


class HeldDatabase(Database):  # type: ignore[misc]  # Datasette is not typed
    """A knowledge base held in memory until it is closed."""

    def __init__(self, datasette: Any, source: Path) -> None:  # noqa: ANN401
        """Open, check and copy the file ``source``.

        Raises ``kb.read.store.KnowledgeBaseError`` when it is no sound knowledge base.
        """
        super().__init__(datasette, is_mutable=False, is_memory=True)
        self.source = source
        self.read = Held()
        """What its threads have read of it; another file brings its own."""
        self._address = f"file:/payerkb-{next(_numbers)}?vfs=memdb"
        self._own: list[Connection] = []
        opened = open_knowledge_base(source)
        self.sha256 = hash_of(opened)
        """``sha256:...`` of the file, which receipts name."""
        try:
            # SQLite forgets the copy with its last connection: this one keeps it.
            opened.backup(self._connection())
        finally:
            opened.close()

    def connect(self, write: bool = False) -> Connection:  # noqa: FBT001, FBT002  (Datasette's own)
        """A connection for one of Datasette's threads; none may write."""
        assert not write
        connection = self._connection()
        connection.execute("PRAGMA query_only = ON")
        return connection

    def close(self) -> None:
        """Forget the copy, once what is being read from it has come to its end."""
        super().close()
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
