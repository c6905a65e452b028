"""What contradicts itself on an X12 claim, each at the segment that shows it."""

from __future__ import annotations

from kb.claims.edits import faults_of, remarks_of
from kb.claims.model import Claim
from kb.claims.x12 import facility
from kb.claims.x12.line import day_in
from kb.claims.x12.loops import ClaimLoops
from kb.claims.x12.notes import Notes
from kb.claims.x12.segments import Segment


def say_contradictions(
    claim: Claim, loops: ClaimLoops, service: str, notes: Notes
) -> None:
    """Say where a claim without faults contradicts itself.

    ``service`` is the segment of its services: ``SV1`` or ``SV2``.
    """
    opener = loops.own[0].segments[0]
    services = _services(loops, service, notes)
    if notes.faults:
        return
    for fault in faults_of(claim):
        place = opener if fault.line is None else services[fault.line]
        notes.fault(place, fault.text, fault.fix)
    for remark in remarks_of(claim):
        place = opener if remark.line is None else services[remark.line]
        notes.remark(place, remark.text)
    _say_future(claim, loops, services, notes)
    _say_repeated_controls(loops, notes)


def _services(loops: ClaimLoops, service: str, notes: Notes) -> list[Segment]:
    """The services of the claim's lines, in their order."""
    found = []
    for loop in loops.own:
        for segment in loop.segments:
            if segment.elements[0] != service:
                continue
            if loop.name != "2400":
                fix = f"Begin each line with LX, its one {service} after it."
                notes.fault(segment, f"a service ({service}) that begins no line", fix)
            elif service != facility.SERVICE or facility.has_code(segment):
                found.append(segment)
    return found


def _say_future(
    claim: Claim, loops: ClaimLoops, services: list[Segment], notes: Notes
) -> None:
    written = day_in(loops.written)
    for line, service in zip(claim.lines, services, strict=True):
        if written is not None and line.date > written:
            reason = "the service stands after the day on which the file was written"
            fix = "Correct the date of service (DTP*472); BHT04 has the file's day."
            notes.fault(service, reason, fix)


def _say_repeated_controls(loops: ClaimLoops, notes: Notes) -> None:
    seen: set[str] = set()
    for loop in loops.own:
        control = loop.first("REF", "6R") if loop.name == "2400" else None
        number = control.element(2) if control else ""
        if control and number and number in seen:
            text = "another line of the claim has this control number (REF*6R)"
            notes.remark(control, text)
        seen.add(number)
