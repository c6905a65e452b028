"""One tree of errors: who embeds the program catches its root, and ``docs/api.md`` draws it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

import kb
from kb.engine import Engine

ROOT = Path(__file__).parents[1]
API = (ROOT / "docs/api.md").read_text("utf-8")


def errors() -> list[type[BaseException]]:
    """Every error class that the packages define and others can see."""
    return [
        getattr(import_module(".".join(path.with_suffix("").parts)), node.name)
        for path in sorted(
            file.relative_to(ROOT)
            for package in ("dsl", "kb")
            for file in (ROOT / package).rglob("*.py")
        )
        for node in ast.parse((ROOT / path).read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and any(
            ast.unparse(base).endswith(("Error", "Exception")) for base in node.bases
        )
    ]


ERRORS = errors()


def test_the_errors_are_found() -> None:
    names = {error.__name__ for error in ERRORS}
    assert {"PayerkbError", "BuildError", "BadDay", "PageProblem", "IrError"} <= names


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: str(error.__name__))
def test_an_embedder_can_catch_every_error_by_the_root(
    error: type[BaseException],
) -> None:
    assert issubclass(error, kb.PayerkbError)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: str(error.__name__))
def test_the_page_draws_the_tree(error: type[BaseException]) -> None:
    (tree,) = re.findall(
        r"^```text\n(PayerkbError.*?)^```", API, re.MULTILINE | re.DOTALL
    )
    (line,) = re.findall(rf"^( *){error.__name__}\b", tree, re.MULTILINE)

    ancestors = [base for base in error.__mro__ if issubclass(base, kb.PayerkbError)]
    assert len(line) == 2 * (len(ancestors) - 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda folder: kb.build_folder(folder / "no-such", folder / "kb.db"),
        lambda folder: kb.read_claims(folder / "no-such.837"),
        lambda folder: Engine.open(folder / "no-such.db"),
    ],
    ids=["build", "read", "open"],
)
def test_what_the_package_refuses_is_caught_by_its_root(
    call: Callable[[Path], object], tmp_path: Path
) -> None:
    with pytest.raises(kb.PayerkbError, match="no-such"):
        call(tmp_path)
