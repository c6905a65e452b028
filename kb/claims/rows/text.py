"""Tables as text: separated by comma, tab, bar or semicolon, with a header.

A row is told with its number as a spreadsheet shows it.  One that cannot be split costs
itself only: a quotation mark that is never closed does not swallow the rows after it.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from kb.claims.encodings import BYTE_ORDER_MARK
from kb.claims.json.text import lines_of
from kb.claims.model import BadClaim
from kb.claims.past import Told
from kb.claims.rows.cells import Row
from kb.claims.rows.layouts import (
    HOW_TO_NAME,
    Columns,
    columns_of,
    known_names,
    why_not,
)

SEPARATORS = {
    ",": "a CSV table",
    "\t": "a table with tabs",
    "|": "a table with |",
    ";": "a table with ;",
}
_FEWEST_KNOWN = 3
"""Names of columns from which a file is taken for a table that is read."""
_COLUMNS = 4
"""Columns from which a first line that looks like their names is taken for a table."""
_MOST_LINES_OF_A_ROW = 50
_IN_QUOTES = "Put a text that holds a separator or a quotation mark in quotation marks."


class Header(NamedTuple):
    """The first row of a table."""

    separator: str
    names: tuple[str, ...]


def header_of(start: bytes) -> Header:
    """The header that the first line of a file may be."""
    line = start.removeprefix(BYTE_ORDER_MARK).lstrip(b"\r\n").split(b"\n", 1)[0]
    text = line.split(b"\r", 1)[0].decode("utf-8", "replace")
    found = [Header(mark, _names(text, mark)) for mark in SEPARATORS]
    return max(found, key=lambda header: (known_names(header.names), len(header.names)))


def _names(text: str, separator: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([text], delimiter=separator), ()))
    except csv.Error:
        return ()


def is_a_table(start: bytes) -> bool:
    """Whether a file that begins so is one of the tables that are read."""
    return known_names(header_of(start).names) >= _FEWEST_KNOWN


def why_no_table(start: bytes) -> str:
    """What a table lacks whose columns are not those of one that is read.

    Empty when the first line does not look like the names of columns.
    """
    header = header_of(start)
    looks_so = len(header.names) >= _COLUMNS and all(map(_is_a_column, header.names))
    return _missing(header) if looks_so else ""


def _is_a_column(name: str) -> bool:
    """Whether it looks like the name of a column, which has letters and no signs."""
    plain = name.strip().replace("_", "").replace(" ", "")
    return plain[:1].isalpha() and plain.isalnum()


def _missing(header: Header) -> str:
    missing = why_not(columns_of(header.names))
    return f"{SEPARATORS[header.separator]} {missing}" if missing else ""


def stream_table(chunks: Iterable[bytes], name: str = "") -> Iterator[Told]:
    """What each row of a table tells, as soon as its claim has been read."""
    table = _Table(_lines(chunks))
    if missing := _missing(table.header):
        yield BadClaim(name, missing, HOW_TO_NAME)
        return
    yield from table.columns.layout.told(table.rows(table.columns), name)


def patients_in_table(chunks: Iterable[bytes]) -> Iterator[str]:
    """The patient of each claim, by a look at nothing else."""
    table = _Table(_lines(chunks))
    columns = table.columns.of_patient
    if not _missing(table.header):
        yield from columns.layout.patients(table.rows(columns))


class _Table:
    """A table whose header has been read."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        numbered = enumerate(lines, 1)
        filled = ((at, line) for at, line in numbered if line.strip())
        self._before, line = next(filled, (1, b""))
        self._lines = lines
        self.header = header_of(line)
        self.columns = columns_of(self.header.names)

    def rows(self, columns: Columns) -> Iterator[Row]:
        """The rows below the header, of each the cells of these columns."""
        return _rows(self._lines, self.header.separator, columns, self._before + 1)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a table; those of old programs end with a carriage return."""
    rest = iter(chunks)
    start = next(rest, b"").removeprefix(BYTE_ORDER_MARK)
    everything: Iterable[bytes] = chain((start,), rest)
    if b"\r" in start and b"\n" not in start:
        everything = (chunk.replace(b"\r", b"\n") for chunk in everything)
    return lines_of(everything)


def _rows(
    lines: Iterable[bytes], separator: str, columns: Columns, first: int
) -> Iterator[Row]:
    """The rows below the header, of each the cells that are read."""
    picked = columns.picked
    width = len(columns.names)
    for number, record in enumerate(_records(lines, separator, width), first):
        cells = record.cells
        if record.is_whole and len(cells) == width:
            # As `filled` does, in the one place where it costs.
            filled = {
                name: text
                for name, at in picked
                if (cell := cells[at]) and (text := cell.strip())
            }
            yield Row(number, filled)
        elif any(cell.strip() for cell in cells):
            yield _broken(number, record, columns)


class _Record(NamedTuple):
    cells: list[str]
    is_whole: bool = True
    """Whether its quotation marks fit."""


def _records(lines: Iterable[bytes], separator: str, width: int) -> Iterator[_Record]:
    """The records of a table; one has several lines where a cell in quotes has."""
    source = iter(lines)
    put_back: deque[bytes] = deque()
    while (line := put_back.popleft() if put_back else next(source, None)) is not None:
        text = _text(line)
        if '"' not in text:
            yield _Record(text.split(separator))
            continue
        taken: list[bytes] = []
        more = _taking(put_back, source, taken)
        cells = _quoted(chain((text + "\n",), more), separator)
        if cells is not None and (not taken or len(cells) == width):
            yield _Record(cells)
            continue
        put_back.extendleft(reversed(taken))
        yield _Record(text.replace('"', "").split(separator), is_whole=False)


def _text(line: bytes) -> str:
    # What is no UTF-8 costs the cell in which it stands, if that is read at all.
    return line.removesuffix(b"\r").decode("utf-8", "surrogateescape")


def _taking(
    put_back: deque[bytes], source: Iterator[bytes], taken: list[bytes]
) -> Iterator[str]:
    """The next lines, as long as they can belong to one row; ``taken`` has them too."""
    while len(taken) < _MOST_LINES_OF_A_ROW:
        line = put_back.popleft() if put_back else next(source, None)
        if line is None:
            return
        taken.append(line)
        yield _text(line) + "\n"


def _quoted(lines: Iterator[str], separator: str) -> list[str] | None:
    """The cells of the first row of lines; ``None`` where its quotation marks do not fit."""
    try:
        return next(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error:
        return None


def _broken(number: int, record: _Record, columns: Columns) -> Row:
    """A row that cannot be told by columns, with what was found in it."""
    pieces = tuple(cell.strip() for cell in record.cells)
    if record.is_whole:
        reason = f"{len(pieces):,} cells in a row, expected {len(columns.names):,}"
        fault = reason, _IN_QUOTES
    else:
        fault = "quotation marks that do not fit together", _IN_QUOTES
    # None of its cells is told, not even an id: any may be that of another column.
    return Row(number, {}, fault, pieces)
