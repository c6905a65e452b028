"""A policy begun from an article compiles, and ties no list that the article does not."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.table_files import write_coverage
from dsl.format.formatter import format_text
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


Groups = dict[str, tuple[str, ...]]
SHAPES: dict[str, tuple[str, Groups, Groups, dict[str, str]]] = {
    "the heart": (
        "Cardiac monitoring: Holter & event",
        {"93224": ("codes 1",), "93225": ("codes 1",), "93270": ("codes 2",)},
        {"I48.0": ("covered 1",), "Z00.00": ("noncovered 1",)},
        {"covered 1": "CPT codes 93224 \u2013 93225:", "noncovered 1": "never"},
    ),
    "the skin, a long list": (
        "Mohs \u201csurgery\u201d | v2",
        {"17311": ("codes 1",)},
        {f"C44.{n}": ("covered 1",) for n in range(10, 99)},
        {"codes 1": "See {line} and | pipes\n  include: 17311\n# comment"},
    ),
    "a knee brace, no title, group 0": (
        "",
        {"L1833": ("codes 0",)},
        {"M17.11": ("covered 0",)},
        {"covered 0": "", "noncovered 1": "Not applicable"},
    ),
    "the ear, letters with marks": (
        "M\u00e9ni\u00e8re\u2019s disease: tests " * 6,
        {"92537": ("codes 1",), "0213T": ("codes 2",), "99999": ("codes 3",)},
        {"H81.01": ("covered 1",), "H81.02": ("covered 2",)},
        {"covered 1": "For 92537", "covered 2": "support 0213T:"},
    ),
    "drugs, no diagnoses": (
        "Self-administered drugs",
        {"J0135": ("codes 1",), "C9399": ("codes 1",)},
        {},
        {"codes 1": "J0135 adalimumab"},
    ),
    "genes, one diagnosis in two lists": (
        "Genomic tests",
        {"0022U": ("codes 1",), "81445": ("codes 1",), "G0452": ("codes 2",)},
        {"C34.90": ("covered 1", "covered 2")},
        {"covered 1": "0022U and 81445", "covered 2": "only when 81445"},
    ),
    "feet, marked": (
        "Routine foot care",
        {"11720": ("codes 1",), "G0127": ("codes 1",)},
        {"E11.40": ("covered 1",), "E10.40": ("covered 2",)},
        {"covered 1": "* 11720 asks for a date", "covered 2": "11720 and G0127"},
    ),
    "eyes, codes with a seventh place": (
        "Imaging of the eye",
        {"92133": ("codes 1",), "92134": ("codes 1",)},
        {"H40.11X0": ("covered 1",), "H35.3210": ("covered 2",)},
        {"covered 1": "CPT 92133", "covered 2": "CPT 92134."},
    ),
    "a ride, no list of diagnoses": (
        "Ambulance (ground)",
        {"A0425": ("codes 1",)},
        {},
        {"covered 1": "There is no list."},
    ),
    "an answer to comments": ("Response to comments", {}, {}, {}),
    "words like ours": (
        'Skilled "therapy": rule x: y',
        {"97110": ("codes 1",)},
        {"M62.81": ("covered 1",)},
        {"covered 1": "rule covered-1: for: 97110", "codes 1": "\\ back\ttab"},
    ),
}


def finished(text: str) -> str:
    """A draft with what it marks to be filled in."""
    text = text.replace("(name the contractor)", "Somebody").replace(
        "(title)", "A title"
    )
    return re.sub(r"\(say in our own words what (\w+) is\)", r"Service \1", text)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_an_article_of_any_specialty_becomes_a_policy_that_checks(
    folder: Path, tmp_path: Path, shape: tuple[str, Groups, Groups, dict[str, str]]
) -> None:
    title, codes, diagnoses, said = shape
    document = Document(
        "article", 50001, 7, title, "", "", codes, diagnoses,
        frozenset({"E11.40"} & set(diagnoses)), said,
    )  # fmt: skip
    with closing(sqlite3.connect(folder / "kb.db")) as knowledge:
        text = format_text(draft_of(knowledge, document, date(2026, 11, 20)))
    (tmp_path / "words.policy").write_text(WORDS)
    (tmp_path / "draft.policy").write_text(finished(text))

    assert [x.render() for x in load_folder(tmp_path).diagnostics] == []
    assert format_text(finished(text)) == finished(text)


def test_codes_that_two_lists_are_for_are_tied_to_neither() -> None:
    title, codes, diagnoses, said = SHAPES["feet, marked"]
    document = Document(
        "article", 50001, 7, title, "", "", codes, diagnoses, frozenset(), said
    )
    with closing(sqlite3.connect(":memory:")) as knowledge:
        knowledge.execute("CREATE TABLE source (id)")
        knowledge.execute("CREATE TABLE code (id)")
        text = draft_of(knowledge, document, date(2026, 11, 20))

    assert "rule " not in text
    assert "gap covered-1-untied" in text
    assert "gap covered-2-untied" in text


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
