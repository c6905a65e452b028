"""``docs/quality.md`` is what ``payerkb quality`` says, and no figure is below the floor."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from kb.cli import main

ROOT = Path(__file__).parents[2]
MEASURED = re.compile(r"^Measured on (\d{4}-\d\d-\d\d)\.", re.MULTILINE)
"""The day that the page shows: reading a source on a later one does not change it."""


def test_the_page_of_figures_is_up_to_date(
    golden: Callable[[Path, str], None], shipped_database: Path
) -> None:
    page = ROOT / "docs/quality.md"
    day = MEASURED.search(page.read_text("utf-8"))
    assert day is not None
    result = CliRunner().invoke(
        main, ["quality", "--as-of", day[1], "--database", str(shipped_database)]
    )

    assert result.exit_code == 0
    golden(page, result.stdout)


def test_no_figure_is_below_the_floor(shipped_database: Path) -> None:
    floor = ROOT / "tests/quality-floor.json"
    result = CliRunner().invoke(
        main,
        ["quality", "--fail-below", str(floor), "--database", str(shipped_database)],
    )

    assert (result.exit_code, result.stderr) == (0, ""), result.stdout
