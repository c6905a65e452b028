"""A new database takes the place of the old one in one step, or not at all.

The file is made in the same folder under a name of its own, checked, written through to
the disk, and renamed.  Whoever has the old file open goes on reading it; whoever opens
the name gets the old file or the new one, never a part.

One build at a time works on a database: the others wait for its lock.  The lock is an
SQLite lock on an empty file, which every system lets go when its holder dies, so what
a killed build left behind is known to be nobody's and is removed by the next.
"""

from __future__ import annotations

import secrets
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from dsl.errors import PayerkbError
from kb.whole_files import NotWrittenError, place_of, put_in_place

LONGEST_WAIT = 120.0
"""Seconds to wait for another build of the same database."""
SAID_AFTER = 1.0
"""Seconds of waiting after which it is said."""
ASKED_EVERY = 0.05
"""Seconds between two looks at the lock; between them Ctrl-C is heard."""
HOW_MANY_FAULTS = 5


class BuildError(PayerkbError):
    """A database could not be built; the text says why and what to do."""


@contextmanager
def only_builder_of(
    database: Path,
    wait: float = LONGEST_WAIT,
    waiting: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """Hold the right to build ``database``; leftovers of killed builds are removed.

    ``waiting`` is called once when another build has kept this one waiting for
    ``SAID_AFTER`` seconds.

    Raises ``BuildError`` when ``database`` is something else than a file, or its folder
    cannot be written, or another build holds on longer than ``wait`` seconds.
    """
    target = place_of_database(database)
    lock = beside(target, "lock")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _refuse_a_lock_that_is_no_file(lock)
        connection = sqlite3.connect(lock, timeout=0, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise _cannot_lock(database, lock, error) from None
    with closing(connection):
        _take(connection, lock, database, wait, waiting)
        _remove_leftovers(target)
        yield


def place_of_database(database: Path) -> Path:
    """The file that is built: behind a symbolic link the one that it leads to.

    Raises ``BuildError`` when something else than a regular file stands there, or the
    link leads to a folder that is not there.
    """
    try:
        target = place_of(database)
    except NotWrittenError as error:
        message = (
            f"Cannot write {database}: {str(error).partition(': ')[2]} Name a file for the "
            "database; `payerkb check` tries policies without writing anything."
        )
        raise BuildError(message) from None
    # What a link leads to may be a disk that is not there now: no folder is made for it.
    if database.is_symlink() and not target.parent.is_dir():
        message = (
            f"Cannot write {database}: it is a link to {target}, and there is no folder "
            f"{target.parent}. Make that folder, or remove the link."
        )
        raise BuildError(message)
    return target


def _refuse_a_lock_that_is_no_file(lock: Path) -> None:
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(lock.lstat().st_mode):
            raise _bad_lock(lock, "it is no regular file")


def _take(
    connection: sqlite3.Connection,
    lock: Path,
    database: Path,
    wait: float,
    waiting: Callable[[], None],
) -> None:
    started = time.monotonic()
    said = False
    while not _is_taken(connection, lock, database):
        waited = time.monotonic() - started
        if waited >= wait:
            message = (
                f"Another build of {database} is still running. "
                "Wait until it is done, or stop it, and build again."
            )
            raise BuildError(message)
        if waited >= SAID_AFTER and not said:
            waiting()
            said = True
        time.sleep(min(ASKED_EVERY, wait - waited))


def _is_taken(connection: sqlite3.Connection, lock: Path, database: Path) -> bool:
    """Whether the lock is ours now; False when another build holds it."""
    try:
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("BEGIN EXCLUSIVE")
        # Of a file that may only be read, SQLite gives the lock to everybody who asks.
        # This change is never committed; it fails where nothing can be written.
        connection.execute("PRAGMA user_version = 1")
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            return False
        raise _cannot_lock(database, lock, error) from None
    return True


def _cannot_lock(database: Path, lock: Path, error: Exception) -> BuildError:
    """The fault is the lock's when there is one, else the folder's."""
    is_there = lock.is_file()
    return _bad_lock(lock, str(error)) if is_there else _not_writable(database, error)


def _bad_lock(lock: Path, why: str) -> BuildError:
    return BuildError(
        f"{lock} keeps two builds from running at once, and cannot be used: {why}. If no "
        "build is running, delete it and build again."
    )


def _remove_leftovers(target: Path) -> None:
    begins = beside(target, "building-").name
    try:
        for found in target.parent.iterdir():
            if found.name.startswith(begins) and stat.S_ISREG(found.lstat().st_mode):
                found.unlink(missing_ok=True)
    except OSError as error:
        raise _not_writable(target, error) from None


def _not_writable(database: Path, error: Exception) -> BuildError:
    return BuildError(
        f"Cannot write {database}: {error}. "
        "Choose a folder that you may write to and that has room."
    )


def beside(database: Path, suffix: str) -> Path:
    """Where what belongs to a database stands: in its folder, hidden, under its name."""
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
    target = place_of_database(database)
    _refuse_a_database_in_use(target)
    new = beside(target, f"building-{secrets.token_hex(6)}")
    try:
        with closing(sqlite3.connect(new, isolation_level=None)) as connection:
            _fill(connection, write)
            _check(connection)
        if finish is not None:
            finish(new)
        put_in_place(new, target)
    except (OSError, sqlite3.OperationalError) as error:
        raise _not_writable(database, error) from None
    finally:
        with suppress(OSError):
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
