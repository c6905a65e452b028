"""Every code that a model names anywhere, as rows, with its groups and add-ons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dsl.base.model import Code, CodeSet, Model
from kb.build.labels import diagnosis_labels
from kb.build.prose import read_prose
from kb.build.references import Mentions
from kb.database.row_values import citation_rows, day_text
from kb.database.table_rows import Rows
from kb.database.word_rows import (
    CodeAddOnRow,
    CodeCitationRow,
    CodeGroupingRow,
    CodeGroupMemberRow,
    CodeRow,
)

KIND_ORDER = ("procedure", "diagnosis", "modifier", "place", "word")
"""A code of two kinds (24 is a modifier and a place) has one row, of the first."""


def code_rows(model: Model, kinds: Mapping[str, str]) -> Rows:
    """Rows of codes, add-ons, groupings and their members; ``kinds`` has every code."""
    known = {code.code: code for code in model.codes}
    groupings = sorted(model.groupings, key=lambda grouping: grouping.key)
    return {
        "code": [
            _row_of(code, kind, known.get(code)) for code, kind in sorted(kinds.items())
        ],
        "code_add_on": [
            CodeAddOnRow(code, base)
            for code, item in sorted(known.items())
            for base in sorted(set(item.add_on_to))
        ],
        "code_citation": [
            row
            for code, item in sorted(known.items())
            for row in citation_rows(CodeCitationRow, code, item.citations)
        ],
        "code_grouping": [
            CodeGroupingRow(
                id=grouping.key,
                title=grouping.title,
                prose_html=read_prose(grouping.prose).html,
                file=grouping.place.file,
                line=grouping.place.line,
            )
            for grouping in groupings
        ],
        "code_group_member": [
            CodeGroupMemberRow(
                grouping.key,
                member.group,
                member.code,
                day_text(member.span.start),
                day_text(member.span.end),
            )
            for grouping in groupings
            for member in grouping.members
        ],
    }


def kinds_of_codes(
    model: Model, code_sets: Iterable[CodeSet], mentions: Iterable[Mentions]
) -> dict[str, str]:
    """Every code with its kind: of items, groupings, code sets and rules."""
    kinds: dict[str, str] = {}
    for kind, code in set(_codes_in(model, code_sets, mentions)):
        before = kinds.get(code)
        if before is None or KIND_ORDER.index(kind) < KIND_ORDER.index(before):
            kinds[code] = kind
    return kinds


def _codes_in(
    model: Model, code_sets: Iterable[CodeSet], mentions: Iterable[Mentions]
) -> Iterator[tuple[str, str]]:
    for item in model.codes:
        yield "procedure", item.code
        yield from (("procedure", base) for base in item.add_on_to)
    for grouping in model.groupings:
        yield from (("procedure", member.code) for member in grouping.members)
    for code_set in code_sets:
        yield from ((code_set.kind, member.code) for member in code_set.members)
    for named in mentions:
        yield from ((mention.kind, mention.code) for mention in named.codes)


def _row_of(code: str, kind: str, item: Code | None) -> CodeRow:
    if item is None:
        label = diagnosis_labels().get(code, "") if kind == "diagnosis" else ""
        return CodeRow(code, kind, label, "", "", "", "", None, None)
    return CodeRow(
        id=code,
        kind=kind,
        label=item.label,
        imaging=item.imaging,
        global_days=item.global_days,
        sides=item.sides,
        prose_html=read_prose(item.prose).html,
        file=item.place.file,
        line=item.place.line,
    )
