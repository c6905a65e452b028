"""The JSON answers: small shapes of our own that change only by additions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from kb.asking.reader import understand
from kb.asking.saying import understood_json
from kb.asking.suggestions import page_opened
from kb.read.search import search
from kb.read.store import KnowledgeBase, contractors, payers
from kb.reference.comparison import Column, compare_policies, diagnosis_lists
from kb.reference.days import day_of
from kb.reference.quick_reference import Entry
from kb.web.code_page import found_code

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
    if subject.kind == "procedure":
        columns = compare_policies(kb, detail, day).columns
        found["policies"] = [_column_json(column) for column in columns]
    if subject.kind == "diagnosis":
        found["lists"] = [
            {"policy": each.policy.id, "list": each.title, "holds": each.holds}
            for each in diagnosis_lists(kb, detail, day)
        ]
    return found


def _column_json(column: Column) -> Json:
    return {
        "policy": column.policy.id,
        "payer": column.policy.payer or None,
        "contractor": column.policy.contractor or None,
        "states": list(column.policy.states),
        "answers": {
            cell.aspect.key: _entries_json(cell.entries)
            for cell in column.cells
            if cell.entries
        },
        "open_points": [entry.text for entry in column.gaps],
    }


def _entries_json(entries: Iterable[Entry]) -> list[Json]:
    return [
        {
            "text": entry.text,
            "details": [detail.text for detail in entry.details],
            "outcome": entry.outcome,
            "grade": entry.grade,
            "path": entry.path,
        }
        for entry in entries
    ]
