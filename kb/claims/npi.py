"""The check digit of an NPI."""

from __future__ import annotations

from functools import lru_cache

from kb.claims.shapes import NPI

_BEFORE = "80840"
"""Stands before an NPI on a health card; the check digit counts it."""


@lru_cache(maxsize=4096)
def has_check_digit(npi: str) -> bool:
    """Whether ``npi`` is ten digits of which the last is the Luhn check digit."""
    if not NPI.fits(npi):
        return False
    total = 0
    for index, digit in enumerate(reversed(_BEFORE + npi)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
