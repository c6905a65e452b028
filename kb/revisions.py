"""Folders as git holds them: at a revision, or as they were known on a day."""

from __future__ import annotations

import subprocess
import tarfile
from datetime import date
from io import BytesIO
from pathlib import Path


class RevisionError(Exception):
    """A state of a folder that git does not have; its text says why."""


def git(folder: Path, *words: str) -> bytes:
    """What a git command prints when it is run in a folder.

    Raises ``RevisionError`` with git's own words when it fails, or when git is missing.
    """
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    except OSError as error:
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


def export_revision(folder: Path, revision: str, into: Path) -> Path:
    """Write a folder below ``into`` as a revision has it, and give its new place.

    Raises ``RevisionError`` when git does not know the revision or the folder in it.
    """
    prefix = git(folder, "rev-parse", "--show-prefix").decode().strip()
    top = Path(git(folder, "rev-parse", "--show-toplevel").decode().strip())
    packed = git(top, "archive", "--format=tar", f"{revision}:{prefix}")
    into.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(into, filter="data")
    return into
