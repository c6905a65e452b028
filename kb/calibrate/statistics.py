"""The two figures that the report stands on: an interval, and a ratio of likelihoods."""

from __future__ import annotations

from math import log, sqrt
from typing import NamedTuple

Z95 = 1.959963984540054


class Interval(NamedTuple):
    """Between which shares the true one lies, with 95 percent."""

    low: float
    high: float


def wilson(number: int, of: int) -> Interval:
    """Wilson's interval of a share; everything where nothing was counted."""
    if not of:
        return Interval(0.0, 1.0)
    share, square = number / of, Z95 * Z95
    middle = share + square / (2 * of)
    wide = Z95 * sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    return Interval(
        max(0.0, (middle - wide) / whole), min(1.0, (middle + wide) / whole)
    )


def excess(number: int, of: int, usual: float) -> float:
    """How much better ``number`` of ``of`` fits its own share than the usual one.

    Twice the logarithm of the ratio of likelihoods (G); 0 where it is not more than usual.
    """
    if not of or number <= usual * of:
        return 0.0
    return 2 * (_part(number, usual * of) + _part(of - number, (1 - usual) * of))


def _part(seen: int, expected: float) -> float:
    return seen * log(seen / expected) if seen else 0.0
