"""Which contractor and locality a place belongs to: by state, by county, by ZIP."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.tables.header import Column, Header
from kb.tables.layouts.layout import Layout, Row, Sheet, Words, names_like
from kb.tables.model import Kind, Setting
from kb.tables.packing import shown
from kb.tables.periods import calendar_year, month_named, naming, quarter
from kb.tables.rows import Cells, Rows

CONTRACTOR = r"MEDICARE ADMINISTRATIVE CONTRACTOR(?: \(MAC\))?"
INDICES = (
    Column("contractor", CONTRACTOR),
    Column("locality", r"LOCALITY NUMBER"),
    Column("state", r"STATE"),
    Column("area", r"LOCALITY NAME"),
)
COUNTIES = (
    *INDICES[:3],
    Column("area", r"FEE SCHEDULE AREA"),
    Column("counties", "COUNTIES"),
)
NUMBER = re.compile(r"\d{4,5}")
ZIP_LINE = re.compile(r"([A-Z]{2})(\d{5})(\d{5})(\d\d)([ RB])")


def read(header: Header, rows: Rows, _words: Words) -> Iterator[Row]:
    """Contractor, locality, state (given once and filled down), area, counties."""
    state = ""
    last = max(header.places.values())
    for row in header.rows:
        if len([cell for cell in row if cell.strip()]) < 2:
            continue  # a note below the table
        if len(row) <= last:
            raise rows.refused(f"{len(row)} cells, fewer than its header has")
        contractor, locality, state = _places(row, header, rows, state)
        area = row[header.places["area"]].strip()
        counties = row[header.places["counties"]] if "counties" in header.places else ""
        yield contractor, locality, state, area, counties.strip()


def _places(
    row: Cells, header: Header, rows: Rows, before: str
) -> tuple[str, str, str]:
    contractor, locality, state = (
        row[header.places[name]].strip() for name in ("contractor", "locality", "state")
    )
    if not NUMBER.fullmatch(contractor) or not re.fullmatch(r"\d{1,2}", locality):
        raise rows.refused(
            f"{shown(contractor)} and {shown(locality)} are no numbers of a contractor "
            "and a locality"
        )
    if not (state or before):
        raise rows.refused("the first row names no state")
    return contractor.zfill(5), locality.zfill(2), state or before


def read_zips(header: Header, rows: Rows, _words: Words) -> Iterator[Row]:
    """ZIP, state, carrier, locality, rural."""
    for (line,) in header.rows:
        if not line.strip():
            continue
        found = ZIP_LINE.match(line.ljust(15))
        if not found:
            raise rows.refused(
                "a line has the state in columns 1 to 2, the ZIP in 3 to 7, the carrier "
                "in 8 to 12, the locality in 13 to 14 and blank, R or B in 15"
            )
        state, code, carrier, locality, rural = found.groups()
        yield int(code), state, carrier, locality, rural.strip()


LAYOUT = Layout(
    Kind.LOCALITIES,
    (
        Sheet(
            "locality",
            names_like(r"gpci.*\.(csv|xlsx)$"),
            read,
            INDICES,
            NUMBER,
            series="gpci",
        ),
        Sheet(
            "locality",
            names_like(r"locco.*\.(csv|xlsx)$"),
            read,
            COUNTIES,
            NUMBER,
            series="locco",
        ),
        Sheet(
            "zip",
            names_like(r"zip5.*\.txt$"),
            read_zips,
            series="zip5",
            smallest=40_000,
        ),
    ),
    names=(
        naming(r"gpci_?(20\d\d)", lambda m: calendar_year(int(m[1]))),
        naming(r"(\d\d)locco", lambda m: calendar_year(2000 + int(m[1]))),
        naming(r"\bCY (20\d\d)", lambda m: calendar_year(int(m[1]))),
        naming(r"in (20\d\d) localities", lambda m: calendar_year(int(m[1]))),
        naming(
            r"zip5_(jan|apr|jul|oct)[a-z]*(20\d\d)",
            lambda m: quarter(int(m[2]), (month_named(m[1]) + 2) // 3),
        ),
    ),
    by_day=lambda day: calendar_year(day.year),
    smallest={Setting.ALL: 100},
    skips=names_like(r"layout|readme"),
)
