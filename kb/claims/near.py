"""Words of a claim that nobody knows: what they may have meant, and how to tell them.

A word of a claim may be a person's name in a wrong place, so it is told only when it
is nearly one that we know; otherwise by its length and kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

from kb.claims.shapes import kind_of

MOST_TOLD = 3
"""Unknown words of one place that are told one by one; the others are counted."""
_LONGEST_WORD = 40
_TOLD_WHEN = 0.7
"""The likeness, of 1, from which a word is surely meant as one that we know."""


@lru_cache(maxsize=1024)
def near_word(word: str, known: tuple[str, ...]) -> str:
    """The known word that is most like ``word``; empty when none is like it."""
    if len(word) > _LONGEST_WORD:
        return ""
    return next(iter(get_close_matches(word, known, n=1)), "")


def may_be_told(word: str, known: tuple[str, ...]) -> bool:
    """Whether an error may show ``word``: it is a known one, or nearly."""
    near = near_word(word.lower(), known)
    if not near or not word.isascii() or not word.isprintable():
        return False
    return SequenceMatcher(None, word.lower(), near).ratio() >= _TOLD_WHEN


def name_of_key(key: str, known: tuple[str, ...]) -> str:
    """The key as an error may show it, else what kind of word it is."""
    return f"`{key}`" if may_be_told(key, known) else f"({kind_of(key)})"


def listed(words: Iterable[str]) -> str:
    """Words for an error: `` `a`, `b` ``."""
    return ", ".join(f"`{word}`" for word in words)
