"""How much is loaded."""

from __future__ import annotations

from kb.read.store import KnowledgeBase


def counted(kb: KnowledgeBase) -> dict[str, int]:
    """How much is loaded; shared texts count through the policies based on them."""
    return kb.once(_counted)


def _counted(kb: KnowledgeBase) -> dict[str, int]:
    (row,) = kb.rows(
        """SELECT
          (SELECT count(DISTINCT policy) FROM policy_version
           WHERE status <> 'shared') AS policies,
          (SELECT count(*) FROM rule r JOIN policy_version v ON v.id = r.policy_version
           WHERE v.status <> 'shared' AND r.kind = 'rule') AS rules,
          (SELECT count(*) FROM rule r JOIN policy_version v ON v.id = r.policy_version
           WHERE v.status <> 'shared' AND r.kind = 'gap') AS gaps,
          (SELECT count(*) FROM scenario s
           JOIN policy_version v ON v.id = s.policy_version
           WHERE v.status <> 'shared') AS scenarios,
          (SELECT count(*) FROM source) AS sources,
          (SELECT count(*) FROM code) AS codes,
          (SELECT count(*) FROM payer) AS payers""",
    )
    return row
