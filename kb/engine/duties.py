"""The duties of the IR: whether one is kept on a line, and the arithmetic behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from kb.engine import windows
from kb.engine.answer import Arithmetic, CountedEvent
from kb.engine.conditions import ask, find_fact
from kb.engine.events import Event, group_values, injections, levels
from kb.engine.kleene import MET, NOT_MET, Truth, truth, unknown
from kb.engine.situation import Situation, amount_on

Json = dict[str, Any]
NEARBY = timedelta(days=3)


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


# ---------- limits ----------


@dataclass(frozen=True, slots=True)
class Split:
    """Events that count for certain, and those that may."""

    sure: tuple[Event, ...]
    maybe: tuple[Event, ...]
    about: frozenset[str]

    @property
    def all(self) -> tuple[Event, ...]:
        """Both."""
        return self.sure + self.maybe


def split(
    events: Iterable[Event], scope: str | None, groups: list[str], at: Situation
) -> Split:
    """The events of a rule's scope by whether they share the line's groups."""
    sure, maybe = [], []
    about: frozenset[str] = frozenset()
    for event in events:
        if scope is not None and not at.in_set(scope, event):
            continue
        alike = MET if event == at.event else at.alike(event, groups)
        if alike.value > 0:
            sure.append(event)
        elif alike.value == 0:
            maybe.append(event)
            about |= alike.about
    return Split(tuple(sure), tuple(maybe), about)


def amount_of(
    unit: str, events: Iterable[Event], at: Situation, *, most: bool = False
) -> Decimal:
    """How much events of one date come to, in the unit of a limit.

    Regions that are not known make it a range: its least, or its ``most``.
    """
    given = list(events)
    match unit:
        case "region":
            return regions(given, at)[most]
        case "session":
            return Decimal(bool(given))
        case "line":
            return Decimal(len(given))
        case "unit":
            return sum((e.units for e in given), Decimal(0))
        case "level":
            return levels(given, at.program)
        case _:
            return injections(given, at.program)


def regions(events: Iterable[Event], at: Situation) -> tuple[Decimal, Decimal]:
    """The least and the most regions that events can lie in."""
    values = [group_values(event, "region", at.program) for event in events]
    known = {next(iter(v)) for v in values if v is not None and len(v) == 1}
    open_ones = sum(v is None or len(v) > 1 for v in values)
    return Decimal(max(len(known), bool(values))), Decimal(len(known) + open_ones)


def by_date(events: Iterable[Event]) -> dict[date, list[Event]]:
    """Events sorted into their dates."""
    found: dict[date, list[Event]] = {}
    for event in events:
        found.setdefault(event.date, []).append(event)
    return found


def total(
    unit: str, events: Iterable[Event], at: Situation, *, most: bool = False
) -> Decimal:
    """How much events of several dates come to, at least or at most."""
    days = by_date(events).values()
    return sum((amount_of(unit, day, at, most=most) for day in days), Decimal(0))


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


def earlier_of(duty: Json, at: Situation) -> list[Event]:
    """The earlier services that a duty counts."""
    counting = duty["counting"]
    if counting is None:
        return at.earlier
    events = at.services.before(at.day, denied=counting["denied"])
    return [e for e in events if counts(counting, e)]


def counts(counting: Json | None, event: Event) -> bool:
    """Whether a service has the modifiers that a duty counts."""
    if counting is None:
        return True
    has, lacks = set(counting["with"]), set(counting["without"])
    return has <= set(event.modifiers) and not lacks & set(event.modifiers)


def history_ends(duty: Json, at: Situation) -> bool:
    """Whether the history holds all that a duty counts."""
    own = duty["counting"] is not None and duty["counting"]["own"]
    return at.history_is_complete or (own and at.claim.history.state == "complete")


def keep_limit(duty: Json, scope: str | None, at: Situation) -> Counted:
    """At most so many in a window."""
    amount = amount_on(duty["count"], at.day)
    if amount is None:
        return Counted(unknown("rule-ended"))
    limit = int(amount["amount"])
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
    about = before.about | today.about if high > low else frozenset()
    if unit == "region" and high > low:
        about |= {"region"}
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


def events_of(events: Iterable[Event]) -> tuple[CountedEvent, ...]:
    """Events as the answer shows them."""
    return tuple(CountedEvent(e.date, e.code, e.modifiers) for e in events)


def per_of(groups: list[str], at: Situation) -> tuple[tuple[str, str], ...]:
    """The groups of this line with their values, as far as they are known."""
    found = []
    for group in groups:
        values = group_values(at.event, group, at.program)
        found.append((group, " and ".join(sorted(values)) if values else "not known"))
    return tuple(found)


def arithmetic_of(
    duty: Json,
    at: Situation,
    before: Split,
    counted: Decimal,
    possible: Decimal | None,
    this: Decimal,
    limit: int,
) -> Arithmetic:
    """The sum behind a limit."""
    window = duty["window"]
    freed, leaves = next_date(duty, before.sure, this, limit, at)
    return Arithmetic(
        unit=duty["unit"],
        per=per_of(duty["per"], at),
        window_start=windows.first_day(window, at.day),
        window_end=at.day,
        convention=windows.in_words(window),
        counted=int(counted),
        possible=int(possible) if possible is not None else None,
        this=int(this),
        limit=limit,
        events=events_of(before.sure),
        next_date=freed,
        leaves=leaves,
        remark=remark_on(window, before.sure, at.day),
    )


def next_date(
    duty: Json, events: tuple[Event, ...], this: Decimal, limit: int, at: Situation
) -> tuple[date | None, date | None]:
    """The first later day with room for this line, and the event whose leaving frees it.

    Nothing when there is room today, or when no day will ever do.
    """
    unit, window = duty["unit"], duty["window"]
    if windows.is_one_date(window) or this > limit:
        return None, None
    if total(unit, events, at) + this <= limit:
        return None, None
    for leaving in sorted({event.date for event in events}):
        day = windows.day_it_leaves(window, leaving)
        if day is None:
            return None, None
        left = [e for e in events if windows.holds(window, day, e.date)]
        if day > at.day and total(unit, left, at) + this <= limit:
            return day, leaving
    return None, None


def remark_on(window: Json, events: tuple[Event, ...], day: date) -> str:
    """Said when counting days or anniversaries would decide otherwise within 3 days."""
    if window["kind"] != "rolling" or window["unit"] != "month":
        return ""
    for event in events:
        leaves = windows.day_it_leaves(window, event.date)
        anniversary = windows.months_after(event.date, window["n"])
        in_days = windows.days_after(event.date, round(window["n"] * 365 / 12))
        others = {anniversary, in_days} - {leaves}
        if (
            leaves
            and others
            and any(abs(day - other) <= NEARBY for other in {leaves, *others})
        ):
            return (
                f"{event.date} leaves this window on {leaves}; by anniversary it would be "
                f"{anniversary}, by counting days {in_days}"
            )
    return ""


# ---------- intervals ----------


def keep_interval(duty: Json, scope: str | None, at: Situation) -> Counted:
    """At least so long since the session before."""
    amount = amount_on(duty["least"], at.day)
    if amount is None:
        return Counted(unknown("rule-ended"))
    before = split(earlier_of(duty, at), scope, duty["per"], at)
    too_close = [e for e in before.sure if windows.later(e.date, amount) > at.day]
    perhaps = [e for e in before.maybe if windows.later(e.date, amount) > at.day]
    if too_close:
        kept = NOT_MET
    elif perhaps or not history_ends(duty, at):
        about = before.about if perhaps else frozenset()
        ends = history_ends(duty, at)
        kept = Truth(0, about if ends else about | {"history"})
    else:
        kept = truth(met=True)
    add_up = partial(interval_arithmetic, duty, amount, too_close, before, at)
    return Counted(kept, add_up)


def interval_arithmetic(
    duty: Json, amount: Json, too_close: list[Event], before: Split, at: Situation
) -> Arithmetic:
    """The dates behind an interval."""
    latest = max(too_close or before.sure, key=lambda e: e.order, default=None)
    next_day = windows.later(latest.date, amount) if latest and too_close else None
    window = windows.rolling_of(amount)
    plural = "s" if window["n"] != 1 else ""
    return Arithmetic(
        unit="session",
        per=per_of(duty["per"], at),
        window_start=windows.first_day(window, at.day),
        window_end=at.day,
        convention=f"at least {window['n']} {window['unit']}{plural} between sessions",
        counted=len({e.date for e in too_close}),
        possible=None,
        this=1,
        limit=None,
        events=events_of([latest] if latest else ()),
        next_date=next_day,
        leaves=latest.date if latest and too_close else None,
    )
