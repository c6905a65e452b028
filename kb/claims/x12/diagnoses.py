"""The diagnoses of an 837 claim (HI), each at the position that lines point to."""

from __future__ import annotations

from kb.claims.shapes import DIAGNOSIS, diagnosis_with_point
from kb.claims.x12.codes import ICD9, ICD10, NO_DIAGNOSES
from kb.claims.x12.loops import Loop
from kb.claims.x12.notes import Notes
from kb.claims.x12.segments import Segment

ROOM = 12
"""Diagnoses that an 837P has room for."""
FACILITY_ROOM = 25
"""Diagnoses that an 837I has room for."""
_QUALIFIER_FIX = "Write the qualifier before each code: `ABK:M5416`, then `ABF:M961`."
_LATER_PARTS = slice(2, 8)
"""Components of a diagnosis that an 837 does not use; the ninth says when it was there."""


def diagnoses_in(
    main: Loop, notes: Notes, passed: frozenset[str] = NO_DIAGNOSES, room: int = ROOM
) -> tuple[str | None, ...]:
    """The claim's diagnoses by position, without those whose qualifiers are passed over.

    An element keeps its position whatever it holds, because lines point to it by
    number: empty for an empty one, ``None`` for ICD-9-CM and for a fault.
    """
    found: list[str | None] = []
    for segment in main.segments:
        if segment.id == "HI" and not _is_of_something_else(segment, passed):
            found += _diagnoses_of(segment, notes)
    _say_repeated(main, found, notes)
    if len(found) > room:
        text = f"the claim has {len(found)} diagnoses, and its form room for {room}"
        notes.remark(main.segments[0], text)
    return tuple(found)


def qualifiers_of(segment: Segment) -> set[str]:
    """The qualifiers of an HI's elements."""
    numbers = range(1, len(segment.elements))
    return {segment.components(number)[0] for number in numbers}


def _is_of_something_else(segment: Segment, passed: frozenset[str]) -> bool:
    """Whether an HI holds conditions or procedures, whose positions nobody points to."""
    return qualifiers_of(segment) - {""} <= passed


def _say_repeated(main: Loop, found: list[str | None], notes: Notes) -> None:
    codes = [code for code in found if code]
    if len(set(codes)) < len(codes):
        segment = main.first("HI")
        assert segment is not None
        notes.remark(segment, "a diagnosis stands twice on the claim")


def _diagnoses_of(segment: Segment, notes: Notes) -> list[str | None]:
    numbers = range(1, len(segment.elements))
    found = [_diagnosis(segment, number, notes) for number in numbers]
    while found and not segment.element(len(found)):
        found.pop()
    return found


def _diagnosis(segment: Segment, number: int, notes: Notes) -> str | None:
    qualifier, *rest = segment.components(number)
    name = f"HI{number:02}"
    if not segment.element(number):
        return ""
    if qualifier in ICD9:
        return None
    if qualifier not in ICD10:
        reason = f"{name}-1 is no qualifier of a diagnosis: expected `ABK` or `ABF`"
        notes.fault(segment, reason, _QUALIFIER_FIX)
        return None
    if any([qualifier, *rest][_LATER_PARTS]):
        reason = (
            f"{name} holds more than one diagnosis: expected a qualifier and a code"
        )
        notes.fault(segment, reason, "Write each diagnosis as an element of its own.")
        return None
    code = rest[0] if rest else ""
    shaped = notes.shaped(segment, code, DIAGNOSIS, f"{name}-2")
    if "." in shaped:
        text = "a diagnosis has its point, which an 837 leaves out: it is read as meant"
        notes.remark(segment, text)
    return diagnosis_with_point(shaped) if shaped else None
