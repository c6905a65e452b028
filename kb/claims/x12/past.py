"""One claim of a remittance (835) to an earlier claim, with every fault that it has.

What is taken from where, and why, is told in ``docs/x12.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import get_args

from kb.claims.identity import member_in
from kb.claims.model import (
    MOST_LINES,
    Frequency,
    HistoryLine,
    LineStatus,
    PayerNamed,
)
from kb.claims.past import Adjustment, AdjustmentGroup, PastClaim, PastLine
from kb.claims.shapes import FILING, MODIFIER, NPI, PROCEDURE, TEXT, Shape, kind_of
from kb.claims.x12.codes import FREQUENCY
from kb.claims.x12.decided import status_of
from kb.claims.x12.line import day_in
from kb.claims.x12.loops import Loop
from kb.claims.x12.notes import Notes
from kb.claims.x12.remittance import Header, Remitted
from kb.claims.x12.segments import Segment, as_utf8

_AGAIN = "Get the remittance again."
_REVERSAL = "22"
_PREDETERMINATION = "25"
_UNDECIDED: dict[str, LineStatus] = {"5": "pending", "23": "unknown"}
"""CLP02 of a claim that waits, or that belongs to another payer."""
_STATES = frozenset(
    {"1", "2", "3", "4", "19", "20", "21", _REVERSAL, _PREDETERMINATION} | {*_UNDECIDED}
)
_GROUPS: tuple[AdjustmentGroup, ...] = get_args(AdjustmentGroup)
_MONEY = re.compile(r"-?(?=\.?[0-9])[0-9]{0,12}(\.[0-9]{0,12})?")
_UNITS = _MONEY
_CARC = Shape(re.compile("[A-Z]{0,2}[0-9]{1,3}"), "a claim adjustment reason", "197")
_RARC = Shape(re.compile("[A-Z]{1,2}[0-9]{1,4}"), "a remark code", "N706")
_REMARKS_OF_CLAIM = (
    ("MOA", range(3, 8)),
    ("MIA", (5, *range(20, 24))),
)
_FIRST_DAYS = (("DTM", "472"), ("DTM", "150"))
_NO_DATE = (
    "the day of this service is missing (DTM*472, DTM*150, or DTM*232 of the claim)"
)


@dataclass(frozen=True, slots=True)
class _ClaimSays:
    """What a service takes from its claim."""

    id: str
    state: str
    rendering: str
    claim: Loop
    adjustments: tuple[Adjustment, ...]
    """Those of the whole claim."""
    several: bool
    """Whether it has several services, which share them."""
    remarks: tuple[str, ...]


def past_from(remitted: Remitted) -> tuple[PastClaim | None, Notes]:
    """The earlier claim, ``None`` when it has faults or no services, and what was found."""
    notes = Notes()
    notes.faults.extend(remitted.faults)
    opener = remitted.claim.segments[0]
    if remitted.cut:
        notes.fault(opener, "the file ends before this claim does", _AGAIN)
    past = _past(remitted, opener, notes)
    left_out = _why_left_out(past, opener)
    if left_out and not notes.faults:
        notes.remark(opener, left_out)
    notes.one_a_cause()
    return (None if notes.faults or left_out else past), notes


def sent_number(remitted: Remitted) -> str:
    """The sender's number of the claim (CLP01), empty when it is no plain text."""
    text = as_utf8(remitted.claim.segments[0].element(1)).strip()
    return text if TEXT.fits(text) and text.isprintable() else ""


def _why_left_out(past: PastClaim, opener: Segment) -> str:
    if opener.element(2) == _PREDETERMINATION:
        return "a predetermination (CLP02 25): nothing was done, it is left out"
    if not past.lines and past.frequency != "void":
        return "no service (SVC) has a CPT or HCPCS code: the claim is left out"
    return ""


def _past(remitted: Remitted, opener: Segment, notes: Notes) -> PastClaim:
    claim, header = remitted.claim, remitted.header
    identifier, number = _numbers(opener, notes)
    frequency, replaces = _frequency(claim, opener, notes)
    says = _ClaimSays(
        id=identifier,
        state=opener.element(2),
        rendering=_rendering(claim, notes),
        claim=claim,
        adjustments=tuple(_adjustments(claim, notes)),
        several=len(remitted.services) > 1,
        remarks=tuple(_remarks_of_claim(claim)),
    )
    return PastClaim(
        id=identifier,
        member=_member(claim, opener, notes),
        payer=_payer(header.payer, opener, notes),
        lines=_lines(remitted, says, opener, notes),
        frequency=frequency,
        replaces=replaces,
        told=told_on(header),
        payers_number=number,
    )


def told_on(header: Header) -> date | None:
    """The day of payment, else that on which the remittance was made."""
    paid_on = day_in(header.payment.element(16)) if header.payment else None
    made_on = day_in(header.made.element(2)) if header.made else None
    return paid_on or made_on


def _numbers(opener: Segment, notes: Notes) -> tuple[str, str]:
    """The sender's number of the claim and the payer's.

    A payer who was told none writes 0 for the sender's: its own then tells claims apart.
    """
    number = notes.text(opener, opener.element(7), "CLP07")
    sent = as_utf8(opener.element(1)).strip()
    if sent.strip("0") or not number:
        return notes.shaped(opener, sent, TEXT, "CLP01"), number
    notes.remark(opener, "CLP01 is empty or 0: the payer's number (CLP07) is taken")
    return number, number


def _frequency(claim: Loop, opener: Segment, notes: Notes) -> tuple[Frequency, str]:
    state = opener.element(2)
    if state not in _STATES:
        reason = f"CLP02: found {kind_of(state)}, expected the state of the claim"
        notes.fault(opener, reason, "Write 1, 2 or 3 (processed), 4 or 22 (reversal).")
    original = claim.first("REF", "F8")
    replaces = notes.text(original, original.element(2), "REF02") if original else ""
    if state == _REVERSAL:
        return "void", replaces
    said = FREQUENCY.get(opener.element(9), "original")
    return ("replacement" if replaces and said == "original" else said), replaces


def _member(claim: Loop, opener: Segment, notes: Notes) -> str:
    """The subscriber's member id, as an 837 has it; the patient's where none is named."""
    for entity in ("IL", "QC"):
        named = claim.first("NM1", entity)
        member = member_in(named.element(9)) if named else ""
        if member:
            return member
    text = "no member id (NM1*QC, NM1*IL): it is in nobody's history"
    notes.remark(claim.first("NM1", "QC") or opener, text)
    return ""


def _payer(payer: Loop | None, opener: Segment, notes: Notes) -> PayerNamed:
    if payer is None:
        notes.fault(opener, "the payer (N1*PR) of this remittance is missing", _AGAIN)
        return PayerNamed()
    named = payer.segments[0]
    by_number = payer.first("REF", "2U")
    identifier = notes.text(named, named.element(4), "N104")
    if not identifier and by_number is not None:
        identifier = notes.text(by_number, by_number.element(2), "REF02")
    name = notes.text(named, named.element(2), "N102")
    if not (name or identifier):
        notes.fault(named, "the payer has neither name (N102) nor id (N104)")
    filing = opener.element(6)
    return PayerNamed(
        name=name,
        identifier=identifier,
        filing=notes.shaped(opener, filing, FILING, "CLP06") if filing else "",
    )


def _rendering(claim: Loop, notes: Notes) -> str:
    named = claim.first("NM1", "82")
    if named is None or named.element(8) != "XX":
        return ""
    return notes.shaped(named, named.element(9), NPI, "NM109")


def _remarks_of_claim(claim: Loop) -> Iterator[str]:
    for segment_id, numbers in _REMARKS_OF_CLAIM:
        segment = claim.first(segment_id)
        codes = (segment.element(number) for number in numbers) if segment else ()
        yield from (code for code in codes if _RARC.fits(code))


def _lines(
    remitted: Remitted, says: _ClaimSays, opener: Segment, notes: Notes
) -> tuple[PastLine, ...]:
    if len(remitted.services) > MOST_LINES:
        reason = (
            f"{len(remitted.services):,} services: a claim has at most {MOST_LINES}"
        )
        notes.fault(opener, reason, _AGAIN)
        return ()
    found = [_line(loop, says, notes) for loop in remitted.services]
    charge = _money(opener, 3, "CLP03", notes)
    charges = [line.charge for line in found if line and line.charge is not None]
    if found and len(charges) == len(found) and sum(charges) != charge:
        notes.remark(
            opener, "the claim's charge (CLP03) is not the sum of its services"
        )
    return tuple(line for line in found if line is not None)


def _line(loop: Loop, says: _ClaimSays, notes: Notes) -> PastLine | None:
    """The service of an SVC; ``None`` with a remark where no HCPCS code was billed."""
    service = loop.segments[0]
    billed = _billed(service, notes)
    charge = _money(service, 2, "SVC02", notes)
    paid = _money(service, 3, "SVC03", notes)
    own = tuple(_adjustments(loop, notes))
    day = _day_of_service(loop, service, says, notes)
    if billed is None or day is None:
        return None
    code, modifiers = billed
    if charge - sum(one.amount for one in own) != paid and (
        own or not says.adjustments
    ):
        notes.remark(service, "charge, adjustments and payment do not balance")
    reasons = own or says.adjustments
    status = _UNDECIDED.get(says.state) or status_of(paid, reasons, says.state)
    return PastLine(
        HistoryLine(
            code,
            day,
            modifiers,
            units=_units(service, status, notes),
            status=status,
            claim=says.id,
            rendering=_rendering_of_line(loop, notes) or says.rendering,
        ),
        charge=charge,
        paid=paid,
        adjustments=own or _shared(says),
        remarks=(*_remarks(loop), *says.remarks),
    )


def _shared(claim: _ClaimSays) -> tuple[Adjustment, ...]:
    """The claim's adjustments for a line that has none of its own.

    The amount is the line's only where the claim has one line.
    """
    if not claim.several:
        return claim.adjustments
    return tuple(Adjustment(one.group, one.reason) for one in claim.adjustments)


def _billed(service: Segment, notes: Notes) -> tuple[str, tuple[str, ...]] | None:
    """The code and modifiers that were billed: SVC06 where the payer took another code."""
    parts = service.components(6)
    name = "SVC06"
    if parts[0] != "HC":
        parts, name = service.components(1), "SVC01"
    code = parts[1] if len(parts) > 1 else ""
    if parts[0] != "HC" or (name == "SVC06" and not PROCEDURE.fits(code)):
        notes.remark(service, "a service without CPT or HCPCS code is left out")
        return None
    code = notes.shaped(service, code, PROCEDURE, f"{name}-2")
    modifiers = tuple(part for part in parts[2:6] if part)
    for modifier in modifiers:
        notes.shaped(service, modifier, MODIFIER, f"{name} modifier")
    return code, modifiers


def _units(service: Segment, status: LineStatus, notes: Notes) -> Decimal:
    """The units billed: SVC07 where they differ from those paid (SVC05), which may be left out."""
    for number, name in ((7, "SVC07"), (5, "SVC05")):
        text = service.element(number).strip()
        if not text:
            continue
        if not _UNITS.fullmatch(text):
            notes.fault(service, f"{name}: found {kind_of(text)}, expected units")
        elif Decimal(text):
            return abs(Decimal(text))
        elif status != "denied":
            notes.remark(service, f"{name} counts 0 units: one is taken")
    return Decimal(1)


def _rendering_of_line(loop: Loop, notes: Notes) -> str:
    number = loop.first("REF", "HPI")
    return notes.shaped(number, number.element(2), NPI, "REF02") if number else ""


def _remarks(loop: Loop) -> Iterator[str]:
    for segment in loop.segments:
        if segment.elements[0] != "LQ" or segment.element(1) != "HE":
            continue
        if _RARC.fits(segment.element(2)):
            yield segment.element(2)


def _day_of_service(
    loop: Loop, service: Segment, says: _ClaimSays, notes: Notes
) -> date | None:
    days = [one for one in loop.segments if one.elements[:2] in _FIRST_DAYS]
    if len(days) > 1:
        notes.fault(service, f"expected one date of service, found {len(days)}", _AGAIN)
    faults = len(notes.faults)
    day = (
        _day(loop, "472", "", notes)
        or _day(loop, "150", "151", notes)
        or _day(says.claim, "232", "233", notes)
    )
    if day is None and len(notes.faults) == faults:
        notes.fault(service, _NO_DATE, _AGAIN)
    return day


def _day(loop: Loop, first: str, last: str, notes: Notes) -> date | None:
    """The day of a DTM, the first of a range; ``None`` when there is none."""
    begin = loop.first("DTM", first)
    if begin is None:
        return None
    day = _day_in(begin, notes)
    end = loop.first("DTM", last) if last else None
    until = _day_in(end, notes) if end else day
    if day and until and until < day:
        notes.fault(begin, "DTM02: the last day stands before the first", _AGAIN)
    elif day and until and day < until:
        notes.remark(begin, "several days of service: the first is taken as its date")
    return day


def _day_in(segment: Segment, notes: Notes) -> date | None:
    day = day_in(segment.element(2))
    if day is None:
        notes.fault(segment, "DTM02: expected a date as `20260310`", _AGAIN)
    return day


def _adjustments(loop: Loop, notes: Notes) -> Iterator[Adjustment]:
    """The reasons of CAS, of which one has up to six, each with its amount."""
    for segment in loop.segments:
        if segment.elements[0] != "CAS":
            continue
        group = next((one for one in _GROUPS if one == segment.element(1)), None)
        if group is None:
            notes.fault(segment, "CAS01: expected CO, OA, PI or PR", _AGAIN)
            continue
        for number in range(2, len(segment.elements), 3):
            if segment.element(number):
                reason = segment.element(number)
                reason = notes.shaped(segment, reason, _CARC, f"CAS{number:02}")
                amount = _money(segment, number + 1, f"CAS{number + 1:02}", notes)
                yield Adjustment(group, reason, amount)


def _money(segment: Segment, number: int, name: str, notes: Notes) -> Decimal:
    text = segment.element(number).strip()
    if _MONEY.fullmatch(text):
        return Decimal(text)
    notes.fault(segment, f"{name}: found {kind_of(text)}, expected dollars", _AGAIN)
    return Decimal(0)
