"""Damaged, swapped and hostile files, full disks and killed imports: nothing changes."""

from __future__ import annotations

import errno
import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kb.tables import conflicts, given, importing, store
from kb.tables.errors import TableFileError, TablesError
from kb.tables.layouts.all import LAYOUTS
from kb.tables.model import Kind, Setting
from kb.tables.opening import open_tables
from kb.tables.recognising import Told
from kb.tables.sealing import refuse_unless_sealed

from .samples import (
    PAIRS,
    PIECE,
    add_ons_file,
    caps_file,
    diagnoses_file,
    imported,
    pairs_file,
    zipped,
)

Make = Callable[[Path], Path]
FILES: dict[Kind, Make] = {
    Kind.PAIRS: pairs_file,
    Kind.UNIT_CAPS: caps_file,
    Kind.ADD_ONS: add_ons_file,
    Kind.DIAGNOSES: diagnoses_file,
}


def with_an_edition(folder: Path) -> Path:
    """A database that must not change."""
    tables = folder / "tables.db"
    imported(tables, Kind.PAIRS, pairs_file(folder, PAIRS[1:], "ccipra-v322r0-f1.txt"))
    return tables


def refused(tables: Path, kind: Kind, *files: Path, told: Told = PIECE) -> str:
    """Why an import is refused; the database is byte for byte as it was."""
    before = tables.read_bytes()
    with pytest.raises((TableFileError, TablesError)) as error:
        imported(tables, kind, *files, told=told)
    assert tables.read_bytes() == before
    left = [path for path in tables.parent.iterdir() if "importing" in path.name]
    assert left == []
    return str(error.value)


@pytest.mark.parametrize("kind", FILES)
def test_a_zip_that_was_cut_off_anywhere(tmp_path: Path, kind: Kind) -> None:
    tables = with_an_edition(tmp_path)
    whole = zipped(tmp_path / "whole 2026q4.zip", FILES[kind](tmp_path)).read_bytes()
    cut = tmp_path / "cut 2026q4.zip"
    for n in range(50):
        cut.write_bytes(whole[: len(whole) * n // 50])
        refused(tables, kind, cut)


@pytest.mark.parametrize("kind", FILES)
def test_a_text_that_was_cut_off_anywhere(
    tmp_path: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two rows only their number tells."""
    tables = with_an_edition(tmp_path)
    path = FILES[kind](tmp_path)
    whole = path.read_bytes()
    rows = imported(tmp_path / "other.db", kind, path)[0].rows
    for setting in LAYOUTS[kind].smallest:
        monkeypatch.setitem(LAYOUTS[kind].smallest, setting, rows)
    last_row = whole.rstrip().rfind(b"\n")
    for n in range(50):
        path.write_bytes(whole[: last_row * n // 50])
        refused(tables, kind, path, told=Told())


@pytest.mark.parametrize("kind", FILES)
def test_a_zip_with_a_bit_turned_over(tmp_path: Path, kind: Kind) -> None:
    tables = with_an_edition(tmp_path)
    path = zipped(tmp_path / "turned 2026q4.zip", FILES[kind](tmp_path))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") - 8] ^= 1  # in the packed bytes
    path.write_bytes(content)
    assert "damaged" in refused(tables, kind, path) or "cannot be" in refused(
        tables, kind, path
    )


SWAPS = {
    "dates": (3, 4),
    "date and modifier": (3, 5),
    "code and date": (1, 3),
    "modifier and reason": (5, 6),
}


@pytest.mark.parametrize(("one", "other"), SWAPS.values(), ids=SWAPS)
def test_columns_swapped_below_their_header(
    tmp_path: Path, one: int, other: int
) -> None:
    tables = with_an_edition(tmp_path)
    path = pairs_file(tmp_path)
    lines = path.read_text("latin-1").splitlines()
    for n, line in enumerate(lines):
        cells = line.split("\t")
        if cells[0].isdigit():
            cells[one], cells[other] = cells[other], cells[one]
            lines[n] = "\t".join(cells)
    path.write_text("\n".join(lines) + "\n", "latin-1")
    assert f"{path}:7: " in refused(tables, Kind.PAIRS, path)


LINES = {
    "too short": (b"11111\t22222\t\r\n", ":13: "),
    "no code": (b"1111\t22222\t\t20170101\t*\t1\tX\r\n", "no code of five"),
    "no date": (b"11111\t22222\t\t20170230\t*\t1\tX\r\n", "no date"),
    "no first day": (b"11111\t22222\t\t*\t*\t1\tX\r\n", "no date"),
    "indicator": (b"11111\t22222\t\t20170101\t*\t2\tX\r\n", "0, 1 or 9"),
    "itself": (b"11111\t11111\t\t20170101\t*\t1\tX\r\n", "itself"),
    "ends first": (b"55555\t22222\t\t20170101\t20161231\t1\tX\r\n", "ends before"),
    "twice": (b"33333\t0001U\t\t20260401\t*\t1\tX\r\n", "row before"),
    "the same row": (b"11111\t44444\t\t20130101\t20130101\t9\tX\r\n", "twice"),
}


@pytest.mark.parametrize(("line", "words"), LINES.values(), ids=LINES)
def test_a_row_that_cannot_be(tmp_path: Path, line: bytes, words: str) -> None:
    tables = with_an_edition(tmp_path)
    path = pairs_file(tmp_path)
    path.write_bytes(path.read_bytes() + line)
    assert words in refused(tables, Kind.PAIRS, path)


def test_a_first_row_that_is_none_is_not_passed_over(tmp_path: Path) -> None:
    tables = with_an_edition(tmp_path)
    path = pairs_file(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\n11111\t", b"\n1111\t\t", 1))
    assert ":7: " in refused(tables, Kind.PAIRS, path)


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("other", FILES)
def test_a_table_given_as_another(tmp_path: Path, kind: Kind, other: Kind) -> None:
    if kind is other:
        return
    tables = with_an_edition(tmp_path)
    told = Told(Setting.PRACTITIONER, date(2026, 10, 1), incomplete=True)
    if not LAYOUTS[kind].settings:
        told = Told(None, date(2026, 10, 1), incomplete=True)
    refused(tables, kind, FILES[other](tmp_path), told=told)


KINDS_OF_FILES = {
    "a web page": (b"<!DOCTYPE html><html>accept the licence</html>", "web page"),
    "a PDF": (b"%PDF-1.7 ...", "PDF"),
    "old Excel": (b"\xd0\xcf\x11\xe0" + bytes(50), "old Excel"),
    "zeros": (bytes(5000), "no text"),
    "nothing": (b"", "empty"),
    "one line": (b"x" * 100_000, "no header"),
    "a quotation mark": (b'"' + b"x" * 1000, "no whole table"),
}


@pytest.mark.parametrize(
    ("content", "words"), KINDS_OF_FILES.values(), ids=KINDS_OF_FILES
)
def test_what_is_no_table_at_all(tmp_path: Path, content: bytes, words: str) -> None:
    tables = with_an_edition(tmp_path)
    path = caps_file(tmp_path)
    path.write_bytes(content)
    assert words in refused(tables, Kind.UNIT_CAPS, path)


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ccipra-v323r0-f1.txt", b"0" * (given.SMALL_ENOUGH + 1))
    return path


def nested(path: Path) -> Path:
    content = b"nothing"
    for n in range(given.DEEPEST + 2):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(f"{n}.zip" if n else "ccipra-v323r0-f1.txt", content)
        content = stream.getvalue()
    path.write_bytes(content)
    return path


def named(name: str) -> Make:
    def make(path: Path) -> Path:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, b"nothing")
        return path

    return make


def crowd(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(given.MOST_MEMBERS + 1):
            archive.writestr(f"{n}.txt", b"")
    return path


HOSTILE: dict[str, tuple[Make, str]] = {
    "a bomb": (bomb, "times its size"),
    "nested": (nested, "nested more than"),
    "upwards": (named("../../ccipra-v323r0-f1.txt"), "leads out of"),
    "from the root": (named("/ccipra-v323r0-f1.txt"), "leads out of"),
    "a crowd": (crowd, "holds more than"),
}


@pytest.mark.parametrize(("make", "words"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_zip(tmp_path: Path, make: Make, words: str) -> None:
    tables = with_an_edition(tmp_path)
    assert words in refused(tables, Kind.PAIRS, make(tmp_path / "hostile.zip"))


def test_a_zip_that_lies_about_a_size(tmp_path: Path) -> None:
    tables = with_an_edition(tmp_path)
    path = zipped(tmp_path / "lies 2026q4.zip", pairs_file(tmp_path))
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (100).to_bytes(4, "little")
    path.write_bytes(content)
    assert "lies 2026q4.zip" in refused(tables, Kind.PAIRS, path)


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = with_an_edition(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for module, name in ((shutil, "copyfile"), (store, "put_in_place")):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, full)
            words = refused(tables, Kind.PAIRS, pairs_file(tmp_path))
        assert "has room" in words


def test_a_file_that_changes_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = with_an_edition(tmp_path)
    path = pairs_file(tmp_path)
    real = conflicts.is_there

    def change_meanwhile(*args: object) -> bool:
        pairs_file(tmp_path, PAIRS[:2])
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "is_there", change_meanwhile)
    assert "changed while" in refused(tables, Kind.PAIRS, path)


def test_what_is_no_database_of_ours_is_kept(tmp_path: Path) -> None:
    tables = tmp_path / "tables.db"
    tables.write_text("a letter to somebody, longer than the header of a database" * 3)
    assert "no database of tables" in refused(tables, Kind.PAIRS, pairs_file(tmp_path))


def test_a_bit_of_the_database_turned_over(tmp_path: Path) -> None:
    tables = with_an_edition(tmp_path)
    refuse_unless_sealed(tables)
    content = tables.read_bytes()
    for place in range(200, len(content), len(content) // 7):
        turned = bytearray(content)
        turned[place] ^= 1
        tables.write_bytes(turned)
        with pytest.raises(TablesError, match="not as payerkb import wrote it"):
            refuse_unless_sealed(tables)
        assert "not as payerkb" in refused(tables, Kind.PAIRS, pairs_file(tmp_path))


KILLED = """
import os, sys
from pathlib import Path
from kb.tables import store
from kb.tables.importing import import_files
from kb.tables.model import Kind
from kb.tables.recognising import Told
from kb.tables.sealing import refuse_unless_sealed
folder, moment = Path(sys.argv[1]), sys.argv[2]
def die(*_):
    os._exit(9)
if moment in ("_copy", "_change", "put_in_place"):
    real = getattr(store, moment)
    setattr(store, moment, lambda *given: (real(*given) if moment == "_copy" else None, die()))
import_files(
    folder / "tables.db", Kind.PAIRS, [folder / "ccipra-v323r0-f1.TXT"],
    Told(incomplete=True), die if moment == "reading" else lambda *_: None,
)
"""


@pytest.mark.parametrize("moment", ["_copy", "reading", "_change", "put_in_place"])
def test_a_killed_import(tmp_path: Path, moment: str) -> None:
    tables = with_an_edition(tmp_path)
    before = tables.read_bytes()
    file = pairs_file(tmp_path)
    ran = subprocess.run([sys.executable, "-c", KILLED, tmp_path, moment], check=False)
    assert ran.returncode == 9
    assert tables.read_bytes() == before
    left = list(tmp_path.glob(".tables.db.importing-*"))
    assert left
    imported(tables, Kind.PAIRS, file)
    assert not any(path.exists() for path in left)
    assert len(open_tables(tables).loaded) == 2


KILLED_OFTEN = """
import os, shutil, signal, sys
from pathlib import Path
from kb.tables.importing import import_files
from kb.tables.model import Kind
from kb.tables.recognising import Told
folder, times = Path(sys.argv[1]), int(sys.argv[2])
source, tables = folder / "ccipra-v323r0-f1.TXT", folder / "tables.db"

def calls(database, last):
    seen = 0
    def count(frame, event, _given):
        nonlocal seen
        if event == "call" and "/kb/tables/" in frame.f_code.co_filename:
            seen += 1
            if seen == last:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(count)
    import_files(database, Kind.PAIRS, [source], Told(incomplete=True))
    sys.setprofile(None)
    return seen

shutil.copyfile(tables, folder / "other.db")
every = calls(folder / "other.db", 0)
before, after = tables.read_bytes(), (folder / "other.db").read_bytes()
for moment in range(times):
    child = os.fork()
    if not child:
        calls(tables, 1 + every * moment // times)
        os._exit(0)
    killed = os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    now = tables.read_bytes()
    print("killed" if killed else "ended", {before: "before", after: "after"}.get(now, "other"))
    tables.write_bytes(before)
"""


def test_an_import_that_is_killed_at_twenty_moments_of_its_work(tmp_path: Path) -> None:
    """Moments are chosen by the calls that it makes: all of them fall before its end."""
    with_an_edition(tmp_path)
    pairs_file(tmp_path)
    ran = subprocess.run(
        [sys.executable, "-c", KILLED_OFTEN, tmp_path, "20"],
        check=True,
        capture_output=True,
        text=True,
    )
    found = ran.stdout.splitlines()

    # Only when the whole new file has taken its place may the answers be the new ones.
    assert len(found) == 20
    assert set(found) <= {"killed before", "killed after"}
    assert found == sorted(found, reverse=True)
    assert found.count("killed before") >= 15
