"""The Python of the documentation runs, and prints what stands beside it."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from pathlib import Path

import pytest

from kb.engine.report.brief import BRIEF_SCHEMA
from kb.engine.report.findings import SCHEMA as FINDINGS_SCHEMA

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/api.md", "docs/contract.md")
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PRINTS = re.compile(r"^\s*print\(.*\)  # (.*)$", re.MULTILINE)
EXAMPLES = [
    pytest.param(block, id=f"{page}-{at}")
    for page in PAGES
    for at, block in enumerate(BLOCK.findall((ROOT / page).read_text("utf-8")), 1)
]


@pytest.fixture
def beside_the_pages(
    shipped_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files that the examples name."""
    (tmp_path / "build").mkdir()
    shutil.copy(shipped_database, tmp_path / "build/kb.db")
    claim = " ".join((ROOT / "docs/examples/fifth-session.json").read_text().split())
    for name in ("claims.837", "claims.ndjson", "january.837", "february.ndjson"):
        (tmp_path / name).write_text(f"{claim}\n", "utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("beside_the_pages")
@pytest.mark.parametrize("block", EXAMPLES)
def test_an_example_runs(block: str) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block, "example", "exec"), {})
    for said in PRINTS.findall(block):
        assert said in printed.getvalue().splitlines()


def test_the_page_of_contracts_names_the_versions_there_are() -> None:
    from kb.claims.reading import SCHEMA as READING
    from kb.library.rows import SCHEMA as ROWS
    from kb.web.openapi import CONTRACT

    page = (ROOT / "docs/contract.md").read_text("utf-8")
    table = page.partition("## What a number promises")[0]
    claim = (ROOT / "kb/claims/claim.schema.json").read_text("utf-8")
    rule = (ROOT / "dsl/ir/rule.schema.json").read_text("utf-8")
    for version in (
        FINDINGS_SCHEMA,
        BRIEF_SCHEMA,
        READING,
        ROWS.metadata[b"schema"].decode(),
        f"| `{CONTRACT}` |",
        *re.findall(r'"\$id": "(payerkb-claim/[0-9.]+)"', claim),
        *re.findall(r'"title": "(payerkb-rule/[0-9.]+)"', rule),
    ):
        assert version in table
    assert len(re.findall(r"payerkb-[a-z-]+/[0-9]", table)) == 6


def test_the_page_of_contracts_names_every_column() -> None:
    from kb.library.rows import SCHEMA as ROWS

    page = (ROOT / "docs/contract.md").read_text("utf-8")
    columns = re.findall(
        r"^\| `(\w+)` \|", page.partition("## Answers as rows")[2], re.MULTILINE
    )
    assert columns == ROWS.names
