"""What is imported, and what is refused: afterwards the database is new, or as it was."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from kb.tables.errors import TableFileError
from kb.tables.importing import import_files, look_over, remove_edition
from kb.tables.layouts.all import LAYOUTS
from kb.tables.model import Kind, Setting
from kb.tables.opening import open_tables
from kb.tables.recognising import Told, explain

from .samples import (
    PAIRS,
    PIECE,
    add_ons_file,
    caps_file,
    diagnoses_file,
    filled,
    imported,
    pairs_file,
    zipped,
)

NEW = (("11111", "55555", "20260101", "*", "0", "New"),)


def titles(tables: Path) -> list[str]:
    return [each.title for each in open_tables(tables).loaded]


def test_views_show_codes_and_days(tmp_path: Path) -> None:
    connection = sqlite3.connect(filled(tmp_path))
    assert connection.execute(
        "SELECT * FROM pairs WHERE denied = '0001U'"
    ).fetchall() == [
        (
            "practitioner",
            "2026 Q4",
            "33333",
            "0001U",
            "2026-01-01",
            "2026-12-31",
            0,
            "Ends with the quarter",
        )
    ]
    caps = connection.execute("SELECT code, units FROM unit_caps").fetchall()
    assert caps == [("00100", 0), ("11111", 2)]
    codes = connection.execute("SELECT code FROM diagnoses WHERE billable").fetchall()
    assert ("M5450",) in codes
    primaries = connection.execute(
        "SELECT primary_code, first_day, last_day FROM add_ons WHERE code = '22222'"
    ).fetchall()
    assert primaries == [
        ("11111", "2013-01-01", None),
        ("33333", "2013-01-01", "2026-06-30"),
    ]


def test_parts_in_zips_make_one_edition(tmp_path: Path) -> None:
    parts = [
        zipped(
            tmp_path / f"medicare-ncci-2026q4-practitioner-ptp-edits-f{n}.zip",
            pairs_file(tmp_path, [row], f"ccipra-v323r0-f{n}.TXT"),
        )
        for n, row in enumerate(PAIRS, 1)
    ]
    (done,) = imported(tmp_path / "tables.db", Kind.PAIRS, *parts)
    assert (done.title, done.rows) == ("ptp practitioner 2026 Q4", len(PAIRS))


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    tables = filled(tmp_path)
    before = tables.read_bytes()
    (done,) = imported(tables, Kind.PAIRS, tmp_path / "ccipra-v323r0-f1.TXT")
    assert done.rows == 0
    assert tables.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "told", "edition", "first", "last"),
    [
        ("ccipra-v310r0-f1.txt", PIECE, "2025 Q1", "2025-01-01", "2025-03-31"),
        ("ccioph-v31.0-f1.txt", PIECE, "2025 Q1", "2025-01-01", "2025-03-31"),
        (
            "practitioner.txt",
            Told(effective=date(2026, 10, 1), incomplete=True),
            "2026 Q4",
            "2026-10-01",
            "2026-12-31",
        ),
        (
            "practitioner 2026q4.txt",
            Told(effective=date(2026, 11, 2), incomplete=True),
            "2026 Q4 from 2026-11-02",
            "2026-11-02",
            "2026-12-31",
        ),
        (
            "pairs-2026-q1.txt",
            Told(Setting.HOSPITAL, until=date(2026, 2, 28), incomplete=True),
            "2026 Q1",
            "2026-01-01",
            "2026-02-28",
        ),
    ],
)
def test_names_and_options_tell_the_edition(
    tmp_path: Path, name: str, told: Told, edition: str, first: str, last: str
) -> None:
    tables = tmp_path / "tables.db"
    imported(tables, Kind.PAIRS, pairs_file(tmp_path, name=name), told=told)
    (found,) = open_tables(tables).editions
    assert (found.name, str(found.first_day), str(found.last_day)) == (
        edition,
        first,
        last,
    )
    assert not found.whole
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    ("name", "told", "words"),
    [
        ("practitioner.txt", PIECE, "--effective"),
        ("ccipra.txt", PIECE, "--effective"),
        ("pairs-2026q4.txt", PIECE, "--setting"),
        ("ccipra-v323r0-2026q3.txt", PIECE, "2026 Q3"),
        ("ccipra-v323r0-hospital.txt", PIECE, "contradict"),
        ("ccipra-v323r0-f1.txt", Told(Setting.HOSPITAL, incomplete=True), "contradict"),
        ("ccipra-v323r0-f1.txt", Told(effective=date(2026, 9, 30)), "--effective says"),
        ("ccipra-v323r0-f1.txt", Told(until=date(2026, 9, 30)), "before"),
        ("ccipra-v323r0-f1.txt", Told(), "piece"),
        ("ccipra-v323r0-f2.txt", Told(), "f1 is not given"),
        ("medicaid-ncci-2026q4-practitioner.txt", PIECE, "Medicaid"),
        ("ccipra-v323r0-f1.pdf", PIECE, "No file of the table ptp"),
    ],
)
def test_what_no_name_tells_is_asked_for(
    tmp_path: Path, name: str, told: Told, words: str
) -> None:
    tables = tmp_path / "tables.db"
    with pytest.raises(TableFileError, match=words):
        imported(tables, Kind.PAIRS, pairs_file(tmp_path, name=name), told=told)
    assert not tables.exists()


def test_other_bytes_for_an_edition_are_refused(tmp_path: Path) -> None:
    tables = filled(tmp_path)
    with pytest.raises(TableFileError, match="remove ptp practitioner 2026 Q4"):
        imported(tables, Kind.PAIRS, pairs_file(tmp_path, NEW))
    remove_edition(tables, "ptp practitioner 2026 Q4")
    imported(tables, Kind.PAIRS, tmp_path / "ccipra-v323r0-f1.TXT")
    asked = open_tables(tables)
    day = date(2026, 11, 1)
    assert asked.pair(Setting.PRACTITIONER, "11111", "55555", day)
    assert asked.pair(Setting.PRACTITIONER, "11111", "33333", day) is None


def test_a_file_under_the_name_of_another_edition_is_refused(tmp_path: Path) -> None:
    tables = filled(tmp_path)
    wrong = pairs_file(tmp_path, name="ccipra-v324r0-f1.TXT")
    with pytest.raises(TableFileError, match="--effective"):
        imported(tables, Kind.PAIRS, wrong)
    wrong = pairs_file(tmp_path, name="ccipra-v322r0-f1.TXT")
    with pytest.raises(TableFileError, match="wrong edition"):
        imported(tables, Kind.PAIRS, wrong)


@pytest.mark.parametrize("kind", [Kind.UNIT_CAPS, Kind.DIAGNOSES])
def test_editions_that_own_the_same_days_are_refused(
    tmp_path: Path, kind: Kind
) -> None:
    tables = filled(tmp_path)
    if kind is Kind.UNIT_CAPS:
        file, day = caps_file(tmp_path), date(2026, 11, 15)
    else:
        file, day = diagnoses_file(tmp_path), date(2027, 4, 1)
    file.write_text(file.read_text("latin-1") + "\n", "latin-1")
    with pytest.raises(TableFileError, match="would own the same days"):
        imported(tables, kind, file, told=Told(effective=day, incomplete=True))


def test_an_edition_within_another_once_that_is_cut(tmp_path: Path) -> None:
    tables = tmp_path / "tables.db"
    first = Told(until=date(2027, 3, 31), incomplete=True)
    imported(tables, Kind.DIAGNOSES, diagnoses_file(tmp_path), told=first)
    april = zipped(
        tmp_path / "april-1-2027-code-descriptions-tabular-order.zip",
        diagnoses_file(tmp_path),
    )
    imported(tables, Kind.DIAGNOSES, april)
    asked = open_tables(tables)
    for day, name in {"2027-03-31": "FY2027", "2027-04-01": "FY2027 April"}.items():
        found = asked.edition(Kind.DIAGNOSES, Setting.ALL, date.fromisoformat(day))
        assert found
        assert found.name == name


def test_explain_tells_and_changes_nothing(tmp_path: Path) -> None:
    changes = tmp_path / "MCR_MUE_Practitioner_Changes.csv"
    changes.write_text("nothing of interest")
    both = zipped(
        tmp_path / "medicare-ncci-2026-q4-practitioner-services-mue-table.zip",
        caps_file(tmp_path),
        changes,
    )
    said: list[str] = []
    explain(look_over(Kind.UNIT_CAPS, [both], Told()), said.append)
    assert said[0] == "mue practitioner 2026 Q4: 2026-10-01 to 2026-12-31"
    assert any("units" in line and "MUE VALUES" in line for line in said)
    assert said[-1].startswith("left aside:")
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [
        ".csv",
        ".csv",
        ".zip",
    ]


def test_columns_are_found_by_their_words_in_any_order(tmp_path: Path) -> None:
    path = caps_file(tmp_path)
    path.write_text(
        "MUE Rationale,Practitioner Services MUE Values,HCPCS/CPT Code,"
        "MUE Adjudication Indicator\nCMS Policy,4,11111,2 Date of Service Edit: Policy\n"
    )
    tables = tmp_path / "tables.db"
    imported(tables, Kind.UNIT_CAPS, path)
    cap = open_tables(tables).unit_cap(Setting.PRACTITIONER, "11111", date(2026, 10, 1))
    assert cap
    assert (cap.units, cap.indicator, cap.rationale) == (4, 2, "CMS Policy")


def test_a_whole_edition_is_known_by_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    smallest = LAYOUTS[Kind.ADD_ONS].smallest
    monkeypatch.setitem(smallest, Setting.ALL, 4)
    tables = tmp_path / "tables.db"
    import_files(tables, Kind.ADD_ONS, [add_ons_file(tmp_path)], Told())
    (found,) = open_tables(tables).editions
    assert found.whole
    monkeypatch.setitem(smallest, Setting.ALL, 1)
    smaller = tmp_path / "AOC_V2026Q3-F-MCR.txt"
    smaller.write_bytes(
        b"".join(add_ons_file(tmp_path).read_bytes().splitlines(True)[:3])
    )
    with pytest.raises(TableFileError, match="5 in one that is loaded"):
        import_files(tables, Kind.ADD_ONS, [smaller], Told())
    assert titles(tables) == ["aoc 2026 Q2"]
