"""What billing staff ask of a payer, and which question each rule answers.

The answer is read off the rule's tree, so a new policy needs nothing here; only the
few facts whose meaning the tree cannot show are named.
"""

from __future__ import annotations

from collections.abc import Iterator

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
    Billed,
    Compare,
    Diagnosis,
    Earlier,
    Elapsed,
    Field,
    Modifier,
    SameDay,
    SameNpi,
    Test,
)
from dsl.ir.walk import Node, named, walk
from kb.plain.headings import OPEN_POINTS

CARE_FACTS = frozenset(
    {"pain-duration", "conservative-care", "care-failed", "care-not-tolerated"}
)
IMAGING_FACTS = frozenset(
    {"image-guidance", "contrast-used", "images-kept", "views-kept", "imaging-date"}
)
INDICATION_FACTS = frozenset({"indication", "stimulation-indication", "pump-purpose"})
TRIAL_FACTS = frozenset({"trial-length"})
"""A trial is the procedure itself, no care before it, however long it is."""
PROVIDER_FACTS = frozenset({"credentialed", "supervision-mode", "problem-established"})
APPROVAL_FACTS = frozenset({"referral", "variance-granted"})
SIDES_FACTS = frozenset({"bilateral-indicated"})
SIDE_MODIFIERS = frozenset({"50", "LT", "RT"})
DURATIONS = frozenset({"day", "week", "month", "year"})


def aspect_of(rule: Tree) -> str:
    """The key of the question that a rule answers; ``open`` for a gap."""
    match rule.duty:
        case None:
            return OPEN_POINTS.key
        case Limit() | LimitBy() if _speaks_of_sides(rule.when):
            return "sides"
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
            return _aspect_of_ban(rule)
        case Require(test):
            return _aspect_of_required(rule, test)


def _aspect_of_ban(rule: Tree) -> str:
    if asks_for(rule.when, SameDay):
        return "same-day"
    if _speaks_of_sides(rule.when):
        return "sides"
    if rule.scope is None and asks_for(rule.when, Modifier):
        return "modifiers"
    if rule.otherwise.outcome == "fix":
        return "coding"
    return "covered"


def _aspect_of_required(rule: Tree, test: Test) -> str:
    facts = {fact for node in walk(test) for fact in named(node, Role.FACT)}
    return next(key for key, holds in _questions(rule, test, facts) if holds)


def _questions(
    rule: Tree, test: Test, facts: set[str]
) -> Iterator[tuple[str, bool | frozenset[str] | set[str]]]:
    """The questions a requirement may answer, the most telling sign of one first."""
    yield "filing", any(_asks_day(node, "received") for node in walk(test))
    yield (
        "approval",
        any(_asks_approval(node) for node in walk(test)) or facts & APPROVAL_FACTS,
    )
    yield "repeat", rule.last is not None or asks_for(rule.when, Earlier)
    yield (
        "sides",
        _speaks_of_sides(test) or _speaks_of_sides(rule.when) or facts & SIDES_FACTS,
    )
    yield "wait", facts & CARE_FACTS or asks_for(test, Earlier)
    yield "diagnosis", asks_for(test, Diagnosis) or facts & INDICATION_FACTS
    yield "provider", _speaks_of_provider(rule, test) or facts & PROVIDER_FACTS
    yield "modifiers", asks_for(test, Modifier)
    yield "same-day", asks_for(test, SameDay)
    yield "place", _names_place(test)
    yield "imaging", facts & IMAGING_FACTS
    yield "chart", facts & TRIAL_FACTS
    yield "wait", any(_compares_duration(node) for node in walk(test))
    yield "chart", facts
    yield "other", True


def asks_for(test: Test | None, kind: type[Test]) -> bool:
    """Whether a test has one of a form in it; no test has none."""
    return test is not None and any(isinstance(node, kind) for node in walk(test))


def _speaks_of_sides(test: Test | None) -> bool:
    """Whether a test asks for both sides of the body, or for a modifier that tells them."""
    return test is not None and any(
        (isinstance(node, Billed) and node.how == "on-both-sides")
        or (isinstance(node, Modifier) and node.modifier in SIDE_MODIFIERS)
        for node in walk(test)
    )


def _speaks_of_provider(rule: Tree, test: Test) -> bool:
    """Whether a rule tells apart who did the work, or under whose number it is billed."""
    return any(
        isinstance(node, SameNpi)
        or (isinstance(node, Field) and node.name in ("performer", "specialty"))
        for asked in (test, rule.when)
        if asked is not None
        for node in walk(asked)
    )


def _names_place(test: Test) -> bool:
    return any(isinstance(node, Field) and node.name == "place" for node in walk(test))


def _asks_approval(node: Node) -> bool:
    return (isinstance(node, Field) and node.name == "authorization") or _asks_day(
        node, "requested"
    )


def _asks_day(node: Node, clock: str) -> bool:
    return isinstance(node, Elapsed) and node.clock == clock


def _compares_duration(node: Node) -> bool:
    """Whether a node compares a fact with a length of time."""
    return isinstance(node, Compare) and any(
        amount.unit in DURATIONS for amount in node.amount
    )
