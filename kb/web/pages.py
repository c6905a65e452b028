"""The pages about payers, sources, open points and search: rows in, contexts out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from kb.read.families import families, family_title
from kb.read.records import Contractor
from kb.read.rule_store import gaps
from kb.read.source_store import source, sources
from kb.read.store import KnowledgeBase, payer
from kb.reference.audit import disagreements
from kb.reference.quick_reference import QuickReference, references_of_payer
from kb.reference.wording import GRADES, OUTCOMES
from kb.web.page import Page, not_loaded


def _states_of(found: tuple[Contractor, ...]) -> tuple[str, ...]:
    return tuple(sorted({state for each in found for state in each.states}))


@dataclass(frozen=True, slots=True)
class ReferenceGroup:
    """The policies of one contractor, or those that a payer decides itself."""

    anchor: str
    title: str
    states: tuple[str, ...]
    references: tuple[QuickReference, ...]


def payer_page(
    kb: KnowledgeBase, payer_id: str, day: date, state: str, family: str
) -> Page:
    """The quick reference of a payer on a day, for one state and family or for all."""
    detail = payer(kb, payer_id)
    if detail is None:
        raise not_loaded("payer")
    codes = families(kb, day)
    found = references_of_payer(kb, payer_id, day, state, codes.get(family))
    by_contractor = {each.id: each for each in detail.contractors}
    in_order = sorted(found, key=lambda each: _who_decides(each) + _what_decides(each))
    groups = [
        _reference_group(by_contractor.get(contractor or ""), tuple(members))
        for (_, _, contractor), members in groupby(in_order, _who_decides)
    ]
    return Page(
        "kb/payer.html",
        {
            "payer": detail.payer,
            "identifiers": detail.identifiers,
            "filing": detail.filing,
            "states": _states_of(detail.contractors),
            "state": state,
            "families": {each: family_title(each) for each in codes},
            "family": family if family in codes else "",
            "day": day.isoformat(),
            "groups": groups,
        },
    )


def _who_decides(reference: QuickReference) -> tuple[bool, bool, str]:
    """Contractors first, then what holds for all of them, then what holds for all payers."""
    policy = reference.policy
    return policy.any_payer, not policy.contractor, policy.contractor


def _what_decides(reference: QuickReference) -> tuple[bool, str]:
    """Coverage before billing."""
    return reference.policy.decides != "coverage", reference.policy.title


def _reference_group(
    contractor: Contractor | None, references: tuple[QuickReference, ...]
) -> ReferenceGroup:
    if contractor is None:
        if references[0].policy.any_payer:
            return ReferenceGroup("any", "Policies for any payer", (), references)
        return ReferenceGroup("own", "Policies", (), references)
    return ReferenceGroup(
        contractor.id, contractor.title, contractor.states, references
    )


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
