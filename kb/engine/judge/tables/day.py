"""The services of a line's day, as the tables count them: same patient, same provider.

Which practice billed a service of the history is known where the history is the
whole of this practice's own, or where it names the provider; else it may be another's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from datetime import date
from typing import NamedTuple, cast

from kb.engine.judge.events import Event, Services
from kb.engine.judge.situation import Situation

BY_DAY: Hashable = "tables: by day"


class Beside(NamedTuple):
    """A service of the day beside the line, and whether the same provider gave it."""

    event: Event
    sure: bool


def beside(at: Situation) -> Iterator[Beside]:
    """The services of the day beside a line, the denied left out."""
    history = at.claim.history
    history_is_own = history.state == "complete" and history.reach == "own"
    mine = at.event.provider
    for event in on_day(at.services, at.day):
        if event.denied or is_line(event, at):
            continue
        known = bool(mine and event.provider)
        same = mine == event.provider
        ours = event.line > 0 or history_is_own
        yield Beside(event, same if known else ours)


def is_line(event: Event, at: Situation) -> bool:
    """Whether an event is the line itself."""
    return event.line == at.line.number and event.claim == at.claim.id


def on_day(services: Services, day: date) -> list[Event]:
    """The services of a day; kept with the patient's services."""
    days = cast("dict[date, list[Event]] | None", services.notes.get(BY_DAY))
    if days is None:
        days = defaultdict(list)
        for event in services.events:
            days[event.date].append(event)
        services.notes[BY_DAY] = days
    return days.get(day, [])


def lines_of(at: Situation, events: list[Beside]) -> tuple[int, ...]:
    """The lines of the claim among services, by number."""
    numbers = {
        one.event.line
        for one in events
        if one.event.line > 0 and one.event.claim == at.claim.id
    }
    return tuple(sorted(numbers))
