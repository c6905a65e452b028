"""Header rows found by their words, never by their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from kb.tables.errors import TableFileError
from kb.tables.rows import Cells, Rows

LONGEST_PREAMBLE = 64
"""Rows in which the header has to be found; CMS's have up to 10."""
_GAPS = re.compile(r"[\s_]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column by the words above it."""

    name: str
    """What we call it."""
    words: str
    """A regular expression for the end of what stands above, in capitals."""
    needed: bool = True
    """Whether a table without it is refused."""

    def stands_in(self, text: str) -> bool:
        """Whether the words above a column are this one's."""
        return re.search(rf"(?:^|\W)(?:{self.words})$", text) is not None


@dataclass(frozen=True, slots=True)
class Header:
    """What was found above the rows."""

    places: dict[str, int]
    """Number of each column by our name, from 0; a column that is not there is left out."""
    found: dict[str, str]
    """The words that stood above it."""
    title: str
    """All words above the rows."""
    rows: Iterator[Cells]
    """The rows from the first one of the table on."""


def read_header(
    rows: Rows, columns: tuple[Column, ...], first: re.Pattern[str]
) -> Header:
    """Read up to the first row of the table.

    It is the first one below the words of all columns whose cell in the first column
    fits ``first``.  Raises ``TableFileError`` when the words are not found, or stand
    above two columns.
    """
    above: list[Cells] = []
    places: dict[str, int] = {}
    named: set[str] = set()
    needed = {column.name for column in columns if column.needed}
    for row in rows.cells:
        if places and _fits(row, places[columns[0].name], first):
            header = _joined(above)
            return Header(
                places,
                {name: header[place] for name, place in places.items()},
                " ".join(" ".join(each) for each in above),
                chain([row], rows.cells),
            )
        if places and _begins_otherwise(row, places[columns[0].name]):
            raise rows.refused("neither a header nor a row of the table")
        above.append(row)
        if not places:
            found = _places(rows, columns, above)
            named = max(named, set(found), key=len)
            places = found if needed <= found.keys() else {}
        if len(above) > LONGEST_PREAMBLE:
            break
    raise _not_found(rows, needed - named, above, places)


def _fits(row: Cells, place: int, first: re.Pattern[str]) -> bool:
    return place < len(row) and first.fullmatch(row[place].strip()) is not None


def _begins_otherwise(row: Cells, place: int) -> bool:
    """Whether something else stands where a row begins; below a header it is blank."""
    return place < len(row) and bool(row[place].strip())


def _places(
    rows: Rows, columns: tuple[Column, ...], above: list[Cells]
) -> dict[str, int]:
    """Where each column stands whose words are found."""
    joined = _joined(above)
    found: dict[str, int] = {}
    for column in columns:
        there = [n for n, text in enumerate(joined) if column.stands_in(text)]
        if len(there) > 1:
            message = (
                f"the words of the column {column.name!r} stand above {len(there)} "
                "columns, so it is not known which one is meant"
            )
            raise rows.refused(message)
        if there:
            found[column.name] = there[0]
    return found


def _joined(above: list[Cells]) -> list[str]:
    """What stands above each column, from top to bottom, in capitals."""
    width = max(map(len, above), default=0)
    return [
        " ".join(
            words
            for row in above
            if n < len(row) and (words := _GAPS.sub(" ", row[n]).strip().upper())
        )
        for n in range(width)
    ]


def _not_found(
    rows: Rows, missing: set[str], above: list[Cells], places: dict[str, int]
) -> TableFileError:
    if places:
        message = f"{rows.name} has a header and no row of a table below it."
        return TableFileError(f"{message} Get the file again, as CMS publishes it.")
    return TableFileError(
        f"{rows.name} is not laid out as this table is: in its first {len(above)} rows no "
        f"header names {', '.join(sorted(missing))}. Nothing was imported. Look at the "
        "file; docs/tables.md tells the columns that are expected."
    )
