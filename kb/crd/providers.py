"""Who is to do what is ordered, and who orders it."""

from __future__ import annotations

from dataclasses import dataclass

from kb.claims.fhir.codes import NPI as NPIS
from kb.claims.fhir.codes import TAXONOMY as TAXONOMIES
from kb.claims.fhir.codes import plain_system
from kb.claims.providers import PERFORMER, specialty_of
from kb.claims.shapes import NPI, TAXONOMY
from kb.crd.exact import Json
from kb.crd.resources import (
    Resources,
    codings,
    items,
    kind_of,
    text,
)

PHYSICIANS = "20"
"""How the taxonomy codes of allopathic and osteopathic physicians begin."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A person as a claim tells of one; what is not given is empty."""

    npi: str = ""
    taxonomy: str = ""
    state: str = ""
    """Where the person works, by the one Location of the role."""

    @property
    def fields(self) -> dict[str, str]:
        """Fields of a claim that the person's taxonomy fills."""
        specialty = specialty_of(self.taxonomy)
        performer = specialty if specialty in PERFORMER else ""
        if self.taxonomy.startswith(PHYSICIANS):
            performer = "physician"
        found = {
            "taxonomy": self.taxonomy,
            "specialty": specialty,
            "performer": performer,
        }
        return {name: value for name, value in found.items() if value}


NOBODY = Provider()


def performer_of(order: Json, known: Resources, chosen: str) -> Provider:
    """Who is to do it: the one chosen, else the one that the order names."""
    if chosen:
        return provider(known.referred({"reference": chosen}, order), known)
    named = [*known.all_referred(order, "performer")]
    return provider(named[0], known) if len(named) == 1 else NOBODY


def requester_of(order: Json, known: Resources) -> Provider:
    """Who orders it."""
    return provider(next(known.all_referred(order, "requester"), None), known)


def provider(resource: Json | None, known: Resources) -> Provider:
    """A Practitioner, or one in a role with what the role says."""
    if resource is None:
        return NOBODY
    if kind_of(resource) == "PractitionerRole":
        person = next(known.all_referred(resource, "practitioner"), {})
        concepts = [*items(resource, "code"), *items(resource, "specialty")]
        places = [*known.all_referred(resource, "location")]
        states = {text(each, "address", "state").upper() for each in places}
        state = states.pop() if len(states) == 1 else ""
        return Provider(npi_of(person) or npi_of(resource), taxonomy(concepts), state)
    if kind_of(resource) != "Practitioner":
        return NOBODY
    concepts = [
        c for each in items(resource, "qualification") for c in items(each, "code")
    ]
    return Provider(npi_of(resource), taxonomy(concepts))


def npi_of(resource: Json) -> str:
    """The NPI; empty where there is none, or more than one."""
    found = {
        text(each, "value")
        for each in items(resource, "identifier")
        if plain_system(text(each, "system")) == NPIS
    }
    numbers = {each for each in found if NPI.fits(each)}
    return numbers.pop() if len(numbers) == 1 else ""


def taxonomy(concepts: list[Json]) -> str:
    """The one taxonomy code of some concepts."""
    found = {
        code
        for system, code in codings(concepts)
        if system == TAXONOMIES and TAXONOMY.fits(code)
    }
    return found.pop() if len(found) == 1 else ""
