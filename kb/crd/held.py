"""The engine of a file, made anew when another file takes its place."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from kb.database.opening import KnowledgeBaseError, open_knowledge_base
from kb.engine import Engine
from kb.tables.beside import tables_beside
from kb.tables.shipped_rows import shipped_hash
from kb.whole_files import FileMark, file_mark

log = logging.getLogger("payerkb.crd")


@dataclass(slots=True)
class Held:
    """The engine that answers; a file that is not sound is left aside."""

    path: Path
    engine: Engine
    mark: FileMark | None
    lock: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, path: Path) -> Held:
        """Open a knowledge base.

        Raises ``kb.database.opening.KnowledgeBaseError`` when there is no usable one.
        """
        mark = file_mark(path)
        return cls(path, engine_of(path), mark)

    def is_old(self) -> bool:
        """Whether another file stands at the path now."""
        found = file_mark(self.path)
        return found is not None and found != self.mark

    def current(self) -> Engine:
        """The engine of the file that stands there now; takes a second where it is new."""
        with self.lock:
            found = file_mark(self.path)
            if found is not None and found != self.mark:
                self.mark = found
                try:
                    self.engine = engine_of(self.path)
                except KnowledgeBaseError as error:
                    log.error("The new knowledge base is not used: %s", error)
            return self.engine


def engine_of(path: Path) -> Engine:
    """The engine of a file, whole in memory, with the tables beside it."""
    with closing(open_knowledge_base(path)) as connection:
        engine = Engine.reading(connection)
    held = engine.with_tables(tables_beside(path), shipped_hash())
    return held.taking_any_facts()
