"""The page of a code: what it is, and every payer side by side."""

from __future__ import annotations

from datetime import date

from kb.read.code_store import code
from kb.read.records import CodeDetail
from kb.read.store import KnowledgeBase
from kb.reference.comparison import compare_policies, diagnosis_lists, other_uses
from kb.web.page import Page, PageProblem


def found_code(kb: KnowledgeBase, code_id: str) -> CodeDetail:
    """The code, in any case and with or without its point; a problem when unknown."""
    written = code_id.upper()
    pointed = f"{written[:3]}.{written[3:]}"
    detail = code(kb, written) or code(kb, pointed)
    if detail is None:
        message = (
            "No rule or list that is loaded names this code. "
            "That is no answer to whether it is covered."
        )
        raise PageProblem(404, f"{code_id[:20]} is not loaded", message)
    return detail


def code_page(kb: KnowledgeBase, code_id: str, day: date) -> Page:
    """A procedure code with its comparison, a diagnosis with the lists that hold it."""
    detail = found_code(kb, code_id)
    is_diagnosis = detail.code.kind == "diagnosis"
    lists = diagnosis_lists(kb, detail, day) if is_diagnosis else None
    comparison = None
    if detail.code.kind == "procedure":
        comparison = compare_policies(kb, detail, day)
    return Page(
        "kb/code.html",
        {
            "code": detail.code,
            "citations": detail.citations,
            "groups": detail.groups,
            "add_on_to": detail.add_on_to,
            "add_ons": detail.add_ons,
            "day": day.isoformat(),
            "comparison": comparison,
            "lists": lists,
            "uses": other_uses(detail, [each.path for each in lists or ()], day),
            "in_lists": detail.lists,
        },
    )
