"""Which files of a folder are policies, and their texts: the one answer for everybody.

Symbolic links are not followed.  A link to a place inside the folder would read the same
file twice, and one that leads outside would show, as policy or in an error, a file that
its author did not put there.  What is passed over is always told by name: rules that are
missing are denials that are missing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dsl.base.companions import ENDINGS, WORDS, is_words
from dsl.base.diagnostics import Diagnostic, Severity
from dsl.errors import PayerkbError

LONGEST_NAME = 200
"""Letters of a path that are shown; a path can have thousands."""
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class UnreadableError(PayerkbError):
    """A policy file that cannot be read: ``line`` says where, the text why.

    The text goes on after the name of the file: ``is not UTF-8 text.``
    """

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy file, or the scenarios beside one: its path below the folder, and its place."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Listing:
    """The policy files of a folder, and what stands there but is not read."""

    files: tuple[PolicyFile, ...]
    told: tuple[Diagnostic, ...]
    words: tuple[PolicyFile, ...] = ()
    """Files of words (``dsl.load.words``), which are no policies."""


def policy_files_in(folder: Path) -> Listing:
    """Every file of policies or of their scenarios, by path; ``.Policy`` is one too.

    Links and things that are no files are warnings; folders that cannot be read, and
    names that are not UTF-8, are errors.
    """
    files: list[PolicyFile] = []
    told: list[Diagnostic] = []
    for found in _walk(folder):
        if isinstance(found, PolicyFile):
            files.append(found)
        else:
            told.append(found)
    files.sort(key=lambda file: file.name.split("/"))
    return Listing(
        files=tuple(file for file in files if not is_words(file.name)),
        told=tuple(sorted(told, key=lambda one: one.file)),
        words=tuple(file for file in files if is_words(file.name)),
    )


def _walk(folder: Path) -> Iterator[PolicyFile | Diagnostic]:
    # No recursion: folders can be nested deeper than the interpreter's stack.
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            with os.scandir(folder / below) as entries:
                for entry in entries:
                    name = f"{below}{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(f"{name}/")
                    else:
                        yield from _judged(name, entry)
        except OSError as error:
            message = f"This folder cannot be read: {error.strerror}."
            yield told_of(below.rstrip("/") or ".", "P009", message)


def _judged(name: str, entry: os.DirEntry[str]) -> Iterator[PolicyFile | Diagnostic]:
    """A policy file, or why it is none; nothing for what does not look like one."""
    looks_like_one = entry.name.lower().endswith((*ENDINGS, WORDS))
    if entry.is_symlink():
        if looks_like_one or not _leads_to_a_file(entry):
            yield told_of(name, "P039", _about_link(entry.path), severe=False)
    elif looks_like_one and not entry.is_file(follow_symlinks=False):
        message = "Not read: this is no regular file. Remove or rename it."
        yield told_of(name, "P039", message, severe=False)
    elif looks_like_one and not _is_utf_8(name):
        message = "Not read: the name of this file is not UTF-8. Rename it."
        yield told_of(name, "P009", message)
    elif looks_like_one:
        yield PolicyFile(name, Path(entry.path))


def _leads_to_a_file(entry: os.DirEntry[str]) -> bool:
    try:
        return not stat.S_ISDIR(entry.stat().st_mode)
    except OSError:  # a broken link or a circle: it may have been a payer's folder
        return False


def _about_link(path: str) -> str:
    try:
        leads = f" to {shown(os.readlink(path))}"  # noqa: PTH115  (a text, for any name)
    except OSError:
        leads = ""
    return (
        f"Not read: this is a symbolic link{leads}, and links are not followed. Put the "
        "file or folder itself here."
    )


def told_of(name: str, code: str, message: str, *, severe: bool = True) -> Diagnostic:
    """A diagnostic about a path as a whole."""
    severity: Severity = "error" if severe else "warning"
    return Diagnostic(code, message, shown(name), 1, severity=severity)


def shown(name: str | Path) -> str:
    r"""A path as it can be printed: ``\xe9`` for what is no letter, and not endless."""
    letters = os.fsencode(name).decode("utf-8", "backslashreplace")
    plain = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in letters
    )
    return plain if len(plain) <= LONGEST_NAME else f"{plain[:LONGEST_NAME]}..."


def _is_utf_8(name: str) -> bool:
    try:
        os.fsencode(name).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read_policy(path: Path) -> str:
    """The text of a policy file as it stands; never of a link, a pipe or a device.

    Raises ``UnreadableError``.
    """
    return text_of(_bytes_of(path))


def _bytes_of(path: Path) -> bytes:
    # Between listing and reading, the file can become a link or a pipe that never ends.
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | flags)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UnreadableError("is no regular file.")
            return file.read()
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}.") from None


def text_of(content: bytes) -> str:
    """The text of a file's bytes, which are UTF-8.

    Raises ``UnreadableError`` that names the encoding it looks like, and the cure.
    """
    if content.startswith(UTF_16) or _is_half_nul(content):
        raise UnreadableError(_not_utf_8("UTF-16, as Windows programs write it"))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        looks = "no text at all"
        if b"\0" not in content:
            looks = "Latin-1 or Windows-1252, as older programs write it"
        raise UnreadableError(_not_utf_8(looks), line) from None


def _is_half_nul(content: bytes) -> bool:
    """Whether every other byte is NUL: UTF-16 of plain letters, without its mark."""
    head = content[:1000]
    odd, even = head[1::2], head[::2]
    return len(head) > 1 and any(
        nul.count(0) > len(nul) * 3 // 4 and other.count(0) < len(other) // 4 + 1
        for nul, other in ((odd, even), (even, odd))
    )


def _not_utf_8(looks: str) -> str:
    return (
        f"is not UTF-8 text. It looks like {looks}. Open it in your editor and save it "
        "with the encoding UTF-8."
    )
