"""HCPCS level II: which codes there are, until when, and how Medicare covers them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.tables.header import Column, Header
from kb.tables.layouts.cells import Named, by_name, wanted
from kb.tables.layouts.layout import Layout, Row, Sheet, Words, names_like
from kb.tables.model import Kind, Setting
from kb.tables.packing import FirstDays, LastDays
from kb.tables.periods import month_named, naming, quarter, quarter_of
from kb.tables.rows import Rows

FIRST_RECORDS = ("3", "7")
"""A code's and a modifier's first line; 4 and 8 go on with its description."""
COLUMNS = (
    Column("code", r"HCPCS?"),
    Column("coverage", r"COV(?:ERAGE)?"),
    Column("added", r"ADD DT"),
    Column("terminated", r"TERM DT"),
    Column("record", r"REC ?ID", needed=False),
)
PLACES = {
    "code": slice(0, 5),
    "record": slice(10, 11),
    "coverage": slice(229, 230),
    "added": slice(268, 276),
    "terminated": slice(284, 292),
}
SHORTEST_LINE = 292
_firsts, _lasts = FirstDays(), LastDays()


def _row(cells: Named) -> Row | None:
    if cells.get("record", "") not in ("", *FIRST_RECORDS):
        return None
    added = cells["added"]
    return (
        wanted(cells["code"], r"[A-Z][0-9]{4}|[0-9A-Z]{2}", "code of level II"),
        wanted(cells["coverage"], r"[A-Z]?", "coverage"),
        _firsts[added] if added else 0,
        _lasts[cells["terminated"]],
    )


def read_lines(header: Header, rows: Rows, _words: Words) -> Iterator[Row]:
    """The codes of the fixed text."""
    for (line,) in header.rows:
        if not line.strip():
            continue
        if len(line) < SHORTEST_LINE:
            raise rows.refused(f"a line of {len(line)} characters; a record has 320")
        try:
            row = _row({name: line[place].strip() for name, place in PLACES.items()})
        except ValueError as error:
            raise rows.refused(error) from None
        if row is not None:
            yield row


LAYOUT = Layout(
    Kind.HCPCS,
    (
        Sheet(
            "hcpcs",
            names_like(r"hcpc.*\.(csv|xlsx)$"),
            by_name(_row),
            COLUMNS,
            re.compile(r"[0-9A-Z]{2}|[0-9A-Z]{5}"),
        ),
        Sheet("hcpcs", names_like(r"hcpc.*\.txt$"), read_lines),
    ),
    names=(
        naming(
            r"hcpc(20\d\d)_(jan|apr|jul|oct)",
            lambda m: quarter(int(m[1]), (month_named(m[2]) + 2) // 3),
        ),
        naming(
            r"(january|april|july|october)[-_ ](20\d\d)",
            lambda m: quarter(int(m[2]), (month_named(m[1]) + 2) // 3),
        ),
    ),
    by_day=quarter_of,
    smallest={Setting.ALL: 7_000},
    skips=names_like(r"change|correct|layout|trans|readme|proc_?note|noc"),
)
