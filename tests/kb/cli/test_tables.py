"""``payerkb import`` and ``payerkb tables`` as somebody calls them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import main
from tests.kb.tables.samples import (
    add_ons_file,
    caps_file,
    coverage_file,
    diagnoses_file,
    fees_file,
    hcpcs_file,
    pairs_file,
)


def payerkb(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    for kind, file, *told in (
        ("ptp", pairs_file(folder)),
        ("mue", caps_file(folder)),
        ("aoc", add_ons_file(folder), "--until", "2026-12-31"),
        ("icd10cm", diagnoses_file(folder)),
        ("hcpcs", hcpcs_file(folder)),
        ("pfs", fees_file(folder), "--until", "2026-12-31"),
        ("mcd", coverage_file(folder), "--effective", "2026-11-20"),
    ):
        ran = payerkb(
            "import", kind, file, "--tables", folder / "t.db", "--incomplete", *told
        )
        assert ran.exit_code == 0, ran.output
    return folder / "t.db"


def test_editions_are_listed(tables: Path) -> None:
    ran = payerkb("tables", "--tables", tables)
    assert ran.exit_code == 0
    assert (
        "ptp practitioner 2026 Q4         2026-10-01 to 2026-12-31  6 rows, a piece"
        in (ran.output)
    )
    found = json.loads(payerkb("tables", "--tables", tables, "--json").output)
    assert [each["kind"] for each in found] == sorted(each["kind"] for each in found)
    assert {len(each["sha256"]) for each in found} == {64}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("11111", "22222", "--on", "2019-12-31"), "22222 is not paid beside 11111"),
        (("22222", "11111", "--on", "2019-12-31"), "from its history"),
        (
            ("11111", "55555", "--on", "2026-11-01"),
            "in this piece, which proves nothing",
        ),
        (("11111", "--on", "2026-11-01"), "11111 2 a day, indicator 3"),
        (("22222", "--on", "2026-11-01"), "22222 type 1, beside 11111"),
        (("44444", "--on", "2026-11-01"), "beside what the contractor decides"),
        (("M54.5", "--on", "2026-11-01"), "M54.5 is a header: bill M54.50, M54.59"),
        (("11111", "--on", "2026-11-01"), "11111-26 status A, global 010"),
        (("j1030", "--on", "2026-11-01"), "coverage D, ends 2024-03-31"),
        (("64483", "--on", "2026-11-01"), "A58745 version 21, group 1: Epidurals"),
    ],
)
def test_look_ups_name_the_edition(
    tables: Path, words: tuple[str, ...], said: str
) -> None:
    ran = payerkb("tables", "--tables", tables, "check", *words)
    assert ran.exit_code == 0
    (line,) = [each for each in ran.output.splitlines() if said in each]
    assert re.search(r"20(26|27)", line)


def test_a_sample_is_printed_to_compare_by_eye(tables: Path, tmp_path: Path) -> None:
    for year in (2026, 2027):
        file = diagnoses_file(tmp_path, year=year)
        ran = payerkb(
            "import", "icd10cm", file, "--tables", tmp_path / "t.db", "--incomplete"
        )
        assert ran.exit_code == 0, ran.output
    found = payerkb("tables", "sample", "--tables", tables).output.splitlines()

    assert "  11111 22222 on 2019-12-31: 22222 goes into 11111" in "\n".join(found)
    assert any(line.startswith("  11111: 2, indicator 3: ") for line in found)
    assert "  44444 on 2026-04-01: type 2, beside what the contractor decides" in found
    years = payerkb("tables", "sample", "--tables", tmp_path / "t.db").output
    assert "icd10cm FY2026 and FY2027: " in years


def test_the_file_may_be_named_before_or_behind(tables: Path) -> None:
    words = ("11111", "22222", "--on", "2019-12-31")
    before = payerkb("tables", "--tables", tables, "check", *words)
    behind = payerkb("tables", "check", *words, "--tables", tables)
    beside = payerkb("tables", "check", *words, "-d", tables.with_name("kb.db"))
    assert before.output == behind.output
    assert before.exit_code == behind.exit_code == 0
    assert "tables.db" in beside.output
    assert beside.exit_code == 2


def test_a_day_of_which_no_table_speaks(tables: Path) -> None:
    ran = payerkb(
        "tables", "--tables", tables, "check", "11111", "22222", "--on", "2027-01-01"
    )
    assert ran.exit_code == 3
    assert "no edition that answers for 2027-01-01" in ran.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "ppt", "x.txt"), "ppt"),
        (("import", "ptp"), "FILES"),
        (("import", "ptp", "no-such.zip"), "not there"),
        (("tables", "--tables", "no-such.db"), "Import the first"),
        (("tables", "--tables", "no-such.db", "remove", "ptp"), "no tables at"),
        (("tables", "check", "1", "2", "3", "--on", "2026-01-01"), "or two together"),
        (("tables", "check", "11111", "--on", "soon"), "soon"),
    ],
)
def test_what_is_typed_wrong(words: tuple[str, ...], said: str) -> None:
    ran = payerkb(*words)
    assert ran.exit_code == 2
    assert said in ran.output


def test_explain_changes_nothing(tmp_path: Path) -> None:
    file = pairs_file(tmp_path)
    ran = payerkb("import", "ptp", file, "--tables", tmp_path / "t.db", "--explain")
    assert ran.exit_code == 0
    assert "ptp practitioner 2026 Q4: 2026-10-01 to 2026-12-31" in ran.output
    assert "deletion date" in ran.output
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_tables_lie_beside_the_knowledge_base(tmp_path: Path) -> None:
    database = tmp_path / "sub" / "kb.db"
    ran = payerkb(
        "import", "icd10cm", diagnoses_file(tmp_path), "-d", database, "--incomplete"
    )
    assert ran.exit_code == 0, ran.output
    assert database.with_name("tables.db").is_file()
    ran = payerkb("tables", "-d", database, "remove", "icd10cm", "FY2028")
    assert ran.exit_code == 2
    assert "There are: icd10cm FY2027" in ran.output
    ran = payerkb("tables", "-d", database, "remove", "icd10cm", "FY2027")
    assert ran.exit_code == 0
    assert payerkb("tables", "-d", database).output == ""
