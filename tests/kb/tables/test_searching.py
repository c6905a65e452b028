"""Articles of an export found by words, codes and diagnoses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from bench.table_files import write_coverage
from kb.tables.importing import import_files
from kb.tables.model import Kind
from kb.tables.opening import OpenTables, open_tables
from kb.tables.recognising import Told
from kb.tables.searching import find_documents

ONE, OTHER = ["58745", "21"], ["57701", "30"]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenTables]:
    folder = tmp_path_factory.mktemp("searching")
    text = "<p>Sedation is seldom needed; radiculopathy is.</p>"
    export = write_coverage(
        folder,
        {
            "article": [
                [*ONE, "6", "Epidural Injections", "", "", "", text, "A", ""],
                [*OTHER, "6", "Trigger Points", "", "", "", "Myalgia.", "A", ""],
            ],
            "article_x_hcpc_code": [
                [*ONE, "64483", "", "1", "", ""],
                [*OTHER, "20552", "", "1", "", ""],
            ],
            "article_x_icd10_covered": [
                [*ONE, "M54.16", "", "2", "", "", "", "", ""],
                [*OTHER, "M79.18", "", "1", "", "", "", "", ""],
            ],
            "article_x_icd10_covered_group": [[*ONE, "2", "For nerve roots:", "", ""]],
        },
    )
    told = Told(effective=date(2026, 11, 20), incomplete=True)
    import_files(folder / "tables.db", Kind.COVERAGE, [export], told)
    with closing(open_tables(folder / "tables.db")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("words", "names", "places"),
    [
        ("epidural", ["A58745"], ("title",)),
        ("SEDATION", ["A58745"], ("text",)),
        ("64483", ["A58745"], ("codes 1",)),
        ("M5416", ["A58745"], ("covered 2",)),
        ("m54.16 64483", ["A58745"], ("covered 2", "codes 1")),
        ("nerve roots", ["A58745"], ("covered 2",)),
        ("A57701", ["A57701"], ("number",)),
        ("M54.16 20552", [], ()),
        ("nothing of it", [], ()),
        ("%", [], ()),
        ("", [], ()),
    ],
)
def test_what_words_find(
    tables: OpenTables, words: str, names: list[str], places: tuple[str, ...]
) -> None:
    found = find_documents(tables, words)

    assert [each.name for each in found] == names
    assert [each.places for each in found] == [places] * len(names)


def test_words_around_are_plain_text(tables: OpenTables) -> None:
    (found,) = find_documents(tables, "radiculopathy")

    assert found.snippet == "Sedation is seldom needed; radiculopathy is."


def test_titles_come_first(tables: OpenTables) -> None:
    assert [each.name for each in find_documents(tables, "i")] == ["A57701", "A58745"]
    assert len(find_documents(tables, "i", limit=1)) == 1
