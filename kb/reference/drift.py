"""Where our Medicare policies and an export of the coverage database differ.

A source of ours that is an article or an LCD is looked up by its number.  Lists of codes
that cite an article are held against the lists that the article has; which of its groups a
list of ours stands for is told by the codes that they share.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from kb.reference.drift_contractors import of_contractors
from kb.tables.documents import (
    ARTICLES,
    LCDS,
    Document,
    document_of,
    newest_of,
)
from kb.tables.editions import Loaded
from kb.tables.opening import OpenTables
from kb.tables.packing import unpacked_day

_NUMBER = re.compile(r"(articleid|lcdid)=(\d+)", re.IGNORECASE)
_SERIES = {"articleid": ARTICLES, "lcdid": LCDS}
_SOURCES = (
    "SELECT id, url, version, file, line FROM source "
    "WHERE url LIKE '%articleid=%' OR url LIKE '%lcdid=%' ORDER BY id"
)
_LISTS = """
SELECT s.name, s.kind, s.file, s.line, m.code FROM code_set_citation c
JOIN code_set s ON s.id = c.code_set
JOIN policy_version v ON v.id = s.policy_version
JOIN code_set_member m ON m.code_set = s.id
WHERE c.source = :source AND s.kind IN ('procedure', 'diagnosis')
  AND (v.through_day IS NULL OR v.through_day >= :day)
  AND (m.from_day IS NULL OR m.from_day <= :day)
  AND (m.through_day IS NULL OR m.through_day >= :day)
ORDER BY s.kind, s.file, s.line, m.code
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the export says otherwise, with the edit that takes it over."""

    source: str
    file: str
    line: int
    what: str
    edit: str


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of ours that cites an article."""

    name: str
    kind: str
    file: str
    line: int
    codes: frozenset[str]


def drift(knowledge: sqlite3.Connection, tables: OpenTables) -> Iterator[Difference]:
    """All differences, source by source.  Nothing for kinds of which no export is loaded."""
    exports = {
        series: export
        for series in (ARTICLES, LCDS)
        for export in newest_of(tables, series)
    }
    for source, url, version, file, line in knowledge.execute(_SOURCES):
        word, number = _NUMBER.findall(url)[0]
        export = exports.get(_SERIES[word.lower()])
        if export is None:
            continue
        document = document_of(tables, export, int(number))
        if document is not None:
            yield from _of_version(source, version, file, line, document)
            yield from _of_lists(knowledge, source, export, document)
            day = unpacked_day(export.first_day).isoformat()
            for one in of_contractors(knowledge, tables, source, export, document, day):
                yield Difference(source, *one)
        elif export.whole:
            what = f"it is not in the export of {export.name}: retired, or renumbered"
            edit = "end the policies that stand on it, or cite what replaced it"
            yield Difference(source, file, line, what, edit)


def _of_version(
    source: str, version: str, file: str, line: int, document: Document
) -> Iterator[Difference]:
    if version != str(document.version):
        what = f"version {version or 'not given'} was read, the export has {document.version}"
        edit = f"read it again, then version: {document.version}"
        yield Difference(source, file, line, what, edit)


def _of_lists(
    knowledge: sqlite3.Connection, source: str, export: Loaded, document: Document
) -> Iterator[Difference]:
    """Codes that a list has and the article has not, and the other way round."""
    if document.kind != ARTICLES:
        return
    day = unpacked_day(export.first_day).isoformat()
    lists = list(_lists(knowledge, source, day))
    for kind, theirs in (
        ("procedure", document.codes),
        ("diagnosis", document.diagnoses),
    ):
        ours = [each for each in lists if each.kind == kind]
        for each in ours:
            if extra := sorted(each.codes - theirs.keys()):
                what = (
                    f"{each.name} has {_named(extra)}, which the article does not name"
                )
                edit = f"take out: {_named(extra)}"
                yield Difference(source, each.file, each.line, what, edit)
        yield from _missing(source, ours, theirs, document)


def _missing(
    source: str,
    ours: list[CodeList],
    theirs: dict[str, tuple[str, ...]],
    document: Document,
) -> Iterator[Difference]:
    """By group of the article; one that shares no code with a list of ours is told once."""
    if not ours:
        return
    known = frozenset[str]().union(*(each.codes for each in ours))
    groups = sorted({group for named in theirs.values() for group in named})
    for group in groups:
        members = {code for code, named in theirs.items() if group in named}
        absent = sorted(members - known)
        if not absent:
            continue
        closest = max(ours, key=lambda each: len(each.codes & members))
        said = document.paragraph(group)
        told = f" ({said})" if said else ""
        if closest.codes & members:
            what = f"{group}{told} has {_named(absent)}, and no list of ours does"
            edit = f"add to {closest.name}: {_named(absent)}"
        else:
            what = (
                f"{group}{told}: none of its {len(members)} codes is in a list of ours"
            )
            edit = f"write a list for them, or say why not: {_named(absent)}"
        yield Difference(source, closest.file, closest.line, what, edit)


def _lists(knowledge: sqlite3.Connection, source: str, day: str) -> Iterator[CodeList]:
    found: dict[tuple[str, str, str, int], set[str]] = {}
    for name, kind, file, line, code in knowledge.execute(
        _LISTS, {"source": source, "day": day}
    ):
        found.setdefault((name, kind, file, line), set()).add(code)
    for key, codes in found.items():
        yield CodeList(*key, frozenset(codes))


def _named(codes: list[str]) -> str:
    most = 12
    more = len(codes) - most
    return ", ".join(codes[:most]) + (f" and {more} more" if more > 0 else "")
