"""Who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EVERYTHING = sorted(
    path
    for folder in ("bench", "docs", "dsl", "editors", "kb", "tests")
    for path in (ROOT / folder).rglob("*.py")
)
RUN_WHAT_THEY_READ = {"dill", "jsonpickle", "marshal", "pickle", "shelve"}
SQL = ("sqlite3", "sqlite_utils")
MODULES = sorted([*ROOT.glob("dsl/**/*.py"), *ROOT.glob("kb/**/*.py")])


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


def forbidden(path: Path) -> tuple[str, ...]:
    place = path.relative_to(ROOT).as_posix()
    if place.startswith("dsl/ir/"):
        return (
            "dsl.base",
            "dsl.syntax",
            "dsl.compile",
            "kb",
            "datasette",
            "numpy",
            "lark",
        )
    if place.startswith("dsl/"):
        return ("kb", "datasette", "sqlite_utils", "numpy")
    if place.startswith("kb/engine/"):
        beyond_the_rule_tree = tuple(
            f"dsl.{room.stem}" for room in (ROOT / "dsl").iterdir() if room.stem != "ir"
        )
        return (*beyond_the_rule_tree, "kb.web", "kb.cli", "datasette", "sqlite_utils")
    if place.startswith("kb/claims/"):
        return ("dsl", "kb.engine", "kb.web", "kb.cli", "datasette", *SQL)
    if place.startswith("kb/cli/"):
        return ("datasette", "sqlite_utils")
    if place.startswith("kb/web/"):
        return ("kb.cli", "sqlite_utils")
    if place.startswith("kb/build/"):  # the only room that writes a database
        return ("datasette", "kb.web", "kb.cli")
    return ("datasette", "kb.web", "kb.cli", "sqlite_utils")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    if path.name == "__main__.py":
        return
    banned = forbidden(path)
    crossed = [
        name
        for name in imports(path)
        if any(name == b or name.startswith(f"{b}.") for b in banned)
        and name != "kb.web.serve"
    ]

    assert crossed == []


def imported_words(path: Path) -> set[str]:
    """The first words of everything that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize(
    "path", EVERYTHING, ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_nothing_is_read_that_can_bring_code_with_it(path: Path) -> None:
    assert not imported_words(path) & RUN_WHAT_THEY_READ
