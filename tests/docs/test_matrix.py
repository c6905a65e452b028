"""``docs/matrix.md`` is what ``payerkb matrix`` says; its check names what is there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from kb.cli import main

ROOT = Path(__file__).parents[2]
HEADED = re.compile(r"of each family of procedures on (\d{4}-\d\d-\d\d)\.")
"""The day that the page shows: reading a source on a later one does not change it."""


def test_the_page_of_payers_side_by_side_is_up_to_date(
    golden: Callable[[Path, str], None], shipped_database: Path
) -> None:
    page = ROOT / "docs/matrix.md"
    day = HEADED.search(page.read_text("utf-8"))
    assert day is not None
    result = CliRunner().invoke(
        main, ["matrix", "--as-of", day[1], "--database", str(shipped_database)]
    )

    assert result.exit_code == 0
    golden(page, result.stdout)


def test_the_check_of_the_matrix_names_policies_that_are_there() -> None:
    page = (ROOT / "docs/matrix-check.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z0-9-]+/[a-z0-9-]+)`", page))

    assert named
    assert [
        each for each in named if not (ROOT / "policies" / f"{each}.policy").exists()
    ] == []
