"""Where the proofs meet the engine: a rule with another tree, a test asked, windows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dsl.ir.codec import (
    amount_json,
    encode_rule,
    encode_test,
    last_json,
    window_json,
    window_of,
)
from dsl.ir.parts import Amount, Rolling, Window
from dsl.ir.rule import Last, Rule
from dsl.ir.tests import Test
from kb.engine.judge import windows
from kb.engine.judge.conditions import ask
from kb.engine.judge.situation import Situation
from kb.engine.program import CompiledRule


def with_tree(rule: CompiledRule, tree: Rule) -> CompiledRule:
    """The compiled rule as it would be with another tree."""
    return replace(rule, ir=encode_rule(tree))


def look_at(last: Last | None, at: Situation) -> None:
    """Let the tests of a line look at the facts of the service that a rule names."""
    at.last = last_json(last) if last else None


def is_met(test: Test, at: Situation) -> bool:
    """Whether a test is met on a line, surely."""
    return ask(encode_test(test), at).value > 0


def first_day(window: Window, day: date) -> date | None:
    """The first day that the window at ``day`` holds; ``None`` for a lifetime."""
    return windows.first_day(window_json(window), day)


def day_it_leaves(window: Window, event: date) -> date | None:
    """The first day at which the window no longer holds the event."""
    return windows.day_it_leaves(window_json(window), event)


def rolling_of(amount: Amount) -> Rolling:
    """The rolling window as long as a duration."""
    window = window_of(windows.rolling_of(amount_json(amount)))
    assert isinstance(window, Rolling)
    return window


def later(day: date, amount: Amount) -> date:
    """The day that lies a duration after another."""
    return windows.later(day, amount_json(amount))


def earlier(day: date, amount: Amount) -> date:
    """The day that lies a duration before another."""
    return windows.earlier(day, amount_json(amount))
