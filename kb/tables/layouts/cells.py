"""Rows by the names of their columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kb.tables.header import Header
from kb.tables.layouts.layout import Read, Row, Words
from kb.tables.packing import shown
from kb.tables.rows import Rows

Named = dict[str, str]
"""Cells without the blanks around them, by our name of the column; "" for none."""


def by_name(made: Callable[[Named], Row | None]) -> Read:
    """A reader of rows that are made from cells by name.

    ``made`` gives nothing for a row to pass over, and raises ``ValueError`` for one that
    cannot be of the table.  Blank rows are passed over.
    """

    def read(header: Header, rows: Rows, _words: Words) -> Iterator[Row]:
        last = max(header.places.values())
        for row in header.rows:
            if not any(row):
                continue
            if len(row) <= last:
                raise rows.refused(f"{len(row)} cells, fewer than its header has")
            named = {name: row[n].strip() for name, n in header.places.items()}
            try:
                one = made(named)
            except ValueError as error:
                raise rows.refused(error) from None
            if one is not None:
                yield one

    return read


def wanted(text: str, pattern: str, what: str) -> str:
    """The text, when it is one of the kind; raises ``ValueError``."""
    if not re.fullmatch(pattern, text):
        message = f"{shown(text)} is no {what}"
        raise ValueError(message)
    return text
