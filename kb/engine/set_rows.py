"""Code sets and groupings of a knowledge base file, by their days."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from kb.engine.program import ALWAYS, Days, Members
from kb.engine.rows import KeptOpen, days, of_our_shape

MEMBER_ROWS = "SELECT code_set, code, from_day, through_day FROM code_set_member"
OWN_MEMBER_ROWS = f"{MEMBER_ROWS} WHERE code_set >= ? AND code_set < ?"
MemberRow = tuple[str, str, str | None, str | None]
Sets = dict[str, dict[str, tuple[Days, ...]]]


def read_sets(connection: sqlite3.Connection) -> Sets:
    """Code sets with their members' days."""
    return sets_of(connection.execute(MEMBER_ROWS))


def sets_of(rows: Iterable[MemberRow]) -> Sets:
    """The same out of rows."""
    found: Sets = defaultdict(dict)
    for key, code, first, last in rows:
        members = found[key]
        if code in members or first or last:
            members[code] = (*members.get(code, ()), days(first, last))
        else:
            members[code] = ALWAYS
    return dict(found)


class SetsToRead(Mapping[str, Members]):
    """Code sets out of a file that is kept open: those of a policy when one is asked for."""

    def __init__(self, file: KeptOpen) -> None:
        self._file = file
        self._read: Sets = {}

    def __getitem__(self, key: str) -> Members:
        """The members of a set.

        Raises ``kb.database.opening.KnowledgeBaseError`` when they are of another shape.
        """
        found = self.get(key)
        if not found:
            raise KeyError(key)
        return found

    def get(self, key: str, default: Members | None = None) -> Members:  # type: ignore[override]
        """The members of a set; ``default``, or none, of one that is not there."""
        found = self._read.get(key)
        if found is None:
            # The key of a policy's own set begins with its version.
            owner, mark, _name = key.partition("#")
            last = owner + chr(ord(mark) + 1) if mark else key + "\0"
            with of_our_shape():
                self._keep(self._file.rows(OWN_MEMBER_ROWS, owner + mark, last))
            found = self._read.setdefault(key, {})
        return found or default or {}

    def _keep(self, rows: Iterable[MemberRow]) -> None:
        for key, members in sets_of(rows).items():
            self._read.setdefault(key, members)

    def __iter__(self) -> Iterator[str]:
        """The keys of all sets."""
        self._keep(self._file.rows(MEMBER_ROWS))
        return iter([key for key, members in self._read.items() if members])

    def __len__(self) -> int:
        """How many sets there are."""
        return sum(1 for _ in self)


def read_titles(connection: sqlite3.Connection) -> dict[str, str]:
    """The titles of code sets; a list inside a rule only repeats the rule's."""
    return dict(
        connection.execute("SELECT id, title FROM code_set WHERE name NOT LIKE '%/%'")
    )


def read_groupings(
    connection: sqlite3.Connection,
) -> dict[str, dict[str, tuple[tuple[str, Days], ...]]]:
    """Groupings with the groups of each code."""
    found: dict[str, dict[str, tuple[tuple[str, Days], ...]]] = {}
    for grouping, group, code, first, last in connection.execute(
        "SELECT code_grouping, code_group, code, from_day, through_day"
        " FROM code_group_member"
    ):
        members = found.setdefault(grouping, {})
        members[code] = (*members.get(code, ()), (group, days(first, last)))
    return found
