"""``Any`` stands only where JSON is read and written; everything between has a type."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted([*ROOT.glob("dsl/**/*.py"), *ROOT.glob("kb/engine/**/*.py")])
EDGES = {
    "dsl/base/model.py": {"Json"},
    "dsl/ir/codec.py": {"Json", "Coder", "days_of"},
    "dsl/ir/schema.py": {"Json"},
    "kb/engine/rows.py": {"KeptOpen"},
    "kb/engine/program.py": {"Json", "Program"},
    "kb/engine/report/findings.py": {"Json"},
    "kb/engine/select.py": {"Selection"},
}
"""Where JSON comes in or goes out, with the names whose types say ``Any`` there.

A program and a selection keep what was worked out from them, whatever its type; rows of
a database have none.
"""


def with_any(text: str) -> set[str]:
    """The names at the top of a module under which ``Any`` is written."""
    found = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if any(is_any(inner) for inner in ast.walk(node)):
            found.add(name_of(node))
    return found


def is_any(node: ast.AST) -> bool:
    """``Any`` by its name, as ``typing.Any``, or inside a type in quotation marks."""
    match node:
        case ast.Name(id="Any") | ast.Attribute(attr="Any"):
            return True
        case ast.Constant(value=str() as text) if "Any" in text and "\n" not in text:
            return quoted_type_has_any(text)
        case _:
            return False


def quoted_type_has_any(text: str) -> bool:
    """Whether a text that reads as an expression names ``Any``."""
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return any(isinstance(x, ast.Name) and x.id == "Any" for x in ast.walk(tree))


def name_of(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name
        case ast.Assign(targets=[ast.Name() as target]):
            return target.id
        case ast.AnnAssign(target=ast.Name() as target):
            return target.id
        case _:
            return type(node).__name__


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_any_stands_only_at_the_edge(path: Path) -> None:
    edge = EDGES.get(path.relative_to(ROOT).as_posix(), set())
    assert with_any(path.read_text("utf-8")) == edge


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def f(x: Any) -> None: ...", "f"),
        ("def f(*x: Any) -> None: ...", "f"),
        ("def f() -> list[Any]: ...", "f"),
        ("def f() -> 'dict[str, Any]': ...", "f"),
        ("def f():\n    x: typing.Any = 1", "f"),
        ("class A:\n    def f(self, x: Any): ...", "A"),
        ("class A(Transformer[Token, Any]): ...", "A"),
        ("TABLE: dict[type, Callable[[Any], bool]] = {}", "TABLE"),
        ("Json = dict[str, Any]", "Json"),
    ],
)
def test_any_is_seen_wherever_it_hides(text: str, name: str) -> None:
    assert with_any(text) == {name}
