"""A professional claim (837P) that is plain, read straight.

Nearly all claims of a file are of one make: an original, each part in its place and of
its shape, nothing to say.  Those are read here in one pass, which takes a third of the
time.  Whatever is rarer or in doubt is left to the reader that looks at each part with
care and says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from kb.claims.edits import faults_of, remarks_of
from kb.claims.formats import PROFESSIONAL
from kb.claims.identity import member_in, patient_token
from kb.claims.model import MOST_LINES, Authorization, Claim, ClaimLine, PayerNamed
from kb.claims.shapes import (
    DIAGNOSIS,
    FILING,
    MODIFIER,
    NPI,
    PLACE,
    PROCEDURE,
    STATE,
    TEXT,
    Shape,
    diagnosis_with_point,
)
from kb.claims.x12.codes import ICD10, PLAN, SEX, UNIT_MEASURES
from kb.claims.x12.diagnoses import ROOM
from kb.claims.x12.line import UNITS, WHOLE, authorization_in, day_in, ndc_in
from kb.claims.x12.loops import ClaimLoops, Loop
from kb.claims.x12.notes import Notes
from kb.claims.x12.providers import is_of_a_center, provider_fields

Elements = tuple[str, ...]
_IN_DOUBT = (IndexError, KeyError, ValueError)
_SERVICES = frozenset({"SV1", "SV2", "SV3"})
_FIELD_PROVIDERS = frozenset({"DQ", "DK", "DN"})


class _InClaim(NamedTuple):
    """What the lines of a claim take from it."""

    component: str
    place: str
    rendering: str
    diagnoses: tuple[str, ...]
    referral: str


def straight_claim(loops: ClaimLoops) -> Claim | None:
    """The claim that plain loops hold; ``None`` where anything of it is in doubt."""
    if loops.faults or loops.cut or not loops.version.startswith(PROFESSIONAL):
        return None
    try:
        claim = _claim(loops)
    except _IN_DOUBT:
        return None
    written = day_in(loops.written)
    if written and max(line.date for line in claim.lines) > written:
        return None
    if any(faults_of(claim)) or any(remarks_of(claim)):
        return None
    return claim


def _claim(loops: ClaimLoops) -> Claim:
    named = _by_name(loops.above)
    billing, subscriber = named["2010A85"], named["2010BIL"]
    dependant = named["2010CQC"] if "2000C" in named else None
    opener = loops.own[0].segments[0]
    claim = opener.elements
    place, frequency = _place_and_frequency(claim[5], opener.component)
    if frequency != "1":
        raise ValueError
    identifier = _text(claim[1])
    if not identifier:
        raise ValueError
    filing = _element(_first(named["2000B"], "SBR"), 9)
    about = _first(dependant or subscriber, "DMG")
    born = day_in(about[2])
    member = member_in(subscriber.segments[0].elements[9])
    if not member or born is None or (filing and not FILING.fits(filing)):
        raise ValueError
    given = _element(dependant.segments[0].elements, 4) if dependant else ""
    diagnoses, referral, authorization = _of_main(loops.own[0])
    billing_npi = _npi(billing.segments[0].elements)
    renders = _provider(loops.own, "2310", "82")
    in_claim = _InClaim(
        opener.component,
        place,
        billing_npi if renders is None else renders,
        diagnoses,
        referral,
    )
    lines = _lines(loops.own, in_claim)
    return Claim(
        id=identifier,
        patient=patient_token(member, about[2], given),
        payer=_payer(named["2010BPR"].segments[0].elements, filing),
        lines=lines,
        plan=PLAN.get(filing, ""),
        state=_state(loops.own, billing),
        authorization=authorization,
        fields=_fields(loops.own, billing, billing_npi, lines, _element(about, 3)),
        birth=born,
        charge=_dollars(claim[2]),
        member=member,
        kind="facility" if is_of_a_center(loops.above, lines) else "professional",
    )


def _by_name(loops: Iterable[Loop]) -> dict[str, Loop]:
    """The first loop of each name, those of an NM1 with its entity: ``2010BIL``."""
    found: dict[str, Loop] = {}
    for loop in loops:
        name, segments = loop
        opened_by = segments[0].elements
        found.setdefault(name + opened_by[1] if opened_by[0] == "NM1" else name, loop)
    return found


def _first(loop: Loop, segment_id: str) -> Elements:
    for segment in loop.segments:
        if segment.elements[0] == segment_id:
            return segment.elements
    raise KeyError(segment_id)


def _element(elements: Elements, number: int) -> str:
    return elements[number] if number < len(elements) else ""


@lru_cache
def _place_and_frequency(composite: str, component: str) -> tuple[str, str]:
    place, qualifier, frequency = composite.split(component)
    if qualifier != "B" or not PLACE.fits(place):
        raise ValueError
    return place, frequency


def _text(value: str) -> str:
    text = value.strip()
    if text and not (text.isascii() and TEXT.fits(text)):
        raise ValueError
    return text


def _kept(shape: Shape) -> Callable[[str], str]:
    """A reader of texts of a shape, which knows those that it has read."""

    @lru_cache
    def kept(text: str) -> str:
        if not shape.fits(text):
            raise ValueError
        return text

    return kept


_a_state, _a_place, _an_npi = _kept(STATE), _kept(PLACE), _kept(NPI)


def _npi(named: Elements) -> str:
    return _an_npi(named[9]) if _element(named, 8) == "XX" else ""


def _payer(named: Elements, filing: str) -> PayerNamed:
    name, identifier = _text(_element(named, 3)), _text(_element(named, 9))
    if not (name or identifier):
        raise ValueError
    return PayerNamed(name=name, identifier=identifier, filing=filing)


def _provider(loops: Iterable[Loop], name: str, entity: str) -> str | None:
    """The NPI of the first provider of that kind; ``None`` when none is named."""
    for found, segments in loops:
        if found == name and segments[0].elements[1] == entity:
            return _npi(segments[0].elements)
    return None


def _state(own: list[Loop], billing: Loop) -> str:
    """State of the service facility, else of the billing provider's address."""
    for loop in (*own, billing):
        if loop is not billing and not (loop.name == "2310" and loop.entity == "77"):
            continue
        for segment in loop.segments:
            if segment.elements[0] == "N4":
                state = _element(segment.elements, 2)
                if state:
                    return _a_state(state)
                break
    return ""


def _fields(
    own: list[Loop],
    billing: Loop,
    billing_npi: str,
    lines: tuple[ClaimLine, ...],
    sex: str,
) -> dict[str, str]:
    fields = {"sex": SEX[sex]} if sex in SEX else {}
    for name, segments in own:
        if name not in ("2310", "2420"):
            continue
        entity = segments[0].elements[1]
        described = entity == "82" and len(segments) > 1
        if described or entity in _FIELD_PROVIDERS:
            notes = Notes()
            fields |= provider_fields(own, billing, lines, notes)
            _nothing_in(notes)
            return fields
    return fields | {"billing-npi": billing_npi} if billing_npi else fields


def _nothing_in(notes: Notes) -> None:
    if notes.faults or notes.remarks:
        raise ValueError


def _of_main(main: Loop) -> tuple[tuple[str, ...], str, Authorization | None]:
    """The claim's diagnoses, the number of its referral, and its authorization."""
    diagnoses: list[str] = []
    referral, authorized = "", False
    for _, elements, component in main.segments:
        if elements[0] == "HI":
            diagnoses += [_diagnosis(text, component) for text in elements[1:]]
        elif elements[0] == "REF" and elements[1] in ("G1", "9F", "F8"):
            if elements[1] == "F8":
                raise ValueError
            authorized |= elements[1] == "G1"
            if elements[1] == "9F" and not referral:
                referral = _element(elements, 2).strip()
    if len(set(diagnoses)) < len(diagnoses) or len(diagnoses) > ROOM:
        raise ValueError
    authorization = _authorization(main, referral) if authorized else None
    return tuple(diagnoses), referral, authorization


def _authorization(loop: Loop, referral: str) -> Authorization | None:
    notes = Notes()
    found = authorization_in(loop, referral, notes)
    _nothing_in(notes)
    return found


@lru_cache
def _diagnosis(text: str, component: str) -> str:
    qualifier, code = text.split(component)
    if qualifier not in ICD10 or "." in code or not DIAGNOSIS.fits(code):
        raise ValueError
    return diagnosis_with_point(code)


@lru_cache
def _dollars(text: str) -> Decimal | None:
    text = text.strip()
    if text and not UNITS.fullmatch(text):
        raise ValueError
    return Decimal(text) if text else None


def _lines(own: list[Loop], claim: _InClaim) -> tuple[ClaimLine, ...]:
    groups: list[list[Loop]] = []
    for loop in own:
        if loop.name == "2400":
            groups.append([loop])
        elif groups:
            groups[-1].append(loop)
    if not 0 < len(groups) <= MOST_LINES:
        raise ValueError
    controls: set[str] = set()
    lines = tuple(_line(group, claim, controls) for group in groups)
    if len({group[0].segments[0].elements[1] for group in groups}) < len(lines):
        raise ValueError
    return lines


class _Parts(NamedTuple):
    """What stands in the loops of a line."""

    service: Elements
    day: date
    authorized: bool
    drug: bool


def _line(loops: list[Loop], claim: _InClaim, controls: set[str]) -> ClaimLine:
    service, day, authorized, drug = _parts_of(loops, controls)
    code, modifiers = _procedure(service[1], claim.component)
    renders = _provider(loops, "2420", "82")
    if renders == "" or service[3] not in UNIT_MEASURES:
        raise ValueError
    return ClaimLine(
        number=_number(loops[0].segments[0].elements[1]),
        code=code,
        date=day,
        modifiers=modifiers,
        units=_units(service[4]),
        place=_a_place(service[5]) if service[5] else claim.place,
        diagnoses=_pointed(service[7], claim),
        rendering=claim.rendering if renders is None else renders,
        authorization=_authorization(loops[0], claim.referral) if authorized else None,
        charge=_dollars(service[2]),
        ndc=_ndc(loops) if drug else "",
    )


def _parts_of(loops: list[Loop], controls: set[str]) -> _Parts:
    services, days = [], []
    authorized = drug = False
    for name, segments in loops:
        for _, elements, _ in segments:
            segment_id = elements[0]
            if segment_id in _SERVICES:
                services.append((name, *elements))
            elif segment_id == "DTP" and elements[1] == "472":
                days.append(elements)
            elif segment_id == "LIN":
                drug = True
            elif segment_id == "REF" and name == "2400":
                authorized |= elements[1] == "G1"
                if elements[1] == "6R":
                    _add_control(_element(elements, 2), controls)
    (service,), (day,) = services, days
    if service[:2] != ("2400", "SV1") or day[2] != "D8":
        raise ValueError
    return _Parts(service[1:], _day(day[3]), authorized, drug)


def _day(text: str) -> date:
    day = day_in(text)
    if day is None:
        raise ValueError
    return day


def _add_control(number: str, controls: set[str]) -> None:
    if number in controls:
        raise ValueError
    controls.add(number)


def _ndc(loops: list[Loop]) -> str:
    notes = Notes()
    found = ndc_in(loops, notes)
    _nothing_in(notes)
    return found


@lru_cache
def _number(text: str) -> int:
    if not WHOLE.fullmatch(text) or int(text) == 0:
        raise ValueError
    return int(text)


@lru_cache
def _units(text: str) -> Decimal:
    if not UNITS.fullmatch(text) or not Decimal(text):
        raise ValueError
    return Decimal(text)


@lru_cache(maxsize=1024)
def _procedure(composite: str, component: str) -> tuple[str, tuple[str, ...]]:
    qualifier, code, *rest = composite.split(component)
    modifiers = tuple(part for part in rest[:4] if part)
    if qualifier != "HC" or not PROCEDURE.fits(code):
        raise ValueError
    if not all(map(MODIFIER.fits, modifiers)):
        raise ValueError
    return code, modifiers


def _pointed(pointers: str, claim: _InClaim) -> tuple[str, ...]:
    numbers = [_number(text) for text in pointers.split(claim.component)]
    return tuple(dict.fromkeys([claim.diagnoses[number - 1] for number in numbers]))
