"""Evidence: what claim and history say of one fact, and whether they contradict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from kb.claims.model import Amount, FactValue
from kb.engine.judge.events import Event
from kb.engine.judge.windows import months_as_told

ON_THE_CLAIM = "on the claim"


class Said(NamedTuple):
    """A value of a fact, and where it is said."""

    place: str
    value: FactValue


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Stands for a value that is given, but not as one."""

    words: tuple[Said, ...]


def place_of(event: Event) -> str:
    """Where a service's facts are said."""
    if event.line:
        return f"on line {event.line} of claim {event.claim}"
    return f"in the history of {event.date}"


def disagreement(words: Iterable[Said]) -> Disagreement | None:
    """The disagreement of what is said of one fact; ``None`` where it may all be true.

    Its words stand in an order of their own, whatever the order of claim and history.
    """
    said = tuple(sorted(words, key=in_order))
    values = {word.value for word in said}
    apart = any(contradict(one, other) for one, other in combinations(values, 2))
    return Disagreement(said) if apart else None


def in_order(word: Said) -> tuple[bool, str, str]:
    """The claim's own word first, then by place and value."""
    return word.place != ON_THE_CLAIM, word.place, str(word.value)


def contradict(one: FactValue, other: FactValue) -> bool:
    """Whether two values of a fact cannot both be true.

    Months and days may be the same time: 3 months are from 89 to 92 days, and told in
    weeks from 12.
    """
    if not isinstance(one, Amount) or not isinstance(other, Amount):
        return one != other
    if {one.unit, other.unit} != {"day", "month"}:
        return one != other
    days, months = (one, other) if one.unit == "day" else (other, one)
    least, most = months_as_told(months.number, days.number)
    return not least <= days.number <= most
