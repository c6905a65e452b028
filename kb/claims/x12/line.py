"""One service line of an 837P claim (loop 2400 and those inside it)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kb.claims.authorization import may_be_issued
from kb.claims.model import Authorization, ClaimLine
from kb.claims.shapes import MODIFIER, NPI, PLACE, PROCEDURE, kind_of
from kb.claims.x12.codes import UNIT_MEASURES
from kb.claims.x12.loops import Loop
from kb.claims.x12.notes import Notes
from kb.claims.x12.segments import Segment

_UNITS = re.compile(r"(?=\.?[0-9])[0-9]{0,12}(\.[0-9]{0,12})?")
_WHOLE = re.compile("[0-9]{1,6}")
_DAY = re.compile("[0-9]{8}")
_FIRST_YEAR = 1900


class ClaimSays(NamedTuple):
    """What a line takes from its claim where it says nothing itself."""

    place: str
    rendering: str
    diagnoses: tuple[str | None, ...]
    """By position; empty where nothing stands, ``None`` for what is not ICD-10-CM."""
    referral: str = ""
    """The number of the referral (REF*9F)."""


def line_from_loops(
    loops: list[Loop], claim: ClaimSays, notes: Notes
) -> ClaimLine | None:
    """The line of a 2400 loop and those inside it; ``None`` when its SV1 is wrong."""
    opener = loops[0].segments[0]
    number = opener.element(1)
    if not _WHOLE.fullmatch(number) or int(number) == 0:
        notes.fault(opener, "LX01: expected the number of the line, from 1")
    day = _date_of_service(loops, notes)
    services = [segment for segment in loops[0].segments if segment.id == "SV1"]
    if len(services) != 1:
        reason = f"expected one SV1 in a line, found {len(services)}"
        notes.fault(opener, reason, "Send the claim again.")
        return None
    service = services[0]
    code, modifiers = _procedure(service, notes)
    faults_before = len(notes.faults)
    rendering = provider_in(loops, "2420", "82", notes)
    if rendering == "":
        text = "the line's rendering provider (NM1*82) has no NPI: it stays unknown"
        notes.remark(opener, text)
    line = ClaimLine(
        number=int(number) if _WHOLE.fullmatch(number) else 0,
        code=code,
        date=day or date.min,
        modifiers=modifiers,
        units=_units(service, notes),
        place=_place(service, claim, notes),
        diagnoses=_diagnoses(service, claim, notes),
        rendering=claim.rendering if rendering is None else rendering,
        authorization=authorization_in(loops[0], claim.referral, notes),
        charge=charge_of(service, 2, "SV102", notes),
    )
    return line if len(notes.faults) == faults_before else None


def authorization_in(loop: Loop, referral: str, notes: Notes) -> Authorization | None:
    """``approved`` when the loop holds this payer's authorization number (REF*G1).

    A payer issues the number with its approval.  Without one nothing is said: an
    approval may exist that the claim does not show.  A number with a REF04 is
    that of another payer; a word, zeros or the referral's number is none.
    """
    for segment in loop.segments:
        number = segment.element(2).strip()
        if segment.id != "REF" or segment.element(1) != "G1" or segment.element(4):
            continue
        if number and number == referral:
            notes.remark(segment, "REF*G1 repeats the number of the referral" + _OPEN)
        elif number and not may_be_issued(number):
            text = "REF*G1 holds a word, zeros or one repeated sign, no number"
            notes.remark(segment, text + _OPEN)
        elif number:
            return "approved"
    return None


_OPEN = ": it is not taken as an approval"


def provider_in(
    loops: Iterable[Loop], name: str, entity: str, notes: Notes
) -> str | None:
    """The NPI of a provider (NM1 of ``entity``) in loops of that name.

    ``None`` when no loop names one; empty when it is named without an NPI.
    """
    for loop in loops:
        if loop.name == name and loop.entity == entity:
            return npi_of(loop.segments[0], notes)
    return None


def npi_of(segment: Segment, notes: Notes) -> str:
    """The NPI of an NM1, empty when it gives none."""
    if segment.element(8) != "XX":
        return ""
    return notes.shaped(segment, segment.element(9), NPI, "NM109")


def _procedure(service: Segment, notes: Notes) -> tuple[str, tuple[str, ...]]:
    parts = service.components(1)
    if parts[0] != "HC":
        reason = "SV101-1: expected `HC`: only CPT and HCPCS codes are read"
        notes.fault(service, reason)
        return "", ()
    code = parts[1] if len(parts) > 1 else ""
    code = notes.shaped(service, code, PROCEDURE, "SV101-2")
    modifiers = tuple(part for part in parts[2:6] if part)
    for modifier in modifiers:
        notes.shaped(service, modifier, MODIFIER, "SV101 modifier")
    return code, modifiers


def charge_of(segment: Segment, number: int, name: str, notes: Notes) -> Decimal | None:
    """The dollars of an element, which may be below zero in no claim."""
    text = segment.element(number).strip()
    if not text:
        return None
    if _UNITS.fullmatch(text):
        return Decimal(text)
    notes.fault(segment, f"{name}: found {kind_of(text)}, expected dollars from zero")
    return None


def _units(service: Segment, notes: Notes) -> Decimal:
    if service.element(3) not in UNIT_MEASURES:
        notes.fault(service, "SV103: expected `UN` (units) or `MJ` (minutes)")
    units = service.element(4)
    if _UNITS.fullmatch(units) and Decimal(units):
        return Decimal(units)
    found = kind_of(units)
    notes.fault(service, f"SV104: found {found}, expected a number above zero")
    return Decimal(1)


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
        if not (_WHOLE.fullmatch(pointer) and 1 <= int(pointer) <= last):
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
        return _first_day(found[0], notes)
    opener = loops[0].segments[0]
    reason = f"expected one date of service (DTP*472) in a line, found {len(found)}"
    notes.fault(opener, reason, "Write it as `DTP*472*D8*20260310`.")
    return None


def _first_day(segment: Segment, notes: Notes) -> date | None:
    form, _, _ = segment.element(2).partition(" ")
    days = [day_in(text) for text in segment.element(3).split("-")]
    expected = {"D8": 1, "RD8": 2}.get(form)
    if expected is None or len(days) != expected or days[0] is None or days[-1] is None:
        reason = "DTP03: expected a date as `20260310` (D8), or two with a hyphen (RD8)"
        notes.fault(segment, reason)
        return None
    if days[0] > days[-1]:
        notes.fault(segment, "DTP03: the last day stands before the first")
        return None
    if days[0] < days[-1]:
        notes.remark(segment, "several days of service: the first is taken as its date")
    return days[0]


def day_in(text: str) -> date | None:
    """The day written as ``20260310``; ``None`` for anything else."""
    if not _DAY.fullmatch(text):
        return None
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return day if day.year >= _FIRST_YEAR else None
