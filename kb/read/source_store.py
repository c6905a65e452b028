"""Sources and facts of the knowledge base with the rules that stand on them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kb.read.records import Fact, FactDetail, Source, SourceDetail
from kb.read.rule_store import with_policies
from kb.read.store import KnowledgeBase, policies

_SOURCES = """
SELECT s.*, (SELECT count(*) FROM rule_citation c WHERE c.source = s.id)
  + (SELECT count(*) FROM policy_citation c WHERE c.source = s.id) AS citations
FROM source s
"""


def sources(
    kb: KnowledgeBase, *, review_before: str | None = None
) -> tuple[Source, ...]:
    """Sources by publisher and title; with a day, those due for review before it."""
    return tuple(
        each
        for each in kb.once(_sources)
        if review_before is None
        or (each.review_by is not None and each.review_by < review_before)
    )


def _sources(kb: KnowledgeBase) -> tuple[Source, ...]:
    sql = f"{_SOURCES} ORDER BY s.publisher, s.title, s.id"
    return tuple(Source(**row) for row in kb.rows(sql))


def source(kb: KnowledgeBase, source_id: str) -> SourceDetail | None:
    """One source with the policies and rules (by their exceptions too) that cite it."""
    found = next((each for each in sources(kb) if each.id == source_id), None)
    if found is None:
        return None
    citing = set(
        kb.column(
            "SELECT policy_version FROM policy_citation WHERE source = ?",
            source_id,
        )
    )
    rule_ids = kb.column(
        """SELECT rule FROM rule_citation WHERE source = :source
        UNION SELECT e.rule FROM rule_exception e, json_each(e.citations) c
          WHERE c.value ->> '$.source' = :source""",
        source=source_id,
    )
    return SourceDetail(
        source=found,
        policies=tuple(each for each in policies(kb) if each.id in citing),
        rules=with_policies(kb, rule_ids),
    )


_FACTS = """
SELECT f.*, (SELECT json_group_array(choice) FROM (SELECT choice FROM fact_choice
    WHERE fact = f.id ORDER BY position)) AS choices
FROM fact f ORDER BY f.title, f.id
"""


def facts(kb: KnowledgeBase, ids: Iterable[str] | None = None) -> tuple[Fact, ...]:
    """Facts by title: those with these ids, or all."""
    found = kb.once(_facts)
    if ids is None:
        return found
    wanted = set(ids)
    return tuple(each for each in found if each.id in wanted)


def _facts(kb: KnowledgeBase) -> tuple[Fact, ...]:
    rows = kb.rows(_FACTS)
    for row in rows:
        row["choices"] = tuple(json.loads(row["choices"]))
    return tuple(Fact(**row) for row in rows)


def fact(kb: KnowledgeBase, fact_id: str) -> FactDetail | None:
    """One fact with the rules of deciding policies that may ask for it."""
    found = facts(kb, [fact_id])
    if not found:
        return None
    rule_ids = kb.column(
        """SELECT f.rule FROM rule_fact f JOIN rule r ON r.id = f.rule
        JOIN policy_version v ON v.id = r.policy_version
        WHERE f.fact = ? AND v.status <> 'shared'""",
        fact_id,
    )
    return FactDetail(found[0], with_policies(kb, rule_ids))
