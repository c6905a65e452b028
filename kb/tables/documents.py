"""Articles and LCDs of the coverage database: which name a code, and what they say."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from kb.tables.editions import Loaded
from kb.tables.model import Kind
from kb.tables.opening import OpenTables

ARTICLES, LCDS, CONTRACTORS = "article", "lcd", "contractor"

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


@dataclass(frozen=True, slots=True)
class Document:
    """An article or LCD of an export, in its newest version there."""

    kind: str
    number: int
    version: int
    title: str
    first_day: str
    last_day: str
    """Days as the export writes them; empty for none."""
    codes: dict[str, tuple[str, ...]]
    """Procedure codes with the groups that they stand in: ``codes 1``."""
    diagnoses: dict[str, tuple[str, ...]]
    """Diagnoses with their groups: ``covered 1``, ``noncovered 1``."""
    marked: frozenset[str]
    """Diagnoses with an asterisk: a paragraph gives a condition for them."""
    paragraphs: dict[str, str]
    """What each group says above its list, as plain text."""

    def paragraph(self, group: str) -> str:
        """The beginning of what a group says, when it says something."""
        text = self.paragraphs.get(group, "")
        short = text if len(text) <= SHOWN else text[:SHOWN].rsplit(" ", 1)[0] + " ..."
        return "" if text.upper() in ("", "N/A") else short


_TAGS = re.compile(r"<[^>]*>")
_PLACEHOLDER = re.compile(r"X{2}0+", re.IGNORECASE)
SHOWN = 100


def plain(markup: str) -> str:
    """Text without tags and entities, on one line."""
    return " ".join(html.unescape(_TAGS.sub(" ", markup)).split())


def document_of(tables: OpenTables, export: Loaded, number: int) -> Document | None:
    """An article or LCD with its lists, or nothing when the export lacks it."""
    rows = tables.ask(
        "SELECT version, title, first_day, last_day FROM document "
        "WHERE edition = ? AND kind = ? AND number = ? ORDER BY version DESC",
        *(export.id, export.series, number),
    )
    if not rows:
        return None
    version, title, first, last = rows[0]
    key = (export.id, number, int(version))
    of_article = export.series == ARTICLES
    return Document(
        export.series,
        number,
        int(version),
        plain(str(title)),
        str(first),
        str(last),
        _grouped(tables.ask(_CODES, *key) if of_article else []),
        _grouped(tables.ask(_DIAGNOSES, *key) if of_article else []),
        frozenset(str(code) for (code,) in tables.ask(_MARKED, *key) if of_article),
        {
            str(group): plain(str(text))
            for group, text in tables.ask(_PARAGRAPHS, *key)
            if of_article
        },
    )


_OF_ONE = "WHERE edition = ? AND number = ? AND version = ?"
_CODES = f"SELECT code, 'codes ' || code_group FROM document_code {_OF_ONE}"  # noqa: S608
_DIAGNOSES = (
    f"SELECT code, list || ' ' || diagnosis_group FROM document_diagnosis {_OF_ONE}"  # noqa: S608
)
_MARKED = f"SELECT code FROM document_diagnosis {_OF_ONE} AND asterisk <> ''"  # noqa: S608
_PARAGRAPHS = f"SELECT list || ' ' || paragraph_group, paragraph FROM document_paragraph {_OF_ONE}"  # noqa: S608


def _grouped(rows: list[tuple[int | str, ...]]) -> dict[str, tuple[str, ...]]:
    """Codes with their groups; a placeholder is no code."""
    found: dict[str, tuple[str, ...]] = {}
    for code, group in rows:
        if not _PLACEHOLDER.fullmatch(str(code)):
            found[str(code)] = (*found.get(str(code), ()), str(group))
    return found


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
