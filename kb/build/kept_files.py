"""Parsed files and compiled policies kept beside the database, for the next build of it.

One line each: the hash of what it was made from, a hash of the rest, and the thing itself
as JSON (``dsl.load.plain``), which runs no code.  A file is made from its path and text, a
policy from what ``dsl.compile.incremental`` says, both from the code of language and
build; so a line fits just this, read by this very program, or it is not looked at.  What
has any fault is never kept: faults are told by whoever reads the text.  Whatever is wrong
with the kept lines, a thing without a good one is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from dsl.base.model import Policy
from dsl.compile.incremental import Kept
from dsl.load.plain import NotPlainError, plain_of, value_of
from dsl.syntax.nodes import Document
from dsl.syntax.parser import Parsed, parse
from kb.whole_files import NotWrittenError, remove_leftovers, write_whole

HASH = 64
"""Letters of a hash."""


@dataclass(slots=True)
class KeptFiles:
    """What the last build kept, and what this one keeps."""

    fingerprint: str
    """Hash of the code that parses and compiles."""
    before: dict[str, str] = field(default_factory=dict)
    """Lines of the last build by what they were made from."""
    now: dict[str, str] = field(default_factory=dict)

    def parse(self, text: str, path: str) -> Parsed:
        """What ``dsl.syntax.parser.parse`` gives, from the last build where it was the same."""
        key = self._key_of("file", path, text)
        document = self._found(key)
        if isinstance(document, Document):
            return Parsed(document, ())
        parsed = parse(text, path)
        if not parsed.diagnostics:
            self.now[key] = _line_of(parsed.document, key)
        return parsed

    def policies(self) -> Kept:
        """The compiled policies of the last build, for the compiler to ask for."""
        return Kept(earlier=self._policy)

    def keep_policies(self, kept: Kept) -> None:
        """Keep what was compiled in this build."""
        for version, (made_from, policy, faults) in kept.policies.items():
            if not faults:
                key = self._key_of("policy", version, made_from)
                self.now[key] = _line_of(policy, key)

    def put(self, place: Path) -> None:
        """Write the lines of this build for the next, unless they are there already.

        Where that cannot be done, the next build makes everything anew.
        """
        if self.now.keys() != self.before.keys():
            with suppress(NotWrittenError):
                lines = "".join(f"{line}\n" for line in self.now.values())
                write_whole(place, lines, private=True)
            remove_leftovers(place.parent)

    def _policy(self, version: str, made_from: str) -> Policy | None:
        found = self._found(self._key_of("policy", version, made_from))
        return found if isinstance(found, Policy) else None

    def _key_of(self, *made_from: str) -> str:
        return _hash_of(json.dumps([self.fingerprint, *made_from]))

    def _found(self, key: str) -> object:
        """What a line of the last build holds, kept on for the next; nothing without one."""
        line = self.before.get(key, "")
        found = _thing_in(line, key)
        if found is not None:
            self.now[key] = line
        return found


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


def _line_of(thing: Document | Policy, key: str) -> str:
    body = json.dumps(plain_of(thing), separators=(",", ":"))
    return f"{key} {_hash_of(key + body)} {body}"


def _thing_in(line: str, key: str) -> object:
    """What a line holds, or nothing where the line is not as it was written."""
    body = line[2 * (HASH + 1) :]
    if line[HASH + 1 : 2 * HASH + 1] != _hash_of(key + body):
        return None
    try:
        return value_of(json.loads(body))
    except (ValueError, RecursionError, NotPlainError):
        return None


def _hash_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
