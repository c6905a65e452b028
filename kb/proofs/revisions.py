"""Folders as git holds them: at a revision, or as they were known on a day.

Files are taken from git's objects themselves, not from an archive: what a repository's
attributes would leave out or rewrite is here as it was committed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dsl.base.companions import ENDINGS, WORDS, stem
from dsl.errors import PayerkbError
from dsl.load.policy_files import shown

LINK, MODULE = "120000", "160000"
NOT_IN_A_NAME = frozenset({"", ".", ".."})


class RevisionError(PayerkbError):
    """A state of a folder that git does not have; its text says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a revision's list of files."""

    mode: str
    object: str
    name: str
    """Below the folder, with forward slashes."""


def git(folder: Path, *words: str, given: bytes = b"") -> bytes:
    """What a git command prints when it is run in a folder.

    Raises ``RevisionError`` with git's own words when it fails, or when git is missing.
    """
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(  # noqa: S603
            command, input=given, capture_output=True, check=False
        )
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL
        raise RevisionError(f"git cannot be run: {error}.") from error
    if done.returncode:
        raise RevisionError(done.stderr.decode(errors="replace").strip())
    return done.stdout


def revision_known_on(folder: Path, day: date) -> str:
    """The last revision of the end of a day (UTC) that changed the folder.

    Raises ``RevisionError`` when the folder is not kept in git, or not that long.
    """
    until = f"--before={day.isoformat()}T23:59:59+00:00"
    found = git(folder, "rev-list", "-1", until, "HEAD", "--", ".").decode().strip()
    if not found:
        raise RevisionError(f"git holds no state of {folder} from {day} or before.")
    return found


def export_revision(
    folder: Path,
    revision: str,
    into: Path,
    left_out: Callable[[str], None] = lambda _warning: None,
) -> Path:
    """Write a folder's policy files below ``into`` as a revision has them; their place.

    ``left_out`` is told, in a sentence, of each symbolic link and submodule of the
    revision: they are no files of the folder.

    Raises ``RevisionError`` when git does not know the revision or the folder in it.
    """
    files: list[Entry] = []
    for entry in _entries(folder, _tree_of(folder, revision)):
        if entry.mode in (LINK, MODULE):
            kind = "a symbolic link" if entry.mode == LINK else "a submodule"
            left_out(f"{revision}: {shown(entry.name)} is {kind} and is left out.")
        elif entry.name.lower().endswith((*ENDINGS, WORDS)):
            files.append(entry)
    contents = _contents(folder, files)
    try:
        into.mkdir(parents=True, exist_ok=True)
        for entry, content in zip(files, contents, strict=True):
            place = into / entry.name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    except OSError as error:
        raise RevisionError(f"it cannot be written out: {error.strerror}.") from None
    return into


def changed_since(folder: Path, revision: str) -> frozenset[str]:
    """The policy files of a folder that are not as a revision has them, without ending.

    As they lie there now, committed or not; a policy and its scenarios are one name.

    Raises ``RevisionError`` when git does not know the revision or the folder in it.
    """
    tree = _tree_of(folder, revision)
    then = {
        entry.name: entry.object
        for entry in _entries(folder, tree)
        if entry.name.lower().endswith(ENDINGS)
    }
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if file.name.lower().endswith(ENDINGS) and file.is_file()
    ]
    given = "".join(f"{file.absolute()}\n" for file in files)
    hashes = git(folder, "hash-object", "--stdin-paths", given=os.fsencode(given))
    names = (file.relative_to(folder).as_posix() for file in files)
    now = dict(zip(names, hashes.decode().split(), strict=True))
    return frozenset(stem(name) for name, _object in then.items() ^ now.items())


def _tree_of(folder: Path, revision: str) -> str:
    """The name of the folder's tree in a revision."""
    if not revision or revision.startswith("-"):
        raise RevisionError(
            f"`{revision}` is no revision. Write HEAD~1, a tag, a hash."
        )
    here = os.fsdecode(git(folder, "rev-parse", "--show-prefix")).removesuffix("\n")
    wanted = f"{revision}:{here}"
    try:
        found = git(folder, "rev-parse", "--verify", "--end-of-options", wanted)
    except RevisionError as error:
        message = f"there is no revision {revision}, or no folder {here or '.'} in it"
        raise RevisionError(f"{message} ({error}).") from None
    return found.decode().strip()


def _entries(folder: Path, tree: str) -> Iterator[Entry]:
    for line in git(folder, "ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0"):
        if not line:
            continue
        about, _, name = line.partition(b"\t")
        mode, _kind, found = about.decode().split()
        entry = Entry(mode, found, os.fsdecode(name))
        # No git makes such names, but a repository made by hand can hold them.
        if NOT_IN_A_NAME & set(entry.name.split("/")):
            message = f"it has a name that leads out of it: {shown(entry.name)}"
            raise RevisionError(message)
        yield entry


def _contents(folder: Path, files: list[Entry]) -> Iterator[bytes]:
    """The files' bytes, in their order."""
    wanted = "".join(f"{entry.object}\n" for entry in files).encode()
    packed = git(folder, "cat-file", "--batch", given=wanted)
    at = 0
    for _entry in files:
        end = packed.index(b"\n", at)
        size = packed[at:end].split()[-1]
        if not size.isdigit():
            raise RevisionError(f"git lacks {packed[at:end].decode(errors='replace')}.")
        start = end + 1
        at = start + int(size) + 1
        yield packed[start : at - 1]
