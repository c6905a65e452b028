"""ICD-10-CM: the order file, with headers and the codes to bill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from kb.tables.header import Header
from kb.tables.layouts.layout import Layout, Row, Sheet, Words, names_like
from kb.tables.model import Kind, Setting
from kb.tables.packing import packed_diagnosis
from kb.tables.periods import Period, fiscal_year, fiscal_year_of, naming
from kb.tables.rows import Rows

CODE_PLACES = slice(6, 13)
TITLE_FROM = 77
FLAG_PLACE = 14


def read(header: Header, rows: Rows, _words: Words) -> Iterator[Row]:
    """Code, whether it is to be billed, title."""
    before = 0
    for (line,) in header.rows:
        if not line.strip():
            continue
        if len(line) <= TITLE_FROM or line[FLAG_PLACE] not in "01" or line[5] != " ":
            raise rows.refused(
                "a line of the order file has a number in columns 1 to 5, a code from "
                "column 7, 0 or 1 in column 15 and the long title from column 78"
            )
        try:
            number, code = int(line[:5]), packed_diagnosis(line[CODE_PLACES].rstrip())
        except ValueError as error:
            raise rows.refused(error) from None
        if number <= before:
            raise rows.refused(f"line {number} of the order file follows line {before}")
        before = number
        yield code, int(line[FLAG_PLACE]), line[TITLE_FROM:].strip()


def _april(year: int) -> Period:
    """The release within a fiscal year."""
    named = replace(fiscal_year(year), first_day=date(year, 4, 1))
    return replace(named, name=f"FY{year} April")


LAYOUT = Layout(
    Kind.DIAGNOSES,
    (Sheet("diagnosis", names_like(r"order.*\.txt$"), read),),
    names=(
        naming(r"april[-_ ]*1?[-_ ,]*(20\d\d)", lambda m: _april(int(m[1]))),
        naming(r"icd-?10-?cm[-_]order[-_](20\d\d)", lambda m: fiscal_year(int(m[1]))),
        naming(r"(20\d\d)[-_ ]code[-_ ]desc", lambda m: fiscal_year(int(m[1]))),
    ),
    by_day=fiscal_year_of,
    smallest={Setting.ALL: 90_000},
    skips=names_like(r"addenda"),
)
