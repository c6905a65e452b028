"""A member as rows of cells: text with tabs or commas, fixed lines, or a workbook."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import BinaryIO

from kb.tables.errors import TableFileError
from kb.tables.given import Member, Progress, opened, refuse_a_bad_zip
from kb.tables.packing import shown

LONGEST_CELL = 16 << 20
"""Characters; texts of the coverage database are longer than csv's own bound."""
MOST_CELLS = 60_000_000
"""In one sheet, which is held in memory whole."""
SNIFFED = 1 << 16
WORKBOOK = ".xlsx"

Cells = Sequence[str]


class Rows:
    """The rows of a member, one after the other, and where the last one stood."""

    def __init__(
        self,
        name: str,
        cells: Iterator[Cells],
        line: Callable[[], int],
        *,
        of_workbook: bool = False,
    ) -> None:
        self.name = name
        self.cells = cells
        self.line = line
        self.of_workbook = of_workbook

    def refused(self, why: object, back: int = 0) -> TableFileError:
        """The error that names the last line, or one ``back`` from it, and the fault."""
        place = f"{self.name}:{self.line() - back}"
        return TableFileError(f"{place}: {why}. Nothing was imported.")


@contextmanager
def opened_rows(
    member: Member,
    *,
    fixed: bool,
    lenient: bool = False,
    progress: Progress = lambda _bytes: None,
) -> Iterator[Rows]:
    """The rows of a member; of a ``fixed`` one each line is one cell.

    ``lenient`` takes quotation marks that stand where csv has none.
    Raises ``TableFileError`` when it is no text, or cannot be read to its end.
    """
    with opened(member, progress) as file:
        try:
            if member.name.lower().endswith(WORKBOOK):
                yield _of_workbook(member, file)
            else:
                yield _of_text(member, file, fixed=fixed, lenient=lenient)
        except csv.Error as error:
            message = (
                f"{member.shown} is no whole table of rows and cells: {error}. Get the "
                "file again, as CMS publishes it."
            )
            raise TableFileError(message) from None


def _of_text(member: Member, file: BinaryIO, *, fixed: bool, lenient: bool) -> Rows:
    begins = (
        file.peek(SNIFFED)[:SNIFFED] if isinstance(file, io.BufferedReader) else b""
    )
    _refuse_if_no_text(member, begins)
    utf16 = begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = io.TextIOWrapper(
        file,
        encoding="utf-16" if utf16 else "utf-8-sig",
        errors="strict" if utf16 else WINDOWS,
        newline=None if fixed else "",
    )
    if fixed:
        numbered = _Numbered(text)
        return Rows(member.shown, numbered, lambda: numbered.line)
    csv.field_size_limit(LONGEST_CELL)
    tabs = begins.count(b"\t") > begins.count(b",")
    reader = (
        csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tabs
        else csv.reader(text, strict=not lenient)
    )
    return Rows(member.shown, reader, lambda: reader.line_num)


class _Numbered:
    """Lines as rows of one cell, counted."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = text
        self.line = 0

    def __iter__(self) -> Iterator[Cells]:
        return self

    def __next__(self) -> Cells:
        line = next(self.text)
        self.line += 1
        return (line.rstrip("\n"),)


def _refuse_if_no_text(member: Member, begins: bytes) -> None:
    kinds = (
        (b"\xd0\xcf\x11\xe0", "an old Excel file; save it as xlsx or csv"),
        (b"%PDF", "a PDF; CMS has the table beside it as text, csv or xlsx"),
        (b"PK", "a zip under another name; call it .zip"),
        (b"<", "a web page, not the file: it asked for something before the download"),
    )
    for mark, kind in kinds:
        if begins.lstrip().startswith(mark):
            message = f"{member.shown} is {kind}."
            raise TableFileError(message)
    if b"\0" in begins and not begins.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = f"{member.shown} is no text. Give the file as CMS publishes it."
        raise TableFileError(message)


def _of_workbook(member: Member, file: BinaryIO) -> Rows:
    content = file.read()
    cells = _sheet_of(member, content)
    numbered = _Counted(cells)
    return Rows(member.shown, numbered, lambda: numbered.line, of_workbook=True)


class _Counted:
    """Rows of a sheet as texts, counted."""

    def __init__(self, cells: Iterator[Sequence[object]]) -> None:
        self.cells = cells
        self.line = 0

    def __iter__(self) -> Iterator[Cells]:
        return self

    def __next__(self) -> Cells:
        row = next(self.cells)
        self.line += 1
        return [_text_of(cell) for cell in row]


def _text_of(cell: object) -> str:
    """A code that the sheet holds as a number has five digits."""
    match cell:
        case str():
            return cell
        case bool():
            return str(cell)
        case int() | float():
            return str(int(cell)) if cell == int(cell) else str(cell)
        case datetime() | date():
            return f"{cell:%Y%m%d}"
        case _:
            return ""


def _sheet_of(member: Member, content: bytes) -> Iterator[Sequence[object]]:
    """The rows of the sheet with most of them."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  (only for xlsx)

    _refuse_a_damaged_workbook(member, content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
            sheet = max(sheets, key=lambda each: each.total_height, default=None)
            if sheet is None or sheet.total_height * sheet.total_width > MOST_CELLS:
                message = f"{member.shown} has no sheet of a size that can be read."
                raise TableFileError(message)
            return iter(sheet.iter_rows())
    except TableFileError:
        raise
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        message = (
            f"{member.shown} cannot be read as an Excel workbook "
            f"({type(error).__name__}). Get it again, or give the text file beside it."
        )
        raise TableFileError(message) from None


def _refuse_a_damaged_workbook(member: Member, content: bytes) -> None:
    """Read it through: whatever its parts claim, their sizes and sums are true then."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            refuse_a_bad_zip(archive, member)
            broken = archive.testzip()
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        message = f"{member.shown} is no Excel workbook: {error}. Get it again."
        raise TableFileError(message) from None
    if broken:
        message = f"{member.shown} is damaged at {shown(broken)}. Get it again."
        raise TableFileError(message)


WINDOWS = "payerkb-windows"
"""How a byte that is no UTF-8 is read: as Windows wrote it."""


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    piece = error.object[error.start : error.end]
    try:
        return piece.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return piece.decode("latin-1"), error.end


codecs.register_error(WINDOWS, _as_windows)
