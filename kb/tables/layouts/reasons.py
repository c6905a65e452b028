"""Adjustment reasons and remarks from a list of the user's own.

X12 holds the wording of the adjustment reasons, so none comes with the program.
"""

from __future__ import annotations

import re

from kb.tables.header import Column
from kb.tables.layouts.cells import Named, by_name, wanted
from kb.tables.layouts.layout import Layout, Row, Sheet, names_like
from kb.tables.model import Kind, Setting
from kb.tables.packing import NO_END, packed_day, read_day
from kb.tables.periods import calendar_year

COLUMNS = (
    Column("list", r"LIST"),
    Column("code", r"CODE"),
    Column("start", r"START"),
    Column("stop", r"STOP"),
    Column("modified", r"MODIFIED", needed=False),
    Column("description", r"DESCRIPTION", needed=False),
)


def _row(cells: Named) -> Row:
    def day(name: str, none: int) -> int:
        return packed_day(read_day(cells[name])) if cells.get(name) else none

    return (
        wanted(cells["list"].upper(), r"CARC|RARC|GROUP", "list CARC, RARC or Group"),
        wanted(cells["code"].upper(), r"[A-Z]{0,2}\d{1,4}|[A-Z]{1,2}", "reason code"),
        day("start", 0),
        day("stop", NO_END),
        cells.get("description", ""),
    )


LAYOUT = Layout(
    Kind.REASONS,
    (
        Sheet(
            "reason_code",
            names_like(r"\.(csv|xlsx)$"),
            by_name(_row),
            COLUMNS,
            re.compile(r"carc|rarc|group", re.IGNORECASE),
        ),
    ),
    names=(),
    by_day=lambda day: calendar_year(day.year),
    smallest={Setting.ALL: 1_000},
)
