"""The physician fee schedule's relative value file: its indicators, not its money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kb.tables.header import Column
from kb.tables.layouts.cells import Named, by_name, wanted
from kb.tables.layouts.layout import Layout, Row, Sheet, names_like
from kb.tables.model import Kind, Setting
from kb.tables.packing import packed_code
from kb.tables.periods import Period, month_named, naming, quarter, quarter_of

LETTERS = "ABCD"
COLUMNS = (
    Column("code", r"HCPCS(?: CODE)?"),
    Column("modifier", r"MOD(?:IFIER)?"),
    Column("status", r"STATUS(?: CODE)?"),
    Column("professional or technical", r"PC\W?TC IND(?:ICATOR)?"),
    Column("global days", r"GLOB(?:AL)? DAYS"),
    Column("multiple", r"MULT(?:IPLE)? PROC(?:EDURE)?"),
    Column("bilateral", r"BILAT(?:ERAL)? SURG(?:ERY)?"),
    Column("assistant", r"ASST SURG(?:ERY)?"),
)
"""The description is the AMA's: it is passed over."""


def _row(cells: Named) -> Row:
    days = cells["global days"]
    return (
        packed_code(cells["code"].zfill(5)),
        wanted(cells["modifier"], r"|26|TC|53", "modifier of the fee schedule"),
        wanted(cells["status"], r"[A-Z]", "status"),
        wanted(
            days.zfill(3) if days.isdigit() else days,
            r"\d{3}|XXX|YYY|ZZZ|MMM",
            "number of global days",
        ),
        *(
            wanted(cells[name], r"\d", f"indicator ({name})")
            for name in (
                "professional or technical",
                "bilateral",
                "assistant",
                "multiple",
            )
        ),
    )


def _lettered(year: int, letter: str, revised: str) -> Period:
    """``RVU24A``; an ``R`` behind it takes effect on some day of the same quarter."""
    usual = quarter(year, LETTERS.index(letter.upper()) + 1)
    name = f"{year} {letter.upper()}{revised.upper()}"
    return replace(usual, name=name, asks_for_day=bool(revised))


def _by_day(day: date) -> Period:
    usual = quarter_of(day)
    return replace(usual, name=f"{day.year} {LETTERS[(day.month - 1) // 3]}")


def _month(year: str, month: str) -> Period:
    return quarter(2000 + int(year[-2:]), (month_named(month) + 2) // 3)


LAYOUT = Layout(
    Kind.INDICATORS,
    (Sheet("indicator", names_like(r"PPRRVU.*\.(csv|xlsx)$"), by_name(_row), COLUMNS),),
    names=(
        naming(
            r"rvu(\d\d)([a-d])(r?)(?![a-z])",
            lambda m: _lettered(2000 + int(m[1]), m[2], m[3]),
        ),
        naming(
            r"pprrvu(20\d\d|\d\d)_?(jan|apr|jul|oct)",
            lambda m: _month(m[1], m[2]),
            decides=False,
        ),
        naming(
            r"(20\d\d) national physician fee schedule.{1,60}?"
            r"(january|april|july|october) release",
            lambda m: _month(m[1], m[2]),
            decides=False,
        ),
    ),
    by_day=_by_day,
    smallest={Setting.ALL: 15_000},
    skips=names_like(r"(?<!non)qpp"),
    named_by_folder=True,
)
