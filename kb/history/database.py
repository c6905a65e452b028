"""The history database: earlier claims that somebody asked payerkb to keep.

The one place where payerkb keeps patient data.  The file is small enough to be made in
memory; it is written whole, for its owner alone, and sealed as the knowledge base is.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from kb.database.seal import DIGITS, NO_SEAL, SEAL, hashes_of, place_of_seal
from kb.history.errors import HistoryError
from kb.whole_files import NotWrittenError, remove_leftovers, write_whole

APPLICATION_ID = 0x70616B68
"""Stands in the file's header, so that any program can tell whose file it is."""
SCHEMA_VERSION = 1
SQLITE = b"SQLite format 3\0"
_HEADER = 100
_SCHEMA = """
CREATE TABLE source (
  sha256 TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE telling (
  member TEXT NOT NULL, text TEXT NOT NULL, services INTEGER NOT NULL,
  first_day TEXT NOT NULL, last_day TEXT NOT NULL, source TEXT NOT NULL,
  PRIMARY KEY (member, text)) STRICT, WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
"""


class Source(NamedTuple):
    """A file that was added."""

    sha256: str
    name: str


class KeptTelling(NamedTuple):
    """One telling of an earlier claim (``kb.history.telling.packed``)."""

    member: str
    text: str
    services: int
    first: str
    """First day, as ``2025-01-02``; empty when it tells no service."""
    last: str
    source: str
    """The hash of the file that told it first."""


@dataclass(frozen=True, slots=True)
class Kept:
    """All that a history database holds."""

    sources: tuple[Source, ...] = ()
    tellings: tuple[KeptTelling, ...] = ()

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day of a service."""
        first = min((t.first for t in self.tellings if t.first), default="")
        last = max((t.last for t in self.tellings if t.last), default="")
        return _day(first), _day(last)

    def with_more(self, source: Source, tellings: Iterable[KeptTelling]) -> Kept:
        """The same with what another file tells that is not there yet."""
        there = {(t.member, t.text): t for t in self.tellings}
        for telling in tellings:
            there.setdefault((telling.member, telling.text), telling)
        known = any(each.sha256 == source.sha256 for each in self.sources)
        more = () if known else (source,)
        return Kept((*self.sources, *more), tuple(there.values()))

    def since(self, day: date) -> Kept:
        """The same without claims whose last day lies before a day."""
        left = tuple(t for t in self.tellings if _since(t, day.isoformat()))
        told = {telling.source for telling in left}
        return Kept(tuple(s for s in self.sources if s.sha256 in told), left)


def _since(telling: KeptTelling, day: str) -> bool:
    # A reversal that tells no day goes with the last of its patient's claims, in --all.
    return not telling.last or telling.last >= day


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def is_sqlite(path: Path) -> bool:
    """Whether a file is an SQLite database; no when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE)) == SQLITE
    except (OSError, ValueError):
        return False


def read_kept(path: Path) -> Kept:
    """What a history database holds.

    Raises ``HistoryError`` when there is none, or when it is not as payerkb wrote it.
    """
    return kept_in(_content_of(path), path)


def _content_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        message = (
            f"There is no history at {path}. Make one: payerkb history add FILES "
            f"--database {path}"
        )
        raise HistoryError(message) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "its name is not one"
        raise HistoryError(f"{path} cannot be read: {why}.") from None


def kept_in(content: bytes, path: Path) -> Kept:
    """The same of bytes that were read from a path."""
    _refuse_unsound(content, path)
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(content)
            sources = connection.execute("SELECT sha256, name FROM source")
            rows = connection.execute(
                "SELECT member, text, services, first_day, last_day, source FROM telling"
            )
            return Kept(
                tuple(Source(*row) for row in sources),
                tuple(KeptTelling(*row) for row in rows),
            )
    except sqlite3.DatabaseError:
        raise HistoryError(f"{path} is damaged. {_ADD_AGAIN}") from None


_ADD_AGAIN = "Delete it and add its files again: payerkb history add"


def refuse_other_files(content: bytes, path: Path) -> None:
    """Raise ``HistoryError`` for a file of another program, whatever state it is in."""
    ours = content.startswith(SQLITE) and len(content) >= _HEADER
    if not ours or _number(content, 68) != APPLICATION_ID:
        message = f"{path} is no history database. Name the one of payerkb history add."
        raise HistoryError(message)


def _refuse_unsound(content: bytes, path: Path) -> None:
    refuse_other_files(content, path)
    if _number(content, 60) != SCHEMA_VERSION:
        message = (
            f"{path} is laid out as another version of payerkb does it. {_ADD_AGAIN}"
        )
        raise HistoryError(message)
    if not hashes_of(content).sealed:
        message = (
            f"{path} is not as payerkb wrote it: it was changed by hand or by another "
            f"program, or a disk or a copy has damaged it. {_ADD_AGAIN}"
        )
        raise HistoryError(message)


def _number(content: bytes, place: int) -> int:
    return int.from_bytes(content[place : place + 4], "big")


def bytes_of(kept: Kept) -> bytes:
    """The file that holds them, sealed; the same bytes for the same rows."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_SCHEMA)
        connection.execute("INSERT INTO meta VALUES (?, ?)", (SEAL, NO_SEAL))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.executemany("INSERT INTO source VALUES (?, ?)", sorted(kept.sources))
        connection.executemany(
            "INSERT INTO telling VALUES (?, ?, ?, ?, ?, ?)", sorted(kept.tellings)
        )
        connection.commit()
        return _sealed(connection.serialize())


def _sealed(content: bytes) -> bytes:
    place = place_of_seal(content)
    assert place is not None, "the schema has a row for the seal"
    blank = content[:place] + b"0" * DIGITS + content[place + DIGITS :]
    digits = hashlib.sha256(blank).hexdigest().encode()
    return content[:place] + digits + content[place + DIGITS :]


def write_kept(path: Path, kept: Kept, before: bytes | None) -> bool:
    """Write the database whole, for its owner alone; whether anything changed.

    ``before`` are the bytes that ``kept`` was made from, ``None`` where there was no file.
    Raises ``HistoryError`` when another program has changed it meanwhile, or when it
    cannot be written; it is then as it was.
    """
    content = bytes_of(kept)
    # A program that was killed in writing left claims of patients beside the file.
    remove_leftovers(path.resolve().parent)
    if content == before:
        return False
    if bytes_now(path) != before:
        message = f"{path} was changed meanwhile by another program. Do it again."
        raise HistoryError(message)
    try:
        write_whole(path, content, private=True)
    except NotWrittenError as error:
        raise HistoryError(str(error)) from None
    return True


def delete_kept(path: Path) -> None:
    """Delete a history database, even a damaged one.

    Raises ``HistoryError`` when there is none, or when it cannot be deleted.
    """
    refuse_other_files(_content_of(path), path)
    try:
        path.unlink()
    except OSError as error:
        raise HistoryError(f"{path} cannot be deleted: {error.strerror}.") from None
    remove_leftovers(path.resolve().parent)


def bytes_now(path: Path) -> bytes | None:
    """The file's bytes; ``None`` where there is no file.

    Raises ``HistoryError`` when it cannot be read.
    """
    return _content_of(path) if path.exists() else None
