"""Sources and facts of the knowledge base with the rules that stand on them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kb.read.records import Fact, FactDetail, Source, SourceDetail
from kb.read.rule_store import with_policies
from kb.read.store import Connection, column_from, grouped, policies, rows_from

_SOURCES = """
SELECT s.*, (SELECT count(*) FROM rule_citation c WHERE c.source = s.id)
  + (SELECT count(*) FROM policy_citation c WHERE c.source = s.id) AS citations
FROM source s
"""


def sources(
    connection: Connection, *, review_before: str | None = None
) -> tuple[Source, ...]:
    """Sources by publisher and title; with a day, those due for review before it."""
    sql = f"""{_SOURCES} WHERE :day IS NULL OR s.review_by < :day
        ORDER BY s.publisher, s.title, s.id"""
    return tuple(Source(**row) for row in rows_from(connection, sql, day=review_before))


def source(connection: Connection, source_id: str) -> SourceDetail | None:
    """One source with the policies and rules (by their exceptions too) that cite it."""
    found = rows_from(connection, f"{_SOURCES} WHERE s.id = ?", source_id)
    if not found:
        return None
    citing = set(
        column_from(
            connection,
            "SELECT policy_version FROM policy_citation WHERE source = ?",
            source_id,
        )
    )
    rule_ids = column_from(
        connection,
        """SELECT rule FROM rule_citation WHERE source = :source
        UNION SELECT e.rule FROM rule_exception e, json_each(e.citations) c
          WHERE c.value ->> '$.source' = :source""",
        source=source_id,
    )
    return SourceDetail(
        source=Source(**found[0]),
        policies=tuple(each for each in policies(connection) if each.id in citing),
        rules=with_policies(connection, rule_ids),
    )


def facts(connection: Connection, ids: Iterable[str] | None = None) -> tuple[Fact, ...]:
    """Facts by title: those with these ids, or all."""
    choices = grouped(
        rows_from(connection, "SELECT * FROM fact_choice ORDER BY fact, position"),
        "fact",
    )
    rows = rows_from(
        connection,
        """SELECT * FROM fact
        WHERE :ids IS NULL OR id IN (SELECT value FROM json_each(:ids))
        ORDER BY title, id""",
        ids=None if ids is None else json.dumps(sorted(set(ids))),
    )
    return tuple(
        Fact(**row, choices=tuple(each["choice"] for each in choices[row["id"]]))
        for row in rows
    )


def fact(connection: Connection, fact_id: str) -> FactDetail | None:
    """One fact with the rules of deciding policies that may ask for it."""
    found = facts(connection, [fact_id])
    if not found:
        return None
    rule_ids = column_from(
        connection,
        """SELECT f.rule FROM rule_fact f JOIN rule r ON r.id = f.rule
        JOIN policy_version v ON v.id = r.policy_version
        WHERE f.fact = ? AND v.status <> 'shared'""",
        fact_id,
    )
    return FactDetail(found[0], with_policies(connection, rule_ids))
