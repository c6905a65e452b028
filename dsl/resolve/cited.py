"""Sources that one policy cites: by their names, or by the role that a shared text gives them."""

from __future__ import annotations

from dataclasses import replace

from dsl.base.diagnostics import Reporter
from dsl.base.model import (
    Citation,
)
from dsl.resolve.context import Context
from dsl.resolve.vocabulary import (
    Sited,
    citations_of,
    lines_of,
    word_under,
)
from dsl.syntax import nodes as n


def own_cite(context: Context) -> str:
    """A line that cites the source which the policy itself cites; nothing without one."""
    if context.effective is None:
        return ""
    cited = citations_of(context.effective.draft.head.item)
    known = [c.source for c in cited if source_key(c.source, context)]
    return f"cite: {known[0]}" if known else ""


def resolved(
    citations: tuple[Citation, ...], sited: Sited, context: Context, report: Reporter
) -> tuple[Citation, ...]:
    """Citations with document roles replaced by this policy's own documents.

    In a shared text a role stays open and its citation is left out.
    """
    found = []
    for citation in citations:
        key = source_key(citation.source, context)
        if key:
            found.append(replace(citation, source=key))
        elif not is_shared(context):
            report_unknown_source(citation.source, sited, context, report)
    return tuple(found)


def source_key(ref: str, context: Context) -> str:
    """The source that a citation means here; empty when there is none."""
    lineage = context.effective.lineage if context.effective else ()
    for path in lineage:
        if (path, ref) in context.words.stands_for:
            return context.words.stands_for[path, ref]
    return ref if ref in context.words.sources else ""


def is_shared(context: Context) -> bool:
    """Whether this is a text that only serves as a base."""
    if context.effective is None:
        return False
    status = word_under(context.effective.draft.head.item, "status")
    return status is not None and status.text == "shared"


def report_unknown_source(
    ref: str, sited: Sited, context: Context, report: Reporter
) -> None:
    """Report a citation of a source that nobody declares, or of an empty role."""
    cite = next(
        (line.ref for line in lines_of(sited.item, n.Cite) if line.ref.text == ref),
        sited.item.name,
    )
    inherited = context.effective and sited.origin not in (
        "",
        context.effective.draft.path,
    )
    if inherited and context.effective:
        head = context.effective.draft.head
        head.report.at(
            head.item.name,
            "P029",
            f"No source of this policy stands for `{ref}`, which the text that it is "
            f"based on cites. Write `stands for: {ref}` in the source that it is.",
        )
        return
    report.at(
        cite,
        "P010",
        f"There is no source `{ref}`. Declare it: `source {ref}: Title`.",
        fix=context.near(ref, "source"),
    )
