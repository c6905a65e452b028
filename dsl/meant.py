"""What a miswritten date, number or code was probably meant to be."""

from __future__ import annotations

import re
from calendar import monthrange

WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip
NUMBERS = {word: str(number) for number, word in enumerate(WORDS)}
EXAMPLE_DATE = "2026-01-31"


def date_meant(text: str) -> str:
    """A real date near a miswritten one: American order, a day too many, a year alone.

    An example where nothing is near.
    """
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        month, day, year = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{4})[/.-]?(\d{1,2})?[/.-]?(\d{1,2})?", text):
        year, month, day = (int(part or 1) for part in found.groups())
    else:
        return EXAMPLE_DATE
    if not (1 <= month <= 12 and 1900 <= year <= 2200 and day):
        return EXAMPLE_DATE
    return f"{year}-{month:02}-{min(day, monthrange(year, month)[1]):02}"


def number_meant(text: str) -> str:
    """The digits of a number in words; an example for anything else."""
    return NUMBERS.get(text.lower(), "4")


def code_meant(text: str) -> str:
    """A code with its capitals and its point; an example of one where that is not enough."""
    upper = text.upper()
    if re.fullmatch(r"[A-Z]\d[0-9A-Z]", upper[:3]) and re.fullmatch(
        r"[A-Z]\d[0-9A-Z]{2,5}", upper
    ):
        return f"{upper[:3]}.{upper[3:]}"
    if re.fullmatch(r"[0-9A-Z]\d{3}[0-9A-Z]|[A-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}", upper):
        return upper
    return "64483"
