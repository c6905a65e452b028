"""Three-valued logic that remembers what an unknown is about.

Strong Kleene: ``and`` is the minimum, ``or`` the maximum, ``not`` the negation of
met = 1, unknown = 0, not met = -1.  An unknown names only what can still change it:
``(a or met) and b`` with a and b unknown is about b alone.

``about`` keeps all of them.  ``first`` is for asking: the alternatives of an *or* that
share a fact wait for that fact, and the branches of an *if* for its case.
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
    first: frozenset[str] | None = None
    """What to ask before the rest of it; ``None``: there is no order."""

    @property
    def to_ask(self) -> frozenset[str]:
        """What an unknown would have answered next."""
        return self.about if self.first is None else self.first


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


def ordered(about: frozenset[str], first: frozenset[str]) -> Truth:
    """Unknown about some names, of which a part is asked first."""
    return Truth(0, about, None if first == about else first)


def all_of(parts: Iterable[Truth]) -> Truth:
    """And: one part not met decides."""
    found: Truth | None = None
    for part in parts:
        if part.value < 0:
            return NOT_MET
        if part.value == 0:
            found = part if found is None else both(found, part)
    return MET if found is None else found


def both(one: Truth, other: Truth) -> Truth:
    """Two unknowns that must both be answered."""
    about = one.about | other.about
    if one.first is None and other.first is None:
        return Truth(0, about)
    return ordered(about, one.to_ask | other.to_ask)


def any_of(parts: Iterable[Truth]) -> Truth:
    """Or: one part met decides."""
    found: list[Truth] = []
    for part in parts:
        if part.value > 0:
            return MET
        if part.value == 0:
            found.append(part)
    return one_of(found) if found else NOT_MET


def one_of(unknowns: list[Truth]) -> Truth:
    """Unknowns of which one will do: what all of them hang on chooses between them."""
    if len(unknowns) == 1:
        return unknowns[0]
    about = NOTHING.union(*(one.about for one in unknowns))
    shared = unknowns[0].to_ask.intersection(*(one.to_ask for one in unknowns))
    return ordered(about, shared or NOTHING.union(*(one.to_ask for one in unknowns)))


def at_least(count: int, parts: Iterable[Truth]) -> Truth:
    """At least ``count`` parts are met."""
    given = list(parts)
    met = sum(part.value > 0 for part in given)
    open_parts = [part for part in given if part.value == 0]
    if met >= count:
        return MET
    if met + len(open_parts) < count:
        return NOT_MET
    about = NOTHING.union(*(part.about for part in open_parts))
    return ordered(about, NOTHING.union(*(part.to_ask for part in open_parts)))
