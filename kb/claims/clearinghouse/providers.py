"""The providers of a clearinghouse's claim, and where it was done."""

from __future__ import annotations

from collections.abc import Sequence

from kb.claims.json.checks import Node, object_at, objects_at, text_at
from kb.claims.json.outcome import Notes
from kb.claims.model import ClaimLine
from kb.claims.providers import performed, specialty_of
from kb.claims.shapes import NPI, STATE, TAXONOMY

_ROLES = ("supervising", "ordering", "referring")
_TYPES = {
    "BillingProvider": "billing",
    "RenderingProvider": "rendering",
    "SupervisingProvider": "supervising",
    "OrderingProvider": "ordering",
    "ReferringProvider": "referring",
}
"""``providerType`` of the older form, where all stand in a list ``providers``."""

Providers = dict[str, Node]
"""The claim's providers by their role."""


def providers_of(request: Node, notes: Notes) -> Providers:
    """The claim's providers, each under its own key or in the list ``providers``."""
    found: Providers = {}
    for role in _TYPES.values():
        one = object_at(request, role)
        if one is not None:
            found[role] = one
    if isinstance(request.obj.get("providers"), dict):
        inner = object_at(request, "providers")
        assert inner is not None
        return providers_of(inner, notes) | found
    for one in objects_at(request, "providers", lambda node, _: node):
        role = _TYPES.get(str(one.obj.get("providerType")), "")
        if role and role in found:
            notes.fault(f"{one.at}providerType", "another provider has this type")
        elif role:
            found[role] = one
    return found


def npi_of(provider: Node | None) -> str:
    """The NPI of a provider; empty when it gives none."""
    return text_at(provider, "npi", NPI) if provider and provider.obj.get("npi") else ""


def state_of(facilities: Sequence[Node | None], billing: Node | None) -> str:
    """State of the service facility, else of the billing provider's address."""
    for place in (*facilities, billing):
        address = object_at(place, "address") if place else None
        if address is not None and address.obj.get("state"):
            return text_at(address, "state", STATE)
    return ""


def provider_fields(
    providers: Providers, lines: Sequence[ClaimLine], items: Sequence[Node]
) -> dict[str, str]:
    """Numbers, taxonomy and specialty of the claim's providers, as an 837P has them.

    A claim has one of each: where a line names somebody else, the field is left out.
    """
    found = {"billing-npi": npi_of(providers.get("billing"))}
    for role in _ROLES:
        found[f"{role}-npi"] = _only(role, providers, items)
    renderers = {line.rendering for line in lines}
    if len(renderers) == 1 and "" not in renderers:
        taxonomy = _taxonomy(providers, items)
        specialty = specialty_of(taxonomy)
        found |= {"taxonomy": taxonomy, "specialty": specialty}
        found |= performed(renderers.pop(), found["supervising-npi"], specialty)
    return {name: value for name, value in found.items() if value}


def _only(role: str, providers: Providers, items: Sequence[Node]) -> str:
    """The NPI that claim and lines give for a role; empty when they differ."""
    claim = npi_of(providers.get(role))
    numbers = {
        npi_of(object_at(item, key)) if item.obj.get(key) is not None else claim
        for item in items
        for key in (f"{role}Provider",)
    }
    return numbers.pop() if len(numbers) == 1 else ""


def _taxonomy(providers: Providers, items: Sequence[Node]) -> str:
    """That of the rendering provider, where just one is named.

    The billing provider's is passed over: it may be that of a group.
    """
    named = [providers.get("rendering")]
    named += [object_at(item, "renderingProvider") for item in items]
    given = [one for one in named if one is not None]
    code = given[0].obj.get("taxonomyCode") if len(given) == 1 else ""
    return code if isinstance(code, str) and TAXONOMY.fits(code) else ""
