"""Rules and declared gaps of the knowledge base."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from kb.read.records import Citation, Member, PolicyRule, Rule, RuleException, Said
from kb.read.store import KnowledgeBase, grouped, policy_versions


def rules_of_policies(
    kb: KnowledgeBase, version_ids: Iterable[str]
) -> tuple[Rule, ...]:
    """The rules and gaps of policy versions, in their order there."""
    ids = kb.column(
        "SELECT id FROM rule WHERE policy_version IN (SELECT value FROM json_each(?))",
        json.dumps(sorted(set(version_ids))),
    )
    return tuple(rules(kb, ids).values())


def rules(kb: KnowledgeBase, ids: Iterable[str]) -> dict[str, Rule]:
    """Rules by id, in order of policy version and position; unknown ids are missing."""
    found = kb.items(_read_rules, ids)
    return dict(sorted(found.items(), key=lambda item: _place(item[1])))


def _place(rule: Rule) -> tuple[str, int]:
    return rule.policy_version, rule.position


def _read_rules(kb: KnowledgeBase, ids: list[str]) -> dict[str, Rule]:
    wanted = json.dumps(ids)
    exceptions = _exceptions_of(kb, wanted)
    citations = grouped(
        kb.rows(
            """SELECT c.rule, c.source, c.passage, c.quote, s.title, s.url, s.grade,
              s.read_on
            FROM rule_citation c JOIN source s ON s.id = c.source
            WHERE c.rule IN (SELECT value FROM json_each(?))
            ORDER BY c.rule, c.position""",
            wanted,
        ),
        "rule",
    )
    rows = kb.rows(
        """SELECT id, policy_version, position, name, title, kind, duty, from_day,
          through_day, coalesce(code_set, '') AS code_set, outcome, reason, carc, rarc,
          fix, grade, sentence, text, prose_html, ir, ir_sha256, origin, file, line,
          end_line,
          (SELECT json_group_array(json_array(sentence, condition))
           FROM card_answer WHERE rule = id) AS said,
          (SELECT json_group_array(fact) FROM rule_fact WHERE rule = id) AS facts
        FROM rule WHERE id IN (SELECT value FROM json_each(?))""",
        wanted,
    )
    found: dict[str, Rule] = {}
    for row in rows:
        rule_id = row["id"]
        row["ir"], row["rarc"] = json.loads(row["ir"]), tuple(json.loads(row["rarc"]))
        row["said"] = tuple(Said(*each) for each in json.loads(row["said"]))
        row["facts"] = tuple(sorted(json.loads(row["facts"])))
        found[rule_id] = Rule(
            **row,
            citations=tuple(Citation(**each) for each in citations[rule_id]),
            exceptions=tuple(exceptions[rule_id]),
        )
    return found


def _exceptions_of(kb: KnowledgeBase, wanted: str) -> dict[str, list[RuleException]]:
    sources = {
        row.pop("id"): row
        for row in kb.rows("SELECT id, title, url, grade, read_on FROM source")
    }
    found: dict[str, list[RuleException]] = defaultdict(list)
    for row in kb.rows(
        """SELECT rule, name, title, of, sentence, text, prose_html, file, line,
          citations
        FROM rule_exception WHERE rule IN (SELECT value FROM json_each(?))
        ORDER BY rule, position""",
        wanted,
    ):
        cited = json.loads(row.pop("citations"))
        citations = tuple(Citation(**each, **sources[each["source"]]) for each in cited)
        found[row.pop("rule")].append(RuleException(**row, citations=citations))
    return found


def codes_of_rule(kb: KnowledgeBase, rule_id: str) -> tuple[Member, ...]:
    """The rule's scope on its own days, in code order; empty: every line, or none."""
    rows = kb.rows(
        """SELECT r.code, c.label, r.from_day, r.through_day
        FROM rule_code r JOIN code c ON c.id = r.code
        WHERE r.rule = ? ORDER BY r.code, r.from_day""",
        rule_id,
    )
    return tuple(Member(**row) for row in rows)


def gaps(kb: KnowledgeBase) -> tuple[PolicyRule, ...]:
    """Every declared gap of a deciding policy, with the policy."""
    ids = kb.column(
        """SELECT r.id FROM rule r JOIN policy_version v ON v.id = r.policy_version
        WHERE r.kind = 'gap' AND v.status <> 'shared'""",
    )
    return with_policies(kb, ids)


def with_policies(kb: KnowledgeBase, rule_ids: Iterable[str]) -> tuple[PolicyRule, ...]:
    """Rules with their policies, in order of payer, contractor, policy and position."""
    found = rules(kb, rule_ids)
    versions = policy_versions(kb, (rule.policy_version for rule in found.values()))
    places = {version_id: place for place, version_id in enumerate(versions)}
    ordered = sorted(
        found.values(), key=lambda rule: (places[rule.policy_version], rule.position)
    )
    return tuple(PolicyRule(rule, versions[rule.policy_version]) for rule in ordered)
