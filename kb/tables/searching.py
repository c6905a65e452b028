"""Articles and LCDs of the newest export that hold words: in title, text, groups and lists.

Some three thousand documents are read through each time; that takes well under a second,
and an index would double what an import writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.tables.documents import ARTICLES, LCDS, newest_of, plain
from kb.tables.editions import Loaded
from kb.tables.opening import OpenTables

LETTERS = {ARTICLES: "A", LCDS: "L"}
MOST_WORDS = 8
AROUND = 60
_WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z.'-]*")
_NUMBER = re.compile(r"[AL]\d{4,6}", re.IGNORECASE)
_WITHOUT_POINT = re.compile(r"([A-Z]\d[0-9A-Z])([0-9A-Z]{1,4})")

_IN_LISTS = """
SELECT number, version, 'codes ' || code_group FROM document_code
  WHERE edition = ?1 AND code = ?2
UNION SELECT number, version, list || ' ' || diagnosis_group FROM document_diagnosis
  WHERE edition = ?1 AND code IN (?2, ?3)
"""
_IN_TEXTS = """
SELECT number, version, 'title' FROM document
  WHERE edition = ?1 AND kind = ?2 AND title LIKE ?3
UNION ALL SELECT number, version, 'text' FROM document
  WHERE edition = ?1 AND kind = ?2 AND text LIKE ?3
UNION ALL SELECT number, version, list || ' ' || paragraph_group FROM document_paragraph
  WHERE edition = ?1 AND paragraph LIKE ?3
"""
_NEWEST = """
SELECT number, max(version), title, text FROM document
WHERE edition = ?1 AND kind = ?2 GROUP BY number
"""
Key = tuple[int, int]
"""Number and version."""


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """An article or LCD that holds all the words."""

    name: str
    """``A58745``."""
    version: int
    title: str
    places: tuple[str, ...]
    """Where: ``title``, ``text``, ``codes 1``, ``covered 2``."""
    snippet: str
    """Some words around the first in its text; empty where it stands elsewhere."""
    export: str
    """The day of the export."""


def find_documents(
    tables: OpenTables, words: str, limit: int = 20
) -> list[FoundDocument]:
    """The documents that hold every word, those with it in the title or a list first."""
    asked = _WORD.findall(words)[:MOST_WORDS]
    if not asked:
        return []
    found = [
        one
        for series in LETTERS
        for export in newest_of(tables, series)
        for one in _in_export(tables, export, series, asked)
    ]
    return sorted(found, key=_rank)[:limit]


def _rank(found: FoundDocument) -> tuple[bool, bool, str]:
    listed = any(" " in place for place in found.places)
    return "title" not in found.places, not listed, found.name


def _in_export(
    tables: OpenTables, export: Loaded, series: str, words: Sequence[str]
) -> Iterator[FoundDocument]:
    held = [_holding(tables, export, series, word) for word in words]
    alike = set.intersection(*(set(each) for each in held))
    if not alike:
        return
    for number, version, title, text in tables.ask(_NEWEST, export.id, series):
        key = int(number), int(version)
        if key in alike:
            places = {place: None for each in held for place in each[key]}
            yield FoundDocument(
                f"{LETTERS[series]}{number}",
                key[1],
                plain(str(title)),
                tuple(places),
                _around(plain(str(text)), words),
                export.name,
            )


def _holding(
    tables: OpenTables, export: Loaded, series: str, word: str
) -> dict[Key, list[str]]:
    """The documents with a word, and where each has it."""
    found: dict[Key, list[str]] = {}
    code = word.upper()
    if _NUMBER.fullmatch(word) and code[0] == LETTERS[series]:
        for number, version, *_ in tables.ask(_NEWEST, export.id, series):
            if int(number) == int(code[1:]):
                found[int(number), int(version)] = ["number"]
    rows = []
    if any(map(str.isdigit, word)) and series == ARTICLES:
        pointed = _WITHOUT_POINT.sub(r"\1.\2", code)
        rows += tables.ask(_IN_LISTS, export.id, code, pointed)
    like = "%" + word.replace("%", "").replace("_", "") + "%"
    rows += tables.ask(_IN_TEXTS, export.id, series, like)
    for number, version, place in rows:
        found.setdefault((int(number), int(version)), []).append(str(place))
    return found


def _around(text: str, words: Sequence[str]) -> str:
    for word in words:
        at = text.lower().find(word.lower())
        if at >= 0:
            start, end = max(at - AROUND, 0), at + len(word) + AROUND
            before = "..." if start else ""
            return (
                f"{before}{text[start:end].strip()}{'...' if end < len(text) else ''}"
            )
    return ""
