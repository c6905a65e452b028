"""Answers in five shapes: table, CSV, JSON, Markdown, SQL."""

from __future__ import annotations

import csv
import io
import json
from textwrap import wrap

from kb.cells import csv_cell, markdown_cell
from kb.questions.answer import Answer

WIDTH = 110
NARROWEST = 12


def render(answer: Answer, form: str) -> str:
    """The answer in a format of the query language, ending in a newline."""
    shapes = {
        "table": as_table,
        "csv": as_csv,
        "json": as_json,
        "markdown": as_markdown,
        "sql": as_sql,
    }
    return shapes[form](answer)


def words(cell: object) -> str:
    """A cell as text."""
    return "" if cell is None else str(cell)


def remarks(answer: Answer) -> list[str]:
    """What every readable shape ends with."""
    rows = len(answer.rows)
    head = f"{rows} row{'s' if rows != 1 else ''}"
    if not rows:
        head = "no row, which is not a no"
    return [
        f"{head}; searched: {'; '.join(answer.searched)}",
        *(f"not known: {line}" for line in answer.not_known),
    ]


def as_table(answer: Answer) -> str:
    """Columns side by side, long cells wrapped."""
    cells = [[words(cell) for cell in row] for row in answer.rows]
    widths = fitted([list(answer.columns), *cells])
    lines = [laid_out([list(answer.columns)], widths), ["-" * w for w in widths]]
    text = [*lines[0], "  ".join(lines[1])]
    for row in cells:
        text += laid_out([row], widths)
    return (
        "\n".join([*(line.rstrip() for line in text if cells), *remarks(answer)]) + "\n"
    )


def fitted(rows: list[list[str]]) -> list[int]:
    """Widths of columns: as wide as needed, the widest shrunk to fit the page.

    Names are not broken as long as a column of sentences can be narrower.
    """
    columns = range(len(rows[0]))
    widths = [max(len(row[i]) for row in rows) for i in columns]
    sentences = [i for i in columns if any(" " in row[i] for row in rows[1:])]
    while sum(widths) + 2 * len(widths) > WIDTH:
        wide = [i for i in sentences if widths[i] > NARROWEST]
        wide = wide or [i for i in columns if widths[i] > NARROWEST]
        if not wide:
            break
        widths[max(wide, key=lambda i: widths[i])] -= 1
    return widths


def laid_out(rows: list[list[str]], widths: list[int]) -> list[str]:
    """Rows as lines of fixed columns."""
    found = []
    for row in rows:
        parts = [
            wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)
        ]
        for i in range(max(len(part) for part in parts)):
            cells = [part[i] if i < len(part) else "" for part in parts]
            found.append(
                "  ".join(f"{c:<{w}}" for c, w in zip(cells, widths, strict=True))
            )
    return found


def as_csv(answer: Answer) -> str:
    """Comma-separated values with a header; the remarks are not in it.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([csv_cell(cell) for cell in row] for row in answer.rows)
    return out.getvalue()


def as_json(answer: Answer) -> str:
    """Rows as objects, with what was searched and what is not known."""
    found = {
        "as_of": answer.plan.as_of.isoformat(),
        "rows": [dict(zip(answer.columns, row, strict=True)) for row in answer.rows],
        "searched": list(answer.searched),
        "not_known": list(answer.not_known),
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def as_markdown(answer: Answer) -> str:
    """A Markdown table, then the remarks."""

    def line(cells: list[str]) -> str:
        return "| " + " | ".join(map(markdown_cell, cells)) + " |"

    rows = [line([words(cell) for cell in row]) for row in answer.rows]
    head = [line(list(answer.columns)), line(["---"] * len(answer.columns))]
    return "\n".join([*head, *rows, "", *remarks(answer)]) + "\n"


def as_sql(answer: Answer) -> str:
    """The SQL that was run, with its parameters."""
    given = "\n".join(
        f"-- :{k} = {v}" for k, v in sorted(answer.plan.parameters.items())
    )
    return f"{answer.plan.sql}\n{given}\n"
