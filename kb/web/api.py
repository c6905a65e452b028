"""The JSON answers: small shapes of our own that change only by additions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from kb.asking.cms import told_json, told_on_page
from kb.asking.reader import understand
from kb.asking.saying import understood_json
from kb.asking.suggestions import page_opened
from kb.read.records import Policy
from kb.read.search import search
from kb.read.store import KnowledgeBase, contractors, payers
from kb.reference.card_rows import Row
from kb.reference.cards import Card, cards_of_code
from kb.reference.comparison import diagnosis_lists
from kb.reference.days import day_of
from kb.reference.diagnoses import diagnosis_table
from kb.tables.telling import told_of_diagnosis
from kb.web.code_page import found_code
from kb.web.diagnosis_page import table_json

Json = dict[str, Any]
MOST_HITS = 50


def payers_json(kb: KnowledgeBase) -> Json:
    """Payers with their contractors and states."""
    return {
        "payers": [
            {
                "id": each.id,
                "title": each.title,
                "line_of_business": each.line_of_business,
                "policies": each.policies,
                "rules": each.rules,
                "contractors": [
                    {"id": one.id, "title": one.title, "states": list(one.states)}
                    for one in contractors(kb, each.id)
                ],
            }
            for each in payers(kb)
        ]
    }


def search_json(kb: KnowledgeBase, query: str) -> Json:
    """What was understood, the page that answers, and hits, best first."""
    understood = understand(kb, query, day_of(None))
    opened = page_opened(kb, understood)
    return {
        "query": query,
        "understood": understood_json(understood),
        "title": opened.text if opened else "",
        "path": opened.path if opened else "",
        "hits": [
            {
                "kind": hit.kind,
                "id": hit.item,
                "title": hit.title,
                "subtitle": hit.subtitle,
                "path": hit.path,
                "snippet": hit.snippet,
            }
            for hit in search(kb.connection, query, limit=MOST_HITS)
        ],
    }


def code_json(kb: KnowledgeBase, code_id: str, day: date) -> Json:
    """One code across payers on a day; ``answers`` lists only what is known."""
    detail = found_code(kb, code_id)
    subject = detail.code
    found: Json = {
        "code": subject.id,
        "kind": subject.kind,
        "label": subject.label,
        "on": day.isoformat(),
        "add_on_to": [each.id for each in detail.add_on_to],
        "groups": [
            {"grouping": each.code_grouping, "group": each.code_group}
            for each in detail.groups
        ],
    }
    found["cms"] = told_json(
        told_on_page(kb, subject.id, day)
        if subject.kind == "procedure"
        else tuple(told_of_diagnosis(kb.cms, subject.id, day))
    )
    if subject.kind == "procedure":
        cards = cards_of_code(kb, subject.id, day)
        found["policies"] = [*_policies_json(cards)]
    if subject.kind == "diagnosis":
        found["lists"] = [
            {"policy": each.policy.id, "list": each.title, "holds": each.holds}
            for each in diagnosis_lists(kb, detail, day)
        ]
        found |= table_json(diagnosis_table(kb, detail.lists, day))
    return found


def _policies_json(cards: Iterable[Card]) -> Iterator[Json]:
    """Each policy once, with the rows of cards that it has a part in."""
    seen: set[str] = set()
    for card in cards:
        for policy in card.policies:
            if policy.id not in seen:
                seen.add(policy.id)
                yield _policy_json(card, policy)


def _policy_json(card: Card, policy: Policy) -> Json:
    answers = {cell.aspect.key: _rows_json(cell.rows, policy) for cell in card.cells}
    return {
        "policy": policy.id,
        "payer": policy.payer or None,
        "contractor": policy.contractor or None,
        "states": list(policy.states),
        "answers": {key: rows for key, rows in answers.items() if rows},
        "open_points": [row.sentence for row in card.gaps if policy.id in row.policies],
    }


def _rows_json(rows: Iterable[Row], policy: Policy) -> list[Json]:
    return [
        {
            "text": row.sentence,
            "details": [row.condition] if row.condition else [],
            "outcome": row.outcome,
            "grade": row.grade,
            "path": row.path,
        }
        for row in rows
        if policy.id in row.policies and row.rules
    ]
