"""The pages about payers, sources, open points and search: rows in, contexts out."""

from __future__ import annotations

from itertools import groupby

from kb.read.rule_store import gaps
from kb.read.source_store import source, sources
from kb.read.store import KnowledgeBase
from kb.reference.audit import disagreements
from kb.reference.wording import GRADES, OUTCOMES
from kb.web.page import Page, not_loaded


def source_page(kb: KnowledgeBase, source_id: str) -> Page:
    """One document with the rules that stand on it."""
    found = source(kb, source_id)
    if found is None:
        raise not_loaded("source")
    deciding = [each for each in found.rules if each.policy.status != "shared"]
    cited_by = [each for each in found.policies if each.status != "shared"]
    return Page(
        "kb/source.html",
        {"source": found.source, "policies": cited_by, "rules": deciding},
    )


def sources_page(kb: KnowledgeBase) -> Page:
    """Every document, with its light."""
    return Page("kb/sources.html", {"sources": sources(kb)})


def gaps_page(kb: KnowledgeBase) -> Page:
    """Every open point by policy."""
    return Page("kb/gaps.html", kb.once(_open_points))


def _open_points(kb: KnowledgeBase) -> dict[str, object]:
    found = [
        {"policy": policy, "rules": [each.rule for each in members]}
        for policy, members in groupby(gaps(kb), lambda each: each.policy)
    ]
    return {"gaps": found, "disagreements": [*disagreements(kb.connection)]}


def about_page() -> Page:
    """What the answers mean."""
    return Page("kb/about.html", {"outcomes": OUTCOMES, "grades": GRADES})
