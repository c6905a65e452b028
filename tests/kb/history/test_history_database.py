"""The file that keeps earlier claims: whole, sealed, for its owner alone."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kb.history.database import (
    Kept,
    KeptTelling,
    Source,
    bytes_now,
    bytes_of,
    delete_kept,
    is_sqlite,
    read_kept,
    write_kept,
)
from kb.history.errors import HistoryError
from kb.whole_files import BESIDE, NOBODYS_AFTER

ONE, TWO = Source("aa", "2025.837"), Source("bb", "remittance.835")
FIRST = KeptTelling("M1", '["first"]', 2, "2025-01-02", "2025-01-02", "aa")
SECOND = KeptTelling("M1", '["second"]', 1, "2025-06-01", "2025-07-01", "bb")
THIRD = KeptTelling("M2", '["third"]', 1, "2025-02-01", "2025-02-01", "bb")
KEPT = Kept((ONE, TWO), (FIRST, SECOND, THIRD))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written = tmp_path / "history.db"
    assert write_kept(written, KEPT, None)
    return written


def test_what_is_written_is_read(path: Path) -> None:
    assert read_kept(path) == KEPT
    assert is_sqlite(path)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_only_its_owner_can_read_it(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write_kept(path, Kept(), bytes_now(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_order_in_which_it_was_filled_changes_no_byte() -> None:
    turned = Kept((TWO, ONE), (THIRD, FIRST, SECOND))
    assert bytes_of(turned) == bytes_of(KEPT)


def test_adding_again_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    again = KEPT.with_more(Source("aa", "renamed.837"), [FIRST])
    assert not write_kept(path, again, before)
    assert path.read_bytes() == before


@pytest.mark.parametrize("what", ["changed", "as it was", "deleted"])
def test_what_a_killed_program_left_of_patients_goes(path: Path, what: str) -> None:
    left = path.with_name(f"{BESIDE}killed")
    left.write_bytes(b"claims")
    old = left.stat().st_mtime - NOBODYS_AFTER - 1
    os.utime(left, (old, old))
    if what == "deleted":
        delete_kept(path)
    else:
        write_kept(path, Kept() if what == "changed" else KEPT, bytes_now(path))

    assert not left.exists()


def test_another_file_adds_what_is_not_there_yet() -> None:
    more = Kept((ONE,), (FIRST,)).with_more(TWO, [FIRST._replace(source="bb"), SECOND])
    assert more == Kept((ONE, TWO), (FIRST, SECOND))


def test_old_claims_are_forgotten_with_the_files_that_told_only_them(
    path: Path,
) -> None:
    left = KEPT.since(date(2025, 2, 2))
    assert left == Kept((TWO,), (SECOND,))
    write_kept(path, left, bytes_now(path))
    assert FIRST.text.encode() not in path.read_bytes()
    assert KEPT.since(date(2025, 7, 1)) == left
    assert KEPT.since(date(2025, 7, 2)) == Kept()


def test_the_days_covered() -> None:
    assert KEPT.days() == (date(2025, 1, 2), date(2025, 7, 1))
    assert Kept().days() == (None, None)


def test_another_programs_change_is_not_lost(path: Path) -> None:
    before = bytes_now(path)
    write_kept(path, Kept((ONE,), (FIRST,)), before)
    with pytest.raises(HistoryError, match="was changed meanwhile"):
        write_kept(path, Kept(), before)
    assert read_kept(path) == Kept((ONE,), (FIRST,))


def change_a_row(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE telling SET member = 'M9'")
        connection.commit()


def another_layout(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9")


def another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 9")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (Path.unlink, "There is no history at"),
        (lambda path: path.write_bytes(b""), "is no history database"),
        (lambda path: path.write_bytes(path.read_bytes()[:60]), "is no history database"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "not as payerkb wrote it"),
        (change_a_row, "not as payerkb wrote it"),
        (another_layout, "another version of payerkb"),
        (another_program, "is no history database"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_was_written_is_refused(
    path: Path, spoil: object, said: str
) -> None:
    assert callable(spoil)
    spoil(path)
    with pytest.raises(HistoryError, match=said):
        read_kept(path)


def test_what_cannot_be_written_leaves_it_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "history.db"
    folder.mkdir()
    with pytest.raises(HistoryError, match=r"it is a folder|cannot be read"):
        write_kept(folder, KEPT, None)
