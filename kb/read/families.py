"""Families of procedures, as quick references and approval lists name them."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

from kb.read.knowledge_base import KnowledgeBase

FAMILIES = "family"
"""The grouping whose groups are the families of procedures."""
ONE_DAY = timedelta(days=1)

TITLES = {
    "basivertebral": "Basivertebral nerve ablation",
    "drug-test-definitive": "Definitive drug tests",
    "drug-test-presumptive": "Presumptive drug tests",
    "epidural": "Epidural injections",
    "facet-ablation": "Facet radiofrequency ablation",
    "facet-injection": "Facet injections and medial branch blocks",
    "peripheral-nerve": "Peripheral nerve blocks",
    "pump": "Infusion pumps",
    "sacroiliac": "Sacroiliac joint",
    "stimulation": "Spinal cord and nerve stimulation",
    "trigger-point": "Trigger point injections",
    "vertebral-augmentation": "Vertebroplasty and kyphoplasty",
}
"""The trade's names of the families that the shared words hold."""

UNKNOWN_CELLS = f"""SELECT p.id AS payer, g.code_group AS family FROM payer AS p
CROSS JOIN (SELECT DISTINCT code_group FROM code_group_member
            WHERE code_grouping = '{FAMILIES}') AS g
WHERE NOT EXISTS (
  SELECT 1 FROM rule AS r JOIN policy_version AS v ON v.id = r.policy_version
  JOIN rule_code AS c ON c.rule = r.id
  JOIN code_group_member AS m ON m.code = c.code AND m.code_grouping = '{FAMILIES}'
  WHERE m.code_group = g.code_group AND v.status <> 'shared'
    AND (v.payer = p.id OR v.payer IN (SELECT d.defers_to FROM policy_version AS d
         WHERE d.payer = p.id AND d.defers_to IS NOT NULL))
    AND (v.from_day IS NULL OR v.from_day <= :day)
    AND (v.through_day IS NULL OR :day <= v.through_day))"""
"""SQL: payers and families about which no policy in force on ``:day`` says anything.

A payer that follows another one's policies is known where the other is.
"""


def families(kb: KnowledgeBase, day: date) -> dict[str, frozenset[str]]:
    """The codes of each family on a day, in the order of the shared words."""
    days, text = days_of_families(kb), day.isoformat()
    at = bisect_right(days, text)
    since = days[at - 1] if at else ""
    return dict(kb.items(_read_families, [since])[since])


def _read_families(
    kb: KnowledgeBase, days: list[str]
) -> dict[str, dict[str, frozenset[str]]]:
    """By the first of some days on which they stay the same: the families."""
    return {day: _families_on(kb, day) for day in days}


def _families_on(kb: KnowledgeBase, day: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for family, code, first, last in kb.once(_members):
        if (first or "") <= day and (not last or day <= last):
            found.setdefault(family, set()).add(code)
    return {family: frozenset(codes) for family, codes in found.items()}


def days_of_families(kb: KnowledgeBase) -> tuple[str, ...]:
    """Every day on which a code comes into a family, or has left it, in order."""
    return kb.once(_days_of_families)


def _days_of_families(kb: KnowledgeBase) -> tuple[str, ...]:
    begun = {first for _, _, first, _ in kb.once(_members) if first}
    last = (date.fromisoformat(day) for _, _, _, day in kb.once(_members) if day)
    return tuple(sorted(begun | {(day + ONE_DAY).isoformat() for day in last}))


def codes_of_families(kb: KnowledgeBase) -> dict[str, frozenset[str]]:
    """The codes that each family has, or had, on any day."""
    found: dict[str, set[str]] = {}
    for family, code, _first, _last in kb.once(_members):
        found.setdefault(family, set()).add(code)
    return {family: frozenset(codes) for family, codes in found.items()}


def family_keys(kb: KnowledgeBase) -> tuple[str, ...]:
    """Every family of any day, in the order of the shared words."""
    return tuple(dict.fromkeys(member[0] for member in kb.once(_members)))


def _members(kb: KnowledgeBase) -> list[tuple[str, str, str | None, str | None]]:
    """Family, code and the days on which the code belongs to it."""
    return kb.connection.execute(
        "SELECT code_group, code, from_day, through_day FROM code_group_member"
        " WHERE code_grouping = ? ORDER BY rowid",
        (FAMILIES,),
    ).fetchall()


def family_title(family: str) -> str:
    """A family as the trade calls it; one without a name there, by its key."""
    return TITLES.get(family, family.replace("-", " ").capitalize())
