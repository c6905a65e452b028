"""The knowledge base as pages and commands read it: typed records.

``open_knowledge_base`` gives a connection, ``KnowledgeBase`` wraps one (any SQLite
connection to the file will do, Datasette's too); every reader takes that and returns
records of ``kb.read.records``.  Readers that are asked for one thing that is unknown
return ``None``.

Payers, contractors and policies are here; one policy with its content is in
``kb.read.policy_store``, rules and gaps in ``kb.read.rule_store``, codes in ``kb.read.code_store``,
sources and facts in ``kb.read.source_store``; search is in ``kb.read.search``.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from kb.database.opening import KnowledgeBaseError, open_knowledge_base
from kb.read.knowledge_base import (
    KnowledgeBase,
    Row,
    column_from,
    grouped,
    rows_from,
)
from kb.read.records import Citation, Contractor, Payer, PayerDetail, Policy

__all__ = [
    "Connection",
    "KnowledgeBase",
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


def meta(connection: Connection) -> dict[str, str]:
    """Versions, content hash and row counts (``count.rule`` ...) of the file."""
    rows = rows_from(connection, "SELECT key, value FROM meta")
    return {row["key"]: row["value"] for row in rows}


def content_of(kb: KnowledgeBase) -> str:
    """The hash of the policy files that the build was made from."""
    return kb.once(_meta).get("content", "")


def _meta(kb: KnowledgeBase) -> dict[str, str]:
    return meta(kb.connection)


def citations_of(kb: KnowledgeBase, table: str, owner: str) -> tuple[Citation, ...]:
    """The citations of one item of ``table`` (payer, code, code_set, policy ...)."""
    return citations_by_owner(kb, table, [owner])[owner]


def citations_by_owner(
    kb: KnowledgeBase, table: str, owners: Iterable[str]
) -> defaultdict[str, tuple[Citation, ...]]:
    """The citations of items of ``table``; none for the others."""
    column = "policy_version" if table == "policy" else table
    rows = kb.rows(
        f"""SELECT c.{column} AS owner, c.source, c.passage, c.quote, s.title, s.url,
          s.grade, s.read_on
        FROM {table}_citation c JOIN source s ON s.id = c.source
        WHERE c.{column} IN (SELECT value FROM json_each(?))
        ORDER BY c.{column}, c.position""",  # noqa: S608
        json.dumps(sorted(set(owners))),
    )
    found: defaultdict[str, tuple[Citation, ...]] = defaultdict(tuple)
    for owner, cited in grouped(rows, "owner").items():
        found[owner] = tuple(Citation(**each) for each in cited)
    return found


_PAYERS = """
SELECT p.*,
  (SELECT count(DISTINCT v.policy) FROM policy_version v
   WHERE v.payer = p.id AND v.status <> 'shared') AS policies,
  (SELECT count(*) FROM rule r JOIN policy_version v ON v.id = r.policy_version
   WHERE v.payer = p.id AND v.status <> 'shared' AND r.kind = 'rule') AS rules
FROM payer p
"""


def payers(kb: KnowledgeBase) -> tuple[Payer, ...]:
    """Every payer, by title."""
    return kb.once(_payers)


def _payers(kb: KnowledgeBase) -> tuple[Payer, ...]:
    return tuple(Payer(**row) for row in kb.rows(_PAYERS + "ORDER BY p.title, p.id"))


def payer(kb: KnowledgeBase, payer_id: str) -> PayerDetail | None:
    """One payer with its names, contractors and policies."""
    found = next((each for each in payers(kb) if each.id == payer_id), None)
    if found is None:
        return None
    ways: dict[str, list[str]] = defaultdict(list)
    for row in kb.rows(
        "SELECT kind, value FROM payer_match WHERE payer = ? ORDER BY kind, value",
        payer_id,
    ):
        ways[row["kind"]].append(row["value"])
    return PayerDetail(
        payer=found,
        names=tuple(ways["name"]),
        identifiers=tuple(ways["identifier"]),
        filing=tuple(ways["filing"]),
        citations=citations_of(kb, "payer", payer_id),
        contractors=contractors(kb, payer_id),
        policies=policies(kb, payer_id=payer_id),
    )


def contractors(
    kb: KnowledgeBase, payer_id: str | None = None
) -> tuple[Contractor, ...]:
    """Every contractor (of one payer), by title, with its states."""
    found = kb.once(_contractors)
    return tuple(each for each in found if payer_id in {None, each.payer})


def _contractors(kb: KnowledgeBase) -> tuple[Contractor, ...]:
    states = grouped(
        kb.rows("SELECT * FROM contractor_state ORDER BY contractor, state"),
        "contractor",
    )
    return tuple(
        Contractor(**row, states=tuple(each["state"] for each in states[row["id"]]))
        for row in kb.rows("SELECT * FROM contractor ORDER BY title, id")
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
  v.prose_html, v.file, v.line, v.end_line,
  coalesce(v.first_day_source, '') AS first_day_source, v.first_day_passage,
  v.first_day_grade, v.stand_in, v.read_in, v.carried
FROM policy_version v
LEFT JOIN payer p ON p.id = v.payer
LEFT JOIN contractor c ON c.id = v.contractor
"""
_POLICY_ORDER = """
ORDER BY v.any_payer, p.title, v.payer, c.title, v.contractor, v.title, v.policy,
  v.from_day
"""


def policies(
    kb: KnowledgeBase, *, payer_id: str | None = None, on: str | None = None
) -> tuple[Policy, ...]:
    """Policy versions in order of payer, contractor, title and first day.

    With ``payer_id``: of that payer, and those for any payer.  With ``on``: only
    versions whose days hold that day.  Shared texts come only when neither is given.
    """
    return tuple(
        each
        for each in kb.once(_policies)
        if (payer_id is None or each.payer == payer_id or each.any_payer)
        and (on is None or _holds(each, on))
        and (each.status != "shared" or (payer_id is None and on is None))
    )


def _policies(kb: KnowledgeBase) -> tuple[Policy, ...]:
    return tuple(_policy(row) for row in kb.rows(_POLICIES + _POLICY_ORDER))


def versions_of_policy(kb: KnowledgeBase, path: str) -> tuple[Policy, ...]:
    """Every version of the policy at ``path``, first to last."""
    return kb.once(_by_path).get(path, ())


def _by_path(kb: KnowledgeBase) -> dict[str, tuple[Policy, ...]]:
    paths: defaultdict[str, list[Policy]] = defaultdict(list)
    for each in kb.once(_policies):
        paths[each.policy].append(each)
    return {path: tuple(sorted(own, key=_first_day)) for path, own in paths.items()}


def _first_day(version: Policy) -> tuple[str, str]:
    return version.from_day or "", version.id


def policy_versions(kb: KnowledgeBase, ids: Iterable[str]) -> dict[str, Policy]:
    """Policy versions by id, in order as ``policies``; unknown ids are left out."""
    known = kb.once(_by_id)
    found = sorted({each for each in ids if each in known}, key=lambda i: known[i][0])
    return {each: known[each][1] for each in found}


def _by_id(kb: KnowledgeBase) -> dict[str, tuple[int, Policy]]:
    """Policy versions with their places in the order of all."""
    return {each.id: (at, each) for at, each in enumerate(kb.once(_policies))}


def policy(kb: KnowledgeBase, path: str, on: str | None = None) -> Policy | None:
    """The version of the policy at ``path``: in force ``on`` that day, or the latest.

    ``path`` may be a version's id (``path@first-day``) too, whatever ``on`` is.
    """
    exact = policy_versions(kb, [path])
    if exact:
        return exact[path]
    versions = versions_of_policy(kb, path)
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
