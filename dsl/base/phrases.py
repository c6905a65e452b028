"""Words as they are compared: without case, points and plural."""

from __future__ import annotations

import re

_ATOM = re.compile(r"[a-z0-9]+")
_KEEPS_ITS_S = ("ss", "us", "is")
SHORTEST_PLURAL = 4


def atoms(text: str) -> list[str]:
    """The words of a text in small letters: ``pre-auth`` is two, ``don't`` is one."""
    plain = text.casefold().replace("'", "")
    return _ATOM.findall(plain.replace("\N{RIGHT SINGLE QUOTATION MARK}", ""))


def singular(word: str) -> str:
    """A word without its plural: ``injections`` and ``injection`` are one."""
    if len(word) < SHORTEST_PLURAL or not word.endswith("s"):
        return word
    if word.endswith(_KEEPS_ITS_S) or word[:-1].isdecimal():
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def phrase(text: str) -> str:
    """A phrase as it is looked up: one spelling for many ways to write it."""
    return " ".join(map(singular, atoms(text)))
