"""What a policy says of its first day, and of the version whose text was read."""

from __future__ import annotations

from typing import Literal

from dsl.base.diagnostics import Reporter
from dsl.base.model import Citation, FirstDay, Grade, Span
from dsl.resolve.cited import resolved
from dsl.resolve.context import Context
from dsl.resolve.values import read_date
from dsl.resolve.vocabulary import Sited, lines_of, word_under
from dsl.syntax import nodes as n


def first_day_of(
    head: Sited, span: Span, context: Context, report: Reporter
) -> FirstDay:
    """Who states the first day, and how old the text is that answers from then on."""
    line = next(lines_of(head.item, n.FirstDay), None)
    stated, grade = statement(line, head, context, report)
    written = word_under(head.item, "read in")
    read_in = read_date(written, report) if written else None
    if written and read_in and span.start and read_in < span.start:
        report.at(
            written,
            "P016",
            f"The version that was read is of {read_in}, before the policy's first day "
            f"({span.start}). `read in:` names a later version; else leave it out.",
        )
    return FirstDay(
        stated=stated,
        grade=grade,
        found=line is None or line.ref is not None,
        read_in=read_in,
    )


def statement(
    line: n.FirstDay | None, head: Sited, context: Context, report: Reporter
) -> tuple[Citation | None, Grade | Literal[""]]:
    """The passage that states the first day, and the grade of its source."""
    if line is None or line.ref is None:
        return None, ""
    written = (Citation(line.ref.text, line.passage),)
    found = resolved(written, head, context, report)
    if not found:
        return None, ""
    return found[0], context.words.sources[found[0].source].grade
