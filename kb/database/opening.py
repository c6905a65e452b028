"""A knowledge base opened: hashed, checked and read from one and the same bytes.

The file is read once, whole.  Its hash and its seal are of these bytes, and SQLite reads
them from memory, never the name again: whatever takes the file's place meanwhile, or is
written into it, or lies beside it as a journal, changes neither answer nor receipt.
That costs some milliseconds and the size of the file in memory, and is the same on
every system: the hash is made by a thread of its own while SQLite takes its copy.  A name
under ``/proc/self/fd`` would not be, and SQLite follows it to the file's own name anyway.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from dsl.errors import PayerkbError
from kb.database.schema import APPLICATION_ID, SCHEMA_VERSION
from kb.database.seal import Hashes, hashes_of

MAGIC = b"SQLite format 3\0"
HEADER = 100
"""Bytes of an SQLite file's header."""
WAL_MODE = 2
"""Of the header's bytes 18 and 19: what is new lies in a journal beside the file."""
JOURNALS = ("-wal", "-shm", "-journal")
MOST_NAMED = 3


class KnowledgeBaseError(PayerkbError):
    """The file cannot be used as a knowledge base; the text says what to do."""


class ChangedFileError(KnowledgeBaseError):
    """The file is not as the build wrote it: edited, written by a program, or damaged."""

    def __init__(
        self, path: Path, policies: tuple[str, ...], tables: tuple[str, ...]
    ) -> None:
        self.policies = policies
        """Ids of the policy versions whose rows do not fit their hash."""
        self.tables = tables
        """Tables whose rows do not fit their hash."""
        super().__init__(
            f"{path} is not as payerkb build wrote it: {self._where()}. It was changed "
            "by hand or by another program, or the disk or a copy has damaged it. "
            "Build it again with: payerkb build"
        )

    def _where(self) -> str:
        where = [
            f"the {one if len(names) == 1 else many} {_named(names)}"
            for one, many, names in (
                ("rows of policy", "rows of policies", self.policies),
                ("table", "tables", self.tables),
            )
            if names
        ]
        return ", ".join(where) or "no row, but its header, an index or its seal"


class OpenedFile(sqlite3.Connection):
    """A connection that knows the hash of what it reads."""

    sha256: str = ""
    """``sha256:...`` of the file; empty for a connection made otherwise."""


def open_knowledge_base(path: Path) -> OpenedFile:
    """A read-only connection to the knowledge base at ``path``, as it is now.

    Rows come as ``sqlite3.Row``.  It may be used in several threads, one at a time.
    Raises ``KnowledgeBaseError`` when there is no such file, it is not a knowledge
    base, another version of payerkb built it, or it is not as the build wrote it
    (``ChangedFileError``).
    """
    if not path.is_file():
        message = f"There is no knowledge base at {path}. Make it with: payerkb build"
        raise KnowledgeBaseError(message)
    _refuse_journals(path)
    content = _content_of(path)
    hashes_when_made = _hashed_meanwhile(content)
    connection = sqlite3.connect(
        ":memory:", check_same_thread=False, factory=OpenedFile
    )
    try:
        connection.deserialize(content)
        hashes = hashes_when_made()
        connection.execute("PRAGMA query_only = ON")
        if not hashes.sealed:
            raise _changed(connection, path)
    except (sqlite3.Error, ValueError) as error:  # its messages may be no text
        connection.close()
        raise _not_readable(path, error) from None
    except KnowledgeBaseError:
        connection.close()
        raise
    connection.sha256 = hashes.file
    connection.row_factory = sqlite3.Row
    return connection


def hash_of(connection: sqlite3.Connection) -> str:
    """``sha256:...`` of the file that a connection reads; empty when it is not known."""
    return connection.sha256 if isinstance(connection, OpenedFile) else ""


def _content_of(path: Path) -> bytes:
    """The bytes of the file, once its header says that they are worth reading."""
    try:
        with path.open("rb", buffering=0) as file:
            _refuse_other_files(file.read(HEADER), path)
            file.seek(0)
            return file.readall()
    except OSError as error:
        raise _not_readable(path, error.strerror or error) from None


def _hashed_meanwhile(content: bytes) -> Callable[[], Hashes]:
    """Begin to hash; what is given waits for the end of it."""
    if sys.platform == "emscripten":  # a browser's Python has one thread
        return lambda: hashes_of(content)
    found: list[Hashes] = []
    thread = Thread(target=lambda: found.append(hashes_of(content)))
    thread.start()

    def waited_for() -> Hashes:
        thread.join()
        return found[0]

    return waited_for


def _not_readable(path: Path, why: object) -> KnowledgeBaseError:
    return KnowledgeBaseError(
        f"{path} cannot be read as a payerkb knowledge base: {why}. "
        "Make it anew with: payerkb build --force"
    )


def _refuse_journals(path: Path) -> None:
    """Whoever left a journal was changing the file: it is half of what it says."""
    for suffix in JOURNALS:
        journal = path.with_name(path.name + suffix)
        if journal.exists():
            message = (
                f"{journal} lies beside {path}: another program is changing the "
                "knowledge base, or was stopped while doing so. Close that program, "
                f"delete {journal.name}, and build again with: payerkb build --force"
            )
            raise KnowledgeBaseError(message)


def _refuse_other_files(header: bytes, path: Path) -> None:
    if not header.startswith(MAGIC) or len(header) < HEADER:
        raise _not_readable(path, "file is not a database")
    if _number(header, 68) != APPLICATION_ID:
        message = (
            f"{path} is an SQLite file, but payerkb did not build it. "
            "Name the file that payerkb build wrote."
        )
        raise KnowledgeBaseError(message)
    version = _number(header, 60)
    if version != SCHEMA_VERSION:
        message = (
            f"{path} has tables of version {version}; this payerkb reads version "
            f"{SCHEMA_VERSION}. Build it again with: payerkb build"
        )
        raise KnowledgeBaseError(message)
    if WAL_MODE in header[18:20]:
        message = (
            f"Another program has set {path} to write-ahead logging (WAL), so what it "
            "says is not all in the file. Build it again with: payerkb build"
        )
        raise KnowledgeBaseError(message)


def _number(header: bytes, place: int) -> int:
    return int.from_bytes(header[place : place + 4], "big")


def _changed(connection: sqlite3.Connection, path: Path) -> ChangedFileError:
    # Only a changed file pays for it.
    from kb.database.row_hashes import misfits  # noqa: PLC0415

    found = misfits(connection)
    return ChangedFileError(path, found.policies, found.tables)


def _named(names: tuple[str, ...]) -> str:
    more = len(names) - MOST_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return ", ".join(names[:MOST_NAMED]) + rest
