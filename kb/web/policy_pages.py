"""The page of a policy version, and the text of any policy file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from kb.plain.trade import codes_words
from kb.read.policy_store import file_text, policy_detail
from kb.read.records import PolicyDetail, Rule
from kb.read.store import KnowledgeBase, policies, policy
from kb.reference.duty_words import DUTIES
from kb.web.page import Page, PageProblem, not_loaded

LIMITING = frozenset({"limit", "limit-by", "interval"})


def policy_page(kb: KnowledgeBase, path: str, day: date | None) -> Page:
    """A policy version: by its id, in force on a day, or the latest."""
    chosen = policy(kb, path, day.isoformat() if day else None)
    if chosen is None and day is not None and policy(kb, path):
        message = f"No version of {path} that is loaded is in force on {day}."
        raise PageProblem(404, "Not in force", message)
    detail = policy_detail(kb, chosen.id) if chosen else None
    if detail is None:
        raise not_loaded("policy")
    return Page("kb/policy.html", _context(kb, detail))


def _context(kb: KnowledgeBase, detail: PolicyDetail) -> dict[str, object]:
    by = [
        {expected["by"] for expected in scenario.expect if expected["by"]}
        for scenario in detail.scenarios
    ]
    return {
        "policy": detail.policy,
        "versions": detail.versions,
        "citations": detail.citations,
        "changed": detail.changed,
        "dropped": detail.dropped,
        "based_here": [
            each for each in policies(kb) if each.based_on == detail.policy.policy
        ],
        "rules": detail.rules,
        "set_codes": {
            each.id: codes_words(member.code for member in each.members)
            for each in detail.code_sets
        },
        "limits": _limits_of(detail),
        "said": {each.id: _as_said(each) for each in detail.rules},
        "values": detail.values,
        "code_sets": detail.code_sets,
        "facts": detail.facts,
        "scenarios": detail.scenarios,
        "tested": Counter(name for names in by for name in names),
        "duties": DUTIES,
        "text": text_of(kb, detail.policy.file),
    }


@dataclass(frozen=True, slots=True)
class Limit:
    """A rule that counts or measures time, as cards say it on some days."""

    rule: Rule
    words: str
    condition: str


def _limits_of(detail: PolicyDetail) -> list[Limit]:
    """A shared text decides nothing by itself: it has none."""
    return [
        Limit(rule, each.sentence, each.condition)
        for rule in detail.rules
        if rule.duty in LIMITING
        for each in rule.said
    ]


def _as_said(rule: Rule) -> str:
    """A rule as cards say it last; of a shared text, as its compiler says it."""
    if not rule.said:
        return rule.sentence
    said = rule.said[-1]
    return f"{said.sentence}{f'; {said.condition}' if said.condition else ''}."


def text_of(kb: KnowledgeBase, path: str) -> str:
    """The text of a policy file as it was compiled; a problem when there is none."""
    found = file_text(kb, path)
    if found is None:
        raise not_loaded("file")
    return found


def text_page(kb: KnowledgeBase, path: str) -> Page:
    """A policy file with its lines numbered."""
    return Page(
        "kb/text.html",
        {
            "path": path,
            "text": text_of(kb, path),
            "policies": [each for each in policies(kb) if each.file == path],
        },
    )
