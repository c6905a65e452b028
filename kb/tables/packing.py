"""Codes and days as whole numbers: small rows, and one order with the text.

A procedure code has five places of 36 signs.  A diagnosis code has up to seven places
of 37, filled up on the right with the smallest sign, so that all codes that begin alike
lie side by side.  A day is ``20261001``.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PLACES = 5
MOST_CODES = 1 << 16
"""That are kept; CMS's tables have some 13,000."""
LONGEST_DIAGNOSIS = 7
SHORTEST_DIAGNOSIS = 3
NO_END = 99991231
"""The last day of what has not ended."""
DELETION_DATE_IS_LAST_DAY = True
"""Whether an edit still applies on the deletion date that its row gives.

CMS's own sentence was not found.  In 2,546,017 practitioner rows every ended edit with
indicator 0 or 1 ends on the last day of a quarter and its successor starts on the day
after (12001/12011 ends 2019-12-31, the turned pair starts 2020-01-01).
"""

NEVER_APPLIED = 9
"""The modifier indicator of an edit that was taken back from its first day on."""

_PROCEDURE = re.compile(r"[0-9A-Z]{5}")
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z]{1,5}")
_DIGIT = {sign: place for place, sign in enumerate(SIGNS)}


def packed_code(text: str) -> int:
    """The number of a procedure code; raises ``ValueError`` for what is none."""
    if not _PROCEDURE.fullmatch(text):
        message = f"{shown(text)} is no code of five letters and digits"
        raise ValueError(message)
    return int(text, 36)


def unpacked_code(number: int) -> str:
    """The procedure code of a number."""
    signs = []
    for _ in range(PLACES):
        number, place = divmod(number, len(SIGNS))
        signs.append(SIGNS[place])
    return "".join(reversed(signs))


def packed_diagnosis(text: str) -> int:
    """The number of a diagnosis code, with or without its point.

    Raises ``ValueError`` for what is none.
    """
    bare = text.replace(".", "", 1) if text[3:4] == "." else text
    if not _DIAGNOSIS.fullmatch(bare):
        message = f"{shown(text)} is no code of ICD-10-CM"
        raise ValueError(message)
    number = 0
    for sign in bare:
        number = number * 37 + _DIGIT[sign] + 1
    return number * _room_below(len(bare))


def unpacked_diagnosis(number: int) -> str:
    """The diagnosis code of a number, with its point."""
    signs = []
    for _ in range(LONGEST_DIAGNOSIS):
        number, place = divmod(number, 37)
        signs.append(SIGNS[place - 1] if place else "")
    bare = "".join(reversed(signs))
    return f"{bare[:3]}.{bare[3:]}" if len(bare) > SHORTEST_DIAGNOSIS else bare


def last_below(text: str) -> int:
    """The largest number of a diagnosis code that begins with this one."""
    return packed_diagnosis(text) + _room_below(len(text.replace(".", ""))) - 1


def _room_below(length: int) -> int:
    return int(37 ** (LONGEST_DIAGNOSIS - length))


def packed_day(day: date) -> int:
    """``20261001``."""
    return day.year * 10000 + day.month * 100 + day.day


def unpacked_day(number: int) -> date:
    """The day of a number; raises ``ValueError`` for what is none."""
    return date(number // 10000, number // 100 % 100, number % 100)


def last_day_of(deletion: date) -> int:
    """The last day on which an edit with this deletion date applies."""
    one = timedelta(days=0 if DELETION_DATE_IS_LAST_DAY else 1)
    return packed_day(deletion - one)


def shown(text: str) -> str:
    """A text of a file in quotation marks, shortened."""
    longest = 40
    return repr(text if len(text) <= longest else text[:longest] + "...")


CONTRACTOR_DECIDES = packed_code("CCCCC")
"""Stands in place of an add-on code's primary where the contractor decides."""


class Codes(dict[str, int]):
    """Procedure codes seen so far with their numbers: each is checked once.

    ``padded`` for a workbook, where a code may be a number: 100 is 00100.
    """

    def __init__(self, *, padded: bool = False) -> None:
        super().__init__()
        self.padded = padded

    def __missing__(self, text: str) -> int:
        """Check and keep a new one; raises ``ValueError``."""
        code = text.strip()
        number = packed_code(code.zfill(PLACES) if self.padded else code)
        if len(self) < MOST_CODES:
            self[text] = number
        return number


class Diagnoses(dict[str, int]):
    """The same for diagnosis codes."""

    def __missing__(self, text: str) -> int:
        """Check and keep a new one; raises ``ValueError``."""
        self[text] = number = packed_diagnosis(text.strip())
        return number


class FirstDays(dict[str, int]):
    """Dates seen so far, in any of the ways that CMS writes them, as numbers."""

    def __missing__(self, text: str) -> int:
        """Read and keep a new one; raises ``ValueError``."""
        self[text] = number = packed_day(read_day(text))
        return number


class LastDays(dict[str, int]):
    """Deletion dates seen so far as the last day that counts; ``*`` and blank: no end."""

    def __missing__(self, text: str) -> int:
        """Read and keep a new one; raises ``ValueError``."""
        ended = text.strip() not in ("", "*")
        self[text] = number = last_day_of(read_day(text)) if ended else NO_END
        return number


_WRITTEN = (
    (re.compile(r"(\d{4})(\d{2})(\d{2})"), (1, 2, 3)),
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T][0-9:.]*)?"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})"), (3, 1, 2)),
)
_YEAR_AND_DAY = re.compile(r"(\d{4})(\d{3})")
_FIRST_YEAR, _LAST_YEAR = 1960, 2100


def read_day(text: str) -> date:
    """A date as ``20261001``, ``2026-10-01``, ``10/1/2026`` or year and day ``2026274``.

    Raises ``ValueError`` for what is none, or lies far from all claims.
    """
    found = _day_in(text.strip())
    if found is None or not _FIRST_YEAR <= found.year < _LAST_YEAR:
        message = f"{shown(text)} is no date"
        raise ValueError(message)
    return found


def _day_in(text: str) -> date | None:
    try:
        if found := _YEAR_AND_DAY.fullmatch(text):
            year, day = int(found[1]), int(found[2])
            there = date(year, 1, 1) + timedelta(days=day - 1)
            return there if there.year == year else None
        for written, (year, month, day) in _WRITTEN:
            if found := written.fullmatch(text):
                return date(int(found[year]), int(found[month]), int(found[day]))
    except (ValueError, OverflowError):
        return None
    return None
