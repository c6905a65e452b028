"""What the codes of a claim look like, and how to say what was found instead.

A shape says nothing of meaning: whether a code exists is for code tables.  What
is found is told by its kind (``4 digits``), never by its value, because a value
in the wrong place may be a name or a birth date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern that the whole text must match, told in words with an example."""

    pattern: re.Pattern[str]
    expected: str
    example: str

    def fits(self, text: str) -> bool:
        """Whether ``text`` has this shape from its first to its last character."""
        return self.pattern.fullmatch(text) is not None


def _shape(pattern: str, expected: str, example: str) -> Shape:
    return Shape(re.compile(pattern), expected, example)


PROCEDURE = _shape(
    "[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}",
    "a CPT or HCPCS code of five characters",
    "64483",
)
MODIFIER = _shape("[0-9A-Z]{2}", "a modifier of two capitals or digits", "RT")
DIAGNOSIS = _shape(
    r"[A-Z][0-9][0-9AB](\.?[0-9A-Z]{1,4})?",
    "an ICD-10-CM code, a capital letter first",
    "M54.16",
)
PLACE = _shape("[0-9]{2}", "a place of service of two digits", "11")
NPI = _shape("[0-9]{10}", "an NPI of ten digits", "1234567893")
NDC = _shape("[0-9]{11}", "a drug's NDC of eleven digits", "00009307301")
TAXONOMY = _shape(
    "[0-9A-Z]{9}X", "a provider taxonomy code of ten characters", "208VP0014X"
)
PAYER_ID = _shape(
    "(?=[0-9A-Z]*[0-9])[0-9A-Z]{5}", "a payer id of five digits and capitals", "87726"
)
MONEY = _shape(
    r"[0-9]{1,12}(\.[0-9]{1,12})?", "dollars with at most twelve digits", "450.00"
)
MONTH_DAY = _shape(
    "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", "a month and day as month-day", "07-01"
)
STATE = _shape("[A-Z]{2}", "a state of two capital letters", "FL")
FILING = _shape(
    "[0-9A-Z]{1,2}", "a claim filing indicator of one or two characters", "MB"
)
KEY = _shape(
    "[a-z][a-z0-9]*(-[a-z0-9]+)*",
    "a key of small letters, digits and hyphens",
    "medicare-part-b",
)
DATE = _shape("[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date as year-month-day", "2026-03-10")
TEXT = _shape(
    r"(?=.*\S)[^\x00-\x1f\x7f\ud800-\udfff]{1,100}",
    "a text of at most 100 characters without line breaks",
    "C-100",
)
NUMBER = _shape(
    r"[0-9]{1,12}(\.[0-9]{1,12})?", "a number with at most twelve digits", "1.5"
)

_VERTEBRAE = (
    *(f"C{n}" for n in range(8)),
    *(f"T{n}" for n in range(1, 13)),
    *(f"L{n}" for n in range(1, 6)),
    *(f"S{n}" for n in range(1, 6)),
)
_SIX_LUMBAR = ("L5-L6", "L6-S1")
LEVELS = (
    *(f"{upper}-{lower}" for upper, lower in pairwise(_VERTEBRAE)),
    *_SIX_LUMBAR,
)
"""Every level as two neighbouring vertebrae, head to tail; some people have an L6."""


def diagnosis_with_point(code: str) -> str:
    """An ICD-10-CM code with its point after the third character: ``M54.16``."""
    return code if len(code) == 3 or "." in code else f"{code[:3]}.{code[3:]}"


def plain_number(value: object) -> str:
    """A number's plain digits, ``12.5``; empty when it is none that a claim may hold.

    A number may stand as a number or as a text; it has at most twelve digits on
    either side of its point, and no sign.
    """
    if isinstance(value, str):
        return value if NUMBER.fits(value) else ""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return ""
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    # The exponent first: the plain digits of 1e999999999 would fill the memory.
    if not number.is_finite() or abs(number.adjusted()) > 12:
        return ""
    text = f"{number:f}"
    return text if NUMBER.fits(text) else ""


def kind_of(value: object) -> str:
    """What a JSON value is, in words that hold none of it: ``a list``, ``4 digits``."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float() | Decimal():
            return "a number"
        case str():
            return _kind_of_text(value)
        case list():
            return "a list"
        case _:
            return "an object"


def _kind_of_text(text: str) -> str:
    if not text.strip():
        return "an empty text"
    if text.isascii() and text.isdigit():
        return _count(len(text), "digit")
    if text.isalpha():
        case = "small " if text.islower() else "capital " if text.isupper() else ""
        return _count(len(text), "letter", case)
    return f"a text of {_count(len(text), 'character')}"


def _count(number: int, noun: str, before: str = "") -> str:
    return f"{number} {before}{noun}{'' if number == 1 else 's'}"
