"""Files of a table into the database: whole editions, or nothing."""

from __future__ import annotations

import gc
import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.tables.conflicts import is_of, is_there, refuse_the_wrong_edition
from kb.tables.editions import Loaded, loaded_editions
from kb.tables.errors import TableFileError, TablesError
from kb.tables.given import Given, given_file
from kb.tables.layouts.all import LAYOUTS
from kb.tables.layouts.layout import Words
from kb.tables.model import Kind
from kb.tables.opening import refuse_other_files
from kb.tables.packing import packed_day
from kb.tables.recognising import Group, Recognition, Told, header_of, recognise
from kb.tables.rows import opened_rows
from kb.tables.schema import WIDTHS
from kb.tables.store import change, only_importer_of

SHRUNK = 0.9
"""An edition has at least this part of the rows of one that is loaded."""

Progress = Callable[[str, int, int], None]
"""Called with what is read, and how many of how many bytes of it are over."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did with one edition."""

    title: str
    rows: int
    """0 when it was there already, of the same files."""
    first_day: int
    last_day: int


def say_nothing(_what: str, _done: int, _total: int) -> None:
    """No progress."""


def look_over(kind: Kind, files: Sequence[Path], told: Told) -> Recognition:
    """What the files are; nothing is changed.  Raises ``TableFileError``."""
    return recognise(LAYOUTS[kind], [given_file(path) for path in files], told)


def import_files(
    tables: Path,
    kind: Kind,
    files: Sequence[Path],
    told: Told,
    progress: Progress = say_nothing,
) -> list[Imported]:
    """Import whole editions of a table, all that the files hold, or nothing.

    Raises ``TableFileError`` when a file is refused and ``TablesError`` when the
    database cannot be written; it is then as it was.
    """
    given = {one.path: one for one in map(given_file, _different(files))}
    recognition = recognise(LAYOUTS[kind], list(given.values()), told)
    done: list[Imported] = []

    def write(connection: sqlite3.Connection) -> None:
        titles = {group.title for group in recognition.groups}
        for group in recognition.groups:
            loaded = loaded_editions(connection)
            others = [each for each in loaded if each.title not in titles]
            if told.effective is None:
                refuse_the_wrong_edition(group, hash_of(group, given), others)
            done.append(_import_group(connection, group, given, told, progress))
        for one in given.values():
            one.refuse_if_changed()

    with only_importer_of(tables), collector_paused():
        change(tables, write)
    return done


@contextmanager
def collector_paused() -> Iterator[None]:
    """No garbage collection meanwhile: rows come by the million and hold no circles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def remove_edition(tables: Path, title: str) -> None:
    """Remove an edition with its rows; raises ``TablesError`` when there is none."""

    def write(connection: sqlite3.Connection) -> None:
        loaded = loaded_editions(connection)
        number = next((each.id for each in loaded if each.title == title), None)
        if number is None:
            there = "; ".join(each.title for each in loaded)
            message = f"There is no edition {title!r} in {tables}. There are: {there}"
            raise TablesError(message)
        for table in (*WIDTHS, "edition_file"):
            connection.execute(f"DELETE FROM {table} WHERE edition = ?", (number,))  # noqa: S608
        connection.execute("DELETE FROM edition WHERE id = ?", (number,))

    refuse_other_files(tables)
    with only_importer_of(tables):
        change(tables, write)


def _different(files: Sequence[Path]) -> list[Path]:
    """Each file once, however often and by whatever way it was named."""
    return list({path.resolve(): path for path in files}.values())


def hash_of(group: Group, given: dict[Path, Given]) -> str:
    """Of the file, or of the hashes of several in the order of their names."""
    hashes = [given[path].sha256 for path in group.paths]
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _import_group(
    connection: sqlite3.Connection,
    group: Group,
    given: dict[Path, Given],
    told: Told,
    progress: Progress,
) -> Imported:
    loaded = loaded_editions(connection)
    digest = hash_of(group, given)
    period = group.period
    days = packed_day(period.first_day), packed_day(period.last_day)
    if is_there(group, digest, days, loaded):
        return Imported(group.title, 0, *days)
    number = 1 + max((each.id for each in loaded), default=0)
    rows = _insert_all(connection, group, number, progress)
    if not told.incomplete:
        _refuse_a_piece(group, rows, loaded)
    connection.execute(
        "INSERT INTO edition VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            group.layout.kind,
            group.setting,
            group.series,
            period.name,
            *days,
            digest,
            rows,
            not told.incomplete,
        ),
    )
    connection.executemany(
        "INSERT INTO edition_file VALUES (?, ?, ?, ?, ?)",
        [
            (number, position, path.name, given[path].size, given[path].sha256)
            for position, path in enumerate(group.paths)
        ],
    )
    return Imported(group.title, rows, *days)


def _insert_all(
    connection: sqlite3.Connection, group: Group, number: int, progress: Progress
) -> int:
    words = Words({text: n for n, text in connection.execute("SELECT * FROM word")})
    known = len(words)
    total = sum(one.member.size for one in group.sheets)
    seen = inserted = 0

    def more(size: int) -> None:
        nonlocal seen
        seen += size
        progress(group.title, seen, total)

    for one in group.sheets:
        with opened_rows(
            one.member, fixed=one.sheet.fixed, lenient=one.sheet.lenient, progress=more
        ) as rows:
            header = header_of(one.sheet, rows)
            read = one.sheet.read(header, rows, words)
            try:
                cursor = connection.executemany(_insert(one.sheet.table, number), read)
            except sqlite3.IntegrityError:
                raise rows.refused("this row stands in the edition twice") from None
            inserted += cursor.rowcount
    new = {number: text.strip() for text, number in words.items() if number > known}
    connection.executemany("INSERT INTO word VALUES (?, ?)", sorted(new.items()))
    return inserted


def _insert(table: str, number: int) -> str:
    places = ", ".join("?" * WIDTHS[table])
    return f"INSERT INTO {table} VALUES ({number}, {places})"  # noqa: S608  (our words)


def _refuse_a_piece(group: Group, rows: int, loaded: list[Loaded]) -> None:
    """A file that ends between two rows looks whole; how many there are tells."""
    smallest = group.smallest
    largest = max(
        (each.rows for each in loaded if is_of(each, group) and each.whole), default=0
    )
    if rows >= max(smallest, int(largest * SHRUNK)):
        return
    known = (
        f"{largest} in one that is loaded" if largest > smallest else f"over {smallest}"
    )
    message = (
        f"{group.title}: {rows} rows were read, and an edition has {known}: this is a "
        "piece of one. Get the whole file again and give all its parts. If a piece is "
        "meant, add --incomplete: what it does not hold is then never taken for absent."
    )
    raise TableFileError(message)
