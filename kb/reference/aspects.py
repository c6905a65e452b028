"""What billing staff ask of a policy, and which question each rule answers.

The answer is read off the rule's tree, so a new policy needs nothing here; only the
few facts whose meaning the tree cannot show are named.
"""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ir.duties import (
    BillAs,
    Covers,
    Interval,
    Limit,
    LimitBy,
    NeverCovered,
    NotWith,
    Require,
)
from dsl.ir.parts import OneDate, OneSession, Role
from dsl.ir.rule import Rule as Tree
from dsl.ir.tests import (
    Compare,
    Diagnosis,
    Earlier,
    Field,
    Modifier,
    SameDay,
    Test,
)
from dsl.ir.walk import Node, named, walk


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
    Aspect("covered", "Covered without a policy"),
    Aspect("coding", "Another code"),
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


def aspect_of(rule: Tree) -> str:
    """The key of the question that a rule answers; ``open`` for a gap."""
    match rule.duty:
        case None:
            return OPEN_POINTS.key
        case Limit(window=OneSession() | OneDate()):
            return "session"
        case Limit() | LimitBy():
            return "limit"
        case Interval():
            return "interval"
        case NotWith():
            return "same-day"
        case Covers():
            return "covered"
        case BillAs():
            return "coding"
        case NeverCovered():
            return "same-day" if asks_for(rule.when, SameDay) else "never"
        case Require(test):
            return _aspect_of_required(rule, test)


def _aspect_of_required(rule: Tree, test: Test) -> str:
    if rule.last or asks_for(rule.when, Earlier):
        return "repeat"
    if asks_for(test, Diagnosis):
        return "diagnosis"
    if any(_asks_approval(node) for node in walk(test)):
        return "approval"
    if asks_for(test, Modifier) or asks_for(rule.when, Modifier):
        return "sides"
    facts = {fact for node in walk(test) for fact in named(node, Role.FACT)}
    if facts & IMAGING_FACTS:
        return "imaging"
    if facts & CARE_FACTS or any(_compares_duration(node) for node in walk(test)):
        return "wait"
    return "other"


def asks_for(test: Test | None, kind: type[Test]) -> bool:
    """Whether a test has one of a form in it; no test has none."""
    return test is not None and any(isinstance(node, kind) for node in walk(test))


def _asks_approval(node: Node) -> bool:
    return isinstance(node, Field) and node.name == "authorization"


def _compares_duration(node: Node) -> bool:
    """Whether a node compares a fact with a length of time."""
    return isinstance(node, Compare) and any(
        amount.unit in DURATIONS for amount in node.amount
    )
