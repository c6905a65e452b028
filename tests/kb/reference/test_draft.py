"""A policy begun from an article compiles, and ties no list that the article does not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.table_files import write_coverage
from dsl.load.folder import load_folder
from kb.build.compiler import build_folder
from kb.cli import main
from kb.reference.draft import draft_of
from kb.tables.documents import Document
from kb.tables.importing import import_files
from kb.tables.model import Kind
from kb.tables.recognising import Told

WORDS = """\
payer medicare-part-b: Medicare
  line of business: medicare-part-b
  ids: 00001

code 64483: Injection through the nerve opening
"""
KEY = ["58745", "21"]
TIES = {
    "named": ("support <b>CPT</b> codes 64483 and 64484:", ["64483", "64484"]),
    "a range": ("For CPT codes 64483 through 64484", ["64483", "64484"]),
    "one": ("For 64484 only:", ["64484"]),
    "none": ("It is the provider&rsquo;s responsibility", []),
    "another too": ("For CPT codes 64483 and 62323", []),
    "no promise": ("A listed code does not assure coverage. CPT 64483:", ["64483"]),
    "no promise, but not": ("It does not assure coverage: not for 64483", []),
    "not": ("These do not support 64483", []),
    "except": ("For all codes except 64483", []),
    "nothing": ("N/A", []),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("draft")
    (folder / "policies").mkdir()
    (folder / "policies/words.policy").write_text(WORDS)
    assert build_folder(folder / "policies", folder / "kb.db").written
    return folder


def drafted(folder: Path, tables: Path, paragraph: str, asterisk: str = "") -> str:
    """The draft of an article whose covered group says this."""
    export = write_coverage(
        tables.parent,
        {
            "article": [[*KEY, "6", "Epidurals", "", "", "", "", "A", ""]],
            "article_x_hcpc_code": [
                [*KEY, code, "", "1", "", ""] for code in ("64483", "64484")
            ],
            "article_x_hcpc_code_group": [[*KEY, "1", "", ""]],
            "article_x_icd10_covered": [
                [*KEY, code, "", "1", "", "", "", "", asterisk]
                for code in ("M54.16", "M54.17")
            ],
            "article_x_icd10_covered_group": [[*KEY, "1", paragraph, "", ""]],
        },
    )
    told = Told(effective=date(2026, 11, 20), incomplete=True)
    import_files(tables, Kind.COVERAGE, [export], told)
    words = [
        "draft",
        "mcd",
        "A58745",
        "-d",
        str(folder / "kb.db"),
        "--tables",
        str(tables),
    ]
    ran = CliRunner().invoke(main, words)
    assert ran.exit_code == 0, ran.output
    return ran.output


@pytest.mark.parametrize(("paragraph", "codes"), TIES.values(), ids=TIES)
def test_a_list_is_tied_where_its_paragraph_names_codes(
    folder: Path, tmp_path: Path, paragraph: str, codes: list[str]
) -> None:
    text = drafted(folder, tmp_path / "tables.db", paragraph)
    if codes:
        assert "rule covered-1-listed" in text
        assert f"  for: {', '.join(codes)}\n" in text
        assert "gap " not in text
    else:
        assert "rule " not in text
        assert "gap covered-1-untied" in text


def test_what_a_group_says_without_a_list_is_a_gap() -> None:
    said = {
        "codes 1": "N/A",
        "noncovered 1": "All codes that are not on the list above.",
        "noncovered 2": "N/A",
    }
    codes: dict[str, tuple[str, ...]] = {"64483": ("codes 1",)}
    document = Document(
        "article", 58745, 21, "Epidurals", "", "", codes, {}, frozenset(), said
    )
    with closing(sqlite3.connect(":memory:")) as knowledge:
        knowledge.execute("CREATE TABLE source (id)")
        knowledge.execute("CREATE TABLE code (id)")
        text = draft_of(knowledge, document, date(2026, 11, 20))

    assert "gap noncovered-1-says" in text
    assert "  | All codes that are not on the list above." in text
    assert "noncovered-2" not in text


def test_the_draft_compiles_and_denies_nothing(folder: Path, tmp_path: Path) -> None:
    text = drafted(folder, tmp_path / "tables.db", TIES["named"][0], "Y")
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "words.policy").write_text(WORDS)
    (policies / "draft.policy").write_text(text)
    loaded = load_folder(policies)
    assert [found.render() for found in loaded.diagnostics] == []
    assert "status: draft" in text
    assert "deny" not in text
    assert "code 64484: (say in our own words" in text
    assert "code 64483:" not in text
    assert "gap marked-diagnoses" in text


@pytest.mark.parametrize(
    ("article", "code", "said"),
    [("A99999", 3, "No loaded export"), ("L58745x", 2, "no number of an article")],
)
def test_an_article_that_is_not_there(
    folder: Path, tmp_path: Path, article: str, code: int, said: str
) -> None:
    tables = tmp_path / "tables.db"
    drafted(folder, tables, "N/A")
    words = [
        "draft",
        "mcd",
        article,
        "-d",
        str(folder / "kb.db"),
        "--tables",
        str(tables),
    ]
    ran = CliRunner().invoke(main, words)
    assert ran.exit_code == code
    assert said in ran.output
