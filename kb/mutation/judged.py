"""Where the proofs meet the engine: a rule with another tree, a test asked, windows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dsl.ir.parts import Window
from dsl.ir.rule import Last, Rule
from dsl.ir.tests import Test
from kb.engine.judge import windows
from kb.engine.judge.conditions import ask
from kb.engine.judge.situation import Situation
from kb.engine.program import CompiledRule

NO_PLAN_YEAR = ""
"""Nobody says when a plan year begins: a window of it has no days of its own."""


def with_tree(rule: CompiledRule, tree: Rule) -> CompiledRule:
    """The compiled rule as it would be with another tree."""
    return replace(rule, tree=tree)


def look_at(last: Last | None, at: Situation) -> None:
    """Let the tests of a line look at the facts of the service that a rule names."""
    at.last = last


def is_met(test: Test, at: Situation) -> bool:
    """Whether a test is met on a line, surely."""
    return ask(test, at).value > 0


def first_day(window: Window, day: date) -> date | None:
    """The first day that the window at ``day`` holds; ``None`` for a lifetime."""
    span = windows.span_of(window, NO_PLAN_YEAR)
    return windows.first_day(span, day) if span else None


def day_it_leaves(window: Window, event: date) -> date | None:
    """The first day at which the window no longer holds the event."""
    span = windows.span_of(window, NO_PLAN_YEAR)
    return windows.day_it_leaves(span, event) if span else None
