"""Whose an article or LCD is by an export, and whose our policies that cite it are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from kb.names import plain_name
from kb.tables.documents import CONTRACTORS, Document, newest_of
from kb.tables.editions import Loaded
from kb.tables.opening import OpenTables

_THEIRS = """
SELECT DISTINCT n.name FROM document_contractor c
JOIN contractor n ON n.contractor = c.contractor
WHERE n.edition = ? AND c.edition = ? AND c.kind = ? AND c.number = ? AND c.version = ?
ORDER BY n.name
"""
_OURS = """
SELECT DISTINCT v.policy, v.file, v.line, c.id, c.title FROM policy_citation p
JOIN policy_version v ON v.id = p.policy_version
JOIN contractor c ON c.id = v.contractor
WHERE p.source = :source AND v.status <> 'shared'
  AND (v.through_day IS NULL OR v.through_day >= :day)
ORDER BY v.policy
"""


class Stands(NamedTuple):
    """A difference about contractors: where it stands, what it is, and the edit."""

    file: str
    line: int
    what: str
    edit: str


def of_contractors(
    knowledge: sqlite3.Connection,
    tables: OpenTables,
    source: str,
    export: Loaded,
    document: Document,
    day: str,
) -> Iterator[Stands]:
    """A policy of a contractor whose the article is not, and one of ours that lacks it.

    Nothing where the export does not tell contractors: a piece of it may lack them.
    """
    named = newest_of(tables, CONTRACTORS)
    key = (export.id, document.kind, document.number, document.version)
    names = [
        str(name) for each in named for (name,) in tables.ask(_THEIRS, each.id, *key)
    ]
    if not names:
        return
    ours = knowledge.execute(_OURS, {"source": source, "day": day}).fetchall()
    for policy, file, line, _key, title in ours:
        if not any(is_called(title, name) for name in names):
            what = (
                f"{policy} is of {title}, and the export gives it to {', '.join(names)}"
            )
            edit = f"cite in {policy} what {title} has, or end it"
            yield Stands(file, line, what, edit)
    if not ours:
        return
    _policy, file, line, _key, _title = ours[0]
    known = {key for _policy, _file, _line, key, _title in ours}
    for key_of, title in knowledge.execute(
        "SELECT id, title FROM contractor ORDER BY id"
    ):
        if key_of not in known and any(is_called(title, name) for name in names):
            what = (
                f"the export gives it to {title} too, and no policy of theirs cites it"
            )
            edit = f"write the policy of {title}, or cite it in the one that is there"
            yield Stands(file, line, what, edit)


def is_called(title: str, name: str) -> bool:
    """Whether a name of the export, with its legal form, is of a contractor of ours."""
    return plain_name(name).startswith(plain_name(title))
