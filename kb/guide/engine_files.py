"""What the claim check in the page is made of: engine, knowledge base and Pyodide, packed."""

from __future__ import annotations

import ast
import gzip
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from dsl.errors import PayerkbError

ENTRY = "kb.guide.in_page"
OURS = ("dsl", "kb")
FACES = ("kb", "dsl")
"""Their ``__init__`` loads what an embedder asks for, which the page never does."""
BESIDE = ("kb/tables/shipped/*.csv",)
"""Files that modules read, which are no modules."""
PACKAGES = ("jinja2", "markupsafe")
TEMPLATES = ("kb/check.html", "kb/check_parts.html", "kb/parts.html")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The day that a zip gives its files, so that its bytes are the same every time."""
AS_THEY_ARE = ("pyodide.mjs", "python_stdlib.zip")
PACKED = ("pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json")
NEEDED = (3, 14)
"""The Python of Pyodide's from which on its standard library holds all that we use."""


class PyodideError(PayerkbError):
    """The folder is not what ``npm pack pyodide`` unpacks; the text says what is missing."""


def pyodide_version(folder: Path) -> str:
    """The version of the Pyodide in a folder.

    Raises ``PyodideError`` when the folder or one of its files is missing.
    """
    if not folder.is_dir():
        raise PyodideError(f"There is no folder {folder}. {_how()}")
    wanted = ("package.json", *AS_THEY_ARE, *PACKED)
    missing = [name for name in wanted if not (folder / name).is_file()]
    if missing:
        inner = folder / "package"
        hint = f" Did you mean {inner}?" if (inner / "package.json").is_file() else ""
        raise PyodideError(
            f"{folder} is no folder of Pyodide: it lacks {', '.join(missing)}.{hint}"
            f" {_how()}"
        )
    try:
        told = json.loads((folder / "package.json").read_text("utf-8"))
        lock = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))
        name, version = str(told["name"]), str(told["version"])
        python = tuple(int(part) for part in lock["info"]["python"].split(".")[:2])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PyodideError(
            f"package.json or pyodide-lock.json in {folder} could not be read. {_how()}"
        ) from None
    if name != "pyodide" or python < NEEDED:
        found = f"{name} {version} with Python {'.'.join(map(str, python))}"
        needed = ".".join(map(str, NEEDED))
        raise PyodideError(
            f"{folder} holds {found}; pyodide with Python {needed} or later is needed."
            f" {_how()}"
        )
    return version


def _how() -> str:
    return "Unpack it with: npm pack pyodide && tar xzf pyodide-*.tgz (the folder is package)."


def engine_files(
    database: Path, pyodide: Path, site: Path
) -> Iterator[tuple[str, bytes]]:
    """The files that the claim check loads, by their places in the guide."""
    yield "engine/code.zip", code_zip(site)
    yield "engine/kb.db.gz", packed(database.read_bytes())
    for name in AS_THEY_ARE:
        yield f"engine/pyodide/{name}", (pyodide / name).read_bytes()
    for name in PACKED:
        yield f"engine/pyodide/{name}.gz", packed((pyodide / name).read_bytes())


def packed(content: bytes) -> bytes:
    """The bytes as gzip, the same every time."""
    return gzip.compress(content, 9, mtime=0)


def code_zip(site: Path) -> bytes:
    """The modules that the page imports with the templates that it fills, as a zip."""
    root = Path(str(files("kb"))).parent
    found = {path.relative_to(root).as_posix(): path for path in modules_of(root)}
    for pattern in BESIDE:
        found |= {
            each.relative_to(root).as_posix(): each for each in root.glob(pattern)
        }
    for name in PACKAGES:
        found |= dict(_package(name))
    for name in TEMPLATES:
        found[f"templates/{name}"] = site / "templates" / name
    found["templates/kb/base.html"] = site / "guide" / "in_page.html"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, path in sorted(found.items()):
            info = zipfile.ZipInfo(name, FIRST_DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, path.read_bytes())
    return out.getvalue()


def modules_of(root: Path) -> list[Path]:
    """The files of all our modules that the page's entry leads to, by what they import."""
    known = {
        _name_of(path, root): path
        for each in OURS
        for path in (root / each).rglob("*.py")
    }
    found: dict[str, Path] = {}
    ahead = [ENTRY]
    while ahead:
        name = ahead.pop()
        if name in found or name not in known:
            continue
        found[name] = known[name]
        parts = name.split(".")
        ahead += [".".join(parts[:size]) for size in range(1, len(parts))]
        if name not in FACES:
            ahead += _imported(known[name])
    return [found[name] for name in sorted(found)]


def _name_of(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def _package(name: str) -> Iterator[tuple[str, Path]]:
    """The Python files of a package that is installed here, with its licence."""
    module = sys.modules.get(name) or __import__(name)
    folder = Path(str(module.__file__)).parent
    for path in folder.rglob("*.py"):
        yield f"{name}/{path.relative_to(folder).as_posix()}", path
    try:
        listed = distribution(name).files or []
    except PackageNotFoundError:  # pragma: no cover
        return
    for each in listed:
        if each.name.upper().startswith("LICENSE"):
            yield f"{name}/{each.name}", Path(str(each.locate()))
