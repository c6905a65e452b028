"""Cells of a table as text, and what is wrong with one, by row and column.

Everything is text: a code that was read as a number has lost its zeros.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from kb.claims.encodings import not_utf8
from kb.claims.json.checks import Fault, one_a_cause
from kb.claims.model import BadClaim, Remark
from kb.claims.shapes import DATE, TEXT, Shape, kind_of

_KEPT = 4096
"""So many codes, days and numbers of rows before are known without looking."""
_AS_TEXT = (
    "Export the table anew with every column as text: a spreadsheet, or a program that"
    " takes codes for numbers, loses digits and leading zeros."
)
_SCIENTIFIC = re.compile(r"[+-]?[0-9](\.[0-9]+[eE][+-]?|[eE]\+)[0-9]+")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_NUMBER = re.compile(r"-?([0-9]{1,12}(\.[0-9]{0,12})?|\.[0-9]{1,12})")
_WHOLE = re.compile(r"([0-9]{1,6})(\.0*)?")
_DAY = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})([T ]00:00:00(\.0*)?(Z|\+00:00)?)?"
)
_FIRST_YEAR = 1900


class Row(NamedTuple):
    """One row of a table: its number as a spreadsheet shows it, its cells by column.

    ``cells`` has those that are filled, without spaces around them (``filled``).
    ``fault`` is the reason why the row could not be split into cells, and what to do;
    ``pieces`` then has what was found in it, of any column.
    """

    number: int
    cells: Mapping[str, str]
    fault: tuple[str, str] | None = None
    pieces: tuple[str, ...] = ()

    def text(self, column: str) -> str:
        """The cell of a column; empty where nothing stands or there is no such column."""
        return self.cells.get(column, "")


@dataclass(slots=True)
class Notes:
    """The faults and remarks of one claim, each with its row."""

    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)

    def fault(self, row: Row, column: str, reason: str, fix: str = "") -> None:
        """Note what is wrong in a cell, or in the whole row."""
        self.faults.append(Fault(_place(row, column), reason, fix))

    def remark(self, row: Row, column: str, text: str) -> None:
        """Note what was settled in a cell."""
        self.remarks.append(Fault(_place(row, column), text))

    def bad(self, name: str, claim: str, identifier: str) -> Iterator[BadClaim]:
        """The faults, those of one cause as one."""
        for fault in one_a_cause(self.faults):
            where = _joined(name, fault.path)
            yield BadClaim(where, fault.reason, fault.fix, claim, identifier)

    def said(self, name: str, claim: str, identifier: str) -> Iterator[Remark]:
        """The remarks, those of one cause as one."""
        for remark in one_a_cause(self.remarks):
            where = _joined(name, remark.path)
            yield Remark(where, remark.reason, claim, identifier)


def _place(row: Row, column: str) -> str:
    return f"row {row.number:,}, {column}" if column else f"row {row.number:,}"


def _joined(name: str, place: str) -> str:
    return f"{name}: {place}" if name else place


def shaped(row: Row, column: str, shape: Shape, notes: Notes) -> str:
    """The text of a cell; empty when it is, a fault when it has another shape."""
    text = row.cells.get(column, "")
    if text and not _fits(text, shape):
        notes.fault(row, column, *_misshapen(text, shape.expected, shape.example))
        return ""
    return text


def code(row: Row, column: str, shape: Shape, notes: Notes) -> str:
    """A code, whose letters count as capitals."""
    text = row.cells.get(column, "")
    if not text or _fits(text, shape):
        return text
    upper = text.upper()
    return upper if _fits(upper, shape) else shaped(row, column, shape, notes)


def number(row: Row, column: str, notes: Notes) -> Decimal | None:
    """A number, which may be below zero; ``None`` when the cell is empty or wrong."""
    text = row.text(column)
    if not text:
        return None
    found = _number(text)
    if found is None:
        notes.fault(row, column, *_misshapen(text, "a number", "450.00"))
    return found


def whole(row: Row, column: str, default: int, notes: Notes) -> int:
    """A whole number from 1, ``default`` when the cell is empty."""
    text = row.text(column)
    if not text:
        return default
    found = _WHOLE.fullmatch(text)
    if found is None or int(found[1]) == 0:
        expected = "a whole number from 1 to 999999"
        notes.fault(row, column, *_misshapen(text, expected, "1"))
        return default
    return int(found[1])


def day(row: Row, column: str, notes: Notes) -> date | None:
    """A day written ``2026-03-10`` or ``20260310``; ``None`` when empty or wrong.

    The midnight that a database writes behind it is passed over.
    """
    text = row.text(column)
    if not text:
        return None
    found = _day(text)
    if found is None:
        notes.fault(row, column, *_misshapen(text, DATE.expected, DATE.example))
    return found


def _misshapen(text: str, expected: str, example: str) -> tuple[str, str]:
    """What is wrong with a cell and what to do."""
    if _NOT_UTF8.search(text):
        return not_utf8(text.encode("utf-8", "surrogateescape"), "this cell")
    if _SCIENTIFIC.fullmatch(text):
        found = "a number in scientific notation, as spreadsheets write it"
    else:
        found = kind_of(text)
    spoiled = text.isdigit() or found != kind_of(text) or text.endswith(".0")
    return (
        f"found {found}, expected {expected}",
        _AS_TEXT if spoiled else f"Write it as `{example}`.",
    )


def plain_id(row: Row, column: str, notes: Notes) -> str:
    """An id that has to be there; empty, and a fault, where it is none.

    One that a spreadsheet has rounded is none: others would be the same.
    """
    text = row.text(column)
    if not text:
        notes.fault(row, column, "missing: expected an id")
        return ""
    if _SCIENTIFIC.fullmatch(text):
        notes.fault(row, column, *_misshapen(text, "an id", "C-100"))
        return ""
    return shaped(row, column, TEXT, notes)


def sent_id(row: Row, column: str) -> str:
    """The sender's id as a fault may tell it, empty where it is none."""
    text = plain_id(row, column, Notes())
    return text if text.isprintable() else ""


@lru_cache(maxsize=_KEPT)
def _fits(text: str, shape: Shape) -> bool:
    return shape.fits(text)


@lru_cache(maxsize=_KEPT)
def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=_KEPT)
def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        written = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return written if written.year >= _FIRST_YEAR else None


def filled(cells: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The cells in which something stands, without spaces around it."""
    return {column: text for column, cell in cells if (text := cell.strip())}


def numbered(rows: Iterable[Mapping[str, str]], first: int) -> Iterator[Row]:
    """Rows with their numbers."""
    for at, cells in enumerate(rows, first):
        yield Row(at, filled(cells.items()))
