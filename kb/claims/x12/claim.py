"""The loops of one 837 claim to one claim, with every fault that it has.

What is taken from where, and why, is told in ``docs/x12.md``.
"""

from __future__ import annotations

from datetime import date

from kb.claims.formats import NOT_READ_X12, is_facility
from kb.claims.identity import member_in, patient_token
from kb.claims.model import (
    MOST_LINES,
    Claim,
    ClaimLine,
    Frequency,
    PayerNamed,
    own_patient,
)
from kb.claims.shapes import FILING, STATE, TEXT
from kb.claims.x12 import facility, professional
from kb.claims.x12.codes import FREQUENCY, ICD9, ICD10_FROM, PLAN, SEX
from kb.claims.x12.contradictions import say_contradictions
from kb.claims.x12.diagnoses import qualifiers_of
from kb.claims.x12.line import authorization_in, charge_of, day_in
from kb.claims.x12.loops import ClaimLoops, Loop
from kb.claims.x12.notes import Notes
from kb.claims.x12.providers import is_of_a_center, provider_fields
from kb.claims.x12.segments import Segment, as_utf8

_SEND_837 = "Give the professional claim (837P) or the institutional one (837I)."
_OTHER = {
    professional.SERVICE: facility.SERVICE,
    facility.SERVICE: professional.SERVICE,
}
_CLAIMS_WITH = {
    professional.SERVICE: "professional claims (837P)",
    facility.SERVICE: "institutional claims (837I)",
}
_SEND_AGAIN = "Send the whole claim again."


def claim_from_loops(loops: ClaimLoops) -> tuple[Claim | None, Notes]:
    """The claim, ``None`` when it has faults, and what was found on the way."""
    notes = Notes()
    opener = loops.own[0].segments[0]
    service = _service_of(loops)
    refusal = _why_not_read(loops, opener, service)
    if refusal is not None:
        notes.fault(opener, *refusal)
        return None, notes
    notes.faults.extend(loops.faults)
    if loops.cut:
        notes.fault(opener, "the file ends before this claim does", _SEND_AGAIN)
    claim = _claim(loops, opener, service, notes)
    if not notes.faults:
        say_contradictions(claim, loops, service, notes)
    notes.one_a_cause()
    return (None if notes.faults or not claim.lines else claim), notes


def _why_not_read(
    loops: ClaimLoops, opener: Segment, service: str
) -> tuple[str, str] | None:
    """Why the claim is none that is read, and what to give; ``None`` when it is one."""
    services = {segment.elements[0] for loop in loops.own for segment in loop.segments}
    composite = opener.components(5)
    if "SV3" in services:
        return f"a dental claim (837D): {NOT_READ_X12}", _SEND_837
    if _OTHER[service] in services:
        reason = f"a service of {_CLAIMS_WITH[_OTHER[service]]} among {_CLAIMS_WITH[service]}"
        return reason, f"Write {service} here, or send the claim in a file of its kind."
    if len(composite) == 1 and not composite[0].isalnum() and composite[0]:
        reason = "CLM05 does not use the component separator that the ISA names"
        return reason, "Name in ISA16 the separator that the composites use."
    return None


def _service_of(loops: ClaimLoops) -> str:
    """``SV2`` for an institutional claim: the file's version tells, else its services."""
    if loops.version:
        return facility.SERVICE if is_facility(loops.version) else professional.SERVICE
    for loop in loops.own:
        if loop.first(facility.SERVICE):
            return facility.SERVICE
    return professional.SERVICE


def _claim(loops: ClaimLoops, opener: Segment, service: str, notes: Notes) -> Claim:
    main = loops.own[0]
    billing = _required(loops, "2010A", "85", notes)
    subscriber = _required(loops, "2010B", "IL", notes)
    has_dependant = _find(loops.above, "2000C") is not None
    dependant = _required(loops, "2010C", "QC", notes) if has_dependant else None
    frequency, replaces = _frequency(main, opener, service, notes)
    identifier = _identifier(opener, notes)
    referral = main.first("REF", "9F")
    number = referral.element(2).strip() if referral else ""
    groups = _groups(loops, opener, notes)
    if service == facility.SERVICE:
        lines = facility.lines_of(groups, loops.own, notes)
    else:
        lines = professional.lines_of(groups, loops.own, billing, number, notes)
    _say_old_diagnoses(main, lines, notes)
    person = dependant or subscriber
    is_facilitys = service == facility.SERVICE or is_of_a_center(loops.above, lines)
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
        kind="facility" if is_facilitys else "professional",
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


def _frequency(
    main: Loop, opener: Segment, service: str, notes: Notes
) -> tuple[Frequency, str]:
    parts = opener.components(5)
    said = parts[2] if len(parts) > 2 else ""
    if service == facility.SERVICE:
        said = facility.frequency_in(opener, said, notes)
    frequency = FREQUENCY.get(said)
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


def _groups(loops: ClaimLoops, opener: Segment, notes: Notes) -> list[list[Loop]]:
    """The loops of each line."""
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
        return []
    _check_line_numbers(groups, notes)
    return groups


def _check_line_numbers(groups: list[list[Loop]], notes: Notes) -> None:
    seen: set[str] = set()
    for group in groups:
        opener = group[0].segments[0]
        if opener.element(1) in seen:
            reason = "another line of the claim has this number"
            fix = "A CLM segment before it may be missing: send the whole claim again."
            notes.fault(opener, reason, fix)
        seen.add(opener.element(1))


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
