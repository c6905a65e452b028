"""What the packages offer is what ``docs/api.md`` says, and importing it is cheap."""

from __future__ import annotations

import doctest
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import kb
import kb.library.base

ROOT = Path(__file__).parents[1]
API = (ROOT / "docs/api.md").read_text("utf-8")
PACKAGES = ("kb", "dsl", "kb.claims", "kb.engine", "kb.library")


def documented(package: str) -> list[str]:
    """The names in the table below the heading of a package."""
    (section,) = re.findall(
        rf"^## `{package}`$(.*?)(?=^## |\Z)", API, re.MULTILINE | re.DOTALL
    )
    table = section.partition("\n### ")[0]
    return re.findall(r"^\| `(\w+)", table, re.MULTILINE)


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_are_the_documented_ones(package: str) -> None:
    assert sorted(documented(package)) == sorted(import_module(package).__all__)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_there(package: str) -> None:
    module = import_module(package)
    missing = [name for name in module.__all__ if not hasattr(module, name)]
    assert missing == []


def test_the_example_of_the_package_is_true(
    shipped_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "build").mkdir()
    shutil.copy(shipped_database, tmp_path / "build/kb.db")
    shutil.copytree(ROOT / "docs/examples", tmp_path / "docs/examples")
    monkeypatch.chdir(tmp_path)

    for module, examples in ((kb, 3), (kb.library.base, 3)):
        ran = doctest.testmod(module)
        assert ran.attempted == examples
        assert ran.failed == 0


def test_a_name_that_is_not_there_is_said() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Enigne'"):
        kb.__getattr__("Enigne")


def test_public_names_are_listed_before_they_are_loaded() -> None:
    assert set(kb.__all__) <= set(dir(kb))


@pytest.mark.parametrize(
    "heavy",
    ["kb.engine", "kb.claims", "dsl", "lark", "datasette", "numpy", "rich", "sqlite3"],
)
def test_importing_kb_loads_nothing_else(heavy: str) -> None:
    asked = f"import sys, kb; sys.exit({heavy!r} in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False)
    assert ran.returncode == 0


def test_claims_are_answered_without_the_language_or_the_site() -> None:
    asked = (
        "import sys; from kb import Engine, KnowledgeBase, read_claims; "
        "heavy = {'lark', 'dsl.syntax', 'datasette', 'numpy', 'rich', 'pyarrow'}; "
        "heavy &= set(sys.modules); "
        "sys.exit(', '.join(heavy) or 0)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, check=False, capture_output=True
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
