"""Counting: which services a test, a limit or an interval counts."""

from __future__ import annotations

from dsl.ir.parts import Counting
from dsl.ir.rule import Last
from dsl.ir.tests import Earlier
from kb.engine.judge.books import Question
from kb.engine.judge.situation import Situation


def question_of(
    per: tuple[str, ...], counting: Counting | None, scope: str | None
) -> Question:
    """The services that a duty counts: of its rule's scope, with the right modifiers."""
    if counting is None:
        return Question(scope, per)
    return Question(
        scope,
        per,
        frozenset(counting.with_modifiers),
        frozenset(counting.without_modifiers),
        counting.denied,
    )


def bearing(node: Earlier | Last, groups: tuple[str, ...]) -> Question:
    """The services of a set that carry the modifier asked for, and not the other."""
    wanted, other = node.modifier, node.without
    return Question(
        node.set,
        groups,
        frozenset((wanted,) if wanted else ()),
        frozenset((other,) if other else ()),
    )


def history_ends(counting: Counting | None, at: Situation) -> bool:
    """Whether the history holds all that a duty counts."""
    own = counting is not None and counting.own
    return at.history_is_complete or (own and at.claim.history.state == "complete")
