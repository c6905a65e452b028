"""What an institutional claim (837I) says otherwise than a professional one.

A bill type stands for the place of service, lines may have a revenue code alone, and
every line goes with all diagnoses of the claim.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kb.claims.bill_types import place_of_bill, place_of_line
from kb.claims.model import ClaimLine
from kb.claims.shapes import Shape
from kb.claims.x12.codes import FACILITY_MEASURES, FACILITY_NO_DIAGNOSES
from kb.claims.x12.diagnoses import FACILITY_ROOM, diagnoses_in
from kb.claims.x12.line import (
    charge_of,
    first_day,
    line_number,
    ndc_in,
    procedure_in,
    provider_in,
    service_in,
    units_in,
)
from kb.claims.x12.loops import Loop
from kb.claims.x12.notes import Notes
from kb.claims.x12.segments import Segment

SERVICE = "SV2"
_BILL_TYPE = Shape(
    re.compile("[0-9][0-9A-Z]"), "the first two characters of a bill type", "13"
)
_AS_ORIGINAL = frozenset({"2", "3", "4", "5", "9"})
"""Frequencies of interim bills and late charges: what they bill was not billed before."""
_STATEMENT = "434"


class FacilitySays(NamedTuple):
    """What a line takes from its claim."""

    place: str
    diagnoses: tuple[str, ...]
    own: list[Loop]


def frequency_in(opener: Segment, frequency: str, notes: Notes) -> str:
    """The third digit of a bill type, of which some come to an original (1)."""
    if frequency not in _AS_ORIGINAL:
        return frequency
    notes.remark(opener, "an interim bill or late charges: read as an original claim")
    return "1"


def lines_of(
    groups: list[list[Loop]], own: list[Loop], notes: Notes
) -> tuple[ClaimLine, ...]:
    """The lines that have a CPT or HCPCS code; how many have none is a remark."""
    opener = own[0].segments[0]
    diagnoses = diagnoses_in(own[0], notes, FACILITY_NO_DIAGNOSES, FACILITY_ROOM)
    says = FacilitySays(
        place=_place_of_bill(opener, notes),
        diagnoses=tuple(dict.fromkeys(code for code in diagnoses if code)),
        own=own,
    )
    services = [(group, service_in(group, SERVICE, notes)) for group in groups]
    _say_total(opener, [service for _, service in services if service], notes)
    coded = [
        (group, service)
        for group, service in services
        if service is not None and has_code(service)
    ]
    _say_left_out(opener, len(groups), len(groups) - len(coded), notes)
    found = [_line(group, service, says, notes) for group, service in coded]
    return tuple(line for line in found if line is not None)


def _say_left_out(opener: Segment, lines: int, left_out: int, notes: Notes) -> None:
    if left_out == lines:
        text = "no line has a CPT or HCPCS code: the claim is left out"
        notes.remark(opener, text)
    elif left_out:
        have, are = ("line has", "is") if left_out == 1 else ("lines have", "are")
        notes.remark(
            opener, f"{left_out} {have} no CPT or HCPCS code and {are} left out"
        )


def has_code(service: Segment) -> bool:
    """Whether a service has more than a revenue code."""
    return bool(service.element(2))


def _place_of_bill(opener: Segment, notes: Notes) -> str:
    """Place of service of the bill type (CLM05-1); empty where it may be several."""
    parts = opener.components(5)
    qualifier = parts[1] if len(parts) > 1 else ""
    if not qualifier:
        notes.remark(opener, "CLM05-2 is empty: an 837I has `A` there (bill type)")
    elif qualifier != "A":
        reason = "CLM05-2: an 837I has `A` there (bill type)"
        fix = "Write `A` and the bill type, or send the claim as 837P."
        notes.fault(opener, reason, fix)
    return place_of_bill(notes.shaped(opener, parts[0], _BILL_TYPE, "CLM05-1"))


def _line(
    loops: list[Loop], service: Segment, says: FacilitySays, notes: Notes
) -> ClaimLine | None:
    faults_before = len(notes.faults)
    code, modifiers = procedure_in(service, 2, notes)
    day = _day(loops, service, says, notes)
    line = ClaimLine(
        number=line_number(loops[0].segments[0], notes),
        code=code,
        date=day or date.min,
        modifiers=modifiers,
        units=units_in(service, 4, FACILITY_MEASURES, notes),
        place=place_of_line(says.place, modifiers),
        diagnoses=says.diagnoses,
        rendering=_performer(code, loops, says.own, notes),
        charge=charge_of(service, 3, "SV203", notes),
        ndc=ndc_in(loops, notes),
    )
    return line if len(notes.faults) == faults_before else None


def _day(
    loops: list[Loop], service: Segment, says: FacilitySays, notes: Notes
) -> date | None:
    """The line's day, else the first of the claim's statement."""
    own = [
        segment
        for loop in loops
        for segment in loop.segments
        if segment.elements[:2] == ("DTP", "472")
    ]
    if len(own) > 1:
        reason = f"expected one date of service (DTP*472) in a line, found {len(own)}"
        notes.fault(service, reason)
    if own:
        return first_day(own[0], notes)
    statement = says.own[0].first("DTP", _STATEMENT)
    if statement is None:
        reason = "neither the line (DTP*472) nor the claim (DTP*434) has a date"
        notes.fault(service, reason, "Write it as `DTP*472*D8*20260310`.")
        return None
    return first_day(statement, notes)


def _performer(code: str, line: list[Loop], own: list[Loop], notes: Notes) -> str:
    """NPI of who performed the service; empty when that is not said.

    The guide names a rendering provider (82) only where the operating physician (72) of
    a surgery, or else the attending one (71), did not do it.
    """
    surgery = code.isdigit() and "1" <= code[0] <= "6"
    for entity in ("82", "72" if surgery else "71"):
        for loops, name in ((line, "2420"), (own, "2310")):
            number = provider_in(loops, name, entity, notes)
            if number is not None:
                return number
    return ""


def _say_total(opener: Segment, services: list[Segment], notes: Notes) -> None:
    """Lines without a code count for the total too, so it is compared here."""
    total = charge_of(opener, 2, "CLM02", notes)
    charges = [charge_of(service, 3, "SV203", notes) for service in services]
    known = [charge for charge in charges if charge is not None]
    if total is None or len(known) < len(charges):
        return
    if sum(known, Decimal(0)) != total:
        notes.remark(opener, "the total charge is not the sum of the lines")
