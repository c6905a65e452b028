"""The pages about payers, sources, open points and search: rows in, contexts out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from kb.read.rule_store import gaps
from kb.read.search import Hit, search_kinds
from kb.read.source_store import source, sources
from kb.read.store import KnowledgeBase
from kb.reference.audit import disagreements
from kb.reference.wording import GRADES, OUTCOMES
from kb.web.counts import counted
from kb.web.page import Page, not_loaded

KINDS = {
    "code": "Codes",
    "payer": "Payers",
    "policy": "Policies",
    "rule": "Rules",
    "source": "Sources",
}
SHOWN_OF_A_KIND = 8
SHOWN_OF_ONE_KIND = 100


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The hits of one kind, and the address of more when there are more."""

    kind: str
    title: str
    hits: tuple[dict[str, object], ...]
    more: str


def search_page(kb: KnowledgeBase, query: str, kind: str) -> Page:
    """What the words find, the codes that they name first."""
    alone = kind in KINDS
    kinds = [kind] if alone else list(KINDS)
    most = SHOWN_OF_ONE_KIND if alone else SHOWN_OF_A_KIND
    found = search_kinds(kb.connection, query, kinds, limit=most + 1)
    groups = [_hit_group(query, each, found[each], most, alone=alone) for each in kinds]
    counts = counted(kb)
    words = ("rules", "policies", "sources", "codes", "payers")
    searched = ", ".join(f"{counts[each]} {each}" for each in words)
    return Page(
        "kb/search.html",
        {
            "query": query,
            "groups": [group for group in groups if group.hits],
            "searched": searched,
        },
        may_store=not query,
    )


def _hit_group(
    query: str, kind: str, found: list[Hit], most: int, *, alone: bool
) -> HitGroup:
    named = _code_typed(query)
    more = f"/search?{urlencode({'q': query, 'kind': kind})}"
    return HitGroup(
        kind=kind,
        title=KINDS[kind],
        hits=tuple(_hit_shown(hit, named) for hit in found[:most]),
        more=more if len(found) > most and not alone else "",
    )


def _hit_shown(hit: Hit, named: str) -> dict[str, object]:
    return {
        "path": hit.path,
        "title": hit.title,
        "subtitle": hit.subtitle,
        "snippet": hit.snippet,
        "snippet_html": hit.snippet_html,
        "exact": hit.kind == "code" and hit.item.replace(".", "") == named,
    }


def _code_typed(query: str) -> str:
    return query.strip().upper().replace(".", "")


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
    found = [
        {"policy": policy, "rules": [each.rule for each in members]}
        for policy, members in groupby(gaps(kb), lambda each: each.policy)
    ]
    return Page(
        "kb/gaps.html",
        {"gaps": found, "disagreements": [*disagreements(kb.connection)]},
    )


def about_page() -> Page:
    """What the answers mean."""
    return Page("kb/about.html", {"outcomes": OUTCOMES, "grades": GRADES})
