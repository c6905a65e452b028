"""The pages about payers, sources, open points and search: rows in, contexts out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from kb.read.records import Contractor, Payer, Source
from kb.read.rule_store import gaps
from kb.read.search import Hit, search_kinds
from kb.read.source_store import source, sources
from kb.read.store import KnowledgeBase, Row, contractors, payers
from kb.reference.audit import disagreements
from kb.reference.days import LIGHT_WORDS, light
from kb.reference.wording import GRADES, OUTCOMES
from kb.web.page import Page, not_loaded

STATES = frozenset(
    {"AK", "AL", "AR", "AS", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "GU", "HI"}
    | {"IA", "ID", "IL", "IN", "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO"}
    | {"MP", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY", "OH", "OK"}
    | {"OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VI", "VT", "WA"}
    | {"WI", "WV", "WY"}
)
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
class PayerCard:
    """A payer on the first page."""

    payer: Payer
    states: tuple[str, ...]
    """Where it has contractors; none when it decides everywhere itself."""
    missing_states: tuple[str, ...]


def home_page(kb: KnowledgeBase, today: date) -> Page:
    """The first page: the search, who is loaded, what is not, how fresh it is."""
    counts = counted(kb)
    found = sources(kb)
    dated = [each for each in found if each.review_by]
    return Page(
        "kb/home.html",
        {
            "kinds": _by_line_of_business(kb),
            "counts": counts,
            "procedures": kb.once(_procedures),
            "oldest": min(dated, key=_review_day, default=None),
            "lights_count": dict.fromkeys(LIGHT_WORDS, 0)
            | Counter(light(each.review_by, today) for each in found),
        },
    )


def _procedures(kb: KnowledgeBase) -> list[Row]:
    """The codes that rules of deciding policies are for."""
    return kb.rows(
        """SELECT id, label FROM code WHERE id IN (
          SELECT c.code FROM rule_code c JOIN rule r ON r.id = c.rule
          JOIN policy_version v ON v.id = r.policy_version
          WHERE v.status <> 'shared') ORDER BY id"""
    )


def _review_day(found: Source) -> tuple[str, str]:
    return found.review_by or "", found.id


def _by_line_of_business(kb: KnowledgeBase) -> dict[str, list[PayerCard]]:
    """Payers of each line of business, Medicare's first."""
    in_order = sorted(payers(kb), key=_medicare_first)
    return {
        line: [_card(kb, each) for each in own]
        for line, own in groupby(in_order, lambda each: each.line_of_business)
    }


def _medicare_first(found: Payer) -> tuple[bool, str, str]:
    line = found.line_of_business
    return line != "medicare", line, found.title


def _card(kb: KnowledgeBase, found: Payer) -> PayerCard:
    states = _states_of(contractors(kb, found.id))
    missing = tuple(sorted(STATES - set(states))) if states else ()
    return PayerCard(found, states, missing)


def _states_of(found: tuple[Contractor, ...]) -> tuple[str, ...]:
    return tuple(sorted({state for each in found for state in each.states}))


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
