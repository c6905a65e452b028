"""Hashes of rows: which policy, and which table, is not as the build wrote it.

Each policy version carries a hash over all its rows in all tables (``sha256`` of
``policy_version``), ``meta`` one for each table (``sha256.rule`` ...) and one over these
(``rows``).  The seal of the file (``kb.database.seal``) says whether anything was changed; these
say what.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.database.policy_rows import PolicyVersionRow
from kb.database.row_values import canonical_json
from kb.database.table_rows import TABLE_ROWS, Row, Rows

SHARED = ""
"""The owner of rows that belong to no policy."""
OWNER_COLUMNS = ("policy_version", "rule", "code_set")
"""The columns whose value is a policy version, or begins with one and ``#``."""
UNREADABLE = (sqlite3.Error, TypeError, ValueError)
"""A damaged cell may be of any type; names and messages of SQLite may be no text."""
Parts = Mapping[str, Mapping[str, str]]
"""Table, owner, and the hash of the owner's rows in the table."""


@dataclass(frozen=True, slots=True)
class Misfits:
    """What does not fit the hashes that the build wrote."""

    policies: tuple[str, ...] = field(default=())
    """Ids of policy versions."""
    tables: tuple[str, ...] = field(default=())


def with_hashes(rows: Rows) -> tuple[Rows, dict[str, str]]:
    """The rows with a hash in each policy version, and the hashes for ``meta``."""
    parts = {table: parts_of(table, rows[table]) for table in TABLE_ROWS}
    policies = policy_hashes(parts)
    versions = [
        row._replace(sha256=policies[row.id])
        for row in rows["policy_version"]
        if isinstance(row, PolicyVersionRow)
    ]
    return {**rows, "policy_version": versions}, table_hashes(parts)


def misfits(connection: sqlite3.Connection) -> Misfits:
    """What differs from the hashes; damage that cannot be read counts as differing."""
    connection.row_factory = None
    connection.text_factory = _any_text
    found = {table: _parts_in(connection, table) for table in TABLE_ROWS}
    parts = {table: owners or {} for table, owners in found.items()}
    stored = _pairs(connection, "SELECT id, sha256 FROM policy_version")
    meta = _pairs(connection, "SELECT key, value FROM meta")
    hashes = policy_hashes(parts)
    tables = [
        table
        for table, owners in found.items()
        if owners is None or meta.get(f"sha256.{table}") != table_hash(owners)
    ]
    if meta.get("rows") != rows_hash(meta):
        tables.append("meta")
    policies = sorted(key for key, hash_ in stored.items() if hashes.get(key) != hash_)
    return Misfits(tuple(policies), tuple(tables))


def parts_of(table: str, rows: Iterable[Row]) -> dict[str, str]:
    """The hash of each owner's rows in a table, in the order of the rows."""
    names = _columns(table)
    # A policy version's own row holds the hash of all: it is hashed without.
    hashed = slice(None, -1 if names[-1] == "sha256" else None)
    owners: dict[str, list[Row]] = {}
    place = _place_of_owner(table)
    for row in rows:
        owner = SHARED if place is None else str(row[place] or "").partition("#")[0]
        owners.setdefault(owner, []).append(row[hashed])
    return {owner: _hash(own) for owner, own in owners.items()}


def policy_hashes(parts: Parts) -> dict[str, str]:
    """The hash of each policy version, over its rows in every table."""
    found: dict[str, list[tuple[str, str]]] = {
        version: [] for version in parts["policy_version"]
    }
    for table, owners in parts.items():
        for owner, hash_ in owners.items():
            if owner in found:
                found[owner].append((table, hash_))
    return {version: _hash(tables) for version, tables in found.items()}


def table_hashes(parts: Parts) -> dict[str, str]:
    """The rows of ``meta`` that vouch for the tables."""
    hashes = {f"sha256.{table}": table_hash(found) for table, found in parts.items()}
    return {**hashes, "rows": rows_hash(hashes)}


def table_hash(owners: Mapping[str, str]) -> str:
    """The hash of a table, over its owners in their order."""
    return _hash(list(owners.items()))


def rows_hash(meta: Mapping[str, str]) -> str:
    """The hash over those of all tables."""
    return _hash(sorted(item for item in meta.items() if item[0].startswith("sha256.")))


def _hash(value: Sequence[object]) -> str:
    # Damaged text may hold what is no character.
    text = canonical_json(value).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()


def _columns(table: str) -> tuple[str, ...]:
    names: tuple[str, ...] = TABLE_ROWS[table]._fields  # type: ignore[attr-defined]
    return names


def _place_of_owner(table: str) -> int | None:
    names = _columns(table)
    if table == "policy_version":
        return names.index("id")
    return next((names.index(name) for name in OWNER_COLUMNS if name in names), None)


def _parts_in(connection: sqlite3.Connection, table: str) -> dict[str, str] | None:
    """The parts of a table in the file; ``None`` when it cannot be read."""
    columns = ", ".join(_columns(table))
    try:
        # The order in which the build wrote them.
        rows = connection.execute(f"SELECT {columns} FROM {table} ORDER BY rowid")  # noqa: S608
        return parts_of(table, rows)
    except UNREADABLE:
        return None


def _pairs(connection: sqlite3.Connection, sql: str) -> dict[str, str]:
    try:
        return {str(key): str(value) for key, value in connection.execute(sql)}
    except UNREADABLE:
        return {}


def _any_text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")
