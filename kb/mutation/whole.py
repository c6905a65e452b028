"""Operators on a rule as a whole: when it applies, who is excused, what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dsl.ir.duties import BillAs, Covers
from dsl.ir.places import Place
from dsl.ir.rule import Exemption, Outcome, OutcomeName, Rule
from dsl.ir.tests import Never
from kb.engine.judge.outcome import CLAMPED
from kb.mutation.edits import Edit, edit, without
from kb.mutation.words import ARROW, name_of_set, test_words

OTHER_OUTCOME: dict[OutcomeName, OutcomeName] = {
    "deny": "review",
    "needs-evidence": "note",
    "note": "needs-evidence",
}


def way_out_edits(place: Place) -> Iterator[Edit]:
    """``when`` or ``unless`` dropped, one exception dropped, ``claims`` dropped."""
    node = place.node
    if isinstance(node, Rule):
        if node.when is not None:
            words = f"dropped: when {test_words(node.when)}"
            yield edit("when", place, "when", None, words)
        if node.claims is not None:
            words = f"dropped: {node.claims} claims only"
            yield edit("when", place, "claims", None, words)
        if node.unless is not None:
            words = f"dropped: unless {test_words(node.unless)}"
            yield edit("unless", place, "unless", None, words)
    if isinstance(node, Rule | Exemption):
        for position, exemption in enumerate(node.exceptions):
            left = without(node.exceptions, position)
            words = f"dropped: exception {exemption.name}"
            found = edit("exception", place, "exceptions", left, words)
            yield replace(found, exception=exemption.name)


def outcome_edits(place: Place) -> Iterator[Edit]:
    """``deny`` for ``review`` and back; a weaker or stronger word for an unknown.

    A rule that may only advise reviews in either case, so that its outcomes are left
    alone; a gap that notes adds nothing, and is tried as one that asks for a review;
    what is covered without a policy has no outcome, and is tried as if nobody had said so.
    """
    node = place.node
    if isinstance(node, Rule) and isinstance(node.duty, Covers):
        words = "dropped: covered without a policy"
        yield edit("outcome", place, "when", Never(), words)
    elif isinstance(node, Rule):
        said = node.otherwise.outcome
        other = OTHER_OUTCOME.get(said, "deny" if said == "review" else "review")
        if node.kind == "gap":
            other = "review" if said in ("note", "pass") else "note"
        if tells_apart(said, other, advisory=node.advisory):
            changed = replace(node.otherwise, outcome=other)
            words = f"otherwise {said}{ARROW}{other}"
            yield edit("outcome", place, "otherwise", changed, words)


def right_code_edits(place: Place) -> Iterator[Edit]:
    """The code to bill instead dropped."""
    node = place.node
    if isinstance(node, BillAs):
        words = f"dropped: bill as {name_of_set(node.set)}"
        yield edit("code", place, "set", "", words)


def if_unknown_edits(place: Place) -> Iterator[Edit]:
    """Another outcome when a rule cannot tell, or cannot tell whether it applies."""
    node = place.node
    if not isinstance(node, Rule) or node.kind == "gap":
        return
    for name, told in unknowns(node):
        other = OTHER_OUTCOME.get(told.outcome, "note")
        if tells_apart(told.outcome, other, advisory=node.advisory):
            words = f"{name.replace('_', ' ')} {told.outcome}{ARROW}{other}"
            yield edit("if-unknown", place, name, replace(told, outcome=other), words)


def unknowns(rule: Rule) -> Iterator[tuple[str, Outcome]]:
    """What follows when a rule cannot tell, by the field that says so."""
    if rule.if_unknown is not None:
        yield "if_unknown", rule.if_unknown
    if rule.if_when_unknown is not None:
        yield "if_when_unknown", rule.if_when_unknown


def tells_apart(one: OutcomeName, other: OutcomeName, *, advisory: bool) -> bool:
    """Whether two outcomes differ for a rule that may only advise, or for any rule."""

    def seen(outcome: OutcomeName) -> OutcomeName:
        return "review" if advisory and outcome in CLAMPED else outcome

    return seen(one) != seen(other)
