"""Who is loaded: every payer with its contractors, whom it follows and who approves for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from kb.read.records import Contractor, Payer, Policy
from kb.read.store import KnowledgeBase, contractors, grouped, payers, policies
from kb.reference.territory import is_of_other_states
from kb.web.page import Page


@dataclass(frozen=True, slots=True)
class PayerRow:
    """One payer on the page of all."""

    payer: Payer
    identifiers: tuple[str, ...]
    contractors: tuple[Contractor, ...]
    follows: tuple[str, ...]
    """Titles of the payers whose coverage policies hold for its claims too."""
    delegates: tuple[str, ...]
    """Who decides approvals in its place."""


def payers_page(kb: KnowledgeBase, day: date, state: str = "") -> Page:
    """Every payer by its line of business, Medicare's first.

    With a state, payers of other states only stand last.
    """
    in_force: dict[str, list[Policy]] = {}
    for each in policies(kb, on=day.isoformat()):
        in_force.setdefault(each.payer, []).append(each)
    titles = {each.id: each.title for each in payers(kb)}
    rows = [
        _row(kb, each, in_force.get(each.id, []), titles)
        for each in sorted(payers(kb), key=medicare_first)
    ]
    others = [each for each in rows if is_of_other_states(kb, each.payer.id, state)]
    here = [each for each in rows if each not in others]
    by_line = groupby(here, lambda row: row.payer.line_of_business)
    lines = {line: tuple(own) for line, own in by_line}
    if others:
        lines["other-states"] = tuple(others)
    return Page("kb/payers.html", {"lines": lines, "number": len(rows)})


def medicare_first(found: Payer) -> tuple[bool, str, str]:
    """The order of payers: Medicare, then by line of business and title."""
    line = found.line_of_business
    return line != "medicare", line, found.title


def _row(
    kb: KnowledgeBase, payer: Payer, own: list[Policy], titles: dict[str, str]
) -> PayerRow:
    followed = {each.defers_to for each in own} - {""}
    return PayerRow(
        payer=payer,
        identifiers=kb.once(_identifiers).get(payer.id, ()),
        contractors=contractors(kb, payer.id),
        follows=tuple(sorted(titles[each] for each in followed)),
        delegates=tuple(sorted({each.delegated_to for each in own} - {""})),
    )


def _identifiers(kb: KnowledgeBase) -> dict[str, tuple[str, ...]]:
    rows = kb.rows(
        "SELECT payer, value FROM payer_match WHERE kind = 'identifier' ORDER BY value"
    )
    return {
        payer: tuple(each["value"] for each in own)
        for payer, own in grouped(rows, "payer").items()
    }
