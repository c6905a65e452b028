"""Operators on the logic of a rule: comparisons, groups of tests, what is dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.engine.judge.outcome import CLAMPED
from kb.mutation.tree import Edit, Spot, without
from kb.mutation.words import (
    ARROW,
    CMP_WORDS,
    amount_words,
    events_words,
    name_of_set,
    test_words,
)

Json = dict[str, Any]
OTHER_COMPARISON = {">=": ">", ">": ">=", "<=": "<", "<": "<="}
OTHER_OUTCOME = {"deny": "review", "needs-evidence": "note", "note": "needs-evidence"}
WITHOUT_PARTS = ("yes", "documented", "same-npi")
OTHER_MODIFIER = {"RT": "LT", "LT": "RT", "50": "RT", "59": "XU"}


def edit(operator: str, spot: Spot, key: str, value: object, change: str) -> Edit:
    """What stands under ``key`` of a node becomes ``value``."""
    return Edit(operator, (*spot.path, key), value, change, spot.exception)


def comparison_edits(spot: Spot) -> Iterator[Edit]:
    """``at least`` for ``more than``, ``at most`` for ``less than``, and back."""
    node = spot.node
    if node.get("op") in ("compare", "elapsed"):
        other = OTHER_COMPARISON[node["cmp"]]
        measured = node.get("fact") or node["clock"]
        words = f"{measured} {CMP_WORDS[node['cmp']]}{ARROW}{CMP_WORDS[other]}"
        yield edit("comparison", spot, "cmp", other, words)


def and_or_edits(spot: Spot) -> Iterator[Edit]:
    """``and`` for ``or``, and back."""
    node = spot.node
    if node.get("op") in ("and", "or") and len(node["of"]) > 1:
        other = "or" if node["op"] == "and" else "and"
        words = f"{node['op']}{ARROW}{other} in: {test_words(node)}"
        yield edit("and-or", spot, "op", other, words)


def not_edits(spot: Spot) -> Iterator[Edit]:
    """A ``not`` removed."""
    node = spot.node
    if node.get("op") == "not":
        inner = node["of"][0]
        words = f"{test_words(node)}{ARROW}{test_words(inner)}"
        yield Edit("not", spot.path, inner, words, spot.exception)


def turned_edits(spot: Spot) -> Iterator[Edit]:
    """The opposite of a test that has nothing else to change.

    Below a ``not`` it would be the same as the ``not`` removed.
    """
    node = spot.node
    if node.get("op") in WITHOUT_PARTS and not spot.under_not:
        opposite = {"op": "not", "of": [node]}
        words = f"{test_words(node)}{ARROW}{test_words(opposite)}"
        yield Edit("not", spot.path, opposite, words, spot.exception)


def part_edits(spot: Spot) -> Iterator[Edit]:
    """One test of a group dropped."""
    node = spot.node
    if node.get("op") in ("and", "or") and len(node["of"]) > 1:
        for position, part in enumerate(node["of"]):
            left = without(node["of"], position)
            yield edit("part", spot, "of", left, f"dropped: {test_words(part)}")


def way_out_edits(spot: Spot) -> Iterator[Edit]:
    """``when`` or ``unless`` dropped, one exception dropped, ``claims`` dropped."""
    node = spot.node
    if "otherwise" in node:
        if node["when"] is not None:
            words = f"dropped: when {test_words(node['when'])}"
            yield edit("when", spot, "when", None, words)
        if node["claims"] is not None:
            words = f"dropped: {node['claims']} claims only"
            yield edit("when", spot, "claims", None, words)
        if node["unless"] is not None and node["kind"] != "gap":
            words = f"dropped: unless {test_words(node['unless'])}"
            yield edit("unless", spot, "unless", None, words)
    if node.get("kind") == "gap":
        return
    for position, exception in enumerate(node.get("exceptions", ())):
        left = without(node["exceptions"], position)
        words = f"dropped: exception {exception['name']}"
        found = edit("exception", spot, "exceptions", left, words)
        yield Edit(
            found.operator, found.path, found.value, words, str(exception["name"])
        )


def group_edits(spot: Spot) -> Iterator[Edit]:
    """One group of ``per`` or ``same`` dropped."""
    for key in ("per", "same"):
        groups = spot.node.get(key, [])
        for position, group in enumerate(groups):
            words = f"dropped: {key} {group}"
            if "op" in spot.node:
                words += f" of {events_words(spot.node)}"
            yield edit("group", spot, key, without(groups, position), words)


def filter_edits(spot: Spot) -> Iterator[Edit]:
    """What narrows a count of earlier services, or the last one, dropped."""
    if spot.node.get("op") != "earlier" and spot.path != ("last",):
        return
    for key in ("modifier", "without", "before", "apart", "each"):
        held = spot.node.get(key)
        if held is not None:
            change = f"dropped: {filter_words(key, held)}, of {events_words(spot.node)}"
            yield edit("filter", spot, key, None, change)


def filter_words(key: str, held: Any) -> str:  # noqa: ANN401
    """What narrows a count of earlier services."""
    match key:
        case "modifier":
            return f"with modifier {held}"
        case "without":
            return f"without modifier {held}"
        case "each":
            return f"each with {test_words(held)}"
        case _:
            amounts = " or ".join(amount_words(amount) for amount in held)
            return f"at least {amounts} {key}"


def modifier_edits(spot: Spot) -> Iterator[Edit]:
    """Another modifier; an allowed one dropped."""
    node = spot.node
    if node.get("modifier"):
        other = OTHER_MODIFIER.get(node["modifier"], "59")
        words = f"modifier {node['modifier']}{ARROW}{other}"
        yield edit("modifier", spot, "modifier", other, words)
    allowed = node.get("unless_modifier", [])
    for position, modifier in enumerate(allowed):
        left = without(allowed, position)
        words = f"dropped: allowed with modifier {modifier}"
        yield edit("modifier", spot, "unless_modifier", left, words)


def counting_edits(spot: Spot) -> Iterator[Edit]:
    """A modifier that decides what counts dropped; ``denied too`` and ``own claims`` too."""
    counting = spot.node.get("counting")
    if counting is None:
        return
    for key in ("with", "without"):
        for position, modifier in enumerate(counting[key]):
            changed = {**counting, key: without(counting[key], position)}
            words = f"dropped: counting {key} modifier {modifier}"
            yield edit("counting", spot, "counting", changed, words)
    for key, said in (("denied", "denied ones too"), ("own", "own claims")):
        if counting[key]:
            changed = {**counting, key: False}
            words = f"dropped: counting {said}"
            yield edit("counting", spot, "counting", changed, words)


def choice_edits(spot: Spot) -> Iterator[Edit]:
    """One of several words that a choice or a claim field may have dropped."""
    node = spot.node
    if node.get("op") not in ("choice", "field") or node.get("set"):
        return
    name = node.get("fact") or node.get("field")
    for position, word in enumerate(node["in"]):
        left = without(node["in"], position)
        yield edit("choice", spot, "in", left, f"{name} without {word}")


def diagnosis_edits(spot: Spot) -> Iterator[Edit]:
    """Any diagnosis of the line for its first one, and back."""
    node = spot.node
    if node.get("op") == "diagnosis":
        other = "primary" if node["which"] == "any" else "any"
        said = {"any": "diagnosis", "primary": "primary diagnosis"}
        words = (
            f"{said[node['which']]}{ARROW}{said[other]} in {name_of_set(node['set'])}"
        )
        yield edit("diagnosis", spot, "which", other, words)


def outcome_edits(spot: Spot) -> Iterator[Edit]:
    """``deny`` for ``review`` and back; a weaker or stronger word for an unknown.

    A rule that may only advise reviews in either case, so that its outcomes are left
    alone; a gap that notes adds nothing, and is tried as one that asks for a review.
    """
    node = spot.node
    if "otherwise" not in node:
        return
    said = node["otherwise"]["outcome"]
    other = OTHER_OUTCOME.get(said, "deny" if said == "review" else "review")
    if node["kind"] == "gap":
        other = "review" if said in ("note", "pass") else "note"
    if not tells_apart(said, other, advisory=node["advisory"]):
        return
    changed = {**node["otherwise"], "outcome": other}
    yield edit("outcome", spot, "otherwise", changed, f"otherwise {said}{ARROW}{other}")


def if_unknown_edits(spot: Spot) -> Iterator[Edit]:
    """Another outcome when a rule cannot tell, or cannot tell whether it applies."""
    node = spot.node
    if "otherwise" not in node or node["kind"] == "gap":
        return
    for key in ("if_unknown", "if_when_unknown"):
        if node[key] is None:
            continue
        said = node[key]["outcome"]
        other = OTHER_OUTCOME.get(said, "note")
        if tells_apart(said, other, advisory=node["advisory"]):
            changed = {**node[key], "outcome": other}
            words = f"{key.replace('_', ' ')} {said}{ARROW}{other}"
            yield edit("if-unknown", spot, key, changed, words)


def tells_apart(one: str, other: str, *, advisory: bool) -> bool:
    """Whether two outcomes differ for a rule that may only advise, or for any rule."""

    def seen(outcome: str) -> str:
        return "review" if advisory and outcome in CLAMPED else outcome

    return seen(one) != seen(other)
