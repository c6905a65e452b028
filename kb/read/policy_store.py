"""One policy version of the knowledge base with everything in it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from kb.read.records import (
    Amount,
    Citation,
    CodeSet,
    Member,
    Policy,
    PolicyContent,
    PolicyDetail,
    Scenario,
    Value,
)
from kb.read.rule_store import rules
from kb.read.source_store import facts
from kb.read.store import (
    KnowledgeBase,
    citations_by_owner,
    grouped,
    policy_versions,
    versions_of_policy,
)


def policy_contents(
    kb: KnowledgeBase, version_ids: Iterable[str]
) -> tuple[PolicyContent, ...]:
    """What policy versions say, in the order of the ids; unknown ids are left out."""
    ids = list(version_ids)
    found = kb.items(_read_contents, ids)
    return tuple(found[each] for each in ids if each in found)


def _read_contents(kb: KnowledgeBase, ids: list[str]) -> dict[str, PolicyContent]:
    versions = policy_versions(kb, ids)
    rules_of = _ids_by_version(kb, _RULES_OF, ids)
    sets_of = _ids_by_version(kb, _SETS_OF, ids)
    ruled = rules(kb, (one for own in rules_of.values() for one in own))
    listed = {
        each.id: each
        for each in code_sets(kb, (one for own in sets_of.values() for one in own))
    }
    citations = citations_by_owner(kb, "policy", ids)
    return {
        version_id: PolicyContent(
            policy=found,
            citations=citations[version_id],
            code_sets=_in_order(listed[one] for one in sets_of[version_id]),
            rules=(own := tuple(ruled[one] for one in rules_of[version_id])),
            facts=facts(kb, (fact for rule in own for fact in rule.facts)),
        )
        for version_id, found in versions.items()
    }


_RULES_OF = """
SELECT policy_version, id FROM rule
WHERE policy_version IN (SELECT value FROM json_each(:ids))
ORDER BY policy_version, position
"""
_SETS_OF = """
WITH wanted AS (SELECT value AS id FROM json_each(:ids))
SELECT policy_version, id FROM code_set WHERE policy_version IN wanted
UNION SELECT policy_version, code_set FROM rule
  WHERE policy_version IN wanted AND code_set IS NOT NULL
UNION SELECT r.policy_version, m.code_set FROM rule_mention m JOIN rule r ON r.id = m.rule
  WHERE r.policy_version IN wanted AND m.code_set IS NOT NULL
"""


def _ids_by_version(
    kb: KnowledgeBase, sql: str, versions: list[str]
) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in kb.rows(sql, ids=json.dumps(versions)):
        found[row["policy_version"]].append(row["id"])
    return found


def policy_detail(kb: KnowledgeBase, version_id: str) -> PolicyDetail | None:
    """Everything about one policy version (``path@first-day``)."""
    for content in policy_contents(kb, [version_id]):
        return _detail(kb, content)
    return None


def _detail(kb: KnowledgeBase, content: PolicyContent) -> PolicyDetail:
    found = content.policy
    overlay = grouped(
        kb.rows(
            """SELECT action, item FROM policy_overlay
            WHERE policy_version = ? ORDER BY item""",
            found.id,
        ),
        "action",
    )
    return PolicyDetail(
        policy=found,
        citations=content.citations,
        code_sets=content.code_sets,
        rules=content.rules,
        facts=content.facts,
        versions=versions_of_policy(kb, found.policy),
        changed=tuple(row["item"] for row in overlay["changed"]),
        dropped=tuple(row["item"] for row in overlay["dropped"]),
        values=_values_of(kb, found.id),
        scenarios=scenarios_of(kb, found.id),
        text=_lines_of(kb, found),
    )


def file_text(kb: KnowledgeBase, path: str) -> str | None:
    """The text of a policy file as it was compiled."""
    return kb.items(_read_texts, [path]).get(path)


def _read_texts(kb: KnowledgeBase, paths: list[str]) -> dict[str, str]:
    rows = kb.rows(
        """SELECT path, text FROM source_file
        WHERE path IN (SELECT value FROM json_each(?))""",
        json.dumps(paths),
    )
    return {row["path"]: row["text"] for row in rows}


def _lines_of(kb: KnowledgeBase, found: Policy) -> str:
    text = file_text(kb, found.file) or ""
    return "\n".join(text.splitlines()[found.line - 1 : found.end_line])


def code_sets(kb: KnowledgeBase, ids: Iterable[str]) -> tuple[CodeSet, ...]:
    """Code sets with their members, in order of kind (procedures first) and name."""
    return _in_order(kb.items(_read_code_sets, ids).values())


def _in_order(found: Iterable[CodeSet]) -> tuple[CodeSet, ...]:
    return tuple(sorted(found, key=_place))


def _place(each: CodeSet) -> tuple[bool, str, str, str]:
    return each.kind != "procedure", each.kind, each.name, each.id


def _read_code_sets(kb: KnowledgeBase, ids: list[str]) -> dict[str, CodeSet]:
    wanted = json.dumps(ids)
    members = grouped(
        kb.rows(
            """SELECT m.code_set, m.code, c.label, m.from_day, m.through_day
            FROM code_set_member m JOIN code c ON c.id = m.code
            WHERE m.code_set IN (SELECT value FROM json_each(?))
            ORDER BY m.code_set, m.code, m.from_day""",
            wanted,
        ),
        "code_set",
    )
    citations = citations_by_owner(kb, "code_set", ids)
    rows = kb.rows(
        """SELECT id, name, title, kind, sha256, prose_html, file, line FROM code_set
        WHERE id IN (SELECT value FROM json_each(?))""",
        wanted,
    )
    return {
        row["id"]: CodeSet(
            **row,
            members=tuple(Member(**each) for each in members[row["id"]]),
            citations=citations[row["id"]],
        )
        for row in rows
    }


def _values_of(kb: KnowledgeBase, version_id: str) -> tuple[Value, ...]:
    amounts = grouped(
        kb.rows(
            """SELECT name, amount, unit, in_case, from_day, through_day FROM dated_value_amount
            WHERE policy_version = ? ORDER BY name, rowid""",
            version_id,
        ),
        "name",
    )
    citations = grouped(
        kb.rows(
            """SELECT c.name, c.source, c.passage, c.quote, s.title, s.url, s.grade,
              s.read_on
            FROM dated_value_citation c JOIN source s ON s.id = c.source
            WHERE c.policy_version = ? ORDER BY c.name, c.position""",
            version_id,
        ),
        "name",
    )
    rows = kb.rows(
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


def scenarios_of(
    kb: KnowledgeBase, version_id: str, names: str = ""
) -> tuple[Scenario, ...]:
    """The worked claims of a policy version, in their order.

    With ``names``, those alone that expect something of the rule (or whatever) of that name.
    """
    rows = kb.rows(
        """SELECT id, position, name, title, claim, expect, prose_html, origin, file,
          line, end_line
        FROM scenario WHERE policy_version = :version AND (:word = '' OR instr(expect, :word) > 0)
        ORDER BY position""",
        version=version_id,
        word=json.dumps(names, ensure_ascii=False) if names else "",
    )
    for row in rows:
        row["claim"] = json.loads(row["claim"])
        row["expect"] = tuple(json.loads(row["expect"]))
    return tuple(Scenario(**row) for row in rows)
