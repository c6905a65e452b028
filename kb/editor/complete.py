"""What may stand at the cursor: labels, the closed vocabulary, names and codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dsl.base.labels import ITEM_KINDS, LINES_OF, REASON_KINDS
from dsl.compile.compiler import DECIDES, STATUSES
from dsl.compile.single_tests import AUTHORIZATIONS
from dsl.resolve.vocabulary import (
    CLAIM_FIELDS,
    FACT_KINDS,
    FACT_SCOPES,
    GLOBAL_DAYS,
    GRADES,
    GROUPS_OF_A_LINE,
    LINE_FIELDS,
)
from dsl.suggest.expectations import EXAMPLES, HEADS
from dsl.syntax.nodes import Item
from kb.editor.index import Index

OUTCOMES = ("deny", "fix", "review", "note", "needs evidence", "needs auth")
WINDOWS = (
    "in any 12 months", "in each calendar year", "in each plan year", "in one session",
    "on one date", "in a lifetime",
)  # fmt: skip
GROUPS = ("all of", "any of", "none of", "at least 2 of")
TESTS = (
    "diagnosis in", "primary diagnosis in", "no diagnosis in", "modifier",
    "at least 1 earlier", "no earlier", "at least 1 same-day",
    "billed once", "billed on both sides", *CLAIM_FIELDS, *LINE_FIELDS,
)  # fmt: skip
FIXED: dict[str, tuple[str, ...]] = {
    "kind": FACT_KINDS,
    "of": FACT_SCOPES,
    "grade": GRADES,
    "status": STATUSES,
    "decides": DECIDES,
    "claims": ("professional", "facility"),
    "covered": ("never", "without a policy"),
    "imaging": ("included", "not-included"),
    "sides": ("paired", "single"),
    "global": GLOBAL_DAYS,
    "otherwise": (*OUTCOMES, *(f"deny for {kind}" for kind in REASON_KINDS)),
    "if unknown": OUTCOMES,
    "if when unknown": OUTCOMES,
    "counting": ("with modifier", "without modifier", "denied too", "own claims"),
    "in force": ("from", "through"),
    "limit": WINDOWS,
    "first day": ("not found",),
    "read in": ("version of",),
    "not carried": ("by defers to",),
}
"""The words of labels whose words are known beforehand."""
ROLES: dict[str, tuple[str, ...]] = {
    "for": ("codes",), "not with": ("codes",), "bill as": ("codes",),
    "include": ("codes",), "exclude": ("codes",),
    "add-on to": ("codes",), "line": ("codes",), "earlier": ("codes", "fact"),
    "looking at": ("codes", "grouping"), "cite": ("source",), "first day": ("source",),
    "based on": ("policy",),
    "payer": ("payer",), "defers to": ("payer",), "contractor": ("contractor",),
    "like": ("scenario",), "expect": ("rule", "fact"), "chart": ("fact",),
    "when": ("test", "codes"), "unless": ("test", "codes"), "means": ("test", "codes"),
    "require": ("test", "codes", "value"), "limit by": ("fact",), "interval": ("grouping",),
}  # fmt: skip
BULLET = re.compile(r"\s*-{1,3}\s")
LABEL = re.compile(r"\s*([a-z][a-z -]*?)(?: \S+)?\s*:")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text that may stand at the cursor."""

    text: str
    kind: str
    """``label``, ``word``, ``item``, or the kind of item that it names."""
    detail: str = ""


def proposals(
    before: str, above: list[str], item: Item | None, path: str, index: Index
) -> Iterator[Proposal]:
    """What may follow ``before``, the text of the line up to the cursor.

    ``above`` are the lines above it, the nearest last; ``item`` the item that holds it.
    """
    label = label_of(before, above)
    if label is None:
        yield from openings(before, item)
        return
    for word in FIXED.get(label, ()):
        yield Proposal(word, "word")
    if label in ("when", "unless", "require", "means"):
        yield from (Proposal(word, "word") for word in (*GROUPS, *TESTS))
    if re.search(r"\b(per|same) \S*$", before):
        yield from (Proposal(word, "word") for word in GROUPS_OF_A_LINE)
        yield from named(("grouping",), path, index)
        return
    if before.rstrip().endswith("authorization is"):
        yield from (Proposal(word, "word") for word in AUTHORIZATIONS)
    yield from named(ROLES.get(label, ()), path, index)


def named(roles: tuple[str, ...], path: str, index: Index) -> Iterator[Proposal]:
    """The names that fit one of the roles in a file."""
    for role in roles:
        for name, declared in index.names(role, path).items():
            yield Proposal(name, declared.item.kind, declared.item.title.text)


def label_of(before: str, above: list[str]) -> str | None:
    """The label of the line at the cursor; of a bullet or continuation, that above it."""
    bare = before.lstrip()
    if match := LABEL.match(before):
        return label_in(match)
    nearest = next((line for line in reversed(above) if line.strip()), "")
    goes_on = BULLET.match(before) or nearest.rstrip().endswith(",")
    if not (goes_on or (bare.startswith("-"))):
        return None
    for line in reversed(above):
        if not BULLET.match(line) and (match := LABEL.match(line)):
            return label_in(match)
    return None


def label_in(match: re.Match[str]) -> str:
    """A label; ``line 1`` and ``limit by fact`` without what varies in them."""
    words = match.group(0).strip().rstrip(":").strip()
    for known in ("limit by", "line"):
        if words.startswith(known + " "):
            return known
    return words


def openings(before: str, item: Item | None) -> Iterator[Proposal]:
    """Labels of the item at hand, and heads of new items at the left edge."""
    if item is not None:
        for label in LINES_OF.get(item.kind, ()):
            yield Proposal(f"{label}: ", "label", EXAMPLES.get(label, ("", ""))[1])
    if not before[:1].isspace():
        for kind in ITEM_KINDS:
            yield Proposal(f"{kind} ", "item", HEADS.get(kind, f"{kind} name: Title"))
