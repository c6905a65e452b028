"""The database of tables is changed in one step: afterwards the old one, or the new one.

A copy is made beside it, changed, written through to the disk, and renamed.  Whatever
stops the program on the way leaves the old file, and whoever has that open goes on
reading it.  One import at a time works on it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from kb.tables.errors import TablesError
from kb.tables.opening import refuse_other_files
from kb.tables.schema import APPLICATION_ID, SCHEMA, SCHEMA_VERSION
from kb.whole_files import NotWrittenError, place_of, put_in_place

LONGEST_WAIT = 60.0
"""Seconds to wait for another import into the same database."""
CACHE = 32 << 10
"""Kilobytes of pages that SQLite holds."""


@contextmanager
def only_importer_of(tables: Path) -> Iterator[None]:
    """Hold the right to change the database; what killed imports left is removed.

    Raises ``TablesError`` when it cannot be had.
    """
    target = place_of_tables(tables)
    lock = _beside(target, "lock")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with closing(
            sqlite3.connect(lock, timeout=LONGEST_WAIT, isolation_level=None)
        ) as connection:
            connection.execute("PRAGMA journal_mode = MEMORY")
            connection.execute("BEGIN EXCLUSIVE")
            _remove_leftovers(target)
            yield
    except sqlite3.OperationalError as error:
        message = (
            f"{lock} keeps two imports from running at once, and cannot be taken: "
            f"{error}. Wait until the other import is done; if there is none, delete it."
        )
        raise TablesError(message) from None
    except OSError as error:
        raise _not_writable(tables, error) from None


def place_of_tables(tables: Path) -> Path:
    """The file itself, behind a link; raises ``TablesError`` when it is no file."""
    try:
        return place_of(tables)
    except NotWrittenError as error:
        message = f"{str(error).rstrip('.')}. Name a file for the tables: --tables FILE"
        raise TablesError(message) from None


def _remove_leftovers(target: Path) -> None:
    begins = _beside(target, "importing-").name
    for found in target.parent.iterdir():
        if found.name.startswith(begins) and stat.S_ISREG(found.lstat().st_mode):
            found.unlink(missing_ok=True)


def _beside(tables: Path, suffix: str) -> Path:
    return tables.with_name(f".{tables.name}.{suffix}")


def change(tables: Path, write: Callable[[sqlite3.Connection], None]) -> None:
    """Have ``write`` change a copy of the database and put it in place of the old.

    The caller holds ``only_importer_of(tables)``.  Raises ``TablesError`` when the disk
    does not take it, and whatever ``write`` raises; the database is then as it was.
    """
    target = place_of_tables(tables)
    new = _beside(target, f"importing-{secrets.token_hex(6)}")
    try:
        _copy(target, new)
        with closing(sqlite3.connect(new, isolation_level=None)) as connection:
            _change(connection, write)
        put_in_place(new, target)
    except (OSError, sqlite3.OperationalError) as error:
        raise _not_writable(tables, error) from None
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        message = f"{tables} is damaged: {error}. Delete it and import its files again."
        raise TablesError(message) from None
    finally:
        for leftover in (new, new.with_name(f"{new.name}-journal")):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)


def _copy(target: Path, new: Path) -> None:
    """The old file under the new name; nothing when there is none yet."""
    if target.exists() and target.stat().st_size:
        refuse_other_files(target)
        shutil.copyfile(target, new)
        os.chmod(new, 0o600)  # noqa: PTH101  (read by its owner until it is in place)


def _change(
    connection: sqlite3.Connection, write: Callable[[sqlite3.Connection], None]
) -> None:
    # Nobody else sees this file, and a killed import throws it away: no journal needed.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(f"PRAGMA cache_size = -{CACHE}")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("BEGIN EXCLUSIVE")
    if not connection.execute("PRAGMA user_version").fetchone()[0]:
        for statement in SCHEMA.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    write(connection)
    connection.execute("COMMIT")


def _not_writable(tables: Path, error: Exception) -> TablesError:
    return TablesError(
        f"Cannot write {tables}: {error}. Choose a folder that you may write to and that "
        "has room for the tables twice. What was imported before is as it was."
    )
