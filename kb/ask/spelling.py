"""Words as they are compared: without case, points and plural."""

from __future__ import annotations

import re

_ATOM = re.compile(r"[a-z0-9]+")
_KEEPS_ITS_S = ("ss", "us", "is")
SHORTEST_PLURAL = 4


def atoms(text: str) -> list[str]:
    """The words of a text in small letters: ``pre-auth`` is two, ``don't`` is one."""
    plain = (
        text.casefold().replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    )
    return _ATOM.findall(plain)


def singular(word: str) -> str:
    """A word without its plural: ``injections`` and ``injection`` are one."""
    if len(word) < SHORTEST_PLURAL or not word.endswith("s"):
        return word
    if word.endswith(_KEEPS_ITS_S) or word[:-1].isdecimal():
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def phrase(text: str) -> str:
    """A phrase of a list as it is looked up."""
    return " ".join(map(singular, atoms(text)))


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, drop, change or swap with their neighbour; ``most + 1`` for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above = row, before
        row = [i]
        for j, against in enumerate(other, 1):
            least = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != against))
            swapped = (
                i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against
            )
            row.append(min(least, above[j - 2] + 1) if swapped else least)
        if min(row) > most:
            return most + 1
    return row[-1]
