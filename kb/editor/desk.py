"""The desk of the language server: the folder's files, their index, and places in them."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlparse

from lsprotocol import types as lsp

from dsl.base.diagnostics import Diagnostic
from dsl.load.folder import Loaded, texts_of_folder
from dsl.load.policy_files import policy_files_in
from dsl.load.session import Session
from dsl.syntax.nodes import Item
from kb.editor.index import Index


@dataclass(slots=True)
class Desk:
    """The folder that an editor has open: its files, their index, what was said last."""

    root: Path | None = None
    session: Session = field(default_factory=Session)
    index: Index = field(default_factory=lambda: Index({}, {}, {}, {}))
    loaded: Loaded | None = None
    unread: dict[str, Diagnostic] = field(default_factory=dict)
    """Path of what stands in the folder and is not read -> why."""
    linted: dict[str, list[Diagnostic]] = field(default_factory=dict)
    said: dict[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    waiting: asyncio.TimerHandle | None = None

    def path_of(self, uri: str) -> str:
        """A file's path below the folder; its name when it lies elsewhere."""
        place = place_of_uri(uri)
        if self.root is not None and place.is_relative_to(self.root):
            return place.relative_to(self.root).as_posix()
        return place.name

    def uri_of(self, path: str) -> str:
        """The address of a file."""
        return ((self.root or Path.cwd()) / path).as_uri()

    def open_folder(self, root: Path) -> None:
        """Read every policy file of a folder; of one that cannot be read, keep why."""
        self.root = policies_below(root)
        texts, told = texts_of_folder(self.root)
        self.unread = {one.file: one for one in told}
        for name, text in texts:
            self.session.put(name, text)

    def put(self, path: str, text: str) -> None:
        """Take a file's text."""
        self.unread.pop(path, None)
        self.session.put(path, text)

    def drop(self, path: str, why: Diagnostic | None) -> None:
        """Forget a file that is gone, or that cannot be read: then keep why."""
        self.unread.pop(path, None)
        if why is not None:
            self.unread[path] = why
        self.session.drop(path)

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


def place_of_uri(uri: str) -> Path:
    """Where a file's address leads; `..` is followed, so that none leads out unseen."""
    return Path(os.path.normpath(unquote(urlparse(uri).path).replace("\0", "")))


def policies_below(root: Path) -> Path:
    """The folder whose files belong together: ``policies`` below the root, or the root."""
    below = root / "policies"
    return below if below.is_dir() and policy_files_in(below).files else root


def units(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
