"""What an export of the coverage database says otherwise than our policies."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.table_files import write_coverage
from kb.build.compiler import build_folder
from kb.cli import main
from kb.database.opening import open_knowledge_base
from kb.reference.drift import Difference, drift
from kb.tables.importing import import_files
from kb.tables.model import Kind
from kb.tables.opening import open_tables
from kb.tables.recognising import Told

WORDS = """\
payer medicare: Medicare
  line of business: medicare-part-b
  ids: 00001

contractor novitas: Novitas Solutions
  payer: medicare
  states: FL

contractor palmetto: Palmetto GBA
  payer: medicare
  states: GA

reasons medicare-part-b: Reasons
  frequency: CO-151, N362

source A58745: Billing and Coding, Epidurals
  publisher: A contractor
  url: https://www.cms.gov/medicare-coverage-database/view/article.aspx?articleid=58745
  version: 16
  grade: primary
  read on: 2026-01-05
  review by: 2026-12-31

code 64483: Injection through the nerve opening
code 64484: The same at a further level
"""
POLICY = """\
policy medicare/esi: Epidurals
  payer: medicare
  contractor: novitas
  in force: from 2024-01-01
  cite: A58745

codes esi: Epidurals
  include: 64483, 64484
  cite: A58745, group 1

codes radicular: Radiculopathy
  include: M54.16, M54.17
  cite: A58745, covered diagnoses

rule two-weeks: Two weeks apart.
  for: esi
  interval: at least 14 days between sessions
  otherwise: deny for frequency
  fix: Wait until {next-date}.
  cite: A58745
"""


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drift")
    (folder / "policies").mkdir()
    (folder / "policies/words.policy").write_text(WORDS)
    (folder / "policies/esi.policy").write_text(POLICY)
    report = build_folder(folder / "policies", folder / "kb.db")
    assert report.written, [found.render() for found in report.diagnostics]
    return folder / "kb.db"


def export(
    folder: Path,
    *,
    number: str = "58745",
    version: str = "16",
    codes: tuple[tuple[str, str], ...] = (("64483", "1"), ("64484", "1")),
    diagnoses: tuple[str, ...] = ("M54.16", "M54.17"),
    contractors: tuple[str, ...] = (),
) -> Path:
    """A database of tables with an export of one article."""
    key = [number, version]
    named = {
        "article_x_contractor": [
            [*key, str(place), "1"] for place in range(len(contractors))
        ],
        "contractor": [
            [str(place), "1", name, f"0{place}001", ""]
            for place, name in enumerate(contractors)
        ],
    }
    path = write_coverage(
        folder,
        {
            "article": [[*key, "6", "Epidurals", "", "", "", "", "A", ""]],
            "article_x_hcpc_code": [[*key, code, "", n, "", ""] for code, n in codes],
            "article_x_hcpc_code_group": [
                [*key, "2", "<p>These codes are non&#45;covered.</p>", ""]
            ],
            "article_x_icd10_covered": [
                [*key, code, "", "1", "", "", "", "", ""] for code in diagnoses
            ],
            "article_x_icd10_covered_group": [[*key, "1", "N/A", "", ""]],
            **(named if contractors else {}),
        },
    )
    told = Told(effective=date(2026, 11, 20), incomplete=number == "58745")
    import_files(folder / "tables.db", Kind.COVERAGE, [path], told)
    return folder / "tables.db"


def differences(knowledge: Path, tables: Path) -> list[Difference]:
    with closing(open_knowledge_base(knowledge)) as opened:
        return list(drift(opened, open_tables(tables)))


def test_what_is_alike_is_not_told(knowledge: Path, tmp_path: Path) -> None:
    assert differences(knowledge, export(tmp_path)) == []


def test_another_version_is_an_edit(knowledge: Path, tmp_path: Path) -> None:
    (found,) = differences(knowledge, export(tmp_path, version="21"))
    assert (found.source, found.file, found.line) == ("A58745", "words.policy", 16)
    assert found.edit == "read it again, then version: 21"


def test_a_code_that_the_article_no_longer_names(
    knowledge: Path, tmp_path: Path
) -> None:
    (found,) = differences(knowledge, export(tmp_path, codes=(("64483", "1"),)))
    assert found.edit == "take out: 64484"
    assert found.file == "esi.policy"


def test_a_diagnosis_that_is_new(knowledge: Path, tmp_path: Path) -> None:
    more = ("M54.16", "M54.17", "M54.18", "XX000")
    (found,) = differences(knowledge, export(tmp_path, diagnoses=more))
    assert found.edit == "add to radicular: M54.18"


def test_a_group_of_which_we_have_nothing(knowledge: Path, tmp_path: Path) -> None:
    codes = (("64483", "1"), ("64484", "1"), ("62320", "2"))
    (found,) = differences(knowledge, export(tmp_path, codes=codes))
    assert "codes 2 (These codes are non-covered.)" in found.what
    assert "62320" in found.edit


def test_an_article_that_is_gone(
    knowledge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kb.tables.layouts.all import LAYOUTS
    from kb.tables.model import Setting

    monkeypatch.setitem(LAYOUTS[Kind.COVERAGE].smallest, Setting.ALL, 1)
    (found,) = differences(knowledge, export(tmp_path, number="99999"))
    assert "not in the export of 2026-11-20" in found.what


@pytest.mark.parametrize(
    ("contractors", "expected"),
    [
        ((), []),
        (("Novitas Solutions, Inc.",), []),
        (("Novitas Solutions, Inc.", "Noridian Healthcare Solutions, LLC"), []),
        (
            ("Novitas Solutions, Inc.", "Palmetto GBA"),
            ["gives it to Palmetto GBA too"],
        ),
        (
            ("Palmetto GBA",),
            ["medicare/esi is of Novitas Solutions", "gives it to Palmetto GBA too"],
        ),
    ],
)
def test_the_contractors_of_an_article(
    knowledge: Path,
    tmp_path: Path,
    contractors: tuple[str, ...],
    expected: list[str],
) -> None:
    found = differences(knowledge, export(tmp_path, contractors=contractors))

    assert [
        words in each.what for each, words in zip(found, expected, strict=True)
    ] == [True] * len(expected)
    assert {each.file for each in found} <= {"esi.policy"}


def test_a_piece_of_an_export_proves_no_absence(
    knowledge: Path, tmp_path: Path
) -> None:
    tables = export(tmp_path)
    with closing(open_knowledge_base(knowledge)) as opened:
        asked = open_tables(tables)
        asked.ask("SELECT 1")
        assert not asked.loaded[0].whole
        assert list(drift(opened, asked)) == []


@pytest.mark.parametrize(("version", "code"), [("16", 0), ("21", 1)])
def test_the_command(knowledge: Path, tmp_path: Path, version: str, code: int) -> None:
    tables = export(tmp_path, version=version)
    words = ["drift", "-d", str(knowledge), "--tables", str(tables)]
    ran = CliRunner().invoke(main, words)
    assert ran.exit_code == code, ran.output
    assert ("words.policy:16: A58745: version 16 was read" in ran.output) == bool(code)
