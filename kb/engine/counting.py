"""Counting: which services a limit or an interval counts, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kb.engine.events import Event, group_values, injections, levels
from kb.engine.kleene import MET
from kb.engine.situation import Situation

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Split:
    """Events that count for certain, and those that may."""

    sure: tuple[Event, ...]
    maybe: tuple[Event, ...]
    why: tuple[frozenset[str], ...]
    """For each that may count: the groups that are not known."""
    scope: str | None
    """Key of the set that their codes are in."""

    @property
    def all(self) -> tuple[Event, ...]:
        """Both."""
        return self.sure + self.maybe

    def about(self, unit: str = "") -> frozenset[str]:
        """The groups that could change an amount.

        A session counts once: what else may belong to a date that counts changes nothing.
        """
        dates = {event.date for event in self.sure} if unit == "session" else set()
        pairs = zip(self.maybe, self.why, strict=True)
        return frozenset().union(*(why for e, why in pairs if e.date not in dates))


def split(
    events: Iterable[Event], scope: str | None, groups: list[str], at: Situation
) -> Split:
    """The events of a rule's scope by whether they share the line's groups."""
    sure, maybe, why = [], [], []
    for event in events:
        if scope is not None and not at.in_set(scope, event):
            continue
        alike = MET if event == at.event else at.alike(event, groups)
        if alike.value > 0:
            sure.append(event)
        elif alike.value == 0:
            maybe.append(event)
            why.append(alike.about)
    return Split(tuple(sure), tuple(maybe), tuple(why), scope)


def amount_of(
    unit: str, events: Iterable[Event], at: Situation, *, most: bool = False
) -> Decimal:
    """How much events of one date come to, in the unit of a limit.

    Regions and levels that are not known make it a range: its least, or its ``most``.
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
            return levels(given, at.program, most=most)
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


def earlier_of(duty: Json, at: Situation) -> list[Event]:
    """The earlier services that a duty counts."""
    counting = duty["counting"]
    if counting is None:
        return at.earlier
    events = at.services.before(at.day, denied=counting["denied"])
    return [e for e in events if counts(counting, e)]


def later_of(duty: Json, scope: str | None, at: Situation) -> tuple[Event, ...]:
    """The later services that are sure to count when the line moves past them."""
    counting = duty["counting"]
    denied = counting is not None and counting["denied"]
    events = at.services.after(at.day, denied=denied)
    counted = [e for e in events if counts(counting, e)]
    return split(counted, scope, duty["per"], at).sure


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
