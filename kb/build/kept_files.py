"""Parsed policy files kept beside the database, for the next build of it.

One line a file: the hash of what it was parsed from, a hash of the rest, and the parsed
file as JSON (``dsl.syntax.plain_nodes``), which runs no code.  What it was parsed from is
its path, its text and the code of language and build; so a line fits this very text, read
by this very program, or it is not looked at.  A file with any fault is never kept: faults
are told by whoever reads the text.  Whatever is wrong with the kept lines, a file without
a good one is parsed.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from dsl.syntax.parser import Parsed, parse
from dsl.syntax.plain_nodes import NoDocumentError, document_of, plain_of
from kb.whole_files import NotWrittenError, remove_leftovers, write_whole

HASH = 64
"""Letters of a hash."""


@dataclass(slots=True)
class KeptFiles:
    """Parsed files of the last build, and those of this one."""

    fingerprint: str
    """Hash of the code that parses."""
    before: dict[str, str] = field(default_factory=dict)
    """Lines of the last build by what they were parsed from."""
    now: dict[str, str] = field(default_factory=dict)

    def parse(self, text: str, path: str) -> Parsed:
        """What ``dsl.syntax.parser.parse`` gives, from the last build where it was the same."""
        key = _hash_of(json.dumps([self.fingerprint, path, text]))
        line = self.before.get(key, "")
        found = _document_in(line, key)
        if found is None:
            found = parse(text, path)
            line = "" if found.diagnostics else _line_of(found, key)
        if line:
            self.now[key] = line
        return found

    def put(self, place: Path) -> None:
        """Write the lines of this build for the next, unless they are there already.

        Where that cannot be done, the next build parses all files.
        """
        if self.now.keys() != self.before.keys():
            with suppress(NotWrittenError):
                lines = "".join(f"{line}\n" for line in self.now.values())
                write_whole(place, lines, private=True)
            remove_leftovers(place.parent)


def kept_files(place: Path, fingerprint: str) -> KeptFiles:
    """What the last build kept at ``place``; nothing unless only its owner can write it."""
    try:
        lines = _text_at(place).split("\n")
    except (OSError, UnicodeDecodeError):
        lines = []
    return KeptFiles(fingerprint, {line[:HASH]: line for line in lines if line})


def _text_at(place: Path) -> str:
    """The text of a regular file of our own.

    Raises ``OSError`` for any other, and ``UnicodeDecodeError``.
    """
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(place, os.O_RDONLY | getattr(os, "O_BINARY", 0) | flags)
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        others = hasattr(os, "getuid") and (
            found.st_uid != os.getuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        )
        if others or not stat.S_ISREG(found.st_mode):
            message = "others can write it"
            raise PermissionError(message)
        return file.read().decode("utf-8")


def _line_of(parsed: Parsed, key: str) -> str:
    body = json.dumps(plain_of(parsed.document), separators=(",", ":"))
    return f"{key} {_hash_of(key + body)} {body}"


def _document_in(line: str, key: str) -> Parsed | None:
    """The parsed file of a line, or nothing where the line is not as it was written."""
    body = line[2 * (HASH + 1) :]
    if line[HASH + 1 : 2 * HASH + 1] != _hash_of(key + body):
        return None
    try:
        return Parsed(document_of(json.loads(body)), ())
    except (ValueError, RecursionError, NoDocumentError):
        return None


def _hash_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
