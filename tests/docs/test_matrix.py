"""``docs/matrix.md`` is what ``payerkb matrix`` says of the shipped policies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from kb.cli import main

ROOT = Path(__file__).parents[2]


def test_the_page_of_payers_side_by_side_is_up_to_date(
    golden: Callable[[Path, str], None], shipped_database: Path
) -> None:
    result = CliRunner().invoke(main, ["matrix", "--database", str(shipped_database)])

    assert result.exit_code == 0
    golden(ROOT / "docs/matrix.md", result.stdout)
