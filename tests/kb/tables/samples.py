"""Small files in CMS's layouts, with made-up rows, and imports of them."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from bench.table_files import (
    PairRow,
    write_add_ons,
    write_caps,
    write_diagnoses,
    write_pairs,
)
from kb.tables.importing import Imported, import_files
from kb.tables.model import Kind
from kb.tables.opening import OpenTables, open_tables
from kb.tables.recognising import Told

PIECE = Told(incomplete=True)
PAIRS: tuple[PairRow, ...] = (
    ("11111", "22222", "20170101", "20191231", "1", "Mutually exclusive"),
    ("11111", "22222", "20201001", "*", "0", "Mutually exclusive"),
    ("11111", "33333", "20100101", "*", "1", "Misuse of column two"),
    ("11111", "44444", "20130101", "20130101", "9", "Taken back"),
    ("22222", "11111", "20200101", "20200930", "0", "The other way round"),
    ("33333", "0001U", "20260101", "20261231", "0", "Ends with the quarter"),
)
CAPS = (("11111", 2, 3, "Clinical: Data"), ("00100", 0, 1, "CMS Policy"))
ADD_ONS = (
    ("1", "22222", "11111", "2013001", "       "),
    ("1", "22222", "33333", "2013001", "2026181"),
    ("2", "44444", "CCCCC", "2013001", "       "),
    ("3", "55555", "11111", "2013001", "       "),
    ("3", "55555", "CCCCC", "2013001", "       "),
)
DIAGNOSES = (
    ("M54", 0, "Dorsalgia"),
    ("M545", 0, "Low back pain"),
    ("M5450", 1, "Low back pain, unspecified"),
    ("M5459", 1, "Other low back pain"),
    ("M546", 1, "Pain in thoracic spine"),
)
DIAGNOSES_BEFORE = (("M54", 0, "Dorsalgia"), ("M545", 1, "Low back pain"))


def pairs_file(
    folder: Path, rows: Sequence[PairRow] = PAIRS, name: str = "ccipra-v323r0-f1.TXT"
) -> Path:
    """A part of the pairs, of the fourth quarter of 2026 unless the name says otherwise."""
    return write_pairs(folder / name, rows)


def caps_file(
    folder: Path, setting: str = "practitioner", day: str = "10-01-2026"
) -> Path:
    """The caps of a setting."""
    return write_caps(folder, CAPS, setting, day)


def add_ons_file(folder: Path) -> Path:
    """The add-on edits of the second quarter of 2026."""
    return write_add_ons(folder, ADD_ONS, "2026Q2")


def diagnoses_file(folder: Path, year: int = 2027) -> Path:
    """The order file of a year: M54.5 is a header from 2027 on."""
    return write_diagnoses(
        folder, DIAGNOSES if year >= 2027 else DIAGNOSES_BEFORE, year
    )


def zipped(path: Path, *files: Path, inside: str = "") -> Path:
    """A zip of files, perhaps in a folder of it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, f"{inside}{file.name}")
    return path


def imported(
    tables: Path, kind: Kind, *files: Path, told: Told = PIECE
) -> list[Imported]:
    """Import, as a piece unless told otherwise."""
    return import_files(tables, kind, files, told)


def filled(folder: Path) -> Path:
    """A database with something of each table."""
    tables = folder / "tables.db"
    imported(tables, Kind.PAIRS, pairs_file(folder))
    imported(tables, Kind.UNIT_CAPS, caps_file(folder))
    imported(tables, Kind.ADD_ONS, add_ons_file(folder))
    imported(
        tables, Kind.DIAGNOSES, diagnoses_file(folder), diagnoses_file(folder, 2026)
    )
    return tables


def opened(tables: Path) -> OpenTables:
    """The database, to be asked."""
    return open_tables(tables)
