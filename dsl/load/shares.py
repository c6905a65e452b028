"""How many lines of policy files are rules, scenarios, sources and the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dsl.base.companions import is_scenarios, is_words
from dsl.base.model import File
from dsl.syntax.parser import parse

PARTS = {
    "rules": ("rule", "exception", "change", "drop"),
    "gaps": ("gap",),
    "sources": ("source",),
    "heads of policies and payers": ("policy", "payer", "contractor", "reasons"),
    "lists, values and words": ("codes", "code", "value", "grouping", "define", "fact"),
    "scenarios": ("scenario",),
}
"""What a reader calls the parts of a file, each with its kinds of item."""
BESIDE = "scenarios beside them"
"""The lines of ``.scenarios`` files, which are no lines of policy files."""


def shares(files: Iterable[File]) -> dict[str, int]:
    """Lines by part; comments and empty lines above an item count with it."""
    part_of = {kind: part for part, kinds in PARTS.items() for kind in kinds}
    found = Counter(dict.fromkeys((*PARTS, BESIDE), 0))
    for file in files:
        if is_words(file.path):  # no line of it is policy
            continue
        lines = file.text.count("\n")
        if is_scenarios(file.path):
            found[BESIDE] += lines
            continue
        items = parse(file.text, file.path).document.items
        ends = [0, *(item.end_line for item in items[:-1]), lines]
        for item, start, end in zip(items, ends, ends[1:], strict=False):
            found[part_of[item.kind]] += end - start
    return dict(found)
