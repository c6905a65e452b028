"""Files of any tables are sorted by their names and header words; a bad one stays out alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import main
from kb.tables.model import Kind
from kb.tables.opening import open_tables
from kb.tables.recognising import Told
from kb.tables.sorting import files_in, sorted_by_table

from .samples import (
    PAIRS,
    add_ons_file,
    caps_file,
    coverage_file,
    diagnoses_file,
    fees_file,
    hcpcs_file,
    imported,
    pairs_file,
    zipped,
)

ALL = {
    "aoc 2026 Q2",
    "hcpcs 2026 Q4",
    "icd10cm FY2026",
    "icd10cm FY2027",
    "mcd article 2026-11-20",
    "mue hospital 2026 Q4",
    "mue practitioner 2026 Q4",
    "pfs 2026 A",
    "ptp practitioner 2026 Q4",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What somebody fetched into one folder: all tables, and notes beside them."""
    found = tmp_path / "fetched"
    found.mkdir()
    pairs_file(found, PAIRS[:3])
    pairs_file(found, PAIRS[3:], "ccipra-v323r0-f2.txt")
    caps_file(found)
    zipped(found / "hospital.zip", caps_file(tmp_path, "hospital"))
    add_ons_file(found)
    diagnoses_file(found)
    diagnoses_file(found, 2026)
    hcpcs_file(found)
    fees_file(found)
    coverage_file(found)
    (found / "readme.txt").write_text("A note")
    (found / "SOURCES.md").write_text("Where they are from")
    (found / ".DS_Store").write_bytes(b"\0")
    return found


def imports(tables: Path, *words: object) -> Result:
    told = ("--tables", tables, "--incomplete", "--effective", "2026-11-20")
    return CliRunner().invoke(main, ["import", *map(str, (*words, *told))])


def titles(tables: Path) -> set[str]:
    return {one.title for one in open_tables(tables).loaded}


def test_a_folder_is_imported_each_file_as_what_it_is(
    folder: Path, tmp_path: Path
) -> None:
    ran = imports(tmp_path / "t.db", folder)

    assert (ran.exit_code, ran.stderr) == (0, "")
    assert titles(tmp_path / "t.db") == ALL
    assert ran.stdout.count("left aside") == 2
    pairs = next(x for x in open_tables(tmp_path / "t.db").loaded if x.kind == "ptp")
    assert pairs.rows == len(PAIRS)


BAD = {
    "a zip that was cut off": ("hospital.zip", lambda b: b[: len(b) // 2]),
    "a text that was cut off": ("ccipra-v323r0-f2.txt", lambda b: b[:-40]),
    "columns swapped": (
        "ccipra-v323r0-f1.TXT",
        lambda b: b.replace(b"20170101\t20191231", b"20191231\t20170101"),
    ),
    "no header": (
        "MCR_MUE_PractitionerServices_Eff_10-01-2026.csv",
        lambda b: b.replace(b"HCPCS", b"Nobody"),
    ),
    "no lines": ("icd10cm_order_2026.txt", lambda b: b"nothing of a table\n"),
    "empty": ("HCPC2026_OCT_ANWEB_09012026.txt", lambda b: b""),
}
EDITION = {
    "hospital.zip": "mue hospital 2026 Q4",
    "ccipra-v323r0-f2.txt": "ptp practitioner 2026 Q4",
    "ccipra-v323r0-f1.TXT": "ptp practitioner 2026 Q4",
    "MCR_MUE_PractitionerServices_Eff_10-01-2026.csv": "mue practitioner 2026 Q4",
    "icd10cm_order_2026.txt": "icd10cm FY2026",
    "HCPC2026_OCT_ANWEB_09012026.txt": "hcpcs 2026 Q4",
}


@pytest.mark.parametrize(("name", "damage"), BAD.values(), ids=BAD)
def test_a_bad_file_in_a_folder_keeps_its_own_edition_out_and_is_told(
    folder: Path, tmp_path: Path, name: str, damage: object
) -> None:
    assert callable(damage)
    (folder / name).write_bytes(damage((folder / name).read_bytes()))
    ran = imports(tmp_path / "t.db", folder)

    assert ran.exit_code == 2
    assert name in ran.stderr
    assert "nothing of them was changed" in ran.stderr
    assert titles(tmp_path / "t.db") == ALL - {EDITION[name]}


def test_a_bad_file_changes_nothing_of_the_edition_that_is_loaded(
    folder: Path, tmp_path: Path
) -> None:
    tables = tmp_path / "t.db"
    imported(tables, Kind.UNIT_CAPS, folder / "hospital.zip")
    (before,) = open_tables(tables).loaded
    content = (folder / "hospital.zip").read_bytes()
    (folder / "hospital.zip").write_bytes(content[: len(content) // 2])

    assert imports(tables, folder).exit_code == 2
    assert before.sha256 in {one.sha256 for one in open_tables(tables).loaded}


def test_of_a_list_of_files_the_good_ones_are_imported(
    folder: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    ran = imports(tmp_path / "t.db", folder / "icd10cm_order_2027.txt", bad)

    assert ran.exit_code == 2
    assert "bad.csv holds none of the tables" in ran.stderr
    assert titles(tmp_path / "t.db") == {"icd10cm FY2027"}


def test_with_a_kind_a_bad_file_keeps_all_out(folder: Path, tmp_path: Path) -> None:
    tables = tmp_path / "t.db"
    path = folder / "icd10cm_order_2026.txt"
    path.write_bytes(path.read_bytes()[:-30] + b"\n")
    ran = imports(tables, "icd10cm", path, folder / "icd10cm_order_2027.txt")

    assert ran.exit_code == 2
    assert not tables.exists()


def test_a_kind_takes_a_folder(folder: Path, tmp_path: Path) -> None:
    ran = imports(tmp_path / "t.db", "pfs", folder / "RVU26A", "--until", "2026-12-31")

    assert ran.exit_code == 2, "the day that was said contradicts the name"
    words = (
        "import",
        "pfs",
        str(folder / "RVU26A"),
        "--tables",
        str(tmp_path / "t.db"),
    )
    ran = CliRunner().invoke(main, [*words, "--incomplete"])
    assert (ran.exit_code, titles(tmp_path / "t.db")) == (0, {"pfs 2026 A"})


def test_what_is_recognised_is_explained_and_nothing_changed(
    folder: Path, tmp_path: Path
) -> None:
    ran = imports(tmp_path / "t.db", folder, "--explain")

    assert ran.exit_code == 0
    assert "ptp practitioner 2026 Q4: 2026-10-01 to 2026-12-31" in ran.stdout
    assert not (tmp_path / "t.db").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "no file or folder that is there"),
        (("ptp",), "Name the FILES"),
    ],
)
def test_what_cannot_be_meant_is_told(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    ran = imports(tmp_path / "t.db", *words)

    assert ran.exit_code == 2
    assert said in " ".join(ran.stderr.split())


def test_parts_of_an_edition_are_together_and_a_file_given_twice_is_one(
    folder: Path,
) -> None:
    files = files_in([folder, folder / "ccipra-v323r0-f1.TXT"])
    found = sorted_by_table(files, Told())

    (pairs,) = (one for one in found.taken if one.kind is Kind.PAIRS)
    assert [path.name for path in pairs.paths] == [
        "ccipra-v323r0-f1.TXT",
        "ccipra-v323r0-f2.txt",
    ]
    assert len(files) == len(set(files))
