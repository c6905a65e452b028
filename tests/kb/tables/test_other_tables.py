"""HCPCS, fee-schedule indicators, localities, reasons, the coverage database, workbooks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb.tables.documents import ARTICLES, documents_with, newest_of
from kb.tables.errors import TableFileError
from kb.tables.model import Kind, Setting
from kb.tables.opening import open_tables
from kb.tables.recognising import Told

from .samples import (
    coverage_file,
    fees_file,
    hcpcs_file,
    imported,
    workbook,
    zipped,
)

NOVEMBER = Told(effective=date(2026, 11, 20), incomplete=True)


def test_indicators_of_a_code_with_and_without_a_modifier(tmp_path: Path) -> None:
    tables = tmp_path / "tables.db"
    imported(tables, Kind.INDICATORS, fees_file(tmp_path))
    asked = open_tables(tables)
    day = date(2026, 3, 31)
    plain = asked.indicators("11111", day)
    assert plain
    assert (plain.status, plain.global_days, plain.professional_technical) == (
        "A",
        "010",
        "0",
    )
    assert (plain.bilateral, plain.assistant, plain.multiple) == ("1", "0", "2")
    assert plain.edition.name == "2026 A"
    read = asked.indicators("11111", day, "26")
    assert read
    assert read.professional_technical == "1"
    assert asked.indicators("11111", day, "TC") is None
    assert asked.indicators("11111", date(2026, 4, 1)) is None


def test_no_description_of_the_ama_is_kept(tmp_path: Path) -> None:
    tables = tmp_path / "tables.db"
    imported(tables, Kind.INDICATORS, fees_file(tmp_path))
    assert b"text of the AMA" not in tables.read_bytes()


@pytest.mark.parametrize(
    ("name", "told", "edition"),
    [
        ("RVU26A/PPRRVU26_JAN.csv", Told(incomplete=True), "2026 A"),
        (
            "RVU26AR/PPRRVU26_JAN.csv",
            Told(effective=date(2026, 3, 9), incomplete=True),
            "2026 AR",
        ),
        (
            "else/PPRRVU26_JAN.csv",
            Told(effective=date(2026, 1, 1), incomplete=True),
            "2026 A",
        ),
    ],
)
def test_the_edition_of_the_fee_schedule(
    tmp_path: Path, name: str, told: Told, edition: str
) -> None:
    tables = tmp_path / "tables.db"
    imported(tables, Kind.INDICATORS, fees_file(tmp_path, name), told=told)
    assert [each.name for each in open_tables(tables).editions] == [edition]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("RVU26AR/PPRRVU26_JAN.csv", "--effective"),
        ("else/PPRRVU26_JAN.csv", "--effective"),
        ("RVU26B/PPRRVU26_JAN.csv", "One of them is wrong"),
        ("RVU26B/PPRRVU26_APR.csv", "One of them is wrong"),  # its title says January
        ("RVU26A/PPRRVU2026_Jan_QPP.csv", "No file of the table"),
    ],
)
def test_a_fee_schedule_whose_edition_is_open(
    tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(TableFileError, match=words):
        imported(tmp_path / "tables.db", Kind.INDICATORS, fees_file(tmp_path, name))


def test_codes_of_level_two(tmp_path: Path) -> None:
    tables = tmp_path / "tables.db"
    imported(tables, Kind.HCPCS, hcpcs_file(tmp_path))
    asked = open_tables(tables)
    day = date(2026, 11, 1)
    code, ended, modifier = (
        asked.hcpcs(each, day) for each in ("A4216", "j1030", "LT")
    )
    assert code
    assert (code.coverage, code.last_day) == ("D", None)
    assert ended
    assert ended.last_day == date(2024, 3, 31)
    assert modifier
    assert asked.hcpcs("A9999", day) is None


def test_localities_have_their_states_filled_down(tmp_path: Path) -> None:
    indices = tmp_path / "GPCI2026.csv"
    indices.write_text(
        "ADDENDUM E. FINAL CY 2026 INDICES,,,,\n,,,,\n"
        "Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,PW\n"
        "10112,AL,00,ALABAMA,1.0\n01112,CA,54,BAKERSFIELD,1.0\n01112,,5,CHICO,1.0\n"
        "* A note below the table,,,,\n"
    )
    zips = tmp_path / "ZIP5_OCT2026.txt"
    zips.write_text("AL350040101200 \nCA932030111254R\n")
    tables = tmp_path / "tables.db"
    imported(tables, Kind.LOCALITIES, indices, zips)
    asked = open_tables(tables)
    rows = asked.ask("SELECT contractor, locality, state FROM locality ORDER BY area")
    assert rows == [("10112", "00", "AL"), ("01112", "54", "CA"), ("01112", "05", "CA")]
    assert asked.ask("SELECT zip, locality, rural FROM zip") == [
        (35004, "00", ""),
        (93203, "54", "R"),
    ]
    assert [each.series for each in asked.loaded] == ["gpci", "zip5"]


def test_reasons_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text(
        "list,code,start,last_modified,stop\nCARC,97,1995-01-01,2017-07-01,\n"
        "RARC,M1,1997-01-01,,2004-01-31\n"
    )
    tables = tmp_path / "tables.db"
    imported(tables, Kind.REASONS, path, told=NOVEMBER)
    assert open_tables(tables).ask("SELECT code, stop_day FROM reason_code") == [
        ("97", 99991231),
        ("M1", 20040131),
    ]


def test_articles_are_found_by_their_codes(tmp_path: Path) -> None:
    tables = tmp_path / "tables.db"
    (done,) = imported(tables, Kind.COVERAGE, coverage_file(tmp_path), told=NOVEMBER)
    assert (done.title, done.rows) == ("mcd article 2026-11-20", 7)
    asked = open_tables(tables)
    (export,) = newest_of(asked, ARTICLES)
    (found,) = documents_with(asked, export, "62320")
    assert (found.number, found.version, found.groups) == (58745, 21, (2,))
    rows = asked.ask("SELECT code, list, asterisk FROM document_diagnosis")
    assert rows == [("M54.16", "covered", ""), ("XX000", "covered", "Y")]


def test_a_snapshot_tells_no_day_by_itself(tmp_path: Path) -> None:
    with pytest.raises(TableFileError, match="--effective"):
        imported(tmp_path / "tables.db", Kind.COVERAGE, coverage_file(tmp_path))


def caps_workbook(folder: Path) -> Path:
    return workbook(
        folder / "MCR_MUE_PractitionerServices_Eff_10-01-2026.xlsx",
        [
            ["A long notice"],
            [
                "HCPCS/&#10;CPT Code",
                "Practitioner Services MUE Values",
                "MUE Adjudication Indicator",
                "MUE Rationale",
            ],
            [100, 0, "1 Line Edit", "CMS Policy"],
            ["0001U", 1, "3 Date of Service Edit: Clinical", "Clinical: Data"],
        ],
    )


def test_codes_that_a_workbook_holds_as_numbers_have_five_digits(
    tmp_path: Path,
) -> None:
    tables = tmp_path / "tables.db"
    imported(tables, Kind.UNIT_CAPS, caps_workbook(tmp_path))
    asked = open_tables(tables)
    for code, units in (("00100", 0), ("0001U", 1)):
        cap = asked.unit_cap(Setting.PRACTITIONER, code, date(2026, 12, 31))
        assert cap
        assert cap.units == units


def test_of_two_formats_in_a_zip_the_text_is_read(tmp_path: Path) -> None:
    workbook_file = caps_workbook(tmp_path)
    text = workbook_file.with_suffix(".csv")
    text.write_text(
        "HCPCS/CPT Code,Practitioner Services MUE Values,MUE Adjudication Indicator,"
        "MUE Rationale\n11111,7,2 Date of Service Edit: Policy,CMS Policy\n"
    )
    both = zipped(tmp_path / "both.zip", workbook_file, text, inside="folder/")
    (done,) = imported(tmp_path / "tables.db", Kind.UNIT_CAPS, both)
    assert done.rows == 1


@pytest.mark.parametrize("n", range(0, 50, 7))
def test_a_workbook_that_was_cut_off(tmp_path: Path, n: int) -> None:
    path = caps_workbook(tmp_path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * n // 50])
    with pytest.raises(TableFileError, match=r"no Excel workbook|empty"):
        imported(tmp_path / "tables.db", Kind.UNIT_CAPS, path)
