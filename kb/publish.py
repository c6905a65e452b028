"""A new database takes the place of the old one in one step, or not at all.

The file is made in the same folder under a name of its own, checked, written through to
the disk, and renamed.  Whoever has the old file open goes on reading it; whoever opens
the name gets the old file or the new one, never a part.

One build at a time works on a database: the others wait for its lock.  The lock is an
SQLite lock on an empty file, which every system lets go when its holder dies, so what
a killed build left behind is known to be nobody's and is removed by the next.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

LONGEST_WAIT = 120.0
"""Seconds to wait for another build of the same database."""
HOW_MANY_FAULTS = 5


class BuildError(Exception):
    """A database could not be built; the text says why and what to do."""


@contextmanager
def only_builder_of(database: Path, wait: float = LONGEST_WAIT) -> Iterator[None]:
    """Hold the right to build ``database``; leftovers of killed builds are removed.

    Raises ``BuildError`` when the folder cannot be written, or another build holds on
    longer than ``wait`` seconds.
    """
    lock = _beside(database, "lock")
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(lock, timeout=wait, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise _not_writable(database, error) from None
    with closing(connection):
        _take(connection, database)
        for leftover in database.parent.glob(_beside(database, "building-*").name):
            leftover.unlink(missing_ok=True)
        yield


def _take(connection: sqlite3.Connection, database: Path) -> None:
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise _not_writable(database, error) from None
        message = (
            f"Another build of {database} is still running. "
            "Wait until it is done, or stop it, and build again."
        )
        raise BuildError(message) from None


def _not_writable(database: Path, error: Exception) -> BuildError:
    return BuildError(
        f"Cannot write {database}: {error}. "
        "Choose a folder that you may write to and that has room."
    )


def _beside(database: Path, suffix: str) -> Path:
    return database.with_name(f".{database.name}.{suffix}")


def publish(
    database: Path,
    write: Callable[[sqlite3.Connection], None],
    finish: Callable[[Path], None] | None = None,
) -> None:
    """Have ``write`` fill a new database, check it, and put it in place of the old.

    ``finish`` gets the path of the new file once SQLite is done with it.  The caller
    holds ``only_builder_of(database)``.

    Raises ``BuildError`` when ``write`` broke a rule of the tables or the disk did not
    take it; ``database`` is then as it was.
    """
    _refuse_a_database_in_use(database)
    new = _beside(database, f"building-{secrets.token_hex(6)}")
    try:
        with closing(sqlite3.connect(new, isolation_level=None)) as connection:
            _fill(connection, write)
            _check(connection)
        if finish is not None:
            finish(new)
        _write_through(new)
        new.replace(database)
        _write_folder_through(database.parent)
    except (OSError, sqlite3.OperationalError) as error:
        raise _not_writable(database, error) from None
    finally:
        new.unlink(missing_ok=True)


def _refuse_a_database_in_use(database: Path) -> None:
    """A journal of the old file would be played into the new one."""
    for suffix in ("-wal", "-journal"):
        journal = database.with_name(database.name + suffix)
        if journal.exists():
            message = (
                f"{journal} exists: another program is changing {database}, or was "
                "stopped while doing so. A knowledge base is changed by building it "
                f"only. Close that program, delete {journal.name}, and build again."
            )
            raise BuildError(message)


def _fill(
    connection: sqlite3.Connection, write: Callable[[sqlite3.Connection], None]
) -> None:
    # Nobody else sees this file, and a killed build throws it away: no journal needed.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN EXCLUSIVE")
    try:
        write(connection)
    except sqlite3.IntegrityError as error:
        message = (
            f"The policies do not fit the tables: {error}. The language's checks "
            "should have said so first; please report it with the policy files."
        )
        raise BuildError(message) from None
    connection.execute("COMMIT")


def _check(connection: sqlite3.Connection) -> None:
    broken = connection.execute("PRAGMA foreign_key_check").fetchmany(HOW_MANY_FAULTS)
    if broken:
        faults = "; ".join(_fault(connection, *row) for row in broken)
        raise BuildError(f"Some rows name what is not there: {faults}.")
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    if found != ["ok"]:
        message = (
            f"The new file is damaged ({found[0]}), most likely by the disk. "
            "The old one is still in place; build again, elsewhere if need be."
        )
        raise BuildError(message)


def _fault(
    connection: sqlite3.Connection, table: str, rowid: int, parent: str, key: int
) -> str:
    """One row whose foreign key leads nowhere, in words."""
    columns = [
        row[3]
        for row in connection.execute(f'PRAGMA foreign_key_list("{table}")')
        if row[0] == key
    ]
    wanted = ", ".join(f'"{column}"' for column in columns)
    query = f'SELECT {wanted} FROM "{table}" WHERE rowid = ?'  # noqa: S608
    values = connection.execute(query, (rowid,)).fetchone()
    owner = connection.execute(
        f'SELECT * FROM "{table}" WHERE rowid = ?',  # noqa: S608
        (rowid,),
    ).fetchone()[0]
    named = " ".join(str(value) for value in values)
    return f"{table} {owner} names the {parent} {named}"


def _write_through(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_folder_through(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
