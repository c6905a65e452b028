"""What a miswritten date, number or code was probably meant to be."""

from __future__ import annotations

import re
from calendar import monthrange

WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years that a policy may name: wide enough for every claim, and for days before and after."""
NUMBERS = {word: str(number) for number, word in enumerate(WORDS)}


def date_meant(text: str) -> str:
    """A real date near a miswritten one: American order, a day too many, a year alone.

    Nothing where no date is near.
    """
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        month, day, year = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{4})[/.-]?(\d{1,2})?[/.-]?(\d{1,2})?", text):
        year, month, day = (int(part or 1) for part in found.groups())
    else:
        return ""
    if not (1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR and day):
        return ""
    return f"{year}-{month:02}-{min(day, monthrange(year, month)[1]):02}"


def number_meant(text: str) -> str:
    """The digits of a number in words, or a number with the unit that it is written with."""
    return NUMBERS.get(text.lower(), "") or quantity_meant(text)


def quantity_meant(text: str) -> str:
    """``80 percent`` for ``80%``, ``500 dollars`` for ``$500``, ``6 weeks`` for ``6wks``."""
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)%", text):
        return f"{found[1]} percent"
    if found := re.fullmatch(r"\$(\d+(?:\.\d+)?)", text):
        return f"{found[1]} dollars"
    if found := re.fullmatch(r"(\d+)-?(d|w|m|y)[a-z]*", text.lower()):
        units = {"d": "days", "w": "weeks", "m": "months", "y": "years"}
        return f"{found[1]} {units[found[2]]}"
    return ""


def value_meant(text: str, kind: str) -> str:
    """The value of a fact of a kind that a miswritten one was meant to be, or nothing."""
    words = text.lower().split()
    first = NUMBERS.get(words[0], words[0])
    if kind == "yes-no":
        yes, no = ("y", "true", "present"), ("n", "none", "false", "absent", "not")
        return "yes" if first in yes else "no" if first in no else ""
    if kind == "date":
        return date_meant(text)
    joined = quantity_meant("".join([first, *words[1:2]]))
    if kind == "duration":
        return joined if joined.split()[-1:] != ["percent"] else ""
    units = {"percent": " percent", "money": " dollars", "number": ""}
    number = re.fullmatch(r"\$?(\d+(?:\.\d+)?)%?", first)
    return f"{number[1]}{units[kind]}" if number and kind in units else ""


def code_meant(text: str) -> str:
    """A code with its capitals and its point; nothing where that is not enough."""
    upper = text.upper()
    if re.fullmatch(r"[A-Z]\d[0-9A-Z]", upper[:3]) and re.fullmatch(
        r"[A-Z]\d[0-9A-Z]{2,5}", upper
    ):
        return f"{upper[:3]}.{upper[3:]}"
    if re.fullmatch(r"[0-9A-Z]\d{3}[0-9A-Z]|[A-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}", upper):
        return upper
    return ""


def modifier_meant(text: str) -> str:
    """A modifier in capitals, without a letter too many; nothing for one that is too short."""
    upper = text.upper()
    return upper[:2] if re.fullmatch(r"[A-Z0-9]{2,3}", upper) else ""
