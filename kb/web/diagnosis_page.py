"""The page of a diagnosis: which procedures' lists hold it, payer by payer."""

from __future__ import annotations

from datetime import date

from kb.read.knowledge_base import KnowledgeBase
from kb.read.records import CodeDetail, Json
from kb.reference.comparison import other_uses
from kb.reference.diagnoses import DiagnosisTable, diagnosis_table
from kb.tables.telling import told_of_diagnosis
from kb.web.page import Page


def diagnosis_page(
    kb: KnowledgeBase, detail: CodeDetail, day: date, state: str
) -> Page:
    """Family by payer: on the list, not on it, or no list loaded."""
    table = diagnosis_table(kb, detail.lists, day, state)
    paths = [cell.path for each in table.deciders for cell in each.cells if cell]
    return Page(
        "kb/diagnosis.html",
        {
            "code": detail.code,
            "cms_says": tuple(
                each
                for each in told_of_diagnosis(kb.cms, detail.code.id, day)
                if each.answers
            ),
            "citations": detail.citations,
            "day": day.isoformat(),
            "state": state,
            "table": table,
            "uses": other_uses(detail, paths, day),
            "in_lists": detail.lists,
        },
    )


def table_json(table: DiagnosisTable) -> Json:
    """The same for programs: by family and decider."""
    return {
        "families": [each.key for each in table.families],
        "deciders": [
            {
                "payer": each.payer or None,
                "title": each.title,
                "states": list(each.states),
                "families": {
                    family.key: {
                        "on_list": cell.held,
                        "for": cell.codes or None,
                        "path": cell.path,
                    }
                    for family, cell in zip(table.families, each.cells, strict=True)
                    if cell
                },
            }
            for each in table.deciders
        ],
        "no_list_loaded": {
            each.family.key: [key for key, _ in each.payers] for each in table.without
        },
    }
