"""The providers of a claim: who bills, gives, supervises, orders and refers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kb.claims.fhir.codes import FIELD_OF_ROLE, NPI, PRIMARY, RENDERING, plain_system
from kb.claims.fhir.codes import TAXONOMY as TAXONOMIES
from kb.claims.fhir.nodes import (
    Coding,
    codes_of,
    codings,
    each,
    first_code,
    inside,
    sequences_at,
    word,
)
from kb.claims.fhir.references import Resource
from kb.claims.fhir.source import Source
from kb.claims.json.checks import Node, whole_number
from kb.claims.providers import performed, specialty_of
from kb.claims.shapes import NPI as NPI_SHAPE
from kb.claims.shapes import TAXONOMY

_ROLE = "PractitionerRole"
_PEOPLE = ("Practitioner", _ROLE)
_PROVIDERS = (*_PEOPLE, "Organization")


class Provider(NamedTuple):
    """Number and taxonomy of a provider, each empty when not said."""

    npi: str
    taxonomy: str = ""
    is_person: bool = False


class Member(NamedTuple):
    """One of the care team; ``sequence`` is what lines name."""

    sequence: int | None
    role: str
    provider: Provider


class Team(NamedTuple):
    """The care team of a claim."""

    members: tuple[Member, ...]
    named: frozenset[int]
    """The sequences that lines name: the others are of the whole claim."""
    billing: Provider

    def of_line(self, sequences: Sequence[int]) -> tuple[Member, ...]:
        """Those whom the line names, then those of the whole claim."""
        own = [one for one in self.members if one.sequence in sequences]
        rest = [one for one in self.members if one.sequence not in self.named]
        return (*own, *rest)


def team_of(source: Source) -> Team:
    """The care team of a claim, and who bills."""
    members = tuple(_member(one, source) for one in each(source.node, "careTeam"))
    seen: set[int] = set()
    for index, one in enumerate(members):
        if one.sequence in seen:
            path = f"{source.node.at}careTeam[{index}].sequence"
            source.notes.fault(path, "another one of the care team has this sequence")
        seen |= {one.sequence} if one.sequence else set()
    billing = provider_at(source.node, "provider", source)
    return Team(members, _named_by_lines(source), billing)


def _named_by_lines(source: Source) -> frozenset[int]:
    items = each(source.node._replace(faults=[]), "item")
    return frozenset(
        n for item in items for n in sequences_at(item, "careTeamSequence")
    )


def _member(one: Node, source: Source) -> Member:
    provider = provider_at(one, "provider", source)
    qualified = _taxonomy(codings(inside(one, "qualification")))
    if qualified:
        provider = provider._replace(taxonomy=qualified)
    sequence = whole_number(one.obj.get("sequence"))
    return Member(sequence, first_code(inside(one, "role")), provider)


def provider_at(node: Node, key: str, source: Source) -> Provider:
    """The provider that the reference at ``key`` names."""
    reference = inside(node, key)
    npi = _npi_in((inside(reference, "identifier"),), source)
    found = source.bundle.find(reference, source.node, _PROVIDERS)
    if found is None:
        return Provider(npi)
    told = _of_role(found, source) if found.kind == _ROLE else _of_itself(found, source)
    return told._replace(npi=npi or told.npi, is_person=found.kind in _PEOPLE)


def _of_role(found: Resource, source: Source) -> Provider:
    """The practitioner who has a role, with the specialty of the role before their own."""
    reference = inside(found.node, "practitioner")
    person = source.bundle.find(reference, found.holder, ("Practitioner",))
    own = _of_itself(person, source) if person else Provider("")
    npi = _npi_in((inside(reference, "identifier"),), source)
    npi = npi or own.npi or _npi_in(each(found.node, "identifier"), source)
    specialty = _taxonomy(codes_of(each(found.node, "specialty")))
    return Provider(npi, specialty or own.taxonomy)


def _of_itself(found: Resource, source: Source) -> Provider:
    """A practitioner or an organization by what stands in its own resource."""
    npi = _npi_in(each(found.node, "identifier"), source)
    if found.kind != "Practitioner":
        return Provider(npi)
    qualified = each(found.node, "qualification")
    return Provider(npi, _taxonomy(codes_of(inside(one, "code") for one in qualified)))


def _npi_in(identifiers: Sequence[Node], source: Source) -> str:
    for one in identifiers:
        value = word(one, "value") if _is_npi(one) else ""
        if value and NPI_SHAPE.fits(value):
            return value
        if value and not source.past:
            fix = f"Write it as `{NPI_SHAPE.example}`."
            source.notes.fault(f"{one.at}value", f"expected {NPI_SHAPE.expected}", fix)
    return ""


def _is_npi(identifier: Node) -> bool:
    types = {coding.code.upper() for coding in codings(inside(identifier, "type"))}
    system = plain_system(word(identifier, "system"))
    return system == NPI or system.endswith("npi_num") or "NPI" in types


def _taxonomy(found: Sequence[Coding]) -> str:
    """The one taxonomy code among codes; empty when there are none or several."""
    codes = {one.code for one in found if one.system == TAXONOMIES}
    fitting = [code for code in codes if TAXONOMY.fits(code)]
    return fitting[0] if len(fitting) == 1 else ""


def rendering_of(members: Sequence[Member], team: Team, own: Sequence[int]) -> Provider:
    """Who gave the service of a line, of those of ``Team.of_line``.

    A claim without a care team is given by who bills, if that is one person.
    """
    groups = (
        [one for one in members if one.sequence in own],
        [one for one in members if one.sequence not in own],
    )
    for group in groups:
        named = _renderers(group)
        if named:
            return named.pop() if len(named) == 1 else Provider("")
    if not team.members and team.billing.is_person:
        return team.billing
    return Provider("")


def _renderers(group: Sequence[Member]) -> set[Provider]:
    for roles in (RENDERING, {PRIMARY}):
        named = {one.provider for one in group if one.role in roles}
        if named:
            return named
    if len(group) == 1 and not group[0].role:
        # FHIR asks for a role only where there are several.
        return {group[0].provider}
    return set()


def provider_fields(
    lines: Sequence[Sequence[Member]], renderers: Sequence[Provider], team: Team
) -> dict[str, str]:
    """Numbers, taxonomy and specialty of the claim's providers, as far as it says.

    A claim has one of each: where lines name several, the field is left out.
    """
    found = {"billing-npi": team.billing.npi}
    for field in dict.fromkeys(FIELD_OF_ROLE.values()):
        numbers = {_number_of(field, members) for members in lines}
        found[field] = numbers.pop() if len(numbers) == 1 else ""
    if len(set(renderers)) == 1 and renderers[0].npi:
        npi, taxonomy, _ = renderers[0]
        specialty = specialty_of(taxonomy)
        found |= {"taxonomy": taxonomy, "specialty": specialty}
        found |= performed(npi, found["supervising-npi"], specialty)
    return {name: value for name, value in found.items() if value}


def _number_of(field: str, members: Sequence[Member]) -> str:
    numbers = {
        one.provider.npi for one in members if FIELD_OF_ROLE.get(one.role) == field
    }
    return numbers.pop() if len(numbers) == 1 else ""
