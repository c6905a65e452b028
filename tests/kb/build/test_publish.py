"""One step from the old database to the new one, whatever happens on the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kb.build.publish import BuildError, only_builder_of, publish

Connection = sqlite3.Connection


def write_number(number: int) -> Callable[[Connection], None]:
    def write(connection: Connection) -> None:
        connection.execute("CREATE TABLE t (n INTEGER CHECK (n < 100)) STRICT")
        connection.execute("INSERT INTO t VALUES (?)", (number,))

    return write


def number_in(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        (number,) = connection.execute("SELECT n FROM t").fetchone()
    return int(number)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "kb.db"
    publish(path, write_number(1))
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_new_database_takes_the_place_of_the_old(database: Path) -> None:
    publish(database, write_number(2))
    assert number_in(database) == 2
    assert names_in(database.parent) == ["kb.db"]


def test_who_has_the_old_one_open_goes_on_reading_it(database: Path) -> None:
    with closing(sqlite3.connect(database)) as reader:
        assert reader.execute("SELECT n FROM t").fetchone() == (1,)
        publish(database, write_number(2))
        assert reader.execute("SELECT n FROM t").fetchone() == (1,)


def fail_with(error: Exception) -> Callable[[Connection], None]:
    def write(connection: Connection) -> None:
        connection.execute("CREATE TABLE t (n INTEGER)")
        raise error

    return write


def break_check(connection: Connection) -> None:
    connection.execute("PRAGMA ignore_check_constraints = ON")
    write_number(100)(connection)
    connection.execute("PRAGMA ignore_check_constraints = OFF")


def break_key(connection: Connection) -> None:
    connection.execute("CREATE TABLE source (id TEXT PRIMARY KEY) STRICT")
    connection.execute("CREATE TABLE rule (id TEXT, source REFERENCES source(id))")
    connection.execute("INSERT INTO rule VALUES ('four-weeks', 'LCD-9')")


def break_uniqueness(connection: Connection) -> None:
    connection.execute("CREATE TABLE source (id TEXT PRIMARY KEY) STRICT")
    connection.executemany("INSERT INTO source VALUES (?)", [("A",), ("A",)])


FAULTS = [
    ("disk full", fail_with(sqlite3.OperationalError("disk is full")), "disk is full"),
    ("system", fail_with(PermissionError("not yours")), "Cannot write .*not yours"),
    ("same key twice", break_uniqueness, "do not fit the tables: UNIQUE"),
    ("missing parent", break_key, "rule four-weeks names the source LCD-9"),
    ("damaged", break_check, "damaged .*CHECK"),
]


@pytest.mark.parametrize(
    ("write", "message"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_failed_build_leaves_all_as_it_was(
    database: Path, write: Callable[[Connection], None], message: str
) -> None:
    before = database.read_bytes()
    with pytest.raises(BuildError, match=message):
        publish(database, write)
    assert database.read_bytes() == before
    assert names_in(database.parent) == ["kb.db"]


def test_a_fault_of_the_program_leaves_all_as_it_was_too(database: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        publish(database, fail_with(ZeroDivisionError()))
    assert number_in(database) == 1
    assert names_in(database.parent) == ["kb.db"]


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_a_database_that_somebody_changes_is_refused(
    database: Path, suffix: str
) -> None:
    database.with_name(database.name + suffix).write_bytes(b"x")
    with pytest.raises(BuildError, match=f"kb.db{suffix} exists"):
        publish(database, write_number(2))
    assert number_in(database) == 1


def test_folder_in_place_of_the_database_is_told(tmp_path: Path) -> None:
    target = tmp_path / "kb.db"
    target.mkdir()
    with pytest.raises(BuildError, match="Cannot write"):
        publish(target, write_number(1))
    assert names_in(tmp_path) == ["kb.db"]


def test_second_builder_waits_its_turn_and_then_says_so(database: Path) -> None:
    other = pytest.raises(
        BuildError, match=r"Another build of .*kb.db is still running"
    )
    with only_builder_of(database), other, only_builder_of(database, wait=0):
        pytest.fail("two builders at once")
    with only_builder_of(database, wait=0):
        publish(database, write_number(3))
    assert number_in(database) == 3


def test_builders_of_other_databases_do_not_wait(database: Path) -> None:
    other = database.with_name("other.db")
    with only_builder_of(database), only_builder_of(other, wait=0):
        publish(other, write_number(4))
    assert (number_in(database), number_in(other)) == (1, 4)


def test_leftovers_of_killed_builds_are_removed(database: Path) -> None:
    leftover = database.with_name(".kb.db.building-0123456789ab")
    neighbour = database.with_name(".other.db.building-0123456789ab")
    for path in (leftover, neighbour):
        path.write_bytes(b"half a file")
    with only_builder_of(database):
        assert not leftover.exists()
    assert neighbour.exists()


def test_folder_of_the_database_is_made(tmp_path: Path) -> None:
    database = tmp_path / "build" / "new" / "kb.db"
    with only_builder_of(database):
        publish(database, write_number(1))
    assert number_in(database) == 1


def test_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = pytest.raises(BuildError, match=r"Cannot write .*Choose a folder")
    with refused, only_builder_of(tmp_path / "file" / "kb.db"):
        pytest.fail("there is no such folder")
