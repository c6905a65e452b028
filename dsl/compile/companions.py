"""Scenarios that stand in a file beside their policy, taken as if they stood in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from dsl.base.companions import POLICY, SCENARIOS, is_scenarios, stem
from dsl.base.diagnostics import Reporter
from dsl.resolve.overlay import Draft
from dsl.resolve.vocabulary import Sited
from dsl.syntax import nodes as n


def add_companions(
    documents: Iterable[tuple[n.Document, Reporter]], drafts: dict[str, list[Draft]]
) -> None:
    """Add each file's scenarios to the policy beside it; what belongs to none is reported."""
    beside = {
        stem(draft.head.report.file): (path, at)
        for path, versions in drafts.items()
        for at, draft in enumerate(versions)
    }
    for document, report in documents:
        if not is_scenarios(document.path):
            continue
        found = beside.get(stem(document.path))
        if found is None:
            report_alone(document, report)
            continue
        path, at = found
        drafts[path][at] = with_scenarios(drafts[path][at], document, report)


def with_scenarios(draft: Draft, document: n.Document, report: Reporter) -> Draft:
    """The policy with the scenarios behind what stands in its own file."""
    titled = report.within(draft.head.item.title.text)
    for item in document.items:
        if item.kind != "scenario":
            titled.at(
                item.name,
                "P003",
                f"This file holds scenarios only. Write this {item.kind} in "
                f"`{name_of(draft.head.report.file)}`, beside it.",
            )
    more = (
        Sited(item, titled, draft.path)
        for item in document.items
        if item.kind == "scenario"
    )
    return replace(draft, items=(*draft.items, *more))


def report_alone(document: n.Document, report: Reporter) -> None:
    """Report scenarios without the policy that they belong to."""
    first = document.items[0].name if document.items else n.Word(" ", 1, 1)
    report.at(
        first,
        "P003",
        f"A file of scenarios stands beside its policy, and no policy stands in "
        f"`{name_of(stem(document.path) + POLICY)}` here. Give both files one name: "
        f"`facet{POLICY}` and `facet{SCENARIOS}`.",
    )


def name_of(path: str) -> str:
    """The name of a file without its folder."""
    return PurePosixPath(path).name
