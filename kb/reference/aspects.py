"""What billing staff ask of a policy, and which question each rule answers.

The answer is read off the rule's tree, so a new policy needs nothing here; only the
few facts whose meaning the tree cannot show are named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kb.read.records import Rule
from kb.reference.trees import once_a_tree

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One question, as the heading of a row."""

    key: str
    title: str


ASPECTS = (
    Aspect("diagnosis", "Covered diagnosis"),
    Aspect("limit", "How often"),
    Aspect("session", "In one session"),
    Aspect("interval", "Time between sessions"),
    Aspect("wait", "Wait and simpler care"),
    Aspect("repeat", "To repeat it"),
    Aspect("approval", "Approval first"),
    Aspect("imaging", "Imaging"),
    Aspect("same-day", "Not on the same day"),
    Aspect("sides", "Modifiers and sides"),
    Aspect("never", "Never covered"),
    Aspect("other", "Also required"),
)
OPEN_POINTS = Aspect("open", "Open points")
"""What a text leaves open: no question that a rule answers."""
CARE_FACTS = frozenset(
    {"pain-duration", "conservative-care", "care-failed", "care-not-tolerated"}
)
IMAGING_FACTS = frozenset(
    {"image-guidance", "contrast-used", "images-kept", "imaging-date"}
)
DURATIONS = frozenset({"day", "week", "month", "year"})
ONE_DAY = frozenset({"session", "date"})


@once_a_tree
def aspect_of(rule: Rule) -> str:
    """The key of the question that a rule answers; ``open`` for a gap."""
    match rule.duty:
        case "gap":
            return OPEN_POINTS.key
        case "limit":
            kind = rule.ir["duty"]["window"]["kind"]
            return "session" if kind in ONE_DAY else "limit"
        case "limit-by":
            return "limit"
        case "interval":
            return "interval"
        case "not-with":
            return "same-day"
        case "never":
            return "same-day" if "same-day" in ops(rule.ir["when"]) else "never"
        case _:
            return _aspect_of_required(rule.ir)


def _aspect_of_required(ir: Json) -> str:
    test, when = ir["duty"]["test"], ir["when"]
    asked, facts = ops(test), facts_in(test)
    if ir["last"] or "earlier" in ops(when):
        return "repeat"
    if "diagnosis" in asked:
        return "diagnosis"
    if "authorization" in asked or "authorization" in fields_in(test):
        return "approval"
    if "modifier" in asked or "modifier" in ops(when):
        return "sides"
    if facts & IMAGING_FACTS:
        return "imaging"
    if facts & CARE_FACTS or compares_duration(test):
        return "wait"
    return "other"


def nodes_in(tree: object) -> Iterator[Json]:
    """Every node of a test, the inner ones too."""
    if isinstance(tree, dict):
        if "op" in tree:
            yield tree
        for part in tree.values():
            yield from nodes_in(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from nodes_in(part)


def ops(tree: object) -> frozenset[str]:
    """The kinds of node in a test; none of no test."""
    return frozenset(node["op"] for node in nodes_in(tree))


def facts_in(tree: object) -> frozenset[str]:
    """The facts that a test asks for."""
    return frozenset(node["fact"] for node in nodes_in(tree) if "fact" in node)


def fields_in(tree: object) -> frozenset[str]:
    """The claim fields that a test looks at."""
    return frozenset(node["field"] for node in nodes_in(tree) if "field" in node)


def compares_duration(tree: object) -> bool:
    """Whether a test compares a fact with a length of time."""
    return any(
        amount["unit"] in DURATIONS
        for node in nodes_in(tree)
        if node["op"] == "compare"
        for amount in node["amount"]
    )
