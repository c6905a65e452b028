"""Families of procedures, as quick references and approval lists name them."""

from __future__ import annotations

from datetime import date
from sqlite3 import Connection

FAMILIES = "family"
"""The grouping whose groups are the families of procedures."""

_ON = "(m.from_day IS NULL OR m.from_day <= ?2) AND (m.through_day IS NULL OR ?2 <= m.through_day)"


def families(connection: Connection, day: date) -> dict[str, frozenset[str]]:
    """The codes of each family on a day, in the order of the shared words."""
    found: dict[str, set[str]] = {}
    for family, code in connection.execute(
        "SELECT m.code_group, m.code FROM code_group_member AS m"  # noqa: S608
        f" WHERE m.code_grouping = ?1 AND {_ON} ORDER BY m.rowid",
        (FAMILIES, day.isoformat()),
    ):
        found.setdefault(family, set()).add(code)
    return {family: frozenset(codes) for family, codes in found.items()}


def family_title(family: str) -> str:
    """A family as people read it: ``Facet injection``."""
    return family.replace("-", " ").capitalize()
