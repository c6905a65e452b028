"""The loops of one 837P claim to one claim, with every fault that it has.

What is taken from where, and why, is told in ``docs/x12.md``.
"""

from __future__ import annotations

from datetime import date

from kb.claims.edits import faults_of, remarks_of
from kb.claims.formats import NOT_READ_X12
from kb.claims.identity import member_in, patient_token
from kb.claims.model import (
    MOST_LINES,
    Claim,
    ClaimLine,
    Frequency,
    PayerNamed,
    own_patient,
)
from kb.claims.shapes import FILING, PLACE, STATE, TEXT, kind_of
from kb.claims.x12.codes import FREQUENCY, ICD9, ICD10_FROM, PLAN, SEX
from kb.claims.x12.diagnoses import diagnoses_in, qualifiers_of
from kb.claims.x12.line import (
    ClaimSays,
    authorization_in,
    charge_of,
    day_in,
    line_from_loops,
)
from kb.claims.x12.loops import ClaimLoops, Loop
from kb.claims.x12.notes import Notes
from kb.claims.x12.providers import provider_fields, rendering_of
from kb.claims.x12.segments import Segment, as_utf8

_SEND_837P = "Give the professional claim: 837P, version 005010X222."
_SEND_AGAIN = "Send the whole claim again."


def claim_from_loops(loops: ClaimLoops) -> tuple[Claim | None, Notes]:
    """The claim, ``None`` when it has faults, and what was found on the way."""
    notes = Notes()
    opener = loops.own[0].segments[0]
    refusal = _why_not_read(loops, opener)
    if refusal is not None:
        notes.fault(opener, *refusal)
        return None, notes
    notes.faults.extend(loops.faults)
    if loops.cut:
        notes.fault(opener, "the file ends before this claim does", _SEND_AGAIN)
    claim = _claim(loops, opener, notes)
    if not notes.faults:
        _say_edits(claim, loops, opener, notes)
    notes.one_a_cause()
    return (None if notes.faults else claim), notes


def _say_edits(claim: Claim, loops: ClaimLoops, opener: Segment, notes: Notes) -> None:
    """Say where the claim contradicts itself."""
    services = []
    for loop in loops.own:
        for segment in loop.segments:
            if segment.id != "SV1":
                continue
            if loop.name == "2400":
                services.append(segment)
            else:
                fix = "Begin each line with LX, its one SV1 after it."
                notes.fault(segment, "a service (SV1) that begins no line", fix)
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


def _why_not_read(loops: ClaimLoops, opener: Segment) -> tuple[str, str] | None:
    """Why the claim is none of 837P, and what to give; ``None`` when it is one."""
    services = {segment.elements[0] for loop in loops.own for segment in loop.segments}
    facility = opener.components(5)
    if "SV2" in services:
        return f"an institutional claim (837I): {NOT_READ_X12}", _SEND_837P
    if "SV3" in services:
        return f"a dental claim (837D): {NOT_READ_X12}", _SEND_837P
    if len(facility) == 1 and not facility[0].isalnum() and facility[0]:
        reason = "CLM05 does not use the component separator that the ISA names"
        return reason, "Name in ISA16 the separator that the composites use."
    return None


def _claim(loops: ClaimLoops, opener: Segment, notes: Notes) -> Claim:
    main = loops.own[0]
    billing = _required(loops, "2010A", "85", notes)
    subscriber = _required(loops, "2010B", "IL", notes)
    has_dependant = _find(loops.above, "2000C") is not None
    dependant = _required(loops, "2010C", "QC", notes) if has_dependant else None
    frequency, replaces = _frequency(main, opener, notes)
    identifier = _identifier(opener, notes)
    referral = main.first("REF", "9F")
    number = referral.element(2).strip() if referral else ""
    lines = _lines(loops, billing, number, notes)
    _say_old_diagnoses(main, lines, notes)
    person = dependant or subscriber
    return Claim(
        id=identifier,
        patient=_patient(subscriber, dependant, identifier, notes),
        payer=_payer(loops, opener, notes),
        lines=lines,
        plan=PLAN.get(_filing(loops), ""),
        state=_state(loops, billing, notes),
        frequency=frequency,
        replaces=replaces,
        authorization=authorization_in(main, number, notes),
        fields=_sex(person) | provider_fields(loops.own, billing, lines, notes),
        birth=_birth(person, notes),
        charge=charge_of(opener, 2, "CLM02", notes),
        member=_member(subscriber),
    )


def _find(loops: list[Loop], name: str, entity: str = "") -> Loop | None:
    for loop in loops:
        if loop.name == name and (not entity or loop.entity == entity):
            return loop
    return None


_CALLED = {
    "85": "billing provider",
    "IL": "subscriber",
    "PR": "payer",
    "QC": "patient",
}


def _required(loops: ClaimLoops, name: str, entity: str, notes: Notes) -> Loop | None:
    """The loop above the claim of that name and entity; a fault when there is none."""
    loop = _find(loops.above, name, entity)
    if loop is None:
        reason = f"the {_CALLED[entity]} (NM1*{entity}) of this claim is missing"
        notes.fault(loops.own[0].segments[0], reason, _SEND_AGAIN)
    return loop


def identifier_of(loops: ClaimLoops) -> str:
    """The sender's id of the claim (CLM01), empty when it is no plain text."""
    text = as_utf8(loops.own[0].segments[0].element(1)).strip()
    return text if TEXT.fits(text) and text.isprintable() else ""


def _identifier(opener: Segment, notes: Notes) -> str:
    return notes.shaped(opener, as_utf8(opener.element(1)).strip(), TEXT, "CLM01")


def _patient(
    subscriber: Loop | None, dependant: Loop | None, identifier: str, notes: Notes
) -> str:
    """The patient's token; without a member id the claim is its own patient."""
    if subscriber is None:
        return ""
    member = _member(subscriber)
    if not member:
        text = "NM109 has no member id: the claim is taken as its own patient"
        notes.remark(subscriber.segments[0], text)
        return own_patient(identifier)
    person = dependant or subscriber
    about = person.first("DMG")
    birth = about.element(2) if about else ""
    if not birth:
        text = "no birth date (DMG02): the patient is told by the member id alone"
        notes.remark(person.segments[0], text)
    given = dependant.segments[0].element(4) if dependant else ""
    return patient_token(member, birth, given)


def _member(subscriber: Loop | None) -> str:
    return member_in(subscriber.segments[0].element(9)) if subscriber else ""


def _filing(loops: ClaimLoops) -> str:
    level = _find(loops.above, "2000B")
    information = level.first("SBR") if level else None
    return information.element(9) if information else ""


def _payer(loops: ClaimLoops, opener: Segment, notes: Notes) -> PayerNamed:
    level = _find(loops.above, "2000B")
    information = level.first("SBR") if level else None
    payer = _required(loops, "2010B", "PR", notes)
    if information is None:
        notes.fault(opener, "the SBR of this claim's subscriber is missing")
    if payer is None or information is None:
        return PayerNamed()
    named = payer.segments[0]
    name, identifier, filing = (
        named.element(3),
        named.element(9),
        information.element(9),
    )
    if not (name.strip() or identifier.strip()):
        notes.fault(named, "the payer has neither name (NM103) nor id (NM109)")
    return PayerNamed(
        name=notes.text(named, name, "NM103"),
        identifier=notes.text(named, identifier, "NM109"),
        filing=notes.shaped(information, filing, FILING, "SBR09") if filing else "",
    )


def _birth(person: Loop | None, notes: Notes) -> date | None:
    """The patient's birth date (DMG02)."""
    about = person.first("DMG") if person else None
    if about is None or not about.element(2):
        return None
    born = day_in(about.element(2))
    if born is None:
        notes.remark(about, "DMG02: expected a birth date as year, month, day together")
    return born


def _sex(person: Loop | None) -> dict[str, str]:
    about = person.first("DMG") if person else None
    sex = SEX.get(about.element(3)) if about else None
    return {"sex": sex} if sex else {}


def _frequency(main: Loop, opener: Segment, notes: Notes) -> tuple[Frequency, str]:
    parts = opener.components(5)
    frequency = FREQUENCY.get(parts[2]) if len(parts) > 2 else None
    if frequency is None:
        reason = "CLM05-3: expected 1 (original), 7 (replacement) or 8 (void)"
        notes.fault(opener, reason)
        return "original", ""
    original = main.first("REF", "F8")
    if frequency == "original":
        if original is not None:
            text = "REF*F8 names an earlier claim, but CLM05-3 says that this one is an original"
            notes.remark(original, text)
        return frequency, ""
    if original is not None and original.element(2).strip():
        return frequency, notes.text(original, original.element(2), "REF02")
    if frequency == "replacement":
        reason = "a replacement has to say what it replaces"
        notes.fault(
            opener, reason, "Add REF*F8 with the payer's number of the original."
        )
    else:
        notes.remark(opener, "a void without REF*F8 does not say what it takes back")
    return frequency, ""


def _state(loops: ClaimLoops, billing: Loop | None, notes: Notes) -> str:
    """State of the service facility, else of the billing provider's address."""
    for loop in (_find(loops.own, "2310", "77"), billing):
        address = loop.first("N4") if loop else None
        if address is not None and address.element(2):
            return notes.shaped(address, address.element(2), STATE, "N402")
    return ""


def _lines(
    loops: ClaimLoops, billing: Loop | None, referral: str, notes: Notes
) -> tuple[ClaimLine, ...]:
    opener = loops.own[0].segments[0]
    says = ClaimSays(
        place=_place(opener, notes),
        rendering=rendering_of(loops.own, billing, notes),
        diagnoses=diagnoses_in(loops.own[0], notes),
        referral=referral,
    )
    groups: list[list[Loop]] = []
    for loop in loops.own:
        if loop.name == "2400":
            groups.append([loop])
        elif groups:
            groups[-1].append(loop)
    if not groups:
        notes.fault(opener, "the claim has no service line (LX)", _SEND_AGAIN)
    if len(groups) > MOST_LINES:
        reason = f"{len(groups):,} lines: a claim has at most {MOST_LINES}"
        notes.fault(opener, reason, "Bill them as several claims.")
        return ()
    _check_line_numbers(groups, notes)
    found = (line_from_loops(group, says, notes) for group in groups)
    return tuple(line for line in found if line is not None)


def _check_line_numbers(groups: list[list[Loop]], notes: Notes) -> None:
    seen: set[str] = set()
    for group in groups:
        opener = group[0].segments[0]
        if opener.element(1) in seen:
            reason = "another line of the claim has this number"
            fix = "A CLM segment before it may be missing: send the whole claim again."
            notes.fault(opener, reason, fix)
        seen.add(opener.element(1))


def _place(opener: Segment, notes: Notes) -> str:
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


def _say_old_diagnoses(main: Loop, lines: tuple[ClaimLine, ...], notes: Notes) -> None:
    """ICD-9-CM is left out of old claims, and wrong on newer ones."""
    old = [
        segment
        for segment in main.segments
        if segment.id == "HI" and qualifiers_of(segment) & ICD9
    ]
    if not old:
        return
    if any(line.date >= ICD10_FROM for line in lines):
        reason = "ICD-9-CM diagnoses (BK, BF) on a service of 2015-10-01 or later"
        notes.fault(old[0], reason, "Write ICD-10-CM ones: `ABK:M5416`, `ABF:M961`.")
    else:
        text = "ICD-9-CM diagnoses are left out: ICD-10-CM is read"
        notes.remark(old[0], text)
