"""One policy version of the knowledge base with everything in it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kb.read.records import (
    Amount,
    Citation,
    CodeSet,
    Fact,
    Member,
    Policy,
    PolicyDetail,
    Scenario,
    Value,
)
from kb.read.rule_store import rules_of_policies
from kb.read.source_store import facts
from kb.read.store import (
    Connection,
    citations_of,
    column_from,
    grouped,
    policy_versions,
    rows_from,
    versions_of_policy,
)


def policy_detail(connection: Connection, version_id: str) -> PolicyDetail | None:
    """Everything about one policy version (``path@first-day``)."""
    found = policy_versions(connection, [version_id]).get(version_id)
    if found is None:
        return None
    overlay = grouped(
        rows_from(
            connection,
            """SELECT action, item FROM policy_overlay
            WHERE policy_version = ? ORDER BY item""",
            version_id,
        ),
        "action",
    )
    return PolicyDetail(
        policy=found,
        versions=versions_of_policy(connection, found.policy),
        citations=citations_of(connection, "policy", version_id),
        changed=tuple(row["item"] for row in overlay["changed"]),
        dropped=tuple(row["item"] for row in overlay["dropped"]),
        code_sets=_code_sets_of(connection, version_id),
        values=_values_of(connection, version_id),
        rules=rules_of_policies(connection, [version_id]),
        scenarios=_scenarios_of(connection, version_id),
        facts=_facts_of(connection, version_id),
        text=_lines_of(connection, found),
    )


def _lines_of(connection: Connection, found: Policy) -> str:
    (text,) = column_from(
        connection, "SELECT text FROM source_file WHERE path = ?", found.file
    )
    return "\n".join(text.splitlines()[found.line - 1 : found.end_line])


def _code_sets_of(connection: Connection, version_id: str) -> tuple[CodeSet, ...]:
    ids = column_from(
        connection,
        """SELECT id FROM code_set WHERE policy_version = :version
        UNION SELECT code_set FROM rule
          WHERE policy_version = :version AND code_set IS NOT NULL
        UNION SELECT m.code_set FROM rule_mention m JOIN rule r ON r.id = m.rule
          WHERE r.policy_version = :version AND m.code_set IS NOT NULL""",
        version=version_id,
    )
    return code_sets(connection, ids)


def code_sets(connection: Connection, ids: Iterable[str]) -> tuple[CodeSet, ...]:
    """Code sets with their members, in order of kind (procedures first) and name."""
    wanted = json.dumps(sorted(set(ids)))
    members = grouped(
        rows_from(
            connection,
            """SELECT m.code_set, m.code, c.label, m.from_day, m.through_day
            FROM code_set_member m JOIN code c ON c.id = m.code
            WHERE m.code_set IN (SELECT value FROM json_each(?))
            ORDER BY m.code_set, m.code, m.from_day""",
            wanted,
        ),
        "code_set",
    )
    rows = rows_from(
        connection,
        """SELECT id, name, title, kind, sha256, prose_html, file, line FROM code_set
        WHERE id IN (SELECT value FROM json_each(?))
        ORDER BY kind <> 'procedure', kind, name, id""",
        wanted,
    )
    return tuple(
        CodeSet(
            **row,
            members=tuple(Member(**each) for each in members[row["id"]]),
            citations=citations_of(connection, "code_set", row["id"]),
        )
        for row in rows
    )


def _values_of(connection: Connection, version_id: str) -> tuple[Value, ...]:
    amounts = grouped(
        rows_from(
            connection,
            """SELECT name, amount, unit, in_case, from_day, through_day FROM dated_value_amount
            WHERE policy_version = ? ORDER BY name, rowid""",
            version_id,
        ),
        "name",
    )
    citations = grouped(
        rows_from(
            connection,
            """SELECT c.name, c.source, c.passage, c.quote, s.title, s.url, s.grade,
              s.read_on
            FROM dated_value_citation c JOIN source s ON s.id = c.source
            WHERE c.policy_version = ? ORDER BY c.name, c.position""",
            version_id,
        ),
        "name",
    )
    rows = rows_from(
        connection,
        """SELECT name, title, prose_html, file, line FROM dated_value
        WHERE policy_version = ? ORDER BY name""",
        version_id,
    )
    return tuple(
        Value(
            **row,
            amounts=tuple(Amount(**each) for each in amounts[row["name"]]),
            citations=tuple(Citation(**each) for each in citations[row["name"]]),
        )
        for row in rows
    )


def _scenarios_of(connection: Connection, version_id: str) -> tuple[Scenario, ...]:
    rows = rows_from(
        connection,
        """SELECT id, position, name, title, claim, expect, prose_html, origin, file,
          line, end_line
        FROM scenario WHERE policy_version = ? ORDER BY position""",
        version_id,
    )
    for row in rows:
        row["claim"] = json.loads(row["claim"])
        row["expect"] = tuple(json.loads(row["expect"]))
    return tuple(Scenario(**row) for row in rows)


def _facts_of(connection: Connection, version_id: str) -> tuple[Fact, ...]:
    ids = column_from(
        connection,
        """SELECT DISTINCT f.fact FROM rule_fact f JOIN rule r ON r.id = f.rule
        WHERE r.policy_version = ?""",
        version_id,
    )
    return facts(connection, ids)
