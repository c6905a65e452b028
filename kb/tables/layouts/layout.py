"""What is to be known of a table to read its files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kb.tables.header import Column, Header
from kb.tables.model import Kind, Setting
from kb.tables.periods import NameOf, Period
from kb.tables.rows import Rows

Value = int | str | None
Row = tuple[Value, ...]

CODE = re.compile(r"[0-9A-Z]{5}|\d{1,4}")
"""The first cell of a row that begins with a procedure code, in a workbook a number."""


class Words(dict[str, int]):
    """Texts that stand in many rows, numbered: a row keeps the number."""

    def __missing__(self, text: str) -> int:
        """The number of a text that was not seen yet."""
        known = text.strip()
        self[text] = number = self[known] if known in self else len(self) + 1
        return number


Read = Callable[[Header, Rows, Words], Iterator[Row]]
"""The rows of a file, in the order of the table's columns after the edition.

Raises ``TableFileError`` for a row that cannot be one of the table.
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that holds a table, or a part of it."""

    table: str
    """In our database."""
    picks: re.Pattern[str]
    """Names of its files."""
    read: Read
    columns: tuple[Column, ...] = ()
    """Empty: every line has fixed places and there is no header."""
    first: re.Pattern[str] = CODE
    """What stands in the first column of a row."""
    lenient: bool = False
    series: str = ""
    """Tells apart tables of one kind that come in editions of their own."""
    slot: str = ""
    """Tells apart files of one edition whose rows go into one table."""
    repeated: bool = False
    """Whether the same file lies in several zips: the first one is taken."""
    smallest: int = 0
    """Rows below which it is a piece, where it is larger than others of its kind."""

    @property
    def fixed(self) -> bool:
        """Whether its lines have fixed places."""
        return not self.columns


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of table with the files that it comes in."""

    kind: Kind
    sheets: tuple[Sheet, ...]
    names: tuple[NameOf, ...]
    by_day: Callable[[date], Period]
    smallest: Mapping[Setting, int]
    """Rows below which an edition is a piece of one, of each setting that there is."""
    settings: tuple[tuple[re.Pattern[str], Setting], ...] = ()
    skips: re.Pattern[str] | None = None
    """Names of files beside the table that look like it and are not."""
    in_parts: bool = False
    """Whether an edition comes in files numbered ``-f1``, ``-f2`` and so on."""
    named_by_folder: bool = False
    """Whether the folder that a zip was unpacked into tells the edition as the zip does."""

    def sheet_for(self, name: str) -> Sheet | None:
        """What a file of this name holds; nothing when it is none of the table's."""
        if self.skips and self.skips.search(name):
            return None
        return next((each for each in self.sheets if each.picks.search(name)), None)


def names_like(pattern: str) -> re.Pattern[str]:
    """A pattern of names, small letters and capitals alike."""
    return re.compile(pattern, re.IGNORECASE)
