"""What answers are made from: the files of a knowledge base, opened in each process."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from dsl.errors import PayerkbError
from kb.engine import Engine
from kb.tables.layers import Layered
from kb.tables.opening import open_tables
from kb.tables.shipped_rows import shipped_hash, shipped_rows


class KnowledgeChangedError(PayerkbError):
    """Another knowledge base stands in its place than the one that began to answer."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A knowledge base and the tables beside it, by their files."""

    database: Path
    tables: Path | None = None
    """``None``: only the rows that ship."""
    sha256: str = ""
    """The database that it must be; empty: whichever stands there."""

    def tables_hash(self) -> str:
        """What tells these tables from others."""
        if self.tables is None:
            return shipped_hash()
        with self.tables.open("rb") as file:
            return f"{shipped_hash()} {file_digest(file, 'sha256').hexdigest()}"

    def engine(self) -> Engine:
        """The engine of these files.

        Raises ``kb.database.opening.KnowledgeBaseError`` or ``kb.tables.errors.TablesError``
        when one cannot be used, and ``KnowledgeChangedError`` when it is not the one that
        it must be.
        """
        engine = Engine.open(self.database)
        if self.sha256 and engine.program.database != self.sha256:
            message = (
                f"{self.database} was replaced meanwhile. Run the command again, so that"
                " one knowledge base answers all claims."
            )
            raise KnowledgeChangedError(message)
        if self.tables is None:
            return engine
        given = Layered(open_tables(self.tables), shipped_rows())
        return engine.with_tables(given, shipped_hash())
