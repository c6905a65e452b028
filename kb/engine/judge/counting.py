"""Counting: which services a limit or an interval counts."""

from __future__ import annotations

from typing import Any

from kb.engine.judge.books import Question
from kb.engine.judge.situation import Situation

Json = dict[str, Any]


def question_of(duty: Json, scope: str | None) -> Question:
    """The services that a duty counts: of its rule's scope, with the right modifiers."""
    counting = duty["counting"]
    if counting is None:
        return Question(scope, tuple(duty["per"]))
    return Question(
        scope,
        tuple(duty["per"]),
        frozenset(counting["with"]),
        frozenset(counting["without"]),
        counting["denied"],
    )


def bearing(node: Json, groups: list[str]) -> Question:
    """The services of a set that carry the modifier asked for, and not the other."""
    wanted, other = node.get("modifier"), node.get("without")
    return Question(
        node["set"],
        tuple(groups),
        frozenset((wanted,) if wanted else ()),
        frozenset((other,) if other else ()),
    )


def history_ends(duty: Json, at: Situation) -> bool:
    """Whether the history holds all that a duty counts."""
    own = duty["counting"] is not None and duty["counting"]["own"]
    return at.history_is_complete or (own and at.claim.history.state == "complete")
