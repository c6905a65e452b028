"""What the words of a question narrow a cell to: the first time, pictures, a length of time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.asking.cell_words import AGAIN, FIRST_TIME, time_of
from kb.asking.topics import with_rows
from kb.asking.understood import TOPIC, Understood
from kb.reference.card_rows import Row
from kb.reference.cards import Cell

BEFORE_FIRST = "Before the first?"
"""The label of what is asked for before a first procedure."""
DAYS = {"d": 1.0, "w": 7.0, "m": 30.4}
_FIRST = re.compile(r"\b(?:without|before|first|initial|w/o)\b", re.IGNORECASE)
_AGAIN = re.compile(r"\b(?:repeat|again|second|2nd|redo)\b", re.IGNORECASE)
_GUIDANCE = re.compile(
    r"fluoro|guid(?:ance|ed)|contrast|ultrasound|needle|views", re.IGNORECASE
)
_PICTURES = re.compile(r"\b(?:mri|ct scan|x-?rays?)\b", re.IGNORECASE)
_LENGTH = r"(\d{1,3})[ \xa0]?(days?|weeks?|wks?|months?|mos?)\b"
_ASKED = re.compile(rf"(?<![\w.-]){_LENGTH}", re.IGNORECASE)
_NO_LENGTH = "it names no length of conservative care: "
_BETWEEN = re.compile(rf"^at least {_LENGTH} between", re.IGNORECASE)
_OF_CARE = re.compile(rf"{_LENGTH} of conservative care", re.IGNORECASE)


def of_kind(cell: Cell, text: str) -> Cell:
    """Pictures of the spine apart from what guides the needle, as a question has it."""
    if cell.aspect.key != "imaging" or not cell.rows:
        return cell
    guides, pictures = bool(_GUIDANCE.search(text)), asks_for_pictures(text)
    if guides == pictures:
        return cell
    rows = [row for row in cell.rows if bool(_GUIDANCE.search(row.sentence)) == guides]
    return with_rows(cell, rows)


def asks_for_pictures(text: str) -> bool:
    """Whether a question names pictures of the spine: an MRI, a CT scan, an X-ray."""
    return _PICTURES.search(text) is not None


def time_asked(understood: Understood, key: str) -> str:
    """Whether the first time or a repeat is asked about; empty: either."""
    if key not in ("repeat", "interval"):
        return ""
    if _FIRST.search(understood.text) or asks_before_first(understood):
        return FIRST_TIME
    return AGAIN if _AGAIN.search(understood.text) else ""


def asks_before_first(understood: Understood) -> bool:
    """Whether what must come before a first procedure is all that is asked."""
    return any(chip.label == BEFORE_FIRST for chip in understood.all(TOPIC))


def of_the_first(cell: Cell) -> Cell:
    """A cell about repeating with what it asks for before the first time only."""
    return with_rows(cell, [row for row in cell.rows if time_of(row) == FIRST_TIME])


def verdict_on_length(text: str, key: str, rows: Sequence[Row]) -> str:
    """What the length of time that a question names comes to; empty where rules differ.

    ``key`` is that of the cell: between sessions, or of care before the first one.
    """
    asked = _ASKED.search(text)
    reading = {"interval": _BETWEEN, "wait": _OF_CARE}.get(key)
    if asked is None or reading is None:
        return ""
    firm = [row for row in rows if row.is_firm]
    lengths = {
        found[0]: _days(found)
        for row in firm
        for found in reading.finditer(row.sentence)
    }
    typed = f"{asked[1]} {asked[2].lower()}"
    if not lengths:
        return _NO_LENGTH if key == "wait" and firm else ""
    if len({*lengths.values()}) > 1 or not all(row.is_general for row in firm):
        return ""
    words, needed = next(iter(lengths.items()))
    given = _days(asked)
    if key == "interval":
        return f"{typed} are {'too soon' if given < needed else 'enough'}: "
    return f"yes, {typed}: " if given == needed else f"{words}, not {typed}: "


def verdict_on_count(text: str, rows: Sequence[Row]) -> str:
    """What the number of sessions that a question names comes to; empty where rules differ."""
    firm = [row for row in rows if row.is_firm]
    asked = _SESSIONS.search(text)
    limit = _MOST.fullmatch(firm[0].sentence) if len(firm) == 1 else None
    if asked is None or limit is None or not firm[0].is_general:
        return ""
    span = _SPAN.search(text)
    if span and _months(span) > int(limit[2]):
        return ""  # more in a longer time says nothing of the shorter one
    number = int(asked[1] or asked[2] or asked[3])
    if number > int(limit[1]):
        return f"{number} are too many: "
    return f"{number} are within the limit: "


_MOST = re.compile(
    r"At most (\d+) sessions?(?: per [\w ]+)? in any (\d+) months", re.IGNORECASE
)
_SESSIONS = re.compile(
    r"(?<![\w.-])(?:(\d{1,2})(?:st|nd|rd|th)\b|(\d{1,2}) in (?:\d|a\b|one\b)"
    r"|(\d{1,2}) (?:\w+ )?(?:esis?|epidurals?|injections?|sessions?|rfas?|ablations?|blocks?)\b)",
    re.IGNORECASE,
)
_SPAN = re.compile(r"\b(?:(\d{1,2}) (month|mo|year|yr)s?|(?:a|one|per) (year|yr))\b")


def _months(found: re.Match[str]) -> int:
    unit = found[2] or found[3]
    return int(found[1] or 1) * (12 if unit[0] == "y" else 1)


def _days(found: re.Match[str]) -> float:
    return int(found[1]) * DAYS[found[2][0].lower()]
