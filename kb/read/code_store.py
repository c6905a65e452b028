"""Codes of the knowledge base with every rule that has to do with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kb.read.records import Code, CodeDetail, CodeGroup, CodeList, CodeRule
from kb.read.rule_store import with_policies
from kb.read.store import KnowledgeBase, citations_of

_CODE = """
SELECT id, kind, label, imaging, sides, global_days, prose_html, coalesce(file, '') AS file,
  coalesce(line, 0) AS line
FROM code
"""


_BASES = "SELECT base FROM code_add_on WHERE code = ?"
_ADD_ONS = "SELECT code FROM code_add_on WHERE base = ?"


def codes(kb: KnowledgeBase, kind: str | None = None) -> tuple[Code, ...]:
    """Every code (of one kind), in order."""
    sql = f"{_CODE} WHERE :kind IS NULL OR kind = :kind ORDER BY id"
    return tuple(Code(**row) for row in kb.rows(sql, kind=kind))


def code(
    kb: KnowledgeBase, code_id: str, *, with_rules: bool = True
) -> CodeDetail | None:
    """Everything about one code across payers; shared texts are left out.

    Of a procedure cards say what rules say: without its rules it costs a tenth.
    """
    found = kb.rows(f"{_CODE} WHERE id = ?", code_id)
    if not found:
        return None
    subject = Code(**found[0])
    is_procedure = subject.kind == "procedure"
    return CodeDetail(
        code=subject,
        citations=citations_of(kb, "code", code_id),
        add_on_to=_codes_by(kb, _BASES, code_id) if is_procedure else (),
        add_ons=_codes_by(kb, _ADD_ONS, code_id) if is_procedure else (),
        groups=_groups_of(kb, code_id),
        lists=_lists_with(kb, code_id),
        rules=_rules_about(kb, subject) if with_rules else (),
    )


@dataclass(frozen=True, slots=True)
class AddOns:
    """A procedure code with those that it is billed on top of, and those on top of it."""

    code: Code
    add_on_to: tuple[Code, ...]
    add_ons: tuple[Code, ...]


def add_ons_of(kb: KnowledgeBase, code_id: str) -> AddOns | None:
    """A code beside its add-ons, without what rules and lists say of it."""
    found = kb.rows(f"{_CODE} WHERE id = ?", code_id)
    if not found:
        return None
    return AddOns(
        Code(**found[0]),
        _codes_by(kb, "SELECT base FROM code_add_on WHERE code = ?", code_id),
        _codes_by(kb, "SELECT code FROM code_add_on WHERE base = ?", code_id),
    )


def _codes_by(kb: KnowledgeBase, query: str, value: str) -> tuple[Code, ...]:
    rows = kb.rows(f"{_CODE} WHERE id IN ({query}) ORDER BY id", value)
    return tuple(Code(**row) for row in rows)


def _groups_of(kb: KnowledgeBase, code_id: str) -> tuple[CodeGroup, ...]:
    rows = kb.rows(
        """SELECT m.code_grouping, g.title, m.code_group, m.from_day, m.through_day
        FROM code_group_member m JOIN code_grouping g ON g.id = m.code_grouping
        WHERE m.code = ? ORDER BY g.title, m.code_group, m.from_day""",
        code_id,
    )
    return tuple(CodeGroup(**row) for row in rows)


def _lists_with(kb: KnowledgeBase, code_id: str) -> tuple[CodeList, ...]:
    rows = kb.rows(
        """SELECT s.id, s.name, s.title, s.kind,
          coalesce(s.policy_version, '') AS policy_version,
          coalesce(v.policy, '') AS policy, coalesce(v.title, '') AS policy_title,
          m.from_day, m.through_day
        FROM code_set_member m JOIN code_set s ON s.id = m.code_set
        LEFT JOIN policy_version v ON v.id = s.policy_version
        WHERE m.code = ? AND coalesce(v.status, '') <> 'shared'
        ORDER BY v.title, v.id, s.name, s.id, m.from_day""",
        code_id,
    )
    return tuple(CodeList(**row) for row in rows)


_USES = """
SELECT rule, 'for' AS use, from_day, through_day FROM rule_code WHERE code = :code
UNION ALL
SELECT n.rule, n.use, m.from_day, m.through_day
FROM code_set_member m JOIN rule_mention n ON n.code_set = m.code_set WHERE m.code = :code
UNION ALL
SELECT n.rule, n.use, r.from_day, r.through_day
FROM rule_mention n JOIN rule r ON r.id = n.rule WHERE n.code = :code
UNION ALL
SELECT id, 'every', from_day, through_day FROM rule
WHERE code_set IS NULL AND :kind = 'procedure'
"""


def _rules_about(kb: KnowledgeBase, subject: Code) -> tuple[CodeRule, ...]:
    uses: dict[str, list[dict[str, Any]]] = {}
    sql = f"""SELECT u.* FROM ({_USES}) u JOIN rule r ON r.id = u.rule
        JOIN policy_version v ON v.id = r.policy_version
        WHERE v.status <> 'shared'
        ORDER BY u.use <> 'for', u.use, u.from_day"""  # noqa: S608
    for row in kb.rows(sql, code=subject.id, kind=subject.kind):
        uses.setdefault(row.pop("rule"), []).append(row)
    return tuple(
        CodeRule(rule=each.rule, policy=each.policy, **use)
        for each in with_policies(kb, list(uses))
        for use in uses[each.rule.id]
    )
