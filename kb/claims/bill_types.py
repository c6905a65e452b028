"""What a facility's bill type says of the place of service, where it is certain."""

from __future__ import annotations

from collections.abc import Iterable

_PLACES = {"11": "21", "13": "22", "83": "24"}
"""Bill types that have one place: inpatient, outpatient hospital, surgery center."""
_OFF_CAMPUS = frozenset({"PN", "PO"})
"""Modifiers of a hospital's department away from its campus."""
_OFF_CAMPUS_PLACE = "19"


def place_of_bill(facility: str) -> str:
    """Place of service of the first two characters of a bill type, ``13``.

    Empty where it may be several.
    """
    return _PLACES.get(facility, "")


def place_of_line(place: str, modifiers: Iterable[str]) -> str:
    """Place of a line of a facility, of that of its bill."""
    return _OFF_CAMPUS_PLACE if _OFF_CAMPUS & {*modifiers} else place
