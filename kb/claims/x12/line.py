"""The parts of a service line (loop 2400 and those inside it), of either kind of claim."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from kb.claims.authorization import may_be_issued
from kb.claims.drugs import ndc_of_claim
from kb.claims.model import Authorization
from kb.claims.shapes import MODIFIER, NPI, PROCEDURE, kind_of
from kb.claims.x12.loops import Loop
from kb.claims.x12.notes import Notes
from kb.claims.x12.segments import Segment

UNITS = re.compile(r"(?=\.?[0-9])[0-9]{0,12}(\.[0-9]{0,12})?")
WHOLE = re.compile("[0-9]{1,6}")
_DAY = re.compile("[0-9]{8}")
_FIRST_YEAR = 1900


def line_number(opener: Segment, notes: Notes) -> int:
    """The number of a line (LX01); 0 with a fault for anything else."""
    number = opener.element(1)
    found = int(number) if WHOLE.fullmatch(number) else 0
    if found == 0:
        notes.fault(opener, "LX01: expected the number of the line, from 1")
    return found


def service_in(loops: list[Loop], service: str, notes: Notes) -> Segment | None:
    """The one SV1 or SV2 of a line; ``None`` with a fault where there is not one."""
    found = [one for one in loops[0].segments if one.elements[0] == service]
    if len(found) == 1:
        return found[0]
    reason = f"expected one {service} in a line, found {len(found)}"
    notes.fault(loops[0].segments[0], reason, "Send the claim again.")
    return None


def ndc_in(loops: list[Loop], notes: Notes) -> str:
    """The NDC of the line's drug (LIN), empty when there is none or it is not sure."""
    drugs = [
        segment
        for loop in loops
        if loop.name == "2410"
        for segment in loop.segments
        if segment.elements[0] == "LIN" and segment.element(2) == "N4"
    ]
    if not drugs:
        return ""
    number = ndc_of_claim(drugs[0].element(3).strip())
    if len(drugs) > 1:
        notes.remark(drugs[0], "a line with several drugs (LIN): the NDC stays unknown")
        return ""
    if not number:
        notes.remark(
            drugs[0], "LIN03: expected an NDC of eleven digits: it is left out"
        )
        return ""
    return number


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


def procedure_in(
    service: Segment, number: int, notes: Notes
) -> tuple[str, tuple[str, ...]]:
    """The code and modifiers of a service, which stand in the element of that number."""
    parts = service.components(number)
    name = f"{service.id}{number:02}"
    if parts[0] != "HC":
        reason = f"{name}-1: expected `HC`: only CPT and HCPCS codes are read"
        notes.fault(service, reason)
        return "", ()
    code = parts[1] if len(parts) > 1 else ""
    code = notes.shaped(service, code, PROCEDURE, f"{name}-2")
    modifiers = tuple(part for part in parts[2:6] if part)
    for modifier in modifiers:
        notes.shaped(service, modifier, MODIFIER, f"{name} modifier")
    return code, modifiers


def charge_of(segment: Segment, number: int, name: str, notes: Notes) -> Decimal | None:
    """The dollars of an element, which may be below zero in no claim."""
    text = segment.element(number).strip()
    if not text:
        return None
    if UNITS.fullmatch(text):
        return Decimal(text)
    notes.fault(segment, f"{name}: found {kind_of(text)}, expected dollars from zero")
    return None


def units_in(
    service: Segment, measure: int, measures: Mapping[str, str], notes: Notes
) -> Decimal:
    """The units of a service, which stand after their measure."""
    if service.element(measure) not in measures:
        words = " or ".join(f"`{code}` ({words})" for code, words in measures.items())
        notes.fault(service, f"{service.id}{measure:02}: expected {words}")
    units = service.element(measure + 1)
    if UNITS.fullmatch(units) and Decimal(units):
        return Decimal(units)
    found = kind_of(units)
    name = f"{service.id}{measure + 1:02}"
    notes.fault(service, f"{name}: found {found}, expected a number above zero")
    return Decimal(1)


def first_day(segment: Segment, notes: Notes) -> date | None:
    """The first day of a DTP of one day or a range; several days are a remark."""
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


@lru_cache(maxsize=1 << 15)
def day_in(text: str) -> date | None:
    """The day written as ``20260310``; ``None`` for anything else."""
    if not _DAY.fullmatch(text):
        return None
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return day if day.year >= _FIRST_YEAR else None
