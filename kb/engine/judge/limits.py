"""Limits: how far each limit and interval is used on a line, kept or not."""

from __future__ import annotations

from dsl.ir import duties as d
from kb.engine.judge.answer import Arithmetic, LimitState, Status

COUNTING = (d.Limit, d.LimitBy, d.Interval)


def limit_state(rule: str, status: Status, found: Arithmetic) -> LimitState:
    """What a limit leaves after this line."""
    if found.choices:
        return LimitState(rule, status, found, None)
    return LimitState(rule, status, found, left_of(found), found.one_more)


def left_of(found: Arithmetic) -> int | None:
    """How many more the window allows; nothing where that is not certain."""
    if found.limit is None:
        return None
    left = max(found.limit - found.counted - found.this, 0)
    # What is not known can only be more: none left stays none.
    return left if found.possible == found.counted or not left else None
