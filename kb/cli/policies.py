"""Which folder of policies a command means."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from dsl.load import ENDING
from kb.cli.options import stop


def policies_of(folder: Path | None) -> Path:
    """The folder given, or the one that is meant; it holds policies.

    Leaves the program with a sentence when it does not: no file would be no error.
    """
    found = folder or default_policies()
    if not found.is_dir():
        stop(f"{found} is not a folder. Give the folder of your .policy files.")
    if not any(path.is_file() for path in found.rglob(f"*{ENDING}")):
        stop(f"There is no {ENDING} file in {found}. Give the folder that holds them.")
    return found


def default_policies() -> Path:
    """``policies`` in this folder; else those that came with the installed program."""
    here = Path("policies")
    return here if here.is_dir() else shipped("policies")


def shipped(folder: str) -> Path:
    """A folder that ships with the program: in the wheel, or beside it in a checkout."""
    packed = Path(str(files("kb"))) / "shipped" / folder
    return packed if packed.is_dir() else packed.parents[2] / folder
