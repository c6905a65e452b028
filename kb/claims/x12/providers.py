"""The providers of an 837P claim: who renders, bills, supervises, orders and refers."""

from __future__ import annotations

from collections.abc import Iterable

from kb.claims.model import ClaimLine
from kb.claims.providers import (
    SURGERY_CENTER,
    is_surgery_center,
    performed,
    specialty_of,
)
from kb.claims.shapes import TAXONOMY
from kb.claims.x12.line import npi_of, provider_in
from kb.claims.x12.loops import Loop
from kb.claims.x12.notes import Notes

_FIELDS = {"DQ": "supervising-npi", "DK": "ordering-npi", "DN": "referring-npi"}


def billing_taxonomy(above: Iterable[Loop]) -> str:
    """PRV03 of who bills, as it stands; empty where the file does not tell it."""
    for loop in above:
        if loop.name == "2000A" and (about := loop.first("PRV", "BI")):
            return about.element(3)
    return ""


def is_of_a_center(above: Iterable[Loop], lines: Iterable[ClaimLine]) -> bool:
    """Whether an 837P is a surgery center's own claim, as Medicare takes them.

    It is told by the taxonomy of who bills and the place of every line.
    """
    return {line.place for line in lines} == {SURGERY_CENTER} and is_surgery_center(
        billing_taxonomy(above)
    )


def rendering_of(loops: list[Loop], billing: Loop | None, notes: Notes) -> str:
    """NPI of 2310B; the guide leaves it out where it is the billing provider."""
    own = provider_in(loops, "2310", "82", notes)
    if own is not None or billing is None:
        return own or ""
    return npi_of(billing.segments[0], notes)


def provider_fields(
    loops: list[Loop],
    billing: Loop | None,
    lines: tuple[ClaimLine, ...],
    notes: Notes,
) -> dict[str, str]:
    """Numbers, taxonomy and specialty of the claim's providers, as far as it says.

    A claim has one of each: where a line names somebody else, the field is left out.
    """
    found = {"billing-npi": _npi_of(billing, notes)}
    for entity, field in _FIELDS.items():
        found[field] = _only(loops, entity, len(lines), notes)
    renderers = {line.rendering for line in lines}
    if len(renderers) == 1 and "" not in renderers:
        taxonomy = _taxonomy(loops)
        specialty = specialty_of(taxonomy)
        found |= {"taxonomy": taxonomy, "specialty": specialty}
        found |= performed(renderers.pop(), found["supervising-npi"], specialty)
    return {name: value for name, value in found.items() if value}


def _npi_of(loop: Loop | None, notes: Notes) -> str:
    return npi_of(loop.segments[0], notes) if loop else ""


def _only(loops: list[Loop], entity: str, lines: int, notes: Notes) -> str:
    """The NPI that claim and lines give for an entity; empty when they differ."""
    claim = provider_in(loops, "2310", entity, notes)
    of_lines = [
        npi_of(loop.segments[0], notes)
        for loop in loops
        if loop.name == "2420" and loop.entity == entity
    ]
    numbers = set(of_lines)
    if claim is not None or len(of_lines) < lines:
        # Who is named at some lines only says nothing of the others.
        numbers.add(claim or "")
    return numbers.pop() if len(numbers) == 1 else ""


def _taxonomy(loops: Iterable[Loop]) -> str:
    """PRV03 of the rendering provider, where just one is named.

    The billing provider's is passed over: it may be that of a group.
    """
    named = [
        loop for loop in loops if loop.name in ("2310", "2420") and loop.entity == "82"
    ]
    about = named[0].first("PRV", "PE") if len(named) == 1 else None
    code = about.element(3) if about else ""
    return code if TAXONOMY.fits(code) else ""
