"""The codes of a short list by name, where a sentence only counts them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.plain.trade import codes_words
from kb.read.store import KnowledgeBase
from kb.reference.card_rows import Row

MOST_LISTED = 12
"""Codes of a list that a sentence names."""
_COUNTED = re.compile(r"\((\d+) codes\)")


def with_codes(kb: KnowledgeBase, text: str, rows: Iterable[Row]) -> str:
    """A sentence about some rows with the codes of their short lists: ``(2 codes: …)``."""
    lists = dict.fromkeys(key for row in rows for key in row.lists)
    named: dict[int, str] = {}
    for key in lists:
        codes = kb.column(
            "SELECT code FROM code_set_member WHERE code_set = :key ORDER BY code",
            key=key,
        )
        if len(codes) <= MOST_LISTED:
            # Of two lists of one length a count does not say which is meant.
            named[len(codes)] = "" if len(codes) in named else codes_words(codes)

    def listed(found: re.Match[str]) -> str:
        codes = named.get(int(found[1]))
        return f"({found[1]} codes: {codes})" if codes else found[0]

    return _COUNTED.sub(listed, text)
