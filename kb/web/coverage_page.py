"""Who says what: the grid of payers and families, and what is missing or in dispute."""

from __future__ import annotations

from itertools import groupby

from kb.read.store import KnowledgeBase
from kb.reference.coverage_grid import ENOUGH, QUESTIONS, coverage_grid
from kb.web.api import Json
from kb.web.page import Page
from kb.web.payers_page import medicare_first
from kb.web.where import Where, day_shown


def coverage_page(kb: KnowledgeBase, where: Where) -> Page:
    """The grid, a table a line of business."""
    grid = coverage_grid(kb, day_shown(where), where.state, where.place)
    rows = sorted(grid.rows, key=lambda row: medicare_first(row.payer))
    lines = groupby(rows, lambda row: row.payer.line_of_business)
    return Page(
        "kb/coverage.html",
        {
            "grid": grid,
            "lines": {line: tuple(own) for line, own in lines},
            "enough": ENOUGH,
            "questions": QUESTIONS,
        },
    )


def coverage_json(kb: KnowledgeBase, where: Where) -> Json:
    """The same for programs."""
    grid = coverage_grid(kb, day_shown(where), where.state, where.place)
    return {
        "on": day_shown(where).isoformat(),
        "questions": QUESTIONS,
        "families": [
            {"key": each.key, "title": each.title, "codes": sorted(each.codes)}
            for each in grid.families
        ],
        "payers": [
            {
                "payer": row.payer.id,
                "families": {
                    cell.family: {
                        "known": cell.how,
                        "answered": cell.answered,
                        "stale": cell.is_stale,
                    }
                    for cell in row.cells
                },
            }
            for row in grid.rows
        ],
    }
