"""Who may import whom."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
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


@cache
def imports(path: Path) -> tuple[str, ...]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append("." * node.level + (node.module or ""))
    return tuple(found)


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
            f"dsl.{room.stem}"
            for room in (ROOT / "dsl").iterdir()
            if room.stem not in {"ir", "errors"}
        )
        return (*beyond_the_rule_tree, "kb.web", "kb.cli", "datasette", "sqlite_utils")
    if place.startswith("kb/claims/"):
        language = tuple(
            f"dsl.{room.stem}"
            for room in (ROOT / "dsl").iterdir()
            if room.stem != "errors"
        )
        return (*language, "kb.engine", "kb.web", "kb.cli", "datasette", *SQL)
    if place.startswith("kb/tables/"):  # knows no policy, no claim and no engine
        rooms = ("build", "claims", "cli", "engine", "proofs", "read", "web")
        return (*(f"kb.{room}" for room in rooms), "datasette", "sqlite_utils", "numpy")
    if place.startswith("kb/cli/"):
        return ("datasette", "sqlite_utils")
    if place.startswith("kb/guide/"):  # the site's pages, without its server
        return ("kb.cli", "datasette", "sqlite_utils", "numpy")
    if place.startswith("kb/web/"):
        return ("kb.cli", "sqlite_utils")
    if place.startswith("kb/build/"):  # the only room that writes a database
        return ("datasette", "kb.web", "kb.cli")
    return ("datasette", "kb.web", "kb.cli", "sqlite_utils")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    if path.name == "__main__.py":
        return
    banned = (*forbidden(path), "")  # imports are absolute
    crossed = [
        name
        for name in imports(path)
        if any(name == b or name.startswith(f"{b}.") for b in banned)
        and name != "kb.web.serve"
    ]

    assert crossed == []


def imported_words(path: Path) -> set[str]:
    """The first words of everything that a file imports."""
    return {name.partition(".")[0] for name in imports(path)} - {""}


@pytest.mark.parametrize(
    "path", EVERYTHING, ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_nothing_is_read_that_can_bring_code_with_it(path: Path) -> None:
    assert not imported_words(path) & RUN_WHAT_THEY_READ


def room_of(module: str) -> str:
    """The room that a module stands in: two names deep, in the engine three."""
    parts = module.split(".")
    deep = 3 if parts[:2] == ["kb", "engine"] and len(parts) > 3 else 2
    return ".".join(parts[:deep])


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def rooms() -> dict[str, set[str]]:
    """Each room with those that it imports; packages' own faces belong to no room."""
    known = {module_of(path) for path in MODULES}
    found: dict[str, set[str]] = {}
    for path in MODULES:
        if path.name in ("__init__.py", "__main__.py"):
            continue
        here = room_of(module_of(path))
        named = {name for name in imports(path) if name in known}
        found.setdefault(here, set()).update(room_of(name) for name in named)
    return {room: others - {room} for room, others in found.items()}


def test_rooms_import_in_one_direction() -> None:
    graph = rooms()
    order = TopologicalSorter(graph)
    order.prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize(
    ("room", "never"),
    [
        ("kb.build", "kb.read"),
        ("kb.read", "kb.build"),
        ("kb.mutation", "kb.proofs"),
        ("kb.reference", "kb.web"),
        ("kb.web", "kb.guide"),
        ("kb.engine.columns", "kb.engine.report"),
        ("kb.engine.judge", "kb.engine.report"),
    ],
)
def test_walls_between_rooms(room: str, never: str) -> None:
    assert never not in rooms()[room]
