"""Three-valued logic that remembers what an unknown is about.

Strong Kleene: ``and`` is the minimum, ``or`` the maximum, ``not`` the negation of
met = 1, unknown = 0, not met = -1.  An unknown names only what can still change it:
``(a or met) and b`` with a and b unknown is about b alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Truth:
    """Met (1), unknown (0) or not met (-1), and what an unknown is about."""

    value: int
    about: frozenset[str] = NOTHING


MET = Truth(1)
NOT_MET = Truth(-1)


def unknown(*about: str) -> Truth:
    """Unknown about these facts, fields or groups."""
    return Truth(0, frozenset(about))


def truth(*, met: bool) -> Truth:
    """A definite truth."""
    return MET if met else NOT_MET


def negated(one: Truth) -> Truth:
    """Not."""
    if one.value == 0:
        return one
    return NOT_MET if one.value > 0 else MET


def all_of(parts: Iterable[Truth]) -> Truth:
    """And: one part not met decides."""
    about: frozenset[str] = NOTHING
    seen_unknown = False
    for part in parts:
        if part.value < 0:
            return NOT_MET
        if part.value == 0:
            seen_unknown = True
            about |= part.about
    return Truth(0, about) if seen_unknown else MET


def any_of(parts: Iterable[Truth]) -> Truth:
    """Or: one part met decides."""
    about: frozenset[str] = NOTHING
    seen_unknown = False
    for part in parts:
        if part.value > 0:
            return MET
        if part.value == 0:
            seen_unknown = True
            about |= part.about
    return Truth(0, about) if seen_unknown else NOT_MET


def at_least(count: int, parts: Iterable[Truth]) -> Truth:
    """At least ``count`` parts are met."""
    given = list(parts)
    met = sum(part.value > 0 for part in given)
    open_parts = [part for part in given if part.value == 0]
    if met >= count:
        return MET
    if met + len(open_parts) < count:
        return NOT_MET
    return Truth(0, frozenset().union(*(part.about for part in open_parts)))
