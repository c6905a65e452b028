"""Three-valued truth over columns: not met -1, unknown 0, met +1.

With the value goes what an unknown is about, as bits, for the outcome of an
unknown depends on it.  The bits hold only where the value is unknown, so that a
union over the parts names just those parts that can still change the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb.engine.columns.batch import Bools, Marks, Small

CHART, APPROVAL, CLAIM, HISTORY, LEFT_OUT = 1, 2, 4, 8, 16
"""An unknown about a chart fact, about an authorization, about what else the claim would
have to say, about services that a history does not tell, about a field of few words."""
BITS = (CHART, APPROVAL, CLAIM, HISTORY, LEFT_OUT)
ELSEWHERE = CHART | HISTORY
"""What stands on no claim."""
KINDS = 32

About = int | Marks
"""Bits for every unknown row alike, or for each row."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A test over rows."""

    value: Small
    about: About = 0


def always(count: int) -> Truth:
    """Met on every row."""
    return Truth(np.ones(count, np.int8))


def never(count: int) -> Truth:
    """Not met on any row."""
    return Truth(np.full(count, -1, np.int8))


def certain(met: Bools) -> Truth:
    """Met or not met; never unknown."""
    return Truth(met.astype(np.int8) * np.int8(2) - np.int8(1))


def known_where(known: Bools, met: Bools, about: int) -> Truth:
    """Met or not met where known, else unknown about ``about``."""
    value = met.astype(np.int8) * np.int8(2) - np.int8(1)
    return Truth(np.where(known, value, np.int8(0)), about)


def negation(truth: Truth) -> Truth:
    """Met where it was not met, and the other way round."""
    return Truth(np.negative(truth.value), truth.about)


def all_of(parts: Sequence[Truth]) -> Truth:
    """And: the least of the parts."""
    if len(parts) == 1:
        return parts[0]
    value = np.minimum.reduce([part.value for part in parts])
    return Truth(value, about_of(parts, value))


def any_of(parts: Sequence[Truth]) -> Truth:
    """Or: the greatest of the parts."""
    if len(parts) == 1:
        return parts[0]
    value = np.maximum.reduce([part.value for part in parts])
    return Truth(value, about_of(parts, value))


def at_least(count: int, parts: Sequence[Truth]) -> Truth:
    """Whether ``count`` of the parts are met."""
    met = np.add.reduce([part.value > 0 for part in parts], dtype=np.int32)
    possible = np.add.reduce([part.value >= 0 for part in parts], dtype=np.int32)
    value = (met >= count).astype(np.int8) - (possible < count).astype(np.int8)
    return Truth(value, about_of(parts, value))


def about_of(parts: Sequence[Truth], value: Small) -> About:
    """What the unknown rows of ``value`` are about: all their unknown parts."""
    kinds = {part.about for part in parts if isinstance(part.about, int)} - {0}
    if len(kinds) < 2 and all(isinstance(part.about, int) for part in parts):
        return kinds.pop() if kinds else 0
    bits = np.zeros(len(value), np.uint8)
    for part in parts:
        bits |= np.where(part.value == 0, part.about, 0).astype(np.uint8)
    bits[value != 0] = 0
    return bits


def untold(count: int) -> Truth:
    """Unknown on every row: nobody says what counts."""
    return Truth(np.zeros(count, np.int8), CLAIM)


def in_pieces(pieces: Sequence[tuple[Bools | None, Truth]], rest: Truth) -> Truth:
    """One truth from truths that hold on parts of the rows, and one on the rest."""
    if len(pieces) == 1 and pieces[0][0] is None:
        return pieces[0][1]
    value, about = rest.value.copy(), bits_of(rest).copy()
    for mask, truth in pieces:
        where = np.ones(len(value), np.bool_) if mask is None else mask
        value[where] = truth.value[where]
        about[where] = bits_of(truth)[where]
    return Truth(value, about)


def bits_of(truth: Truth) -> Marks:
    """What each row is about, whether told for each or for all."""
    if isinstance(truth.about, int):
        return np.full(len(truth.value), truth.about, np.uint8)
    return truth.about
