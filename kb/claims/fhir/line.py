"""The lines of a claim or of an explanation of benefits: what was done, when, how often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kb.claims.drugs import ndc_of_label
from kb.claims.fhir.codes import NDC, PLACES, PROCEDURES
from kb.claims.fhir.diagnoses import Diagnoses, diagnoses_of_line
from kb.claims.fhir.nodes import (
    Coding,
    amount_at,
    codings,
    day_at,
    each,
    inside,
    sequences_at,
)
from kb.claims.fhir.source import Source
from kb.claims.fhir.team import Member, Provider, Team, rendering_of
from kb.claims.json.checks import Node, units_at, whole_at
from kb.claims.model import MOST_LINES
from kb.claims.shapes import MODIFIER, PLACE, PROCEDURE, Shape, kind_of

NO_CODE = "no CPT or HCPCS code"
_NAME_SYSTEM = (
    "Write the code with its system: `http://www.ama-assn.org/go/cpt` for CPT,"
    " `https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets` for HCPCS."
)


class Service(NamedTuple):
    """One line as its item tells it."""

    item: Node
    number: int
    code: str
    day: date
    modifiers: tuple[str, ...]
    units: Decimal
    place: str
    diagnoses: tuple[str, ...]
    members: tuple[Member, ...]
    rendering: Provider
    charge: Decimal | None
    ndc: str


def services_of(
    source: Source, diagnoses: Diagnoses, team: Team, *, needs_codes: bool
) -> tuple[Service, ...]:
    """The lines by their sequence; those without a CPT or HCPCS code are left out.

    ``needs_codes`` makes such a line a fault: only a facility bills without.
    """
    items = each(source.node, "item")
    path = f"{source.node.at}item"
    if len(items) > MOST_LINES:
        reason = f"{len(items):,} lines: a claim has at most {MOST_LINES}"
        source.notes.fault(path, reason, "Bill them as several claims.")
        return ()
    coded = [(number, one) for number, one in _numbered(items, source) if _codes(one)]
    if not coded:
        if not source.past:
            source.notes.fault(path, f"{NO_CODE} in any line", _NAME_SYSTEM)
        return ()
    if len(coded) < len(items):
        _say_uncoded(items, source, needs_codes=needs_codes)
    found = (_service(one, n, source, diagnoses, team) for n, one in coded)
    return tuple(sorted(found, key=lambda service: service.number))


def _numbered(items: tuple[Node, ...], source: Source) -> Iterator[tuple[int, Node]]:
    seen: set[int] = set()
    for index, item in enumerate(items, 1):
        number = whole_at(item, "sequence", index)
        if number in seen:
            reason = "another line of the claim has this sequence"
            source.notes.fault(f"{item.at}sequence", reason, "Number them 1, 2, 3.")
        seen.add(number)
        yield number, item


def _say_uncoded(items: tuple[Node, ...], source: Source, *, needs_codes: bool) -> None:
    for item in items:
        if not _codes(item):
            path = f"{item.at}productOrService"
            if needs_codes:
                source.notes.fault(path, NO_CODE, _NAME_SYSTEM)
            else:
                source.notes.remark(path, f"{NO_CODE}: the line is left out")


def _codes(item: Node) -> list[Coding]:
    """The item's CPT and HCPCS codings."""
    concept = inside(item._replace(faults=[]), "productOrService")
    return [coding for coding in codings(concept) if coding.system in PROCEDURES]


def _service(
    item: Node, number: int, source: Source, diagnoses: Diagnoses, team: Team
) -> Service:
    inside(item, "productOrService")
    day = _day(item, source)
    own = sequences_at(item, "careTeamSequence")
    members = team.of_line(own)
    _check_team(item, own, team, source)
    return Service(
        item=item,
        number=number,
        code=_code(item, source),
        day=day or date.min,
        modifiers=_modifiers(item, source),
        units=_units(item),
        place=_place(item, source),
        diagnoses=diagnoses_of_line(item, diagnoses, day, source),
        members=members,
        rendering=rendering_of(members, team, own),
        charge=_charge(item, source),
        ndc=_drug(item, source),
    )


def _code(item: Node, source: Source) -> str:
    codes = _codes(item)
    if len({coding.code for coding in codes}) > 1:
        reason = "two CPT or HCPCS codes in one line"
        fix = "Write a line for each."
        source.notes.fault(f"{item.at}productOrService", reason, fix)
    return _shaped(codes[0], PROCEDURE, source)


def _shaped(coding: Coding, shape: Shape, source: Source) -> str:
    if shape.fits(coding.code):
        return coding.code
    reason = f"found {kind_of(coding.code)}, expected {shape.expected}"
    source.notes.fault(coding.path, reason, f"Write it as `{shape.example}`.")
    return ""


def _modifiers(item: Node, source: Source) -> tuple[str, ...]:
    """The modifiers in their order, which Blue Button writes as their version."""
    found: list[Coding] = []
    for concept in each(item, "modifier"):
        codes = codings(concept)
        ours = [one for one in codes if one.system in PROCEDURES] or list(codes)
        if len({one.code for one in ours}) == 1:
            found.append(ours[0])
        else:
            reason = f"{len(ours)} codes in one modifier, expected one"
            fix = "Write each modifier as an entry of `modifier`."
            source.notes.fault(concept.at, reason, fix)
    if all(coding.version.isdecimal() for coding in found):
        found.sort(key=lambda coding: coding.version.zfill(3))
    return tuple(filter(None, (_shaped(one, MODIFIER, source) for one in found)))


def _day(item: Node, source: Source) -> date | None:
    """The first day of the service; of the claim where the line says none."""
    day = day_at(item, "servicedDate")
    if day is not None:
        return day
    period = inside(item, "servicedPeriod")
    if not period.obj and item.obj.get("servicedDate") is None:
        period = inside(source.node, "billablePeriod")
    first, last = day_at(period, "start"), day_at(period, "end")
    if first is None and last is None:
        fix = 'Write `"servicedDate": "2026-03-10"`.'
        source.notes.fault(
            f"{item.at}servicedDate", "the line has no date of service", fix
        )
        return None
    if first is not None and last is not None and last < first:
        source.notes.fault(period.at, "the last day stands before the first")
    if not source.past:
        _say_period(period, first, last, source)
    return first or last


def _say_period(
    period: Node, first: date | None, last: date | None, source: Source
) -> None:
    if first is None:
        text = "the first day is not told: the last is taken as the date of service"
        source.notes.remark(period.at, text)
    elif last is not None and first < last:
        text = "several days of service: the first is taken as its date"
        source.notes.remark(period.at, text)


def _units(item: Node) -> Decimal:
    units = units_at(inside(item, "quantity"), "value")
    whole = units.to_integral_value()
    return whole if units == whole else units


def _place(item: Node, source: Source) -> str:
    codes = codings(inside(item, "locationCodeableConcept"))
    ours = [one for one in codes if one.system in PLACES or len(codes) == 1]
    if not ours:
        return ""
    if PLACE.fits(ours[0].code):
        return ours[0].code
    if ours[0].system in PLACES:
        return _shaped(ours[0], PLACE, source)
    return ""


def _charge(item: Node, source: Source) -> Decimal | None:
    """What is billed for the line: its net, else its price times its units."""
    net = amount_at(item, "net")
    if net is None:
        price = amount_at(item, "unitPrice")
        factor = item.obj.get("factor")
        if price is not None and factor in (None, 1):
            net = price * _units(item)
    if net is not None and net < 0 and not source.past:
        source.notes.fault(
            f"{item.at}net", "found dollars below zero, expected from zero"
        )
    return net


def _check_team(item: Node, own: tuple[int, ...], team: Team, source: Source) -> None:
    known = {member.sequence for member in team.members}
    if set(own) - known:
        reason = "the care team has nobody with this sequence"
        source.notes.fault(f"{item.at}careTeamSequence", reason)


def _drug(item: Node, source: Source) -> str:
    """The NDC of the line's drug, empty when there is none or it is not sure.

    A service inside a line would be lost; only a drug may stand there.
    """
    drugs: list[Coding] = []
    for detail in each(item, "detail"):
        if _codes(detail) and not source.past:
            reason = "a service inside a line: lines without parts are read"
            fix = "Write a line for it."
            source.notes.fault(f"{detail.at}productOrService", reason, fix)
        found = codings(inside(detail, "productOrService"))
        drugs += [coding for coding in found if coding.system == NDC]
    numbers = {ndc_of_label(coding.code) for coding in drugs}
    if len(numbers) == 1 and "" not in numbers:
        return numbers.pop()
    if numbers and not source.past:
        text = (
            "several drugs"
            if len(numbers) > 1
            else "no NDC of eleven digits, or of ten with hyphens"
        )
        source.notes.remark(f"{item.at}detail", f"{text}: the NDC stays unknown")
    return ""
