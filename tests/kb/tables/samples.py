"""Small files in CMS's layouts, with made-up rows, and imports of them."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from bench.table_files import (
    FEE_TITLE,
    FeeRow,
    PairRow,
    write_add_ons,
    write_caps,
    write_coverage,
    write_diagnoses,
    write_fees,
    write_hcpcs,
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


def workbook(path: Path, rows: Sequence[Sequence[str | int]]) -> Path:
    """The least that is an Excel workbook: one sheet, texts and numbers in its cells."""
    lines = "".join(
        f"<row r='{n}'>{''.join(map(_cell, row))}</row>"
        for n, row in enumerate(rows, 1)
    )
    office = "http://schemas.openxmlformats.org"
    main, links = (
        f"{office}/spreadsheetml/2006/main",
        f"{office}/officeDocument/2006/relationships",
    )
    parts = {
        "[Content_Types].xml": f"<Types xmlns='{office}/package/2006/content-types'>"
        "<Default Extension='rels' ContentType="
        "'application/vnd.openxmlformats-package.relationships+xml'/>"
        "<Default Extension='xml' ContentType='application/xml'/></Types>",
        "_rels/.rels": f"<Relationships xmlns='{office}/package/2006/relationships'>"
        f"<Relationship Id='r1' Type='{links}/officeDocument' Target='xl/workbook.xml'/>"
        "</Relationships>",
        "xl/workbook.xml": f"<workbook xmlns='{main}' xmlns:r='{links}'><sheets>"
        "<sheet name='A' sheetId='1' r:id='r1'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": "<Relationships xmlns="
        f"'{office}/package/2006/relationships'><Relationship Id='r1' "
        f"Type='{links}/worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
        "xl/worksheets/sheet1.xml": f"<worksheet xmlns='{main}'>"
        f"<sheetData>{lines}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f"<c t='inlineStr'><is><t>{value}</t></is></c>"


FEES: tuple[FeeRow, ...] = (
    ("11111", "", "A", "0", "010", "2", "1", "0"),
    ("11111", "26", "A", "1", "010", "2", "1", "0"),
    ("22222", "", "A", "0", "ZZZ", "0", "9", "2"),
)


def fees_file(folder: Path, name: str = "RVU26A/PPRRVU2026_Jan_nonQPP.csv") -> Path:
    """Fee-schedule indicators of January 2026."""
    title = FEE_TITLE.format(year=2026, month="January")
    return write_fees(folder, FEES, title, name)


def hcpcs_file(folder: Path) -> Path:
    """HCPCS of the fourth quarter of 2026: a code, an ended one, a modifier."""
    rows = (
        ("A4216", "3", "D", "20040101", ""),
        ("A4216", "4", "", "", ""),
        ("J1030", "3", "D", "19900101", "20240331"),
        ("LT", "7", "", "19840101", ""),
    )
    return write_hcpcs(folder, rows, "HCPC2026_OCT_ANWEB_09012026.txt")


def coverage_file(folder: Path) -> Path:
    """An export with one article."""
    return write_coverage(
        folder,
        {
            "article": [
                [
                    "58745",
                    "21",
                    "6",
                    "Epidurals",
                    "",
                    "",
                    "",
                    "<p>It&rsquo;s</p>",
                    "A",
                    "",
                ]
            ],
            "article_x_hcpc_code": [
                ["58745", "21", "64483", "", "1", "", ""],
                ["58745", "21", "62320", "", "2", "", ""],
            ],
            "article_x_hcpc_code_group": [
                ["58745", "21", "2", "These codes are non-covered.", ""]
            ],
            "article_x_icd10_covered": [
                ["58745", "21", "M54.16", "", "1", "", "", "1", "", ""],
                ["58745", "21", "XX000", "", "2", "", "", "2", "", "Y"],
            ],
            "article_x_icd10_covered_group": [
                ["58745", "21", "1", "x" * 200_000 + " “quoted”\nover lines", "", ""]
            ],
        },
    )
