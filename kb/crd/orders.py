"""An order as a line of a claim: what it says, and what had to be taken for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kb.claims.fhir.codes import ICD10, PLACES, PROCEDURES, plain_system
from kb.claims.model import ClaimLine
from kb.claims.shapes import (
    DIAGNOSIS,
    LEVELS,
    MODIFIER,
    PLACE,
    PROCEDURE,
    diagnosis_with_point,
    plain_number,
)
from kb.claims.words import PLACES as ASSIGNED
from kb.crd.exact import Json
from kb.crd.providers import Provider, performer_of, requester_of
from kb.crd.resources import (
    Resources,
    codings,
    day,
    items,
    key_of,
    kind_of,
    number,
    text,
)

CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
SNOMED = plain_system("http://snomed.info/sct")
SIDES = {"24028007": "RT", "7771000": "LT", "51440002": "50"}
SIDE_WORDS = {"right": "RT", "left": "LT", "bilateral": "50"}
BILLING_OPTIONS = (
    "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-billing-options"
)
LEVEL = re.compile("|".join(rf"\b{level}\b" for level in sorted(LEVELS, reverse=True)))
WORD = re.compile("[a-z]+")


@dataclass(frozen=True, slots=True)
class Order:
    """An order with what the engine needs of it."""

    resource: Json
    code: str
    """The one billing code; empty where it gives none, or several."""
    several: bool
    """Whether it gives several billing codes, so that none is the one."""
    modifiers: tuple[str, ...]
    units: Decimal | None
    service: date | None
    """The day on which it is to be done, where the order says it."""
    written: date | None
    diagnoses: tuple[str, ...]
    level: str
    place: str
    state: str
    performer: Provider
    requester: Provider

    @property
    def system(self) -> str:
        """The system of its code: CPT's codes begin with a digit, HCPCS's with a letter."""
        return CPT if self.code[:1].isdigit() else HCPCS

    @property
    def reference(self) -> str:
        """``ServiceRequest/1``."""
        return key_of(self.resource)

    def line(self, number: int, today: date) -> ClaimLine:
        """The order as a line of a claim, by the day that ``day_of`` takes."""
        return ClaimLine(
            number=number,
            code=self.code,
            date=self.day_of(today),
            modifiers=self.modifiers,
            units=self.units or Decimal(1),
            place=self.place,
            diagnoses=self.diagnoses,
            level=self.level,
            rendering=self.performer.npi,
        )

    def day_of(self, today: date) -> date:
        """The day of service; of an order without one the day it was written, or today."""
        return self.service or self.written or today


def read_order(order: Json, known: Resources, performer: str = "") -> Order:
    """What an order says; ``performer`` goes before the one that it names."""
    codes = billing_codes(order, known)
    code, modifiers = with_modifiers(codes[0] if len(codes) == 1 else "")
    side = side_of(order)
    place = location_of(order, known)
    return Order(
        resource=order,
        code=code,
        several=len(codes) > 1,
        modifiers=(*modifiers, *([side] if side and side not in modifiers else [])),
        units=units_of(order),
        service=service_day(order),
        written=day(order, "authoredOn"),
        diagnoses=diagnoses_of(order, known),
        level=level_of(order),
        place=place_of(order, place),
        state=text(place, "address", "state").upper(),
        performer=performer_of(order, known, performer),
        requester=requester_of(order, known),
    )


# ---------- what ----------


def billing_codes(order: Json, known: Resources) -> list[str]:
    """The CPT and HCPCS codes of an order; those it may be billed by where it has none."""
    concepts = [*concepts_of(order, known)]
    options = (
        concept
        for each in concepts
        for extension in items(each, "extension")
        if text(extension, "url") == BILLING_OPTIONS
        for concept in items(extension, "valueCodeableConcept")
    )
    return procedures(concepts) or procedures(options)


def procedures(concepts: Iterable[Json]) -> list[str]:
    """The CPT and HCPCS codes of some concepts, each once."""
    found = {
        code.upper(): None
        for system, code in codings(concepts)
        if system in PROCEDURES and PROCEDURE.fits(code.partition(":")[0].upper())
    }
    return [*found]


def concepts_of(order: Json, known: Resources) -> Iterator[Json]:
    """What is ordered, as the three kinds of orders say it."""
    match kind_of(order):
        case "ServiceRequest":
            yield from items(order, "code")
        case "DeviceRequest":
            yield from items(order, "codeCodeableConcept")
            for device in known.all_referred(order, "codeReference"):
                yield from items(device, "type")
        case _:
            yield from items(order, "medicationCodeableConcept")
            for medication in known.all_referred(order, "medicationReference"):
                yield from items(medication, "code")


def with_modifiers(code: str) -> tuple[str, tuple[str, ...]]:
    """A code with the modifiers that stand behind it: ``64483:RT``."""
    bare, _, after = code.partition(":")
    found = (each.strip() for each in after.split(","))
    return bare, tuple(each for each in found if MODIFIER.fits(each))


def units_of(order: Json) -> Decimal | None:
    """How often it is ordered, where that is a bare number; never a drug's amount."""
    if kind_of(order) != "ServiceRequest" or text(order, "quantityQuantity", "code"):
        return None
    found = number(order, "quantityQuantity", "value")
    usable = found is not None and found > 0 and plain_number(found)
    return found if usable else None


def diagnoses_of(order: Json, known: Resources) -> tuple[str, ...]:
    """The ICD-10-CM codes of its reasons, in order."""
    reasons = [*items(order, "reasonCode")]
    for condition in known.all_referred(order, "reasonReference"):
        reasons += items(condition, "code")
    return tuple(
        dict.fromkeys(
            diagnosis_with_point(code.upper())
            for system, code in codings(reasons)
            if system == ICD10 and DIAGNOSIS.fits(code.upper())
        )
    )


def side_of(order: Json) -> str:
    """RT, LT or 50; empty where the body site says none, or two."""
    sites = items(order, "bodySite")
    coded = {SIDES.get(c, "") for s, c in codings(sites) if s == SNOMED}
    spoken = {
        SIDE_WORDS.get(word, "")
        for said in said_of(sites)
        for word in WORD.findall(said.lower())
    }
    found = (coded | spoken) - {""}
    return found.pop() if len(found) == 1 else ""


def level_of(order: Json) -> str:
    """The spinal level that the body site names; empty where it names none, or several."""
    found = {
        level
        for said in said_of(items(order, "bodySite"))
        for level in LEVEL.findall(said.upper())
    }
    return found.pop() if len(found) == 1 else ""


def said_of(concepts: list[Json]) -> Iterator[str]:
    """The words of concepts: their texts, and how their codes are displayed."""
    for concept in concepts:
        yield text(concept, "text")
        for coding in items(concept, "coding"):
            yield text(coding, "display")


# ---------- when and where ----------


def service_day(order: Json) -> date | None:
    """The day on which it is to be done: a day, the first of a span or of a schedule."""
    timing = next(iter(items(order, "occurrenceTiming")), {})
    events = timing.get("event")
    first = events[0] if isinstance(events, list) and events else None
    return (
        day(order, "occurrenceDateTime")
        or day(order, "occurrencePeriod", "start")
        or day({"event": first}, "event")
        or day(timing, "repeat", "boundsPeriod", "start")
    )


def location_of(order: Json, known: Resources) -> Json:
    """Where it is to be done, as far as the order or who is to do it says."""
    return next(known.all_referred(order, "locationReference"), {})


def place_of(order: Json, location: Json) -> str:
    """CMS's place of service; empty where it is not coded as such."""
    coded = [*items(order, "locationCode"), *items(location, "type")]
    found = {
        code
        for system, code in codings(coded)
        if system in PLACES and PLACE.fits(code) and code in ASSIGNED
    }
    return found.pop() if len(found) == 1 else ""
