"""FHIR resources read leniently: what is not of its kind counts as not given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kb.claims.fhir.codes import plain_system
from kb.crd.exact import Json

REFERENCE = re.compile(
    r"(?:.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/.*)?"
)
"""A reference, relative or whole, with or without a version."""
DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*)?")


def part(value: object, *keys: str) -> object:
    """What stands under keys, one inside the other; ``None`` where one is missing."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text(value: object, *keys: str) -> str:
    """The text under keys without blanks around it; empty where there is none."""
    found = part(value, *keys)
    return found.strip() if isinstance(found, str) else ""


def items(value: object, *keys: str) -> list[Json]:
    """The objects under keys; one that stands alone is a list of one."""
    found = part(value, *keys)
    if isinstance(found, dict):
        return [found]
    if isinstance(found, list):
        return [each for each in found if isinstance(each, dict)]
    return []


def number(value: object, *keys: str) -> Decimal | None:
    """The number under keys."""
    found = part(value, *keys)
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        return None
    return Decimal(found)


def day(value: object, *keys: str) -> date | None:
    """The day of a date or a time; ``None`` for a month or a year alone."""
    found = DAY.fullmatch(text(value, *keys))
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def codings(concepts: Iterable[Json]) -> Iterator[tuple[str, str]]:
    """System and code of each coding of some concepts, systems as they are compared."""
    for concept in concepts:
        for coding in items(concept, "coding"):
            yield plain_system(text(coding, "system")), text(coding, "code")


def key_of(resource: Json) -> str:
    """``ServiceRequest/1``: how others refer to a resource."""
    return f"{text(resource, 'resourceType')}/{text(resource, 'id')}"


def key_in(reference: str) -> str:
    """``Practitioner/1`` of a reference, whole or relative; the reference where it is none."""
    found = REFERENCE.fullmatch(reference)
    return f"{found[1]}/{found[2]}" if found else reference


@dataclass(frozen=True, slots=True)
class Resources:
    """All resources of a request, by what refers to them.

    A name that two different resources share leads to neither.
    """

    by_key: dict[str, Json | None] = field(default_factory=dict)

    def add(self, resource: Json, full_url: str = "") -> None:
        """Take a resource in."""
        for name in {key_of(resource), full_url} - {""}:
            same = self.by_key.get(name, resource) == resource
            self.by_key[name] = resource if same else None

    def named(self, reference: str) -> Json | None:
        """The resource that a reference means, if it came along."""
        return self.by_key.get(reference) or self.by_key.get(key_in(reference))

    def referred(self, reference: object, within: Json) -> Json | None:
        """The resource that a Reference of another one means, if it came along."""
        named = text(reference, "reference")
        if named.startswith("#"):
            for contained in items(within, "contained"):
                if text(contained, "id") == named[1:]:
                    return contained
            return None
        return self.named(named)

    def all_referred(self, within: Json, *keys: str) -> Iterator[Json]:
        """The resources under one or several References of a resource."""
        for reference in items(within, *keys):
            found = self.referred(reference, within)
            if found is not None:
                yield found

    def of_type(self, name: str) -> list[Json]:
        """The resources of a type, each once."""
        found = {id(r): r for r in self.by_key.values() if r and kind_of(r) == name}
        return list(found.values())


def kind_of(resource: Json) -> str:
    """``Coverage``."""
    return text(resource, "resourceType")


def resources_in(value: object) -> Iterator[tuple[str, Json]]:
    """The resources of a prefetched value, a Bundle's one by one, with their addresses."""
    if not isinstance(value, dict):
        return
    if kind_of(value) != "Bundle":
        yield "", value
        return
    for entry in items(value, "entry"):
        resource = part(entry, "resource")
        if isinstance(resource, dict):
            yield text(entry, "fullUrl"), resource
