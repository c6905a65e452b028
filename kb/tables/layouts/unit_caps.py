"""NCCI medically unlikely edits: the most units of a code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter

from kb.tables.header import Column, Header
from kb.tables.layouts.layout import Layout, Row, Sheet, Words, names_like
from kb.tables.model import Kind, Setting
from kb.tables.packing import Codes, read_day, shown
from kb.tables.periods import Period, naming, quarter, quarter_of
from kb.tables.rows import Rows

COLUMNS = (
    Column("code", r"HCPCS\W*CPT CODE"),
    Column("units", r"MUE VALUES?"),
    Column("indicator", r"MUE ADJUDICATION INDICATOR"),
    Column("rationale", r"MUE RATIONALE"),
)
_UNITS = re.compile(r"\d{1,6}")
_INDICATOR = re.compile(r"([123])\b.*")


def read(header: Header, rows: Rows, words: Words) -> Iterator[Row]:
    """Code, units, adjudication indicator, why."""
    pick = itemgetter(*(header.places[column.name] for column in COLUMNS))
    codes = Codes(padded=rows.of_workbook)
    for row in header.rows:
        if not any(row):
            continue
        try:
            code, units, indicator, why = (cell.strip() for cell in pick(row))
            yield codes[code], *_numbers(units, indicator), words[why]
        except IndexError:
            raise rows.refused(f"{len(row)} cells, fewer than its header has") from None
        except ValueError as error:
            raise rows.refused(error) from None


def _numbers(units: str, indicator: str) -> tuple[int, int]:
    if not _UNITS.fullmatch(units):
        message = f"{shown(units)} is no number of units"
        raise ValueError(message)
    found = _INDICATOR.fullmatch(indicator)
    if not found:
        message = f"{shown(indicator)} is no adjudication indicator 1, 2 or 3"
        raise ValueError(message)
    return int(units), int(found[1])


def _from(found: re.Match[str]) -> Period:
    """A date in the name is the first day of a quarter."""
    return quarter_of(read_day(f"{found[3]}-{found[1]}-{found[2]}"))


LAYOUT = Layout(
    Kind.UNIT_CAPS,
    (Sheet("unit_cap", names_like(r"\.(csv|xlsx)$"), read, COLUMNS),),
    names=(
        naming(r"eff_(\d\d)-(\d\d)-(20\d\d)", _from),
        naming(r"(20\d\d)[-_ ]?q([1-4])", lambda m: quarter(int(m[1]), int(m[2]))),
    ),
    by_day=quarter_of,
    smallest={
        Setting.PRACTITIONER: 12_000,
        Setting.HOSPITAL: 12_000,
        Setting.SUPPLIER: 2_000,
    },
    settings=(
        (names_like(r"practitioner[ _-]*services"), Setting.PRACTITIONER),
        (names_like(r"outpatient[ _-]*hospital[ _-]*services"), Setting.HOSPITAL),
        (names_like(r"dme[ _-]*supplier[ _-]*services"), Setting.SUPPLIER),
    ),
    skips=names_like(r"change|addition|deletion|revision"),
)
