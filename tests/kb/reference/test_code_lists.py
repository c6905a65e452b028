"""What the base says of codes is held against tables; only what a table says can differ."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.build.compiler import build_folder
from kb.cli import main
from kb.read.store import open_knowledge_base
from kb.reference.code_lists import Difference, differences
from tests.kb.tables.in_memory import InMemory

DAY = date(2026, 11, 10)
POLICIES = """\
payer medicare-part-b: Medicare
  line of business: medicare

source TABLE: A table
  publisher: CMS
  url: https://example.invalid/table
  grade: primary
  read on: 2026-11-01
  review by: 2027-02-01

code 64483: Low back, first level
  sides: paired
  global: 000
  cite: TABLE

code 64484: Low back, each further level
  add-on to: 64483
  cite: TABLE

code 62323: Between the bones
  sides: single
  cite: TABLE
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lists")
    (folder / "units.policy").write_text(POLICIES, "utf-8")
    report = build_folder(folder, folder / "kb.db")
    assert report.written, [each.render() for each in report.diagnostics]
    return folder / "kb.db"


def told(database: Path, tables: InMemory, day: date = DAY) -> list[tuple[str, ...]]:
    with closing(open_knowledge_base(database)) as connection:
        found: list[Difference] = list(differences(connection, tables, day))
    return [(each.list, each.code, each.ours, each.theirs) for each in found]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (InMemory(), []),
        (InMemory(caps={"64483": (1, 2), "64484": (4, 3), "99999": (7, 3)}), []),
        (
            InMemory(caps={"64483": (1, 2), "64484": (3, 2)}),
            [("unit-caps", "64484", "4", "3")],
        ),
        (InMemory(add_ons={"64484": (1, "64483 64479")}), []),
        (
            InMemory(add_ons={"64484": (1, "64479")}),
            [("add-ons", "64484", "64483", "64479")],
        ),
        (InMemory(add_ons={"64484": (2, "")}), []),
        (
            InMemory(schedule={"64483": {"global_days": "000", "bilateral": "1"}}),
            [],
        ),
        (
            InMemory(schedule={"64483": {"global_days": "010", "bilateral": "0"}}),
            [
                ("global-days", "64483", "000", "010"),
                ("sides", "64483", "paired", "single (indicator 0)"),
            ],
        ),
        (InMemory(schedule={"62323": {"bilateral": "9"}}), []),
        (
            InMemory(schedule={"62323": {"bilateral": "3"}}),
            [("sides", "62323", "single", "paired (indicator 3)")],
        ),
    ],
)
def test_only_what_a_table_says_otherwise_is_told(
    database: Path, tables: InMemory, said: list[tuple[str, ...]]
) -> None:
    assert told(database, tables) == said


def test_a_day_without_a_table_is_not_compared(database: Path) -> None:
    tables = InMemory(caps={"64484": (3, 2)}, add_ons={"64484": (1, "64479")})

    assert told(database, tables, date(2030, 1, 1)) == []


def test_without_tables_the_command_says_what_to_do(
    database: Path, tmp_path: Path
) -> None:
    nowhere = tmp_path / "tables.db"
    words = ["compare-lists", "--on", "2026-11-10", "-d", str(database)]
    result = CliRunner().invoke(main, [*words, "--tables", str(nowhere)])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "payerkb import" in result.stderr
