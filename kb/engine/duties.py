"""The duties of the IR: whether one is kept on a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from kb.engine import windows
from kb.engine.answer import Arithmetic
from kb.engine.conditions import ask, find_fact
from kb.engine.counting import (
    amount_of,
    counts,
    earlier_of,
    history_ends,
    split,
    total,
)
from kb.engine.kleene import MET, NOT_MET, Truth, truth, unknown
from kb.engine.situation import Situation, amount_on
from kb.engine.sums import arithmetic_of, interval_arithmetic

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a duty found: its truth, and what was counted."""

    truth: Truth
    add_up: Callable[[], Arithmetic] | None = None
    """Makes the sum behind it; called only when somebody will read it."""


def keep(duty: Json, scope: str | None, at: Situation) -> Counted:
    """Whether a duty is kept; ``scope`` is the key of the rule's own set."""
    match duty["duty"]:
        case "require":
            return Counted(ask(duty["test"], at))
        case "never":
            return Counted(NOT_MET)
        case "limit":
            return keep_limit(duty, scope, at)
        case "limit-by":
            return keep_limit_by(duty, scope, at)
        case "interval":
            return keep_interval(duty, scope, at)
        case _:
            return Counted(keep_not_with(duty, at))


def keep_not_with(duty: Json, at: Situation) -> Truth:
    """No line of the set beside this one, unless it carries an allowed modifier."""
    if set(duty["unless_modifier"]) & set(at.line.modifiers):
        return MET
    found = [at.alike(e, duty["same"]) for e in at.others if at.in_set(duty["set"], e)]
    if any(t.value > 0 for t in found):
        return NOT_MET
    about = {name for t in found if t.value == 0 for name in t.about}
    return Truth(0, frozenset(about)) if about else MET


def keep_limit_by(duty: Json, scope: str | None, at: Situation) -> Counted:
    """The limit of the fact's choice; of all choices when it is not known."""
    value, why = find_fact(duty, at)
    cases = {case["choice"]: case["limit"] for case in duty["cases"]}
    if isinstance(value, str) and value in cases:
        return keep_limit(cases[value], scope, at)
    kept = [keep_limit(limit, scope, at) for limit in cases.values()]
    values = {counted.truth.value for counted in kept}
    if values in ({1}, {-1}):
        return kept[0]
    open_ones = (counted.truth.about for counted in kept if counted.truth.value == 0)
    asked = why.about or frozenset({duty["fact"]})
    return Counted(Truth(0, asked.union(*open_ones)), kept[0].add_up)


def keep_limit(duty: Json, scope: str | None, at: Situation) -> Counted:
    """At most so many in a window."""
    amount = amount_on(duty["count"], at.day)
    if amount is None:
        return Counted(unknown("rule-ended"))
    limit = int(Decimal(str(amount["amount"])))
    window, unit, groups = at.window(duty["window"]), duty["unit"], duty["per"]
    if window is None:
        return Counted(unknown("plan-year-start"))
    on_date = [e for e in at.today if e == at.event or counts(duty["counting"], e)]
    today = split(on_date, scope, groups, at)
    over_time = not windows.is_one_date(window)
    inside = [e for e in earlier_of(duty, at) if windows.holds(window, at.day, e.date)]
    before = split(inside if over_time else (), scope, groups, at)
    counted = total(unit, before.sure, at)
    least_today = amount_of(unit, today.sure, at)
    low = counted + least_today
    ends = history_ends(duty, at) or not over_time
    most = total(unit, before.all, at, most=True)
    high = most + amount_of(unit, today.all, at, most=True)
    about = before.about(unit) | today.about(unit) if high > low else frozenset()
    if unit in ("region", "level") and high > low:
        about |= {unit}
    kept = under(limit, low, high if ends else None, about)
    possible = most if ends else None
    add_up = partial(
        arithmetic_of,
        {**duty, "window": window},
        at,
        before,
        counted,
        possible,
        least_today,
        limit,
    )
    return Counted(kept, add_up)


def under(
    limit: int, low: Decimal, high: Decimal | None, about: frozenset[str]
) -> Truth:
    """Whether a number between ``low`` and ``high`` (``None``: no end) is within a limit."""
    if low > limit:
        return NOT_MET
    if high is not None and high <= limit:
        return MET
    return Truth(0, about if high is not None else about | {"history"})


def keep_interval(duty: Json, scope: str | None, at: Situation) -> Counted:
    """At least so long since the session before."""
    amount = amount_on(duty["least"], at.day)
    if amount is None:
        return Counted(unknown("rule-ended"))
    before = split(earlier_of(duty, at), scope, duty["per"], at)
    too_close = [e for e in before.sure if windows.later(e.date, amount) > at.day]
    open_ones = zip(before.maybe, before.why, strict=True)
    perhaps = [w for e, w in open_ones if windows.later(e.date, amount) > at.day]
    if too_close:
        kept = NOT_MET
    elif perhaps or not history_ends(duty, at):
        about: frozenset[str] = frozenset().union(*perhaps)
        ends = history_ends(duty, at)
        kept = Truth(0, about if ends else about | {"history"})
    else:
        kept = truth(met=True)
    add_up = partial(interval_arithmetic, duty, amount, too_close, before, at)
    return Counted(kept, add_up)
