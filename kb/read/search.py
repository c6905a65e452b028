"""Search over rules, policies, sources, codes and payers: words as people type them.

Every word must occur; the last may be unfinished.  Codes may come with modifiers
(``64483-RT``), as ranges (``64493-64495``) and diagnoses without their point.  Any
text is a legal query: quotes, operators and stray marks mean nothing.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeVar

LONGEST_QUERY = 300
MOST_TERMS = 16
MOST_CODES_IN_RANGE = 100
SHORTEST_STEM = 4
LONGEST_ENDING = 3

_CODE = r"[A-Z]?\d{4,5}[A-Z]?|[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?"
_RANGE = re.compile(rf"({_CODE})-({_CODE})")
_WITH_MODIFIERS = re.compile(rf"({_CODE})((?:-[0-9A-Z]{{2}})+)")
_WITHOUT_POINT = re.compile(r"([A-Z]\d[0-9A-Z])([0-9A-Z]{1,4})")
_MARK_START, _MARK_END = "\x02", "\x03"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


Kind = TypeVar("Kind", str, None, str | None)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    kind: str
    """``rule``, ``policy``, ``source``, ``code`` or ``payer``."""
    item: str
    title: str
    subtitle: str
    path: str
    """Of its page on the site, from the root."""
    snippet: str
    """Some words around what was found, as plain text."""
    snippet_html: str
    """The same, safe for a page, the words found in ``<mark>``."""


@dataclass(frozen=True, slots=True)
class _Term:
    """One word of the query: its FTS5 expression and the codes that it may be."""

    expression: str
    codes: tuple[str, ...] = ()
    word: str = ""
    """The bare word when it is one; the last word may be cut to its stem."""


def search(
    connection: sqlite3.Connection, text: str, kind: str | None = None, limit: int = 50
) -> list[Hit]:
    """What ``text`` finds, best first: codes that it names, then by weight of words.

    ``kind`` keeps one kind of entry.  Text without a letter or digit finds nothing.
    """
    return search_kinds(connection, text, [kind], limit)[kind]


def search_kinds(
    connection: sqlite3.Connection,
    text: str,
    kinds: Sequence[Kind],
    limit: int,
) -> dict[Kind, list[Hit]]:
    """The same for several kinds at once, ``limit`` of each; ``None`` is every kind."""
    terms = _terms_in(text)
    if not terms or limit < 1:
        return {kind: [] for kind in kinds}
    named = _codes_named(connection, terms) if {None, "code"} & set(kinds) else []
    found = _found(connection, terms, kinds, limit)
    return {
        kind: _codes_first(named if kind in {None, "code"} else [], found[kind])[:limit]
        for kind in kinds
    }


def _codes_first(named: list[Hit], found: list[Hit]) -> list[Hit]:
    seen = {hit.item for hit in named}
    others = [hit for hit in found if hit.kind != "code" or hit.item not in seen]
    return [*named, *others]


def _terms_in(text: str) -> list[_Term]:
    words = _CONTROL.sub(" ", text[:LONGEST_QUERY]).replace(",", " ").split()
    with_letters = [word for word in words if any(map(str.isalnum, word))]
    return [_term(word) for word in with_letters[:MOST_TERMS]]


def _term(word: str) -> _Term:
    upper = word.strip(".;:()[]\"'").upper()
    if match := _RANGE.fullmatch(upper):
        codes = codes_between(match[1], match[2])
        if codes:
            return _Term(_any_of(codes), codes)
    if match := _WITH_MODIFIERS.fullmatch(upper):
        code, modifiers = match[1], match[2].strip("-").split("-")
        # The code must occur; rules that name the modifiers too come first.
        with_all = " AND ".join(map(_quoted, [code, *modifiers]))
        return _Term(f"({_quoted(code)} OR ({with_all}))", (code,))
    if match := _WITHOUT_POINT.fullmatch(upper):
        pointed = f"{match[1]}.{match[2]}"
        return _Term(f"({_quoted(upper)} OR {_quoted(pointed)})", (upper, pointed))
    return _Term(_quoted(word), (upper,), word)


def codes_between(first: str, last: str) -> tuple[str, ...]:
    """The codes from ``first`` through ``last`` that differ in their number only.

    Empty when they are no range, or one of more than a hundred codes.
    """
    if len(first) != len(last):
        return ()
    same = 0
    while same < len(first) and first[same] == last[same]:
        same += 1
    start, end = first[same:], last[same:]
    if not (start.isdecimal() and end.isdecimal()):
        return ()
    if not 0 < int(end) - int(start) < MOST_CODES_IN_RANGE:
        return ()
    numbers = range(int(start), int(end) + 1)
    return tuple(f"{first[:same]}{number:0{len(start)}}" for number in numbers)


def _any_of(codes: tuple[str, ...]) -> str:
    return "(" + " OR ".join(map(_quoted, codes)) + ")"


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


_SHOWN = """e.kind, e.item, e.title, e.subtitle, e.path,
  snippet(search_entry_fts, 3, char(2), char(3), '…', 24)
FROM search_entry_fts JOIN search_entry e ON e.id = search_entry_fts.rowid
"""
_COLUMNS = f"SELECT {_SHOWN}"


def _codes_named(connection: sqlite3.Connection, terms: list[_Term]) -> list[Hit]:
    """The code entries that the query names, in its order."""
    codes = list(dict.fromkeys(code for term in terms for code in term.codes))
    if not codes:
        return []
    rows = connection.execute(
        f"""{_COLUMNS} WHERE search_entry_fts MATCH ?
        AND e.kind = 'code' AND e.item IN (SELECT value FROM json_each(?))""",  # noqa: S608
        (f"codes : {_any_of(tuple(codes))}", json.dumps(codes)),
    )
    return sorted(map(_hit, rows), key=lambda hit: codes.index(hit.item))


def _found(
    connection: sqlite3.Connection,
    terms: list[_Term],
    kinds: Sequence[Kind],
    limit: int,
) -> dict[Kind, list[Hit]]:
    """The best of each kind; each by the first form of the query that finds any."""
    found: dict[Kind, list[Hit]] = {kind: [] for kind in kinds}
    for query in _queries(terms):
        wanted = [kind for kind in kinds if not found[kind]]
        if not wanted:
            break
        best = _best(connection, query, wanted, limit)
        shown = _shown(connection, query, [one for own in best.values() for one in own])
        found |= {kind: [shown[one] for one in own] for kind, own in best.items()}
    return found


def _best(
    connection: sqlite3.Connection,
    query: str,
    kinds: Sequence[Kind],
    limit: int,
) -> dict[Kind, list[int]]:
    """The numbers of the best entries of each kind, best first."""
    best: dict[Kind, list[int]] = {kind: [] for kind in kinds}
    for number, found in connection.execute(
        """SELECT e.id, e.kind FROM search_entry_fts f JOIN search_entry e ON e.id = f.rowid
        WHERE search_entry_fts MATCH ? AND rank MATCH 'bm25(10.0, 3.0, 5.0, 1.0)'
        ORDER BY rank""",
        (query,),
    ):
        for kind, own in best.items():
            if kind in {None, found} and len(own) < limit:
                own.append(number)
    return best


def _shown(
    connection: sqlite3.Connection, query: str, numbers: list[int]
) -> dict[int, Hit]:
    """Entries by number as hits: only what is shown pays for its snippet."""
    rows = connection.execute(
        f"""SELECT e.id, {_SHOWN} WHERE search_entry_fts MATCH ?
        AND search_entry_fts.rowid IN (SELECT value FROM json_each(?))""",  # noqa: S608
        (query, json.dumps(numbers)),
    )
    return {number: _hit(row) for number, *row in rows}


def _queries(terms: list[_Term]) -> Iterator[str]:
    """The query, its last word open; then with fewer letters of that word.

    The index holds stems: ``epidura`` begins no stem, ``epidur`` does.
    """
    *before, last = terms
    start = " AND ".join(term.expression for term in before)
    joined = f"{start} AND " if start else ""
    if not last.word:
        yield joined + last.expression
        return
    yield f"{joined}({last.expression} OR {last.expression}*)"
    if last.word.isalpha():
        for fewer in range(1, LONGEST_ENDING + 1):
            stem = last.word[:-fewer]
            if len(stem) >= SHORTEST_STEM:
                yield f"{joined}{_quoted(stem)}*"


def _hit(row: Sequence[str]) -> Hit:
    kind, item, title, subtitle, path, snippet = row
    plain = snippet.replace(_MARK_START, "").replace(_MARK_END, "")
    marked = escape(snippet).replace(_MARK_START, "<mark>")
    return Hit(
        kind, item, title, subtitle, path, plain, marked.replace(_MARK_END, "</mark>")
    )
