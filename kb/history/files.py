"""Files of earlier claims as people name them, and what they may be said to hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from kb.claims.model import HistoryState, Reach

Holds = Literal["some", "own", "all"]
HOLDS: dict[str, tuple[HistoryState, Reach]] = {
    "some": ("partial", "own"),
    "own": ("complete", "own"),
    "all": ("complete", "all-billers"),
}
"""What may be said of the files: how complete they are, and whose."""


def files_of(history: Iterable[Path]) -> list[Path]:
    """The files named, of a folder those in it, each once."""
    files = [
        file
        for path in history
        for file in (sorted(_in_folder(path)) if path.is_dir() else [path])
    ]
    return list(dict.fromkeys(files))


def _in_folder(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_file() and not path.name.startswith("."):
            yield path
