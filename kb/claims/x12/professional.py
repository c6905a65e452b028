"""The service lines of a professional claim (837P)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kb.claims.model import ClaimLine
from kb.claims.shapes import PLACE, kind_of
from kb.claims.x12.codes import UNIT_MEASURES
from kb.claims.x12.diagnoses import diagnoses_in
from kb.claims.x12.line import (
    WHOLE,
    authorization_in,
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
from kb.claims.x12.providers import rendering_of
from kb.claims.x12.segments import Segment

SERVICE = "SV1"


class ClaimSays(NamedTuple):
    """What a line takes from its claim where it says nothing itself."""

    place: str
    rendering: str
    diagnoses: tuple[str | None, ...]
    """By position; empty where nothing stands, ``None`` for what is not ICD-10-CM."""
    referral: str = ""
    """The number of the referral (REF*9F)."""


def lines_of(
    groups: list[list[Loop]],
    own: list[Loop],
    billing: Loop | None,
    referral: str,
    notes: Notes,
) -> tuple[ClaimLine, ...]:
    """The lines of a claim, those that are right; ``referral`` is the number of REF*9F."""
    says = ClaimSays(
        place=_place_of_claim(own[0].segments[0], notes),
        rendering=rendering_of(own, billing, notes),
        diagnoses=diagnoses_in(own[0], notes),
        referral=referral,
    )
    found = (_line(group, says, notes) for group in groups)
    return tuple(line for line in found if line is not None)


def _line(loops: list[Loop], claim: ClaimSays, notes: Notes) -> ClaimLine | None:
    """The line of a 2400 loop and those inside it; ``None`` when its SV1 is wrong."""
    opener = loops[0].segments[0]
    number = line_number(opener, notes)
    day = _date_of_service(loops, notes)
    service = service_in(loops, SERVICE, notes)
    if service is None:
        return None
    code, modifiers = procedure_in(service, 1, notes)
    faults_before = len(notes.faults)
    rendering = provider_in(loops, "2420", "82", notes)
    if rendering == "":
        text = "the line's rendering provider (NM1*82) has no NPI: it stays unknown"
        notes.remark(opener, text)
    line = ClaimLine(
        number=number,
        code=code,
        date=day or date.min,
        modifiers=modifiers,
        units=units_in(service, 3, UNIT_MEASURES, notes),
        place=_place(service, claim, notes),
        diagnoses=_diagnoses(service, claim, notes),
        rendering=claim.rendering if rendering is None else rendering,
        authorization=authorization_in(loops[0], claim.referral, notes),
        charge=charge_of(service, 2, "SV102", notes),
        ndc=ndc_in(loops, notes),
    )
    return line if len(notes.faults) == faults_before else None


def _place_of_claim(opener: Segment, notes: Notes) -> str:
    """Place of service (CLM05-1), which CLM05-2 has to call one."""
    parts = opener.components(5)
    qualifier = parts[1] if len(parts) > 1 else ""
    if not qualifier:
        text = "CLM05-2 is empty: an 837P has `B` there (place of service)"
        notes.remark(opener, text)
    elif qualifier != "B":
        found = (
            "`A` (bill type of a facility)" if qualifier == "A" else kind_of(qualifier)
        )
        reason = f"CLM05-2 is {found}: an 837P has `B` there (place of service)"
        fix = "Write `B` and the place of service, or send the claim as 837I."
        notes.fault(opener, reason, fix)
    return notes.shaped(opener, parts[0], PLACE, "CLM05-1")


def _place(service: Segment, claim: ClaimSays, notes: Notes) -> str:
    place = service.element(5)
    return notes.shaped(service, place, PLACE, "SV105") if place else claim.place


def _diagnoses(service: Segment, claim: ClaimSays, notes: Notes) -> tuple[str, ...]:
    if not service.element(7):
        notes.remark(service, "SV107 is empty: the line points to no diagnosis")
        return ()
    found = []
    for pointer in service.components(7):
        last = len(claim.diagnoses)
        if not (WHOLE.fullmatch(pointer) and 1 <= int(pointer) <= last):
            reason = f"SV107: expected positions in the claim's {last} diagnoses (HI)"
            notes.fault(service, reason)
            return ()
        code = claim.diagnoses[int(pointer) - 1]
        if code == "":
            reason = f"SV107 points to position {int(pointer)} of HI, which is empty"
            notes.fault(service, reason)
        found.append(code)
    return tuple(dict.fromkeys(code for code in found if code))


def _date_of_service(loops: list[Loop], notes: Notes) -> date | None:
    found = [
        segment
        for loop in loops
        for segment in loop.segments
        if segment.id == "DTP" and segment.element(1) == "472"
    ]
    if len(found) == 1:
        return first_day(found[0], notes)
    opener = loops[0].segments[0]
    reason = f"expected one date of service (DTP*472) in a line, found {len(found)}"
    notes.fault(opener, reason, "Write it as `DTP*472*D8*20260310`.")
    return None
