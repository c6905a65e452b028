"""Articles and LCDs of the coverage database: which name a code, and what they say."""

from __future__ import annotations

from dataclasses import dataclass

from kb.tables.editions import Loaded
from kb.tables.model import Kind
from kb.tables.opening import OpenTables

ARTICLES, LCDS = "article", "lcd"

_WITH_CODE = """
SELECT d.number, d.version, d.title, c.code_group FROM document_code c
JOIN document d ON d.edition = c.edition AND d.kind = 'article'
  AND d.number = c.number AND d.version = c.version
WHERE c.edition = ? AND c.code = ? ORDER BY d.number, d.version, c.code_group
"""


@dataclass(frozen=True, slots=True)
class Found:
    """An article that names a code."""

    number: int
    version: int
    title: str
    groups: tuple[int, ...]
    """Groups of codes that it stands in; groups of diagnoses have numbers of their own."""


def newest_of(tables: OpenTables, series: str) -> list[Loaded]:
    """The newest export of articles or LCDs, when one is loaded."""
    exports = [
        each
        for each in tables.loaded
        if each.kind == Kind.COVERAGE and each.series == series
    ]
    return exports[-1:]


def documents_with(tables: OpenTables, export: Loaded, code: str) -> list[Found]:
    """The articles of an export that name a procedure code."""
    found: dict[tuple[int, int, str], list[int]] = {}
    for number, version, title, group in tables.ask(
        _WITH_CODE, export.id, code.upper()
    ):
        key = (int(number), int(version), str(title))
        found.setdefault(key, []).append(int(group))
    return [Found(*key, tuple(groups)) for key, groups in found.items()]
