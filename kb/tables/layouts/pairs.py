"""NCCI procedure-to-procedure edits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress, count, islice
from operator import and_, eq, gt, itemgetter

from kb.tables.header import Column, Header
from kb.tables.layouts.layout import Layout, Row, Sheet, Words, names_like
from kb.tables.model import Kind, Setting
from kb.tables.packing import NEVER_APPLIED, Codes, FirstDays, LastDays, shown
from kb.tables.periods import naming, ncci_version, quarter, quarter_of
from kb.tables.rows import Cells, Rows

COLUMNS = (
    Column("column 1", r"COLUMN 1"),
    Column("column 2", r"COLUMN 2"),
    Column("effective date", r"EFFECTIVE(?: DATE)?"),
    Column("deletion date", r"DELETION(?: DATE)?(?: \*=NO DATA)?"),
    Column("modifier", r"MODIFIER(?: 0=.*)?"),
    Column("rationale", r"RATIONALE"),
)
AT_ONCE = 2_048
"""Rows whose columns are read together."""


class Indicators(dict[str, int]):
    """Modifier indicators by their text; each way to write one is checked once."""

    def __missing__(self, text: str) -> int:
        """Check and keep a new one; raises ``ValueError``."""
        if text.strip() not in ("0", "1", str(NEVER_APPLIED)):
            message = (
                f"the modifier indicator is {shown(text)}, and 0, 1 or 9 is wanted"
            )
            raise ValueError(message)
        self[text] = number = int(text)
        return number


def read(header: Header, rows: Rows, words: Words) -> Iterator[Row]:
    """Pairs as they stand: paid code, denied code, first and last day, why.

    There are millions, so whole columns of many rows are read at a time; only where one
    of them is at fault the rows are gone through for the place.
    """
    places = tuple(header.places[column.name] for column in COLUMNS)
    reader = Reader(places, words, Codes(padded=rows.of_workbook))
    while many := list(islice(header.rows, AT_ONCE)):
        try:
            yield from reader.columns(many)
        except (ValueError, IndexError):
            yield from reader.one_by_one(many, rows)


class Reader:
    """Cells of rows to numbers; what was seen before is not checked again."""

    def __init__(self, places: tuple[int, ...], words: Words, codes: Codes) -> None:
        self.pick = itemgetter(*places)
        self.codes, self.firsts, self.lasts = codes, FirstDays(), LastDays()
        self.indicators, self.words = Indicators(), words
        self.before: Row = ()

    def columns(self, many: list[Cells]) -> list[Row]:
        """All rows at once; raises ``ValueError`` or ``IndexError`` when one is wrong."""
        one, other, effective, deletion, modifier, why = self.pick(
            tuple(zip(*many, strict=True))
        )
        paid = list(map(self.codes.__getitem__, one))
        denied = list(map(self.codes.__getitem__, other))
        first = list(map(self.firsts.__getitem__, effective))
        last = list(map(self.lasts.__getitem__, deletion))
        indicator = map(self.indicators.__getitem__, modifier)
        reasons = map(self.words.__getitem__, why)
        if any(map(gt, first, last)) or any(map(eq, paid, denied)):
            message = "a row that cannot be"
            raise ValueError(message)
        made = list(zip(paid, denied, first, last, indicator, reasons, strict=True))
        self._refuse_overlaps(made, paid, denied)
        return made

    def _refuse_overlaps(
        self, made: list[Row], paid: list[int], denied: list[int]
    ) -> None:
        """Rows of one pair stand one after the other."""
        again = map(and_, map(eq, paid[1:], paid), map(eq, denied[1:], denied))
        same = [
            made[0],
            *(made[n + i] for n in compress(count(), again) for i in (0, 1)),
        ]
        before = self.before
        for row in same:
            _refuse_an_overlap(before, row)
            before = row
        self.before = made[-1]

    def one_by_one(self, many: list[Cells], rows: Rows) -> Iterator[Row]:
        """The rows one after the other, up to the one that is refused by its place."""
        for back, row in zip(range(len(many) - 1, -1, -1), many, strict=True):
            if not any(row):
                continue
            try:
                one, other, effective, deletion, modifier, why = self.pick(row)
                made = (
                    *_two_codes(self.codes[one], self.codes[other]),
                    *_days(self.firsts[effective], self.lasts[deletion]),
                    self.indicators[modifier],
                    self.words[why],
                )
                _refuse_an_overlap(self.before, made)
            except IndexError:
                message = f"{len(row)} cells, fewer than its header has"
                raise rows.refused(message, back) from None
            except ValueError as error:
                raise rows.refused(error, back) from None
            self.before = made
            yield made


def _two_codes(paid: int, denied: int) -> tuple[int, int]:
    if paid == denied:
        message = "a code is paired with itself"
        raise ValueError(message)
    return paid, denied


def _days(first: int, last: int) -> tuple[int, int]:
    if last < first:
        message = "the edit ends before it begins: are the columns of dates swapped?"
        raise ValueError(message)
    return first, last


def _refuse_an_overlap(before: Row, row: Row) -> None:
    """Two edits of a pair on one day contradict each other."""
    if before is row or before[:2] != row[:2]:
        return
    (first, last, old), (begins, ends, new) = _window(before), _window(row)
    if NEVER_APPLIED not in (old, new) and first <= ends and begins <= last:
        message = "the row before has an edit of the same codes for some of its days"
        raise ValueError(message)


def _window(row: Row) -> tuple[int, int, int]:
    first, last, indicator = row[2:5]
    assert isinstance(first, int)
    assert isinstance(last, int)
    assert isinstance(indicator, int)
    return first, last, indicator


LAYOUT = Layout(
    Kind.PAIRS,
    (Sheet("pair", names_like(r"\.(txt|csv|xlsx)$"), read, COLUMNS),),
    names=(
        naming(
            r"cci(?:pra|oph)-?v(\d\d)\.?([0-3])", lambda m: ncci_version(m[1], m[2])
        ),
        naming(r"(20\d\d)[-_ ]?q([1-4])", lambda m: quarter(int(m[1]), int(m[2]))),
    ),
    by_day=quarter_of,
    smallest={Setting.PRACTITIONER: 2_000_000, Setting.HOSPITAL: 1_400_000},
    settings=(
        (names_like(r"ccipra|practitioner"), Setting.PRACTITIONER),
        (names_like(r"ccioph|hospital"), Setting.HOSPITAL),
    ),
    in_parts=True,
)
