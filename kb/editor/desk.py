"""The desk of the language server: the folder's files, their index, and places in them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote, urlparse

from lsprotocol import types as lsp

from dsl.diagnostics import Diagnostic
from dsl.load import ENDING, Loaded
from dsl.nodes import Item
from dsl.session import Session
from kb.editor.index import Index


@dataclass(slots=True)
class Desk:
    """The folder that an editor has open: its files, their index, what was said last."""

    root: Path | None = None
    session: Session = field(default_factory=Session)
    index: Index = field(default_factory=lambda: Index({}, {}, {}, {}))
    loaded: Loaded | None = None
    linted: dict[str, list[Diagnostic]] = field(default_factory=dict)
    said: dict[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    waiting: asyncio.TimerHandle | None = None

    def path_of(self, uri: str) -> str:
        """A file's path below the folder; its name when it lies elsewhere."""
        # Taken as written, `..` would lead out of the folder, and out of a scratch folder.
        place = Path(normpath(unquote(urlparse(uri).path).replace("\0", "")))
        if self.root is not None and place.is_relative_to(self.root):
            return place.relative_to(self.root).as_posix()
        return place.name

    def uri_of(self, path: str) -> str:
        """The address of a file."""
        return ((self.root or Path.cwd()) / path).as_uri()

    def open_folder(self, root: Path) -> None:
        """Read every policy file of a folder; one that cannot be read is left out."""
        self.root = policies_below(root)
        for file in sorted(self.root.rglob(f"*{ENDING}")):
            try:
                text = text_on_disk(file)
            except (OSError, ValueError):
                continue
            self.session.put(file.relative_to(self.root).as_posix(), text)

    def text(self, path: str) -> list[str]:
        """The lines of a file."""
        held = self.session.files.get(path)
        return held[0].text.split("\n") if held else []

    def items(self, path: str) -> tuple[Item, ...]:
        """The items of a file."""
        held = self.session.files.get(path)
        return held[1].document.items if held else ()

    def range_in(self, path: str, line: int, column: int, width: int) -> lsp.Range:
        """A range of a line, in the units that editors count: UTF-16."""
        lines = self.text(path)
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        start = units(text[: column - 1])
        end = start + units(text[column - 1 : column - 1 + width].ljust(width))
        return lsp.Range(lsp.Position(line - 1, start), lsp.Position(line - 1, end))

    def column_of(self, path: str, position: lsp.Position) -> int:
        """The 1-based column of a position."""
        lines = self.text(path)
        text = lines[position.line] if position.line < len(lines) else ""
        found = 0
        while found < len(text) and units(text[:found]) < position.character:
            found += 1
        return found + 1


def text_on_disk(file: Path) -> str:
    """The text of a regular file.

    Raises ``OSError`` for one that cannot be read or is a device or a pipe, which could be
    without end, and ``ValueError`` for one that is no text.
    """
    if not file.is_file():
        raise FileNotFoundError(file)
    return file.read_bytes().decode("utf-8")


def policies_below(root: Path) -> Path:
    """The folder whose files belong together: ``policies`` below the root, or the root."""
    below = root / "policies"
    return below if below.is_dir() and any(below.rglob(f"*{ENDING}")) else root


def units(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
