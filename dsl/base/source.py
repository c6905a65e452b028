"""Where something stands in a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the file with its 1-based line and column."""

    text: str
    line: int
    column: int
