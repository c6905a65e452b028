"""NCCI add-on code edits, as fixed text or as a sheet."""

from __future__ import annotations

from collections.abc import Iterator

from kb.tables.header import Column, Header
from kb.tables.layouts.layout import Layout, Row, Sheet, Words, names_like
from kb.tables.model import Kind, Setting
from kb.tables.packing import Codes, FirstDays, LastDays, shown
from kb.tables.periods import naming, quarter, quarter_of
from kb.tables.rows import Rows

TYPES = {"1": 1, "2": 2, "3": 3}
SHORTEST_LINE = 32
ALWAYS = 0
"""The first day where a file tells none: its edition's days are all that it speaks of."""
COLUMNS = (
    Column("type", r"EDIT TYPE"),
    Column("add-on", r"ADD\W?ON CODE"),
    Column("primary", r"PRIMARY CODE"),
    Column("add-on deletion", r"ADD\W?ON (?:CODE )?DELDT", needed=False),
    Column("primary deletion", r"PRIMARY CODE DELDT", needed=False),
    Column("effective date", r"EDIT EFFDT", needed=False),
    Column("deletion date", r"EDIT DELDT", needed=False),
)
PLACES = (
    slice(0, 1),
    slice(1, 6),
    slice(13, 18),
    slice(6, 13),
    slice(18, 25),
    slice(25, 32),
    slice(32, 39),
)
"""Of the columns above in a line of the fixed text; the type's digit is no part of the code."""


class Reader:
    """Cells of a row to numbers."""

    def __init__(self, *, padded: bool) -> None:
        self.codes = Codes(padded=padded)
        self.firsts, self.lasts = FirstDays(), LastDays()

    def row(self, cells: list[str]) -> Row:
        """Add-on, primary, type, first and last day.

        Raises ``ValueError`` for cells that cannot be an edit.
        """
        kind, add_on, primary, *ends, effective, deletion = cells
        if kind not in TYPES:
            message = f"{shown(kind)} is no type of add-on edit 1, 2 or 3"
            raise ValueError(message)
        first = self.firsts[effective] if effective.strip() else ALWAYS
        last = min(self.lasts[each] for each in (*ends, deletion))
        one, other = self.codes[add_on], self.codes[primary]
        return one, other, TYPES[kind], first, last


def read_sheet(header: Header, rows: Rows, _words: Words) -> Iterator[Row]:
    """The edits of a sheet."""
    reader = Reader(padded=rows.of_workbook)
    places = [header.places.get(column.name) for column in COLUMNS]
    for row in header.rows:
        if not any(row):
            continue
        try:
            yield reader.row(["" if n is None else row[n].strip() for n in places])
        except IndexError:
            raise rows.refused(f"{len(row)} cells, fewer than its header has") from None
        except ValueError as error:
            raise rows.refused(error) from None


def read_lines(header: Header, rows: Rows, _words: Words) -> Iterator[Row]:
    """The edits of the fixed text, which has no header."""
    reader = Reader(padded=False)
    for (line,) in header.rows:
        if not line.strip():
            continue
        if len(line) < SHORTEST_LINE:
            raise rows.refused(
                f"a line of {len(line)} characters; an edit has 39 or more"
            )
        try:
            yield reader.row([line[place] for place in PLACES])
        except ValueError as error:
            raise rows.refused(error) from None


LAYOUT = Layout(
    Kind.ADD_ONS,
    (
        Sheet(
            "add_on",
            names_like(r"\.(csv|xlsx)$"),
            read_sheet,
            COLUMNS,
            names_like("[123]"),
        ),
        Sheet("add_on", names_like(r"\.txt$"), read_lines),
    ),
    names=(naming(r"(20\d\d)[-_ ]?q([1-4])", lambda m: quarter(int(m[1]), int(m[2]))),),
    by_day=quarter_of,
    smallest={Setting.ALL: 5_000},
    skips=names_like(r"change|readme"),
)
