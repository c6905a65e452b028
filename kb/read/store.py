"""The knowledge base as pages and commands read it: typed records.

``open_knowledge_base`` gives a connection; every reader takes one (any SQLite
connection to the file will do, Datasette's too) and returns records of ``kb.read.records``.
Readers that are asked for one thing that is unknown return ``None``.

Payers, contractors and policies are here; one policy with its content is in
``kb.read.policy_store``, rules and gaps in ``kb.read.rule_store``, codes in ``kb.read.code_store``,
sources and facts in ``kb.read.source_store``; search is in ``kb.read.search``.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from kb.database.opening import KnowledgeBaseError, open_knowledge_base
from kb.read.records import Citation, Contractor, Payer, PayerDetail, Policy

__all__ = [
    "Connection",
    "KnowledgeBaseError",
    "Row",
    "citations_of",
    "column_from",
    "contractors",
    "grouped",
    "meta",
    "open_knowledge_base",
    "payer",
    "payers",
    "policies",
    "policy",
    "policy_versions",
    "rows_from",
    "versions_of_policy",
]

Connection = sqlite3.Connection
Row = dict[str, Any]


def rows_from(
    connection: Connection, sql: str, *values: object, **named: object
) -> list[Row]:
    """The rows of a query, each by column name, whatever the row factory is.

    A query has either ``?`` with values in their order or ``:name`` with named ones.
    """
    cursor = connection.execute(sql, named or values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def column_from(
    connection: Connection, sql: str, *values: object, **named: object
) -> tuple[Any, ...]:
    """The first column of a query; its values as in ``rows_from``."""
    return tuple(row[0] for row in connection.execute(sql, named or values))


def meta(connection: Connection) -> dict[str, str]:
    """Versions, content hash and row counts (``count.rule`` ...) of the file."""
    rows = rows_from(connection, "SELECT key, value FROM meta")
    return {row["key"]: row["value"] for row in rows}


def citations_of(
    connection: Connection, table: str, owner: str
) -> tuple[Citation, ...]:
    """The citations of one item of ``table`` (payer, code, code_set, policy ...)."""
    column = "policy_version" if table == "policy" else table
    return tuple(
        Citation(**row)
        for row in rows_from(
            connection,
            f"""SELECT c.source, c.passage, c.quote, s.title, s.url, s.grade, s.read_on
            FROM {table}_citation c JOIN source s ON s.id = c.source
            WHERE c.{column} = ? ORDER BY c.position""",  # noqa: S608
            owner,
        )
    )


def grouped(rows: Iterable[Row], column: str) -> defaultdict[str, list[Row]]:
    """Rows by the value of ``column``, which the rows then no longer have."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.pop(column)].append(row)
    return groups


_PAYERS = """
SELECT p.*,
  (SELECT count(DISTINCT v.policy) FROM policy_version v
   WHERE v.payer = p.id AND v.status <> 'shared') AS policies,
  (SELECT count(*) FROM rule r JOIN policy_version v ON v.id = r.policy_version
   WHERE v.payer = p.id AND v.status <> 'shared' AND r.kind = 'rule') AS rules
FROM payer p
"""


def payers(connection: Connection) -> tuple[Payer, ...]:
    """Every payer, by title."""
    rows = rows_from(connection, _PAYERS + "ORDER BY p.title, p.id")
    return tuple(Payer(**row) for row in rows)


def payer(connection: Connection, payer_id: str) -> PayerDetail | None:
    """One payer with its names, contractors and policies."""
    found = rows_from(connection, _PAYERS + "WHERE p.id = ?", payer_id)
    if not found:
        return None
    ways: dict[str, list[str]] = defaultdict(list)
    for row in rows_from(
        connection,
        "SELECT kind, value FROM payer_match WHERE payer = ? ORDER BY kind, value",
        payer_id,
    ):
        ways[row["kind"]].append(row["value"])
    return PayerDetail(
        payer=Payer(**found[0]),
        names=tuple(ways["name"]),
        identifiers=tuple(ways["identifier"]),
        filing=tuple(ways["filing"]),
        citations=citations_of(connection, "payer", payer_id),
        contractors=contractors(connection, payer_id),
        policies=policies(connection, payer_id=payer_id),
    )


def contractors(
    connection: Connection, payer_id: str | None = None
) -> tuple[Contractor, ...]:
    """Every contractor (of one payer), by title, with its states."""
    states = grouped(
        rows_from(
            connection, "SELECT * FROM contractor_state ORDER BY contractor, state"
        ),
        "contractor",
    )
    return tuple(
        Contractor(**row, states=tuple(each["state"] for each in states[row["id"]]))
        for row in rows_from(
            connection,
            """SELECT * FROM contractor WHERE :payer IS NULL OR payer = :payer
            ORDER BY title, id""",
            payer=payer_id,
        )
    )


_POLICIES = """
SELECT v.id, v.policy, v.title, coalesce(v.payer, '') AS payer,
  coalesce(p.title, '') AS payer_title, v.any_payer,
  coalesce(v.contractor, '') AS contractor, coalesce(c.title, '') AS contractor_title,
  v.status, coalesce(v.based_on, '') AS based_on,
  coalesce(v.defers_to, '') AS defers_to, v.delegated_to, v.decides,
  v.from_day, v.through_day, v.clock, v.ended,
  (SELECT json_group_array(state) FROM policy_state
   WHERE policy_version = v.id) AS states,
  (SELECT json_group_array(plan) FROM policy_plan
   WHERE policy_version = v.id) AS plans,
  (SELECT count(*) FROM rule WHERE policy_version = v.id AND kind = 'rule') AS rules,
  (SELECT count(*) FROM rule WHERE policy_version = v.id AND kind = 'gap') AS gaps,
  v.prose_html, v.file, v.line, v.end_line
FROM policy_version v
LEFT JOIN payer p ON p.id = v.payer
LEFT JOIN contractor c ON c.id = v.contractor
"""
_POLICY_ORDER = """
ORDER BY v.any_payer, p.title, v.payer, c.title, v.contractor, v.title, v.policy,
  v.from_day
"""


def policies(
    connection: Connection, *, payer_id: str | None = None, on: str | None = None
) -> tuple[Policy, ...]:
    """Policy versions in order of payer, contractor, title and first day.

    With ``payer_id``: of that payer, and those for any payer.  With ``on``: only
    versions whose days hold that day.  Shared texts come only when neither is given.
    """
    rows = rows_from(
        connection,
        f"""{_POLICIES}
        WHERE (:payer IS NULL OR v.payer = :payer OR v.any_payer)
          AND (:day IS NULL OR (coalesce(v.from_day, '') <= :day
               AND coalesce(v.through_day, '9999-12-31') >= :day))
          AND (v.status <> 'shared' OR (:payer IS NULL AND :day IS NULL))
        {_POLICY_ORDER}""",
        payer=payer_id,
        day=on,
    )
    return tuple(_policy(row) for row in rows)


def versions_of_policy(connection: Connection, path: str) -> tuple[Policy, ...]:
    """Every version of the policy at ``path``, first to last."""
    sql = f"{_POLICIES} WHERE v.policy = ? ORDER BY v.from_day, v.id"
    return tuple(_policy(row) for row in rows_from(connection, sql, path))


def policy_versions(connection: Connection, ids: Iterable[str]) -> dict[str, Policy]:
    """Policy versions by id; ids that are unknown are left out."""
    wanted = json.dumps(sorted(set(ids)))
    chosen = "WHERE v.id IN (SELECT value FROM json_each(?))"
    rows = rows_from(connection, _POLICIES + chosen + _POLICY_ORDER, wanted)
    return {row["id"]: _policy(row) for row in rows}


def policy(connection: Connection, path: str, on: str | None = None) -> Policy | None:
    """The version of the policy at ``path``: in force ``on`` that day, or the latest.

    ``path`` may be a version's id (``path@first-day``) too, whatever ``on`` is.
    """
    exact = policy_versions(connection, [path])
    if exact:
        return exact[path]
    versions = versions_of_policy(connection, path)
    if on is None:
        return versions[-1] if versions else None
    held = [each for each in versions if _holds(each, on)]
    return held[-1] if held else None


def _holds(version: Policy, day: str) -> bool:
    starts = version.from_day is None or version.from_day <= day
    return starts and (version.through_day is None or day <= version.through_day)


def _policy(row: Row) -> Policy:
    row["any_payer"], row["ended"] = bool(row["any_payer"]), bool(row["ended"])
    row["states"] = tuple(sorted(json.loads(row["states"])))
    row["plans"] = tuple(sorted(json.loads(row["plans"])))
    return Policy(**row)
