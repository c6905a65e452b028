"""A Claim resource to one claim, with every fault that it has.

What is taken from where, and why, is told in ``docs/fhir.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from kb.claims.fhir.codes import AUTHORIZATION_NUMBER, KINDS, OTHER_KINDS, plain_system
from kb.claims.fhir.cover import (
    approved_by,
    authorization_of,
    focal_cover,
    payer_of,
    plan_of,
)
from kb.claims.fhir.diagnoses import diagnoses_of
from kb.claims.fhir.line import Service, services_of
from kb.claims.fhir.nodes import amount_at, codings, each, inside, word
from kb.claims.fhir.patient import patient_of
from kb.claims.fhir.references import Bundle
from kb.claims.fhir.source import (
    Source,
    day_told,
    identifier_of,
    prior_claim,
    why_no_claim,
)
from kb.claims.fhir.team import provider_fields, team_of
from kb.claims.json.checks import Fault, Json, Node, check_repeated_keys
from kb.claims.json.outcome import Notes, Outcome, outcome_of, refused
from kb.claims.model import Authorization, Claim, ClaimKind, ClaimLine, Frequency
from kb.claims.shapes import STATE

_PROVIDER_KINDS = ("Practitioner", "PractitionerRole", "Organization")


def claim_of(resource: Json, at: str, bundle: Bundle) -> Outcome:
    """The claim that a Claim resource holds, which stands at ``at``."""
    notes = Notes([], [])
    node = Node(resource, at, notes.faults)
    identifier = identifier_of(resource)
    refusal = why_no_claim(node) or _other_kind(node)
    if refusal is not None:
        return refused(identifier, refusal)
    check_repeated_keys(node)
    claim, services = _claim(Source(node, bundle, notes), identifier)
    if not identifier:
        fix = "Write the claim's number as `identifier`, or the resource's `id`."
        notes.fault(f"{at}identifier", "missing: the claim has no number", fix)
    lines = [service.item.at.rstrip(".") for service in services]
    return outcome_of(claim, notes, at.rstrip("."), lines, identifier)


def _kinds(node: Node) -> set[str]:
    concept = inside(node._replace(faults=[]), "type")
    return {coding.code for coding in codings(concept)}


def _other_kind(node: Node) -> Fault | None:
    kinds = _kinds(node)
    other = [called for code, called in OTHER_KINDS.items() if code in kinds]
    if not other or kinds & KINDS.keys():
        return None
    fix = "Give claims of type `professional` or `institutional`."
    return Fault(f"{node.at}type", f"{other[0]} is not read", fix)


def _claim(source: Source, identifier: str) -> tuple[Claim, tuple[Service, ...]]:
    node, notes = source.node, source.notes
    kind = _kind(source)
    team = team_of(source)
    services = services_of(
        source, diagnoses_of(source), team, needs_codes=kind == "professional"
    )
    cover = focal_cover(source)
    patient = patient_of(source, cover, identifier)
    frequency, replaces = _frequency(source)
    charge = amount_at(node, "total")
    if charge is not None and charge < 0:
        notes.fault(f"{node.at}total", "found dollars below zero, expected from zero")
    _say_future(source, services)
    fields = provider_fields(
        [service.members for service in services],
        [service.rendering for service in services],
        team,
    )
    claim = Claim(
        id=identifier,
        patient=patient.token,
        payer=payer_of(source, cover),
        lines=tuple(_line(service, source) for service in services),
        kind=kind,
        plan=plan_of(cover),
        state=_state(source),
        frequency=frequency,
        replaces=replaces,
        authorization=authorization_of(source, cover),
        fields=({"sex": patient.sex} if patient.sex else {}) | fields,
        birth=patient.birth,
        charge=charge,
        member=patient.member,
    )
    return claim, services


def _kind(source: Source) -> ClaimKind:
    inside(source.node, "type")
    kinds = {KINDS[code] for code in _kinds(source.node) & KINDS.keys()}
    if len(kinds) == 1:
        return kinds.pop()
    text = (
        "the type does not tell professional from institutional: taken as professional"
    )
    source.notes.remark(f"{source.node.at}type", text)
    return "professional"


def _frequency(source: Source) -> tuple[Frequency, str]:
    """A claim with a prior one replaces it; a cancelled one takes it, or itself, back."""
    has_prior, number = prior_claim(source)
    if word(source.node, "status") == "cancelled":
        return "void", number or identifier_of(source.node.obj)
    if not has_prior:
        return "original", ""
    if not number:
        reason = "a replacement has to say what it replaces"
        fix = "Write the payer's number of the original in `related.reference`."
        source.notes.fault(f"{source.node.at}related", reason, fix)
    return "replacement", number


def _state(source: Source) -> str:
    """The state of the place where it was done, else of who bills.

    A place that is named without its address leaves the state open.
    """
    node, bundle = source.node, source.bundle
    if node.obj.get("facility") is not None:
        reference = inside(node, "facility")
        place = bundle.find(reference, node, ("Location", "Organization"))
        if place is None:
            text = "the facility is not in the file: the state is not known"
            source.notes.remark(reference.at, text)
            return ""
        address = (
            (inside(place.node, "address"),)
            if place.kind == "Location"
            else each(place.node, "address")
        )
        return _only_state(address, source)
    found = bundle.find(inside(node, "provider"), node, _PROVIDER_KINDS)
    if found is not None and found.kind == "PractitionerRole":
        at = inside(found.node, "organization")
        found = bundle.find(at, found.holder, ("Organization",))
    return _only_state(each(found.node, "address"), source) if found else ""


def _only_state(addresses: Sequence[Node], source: Source) -> str:
    states = {word(address, "state") for address in addresses} - {""}
    if len(states) != 1:
        return ""
    state = states.pop()
    if STATE.fits(state):
        return state
    text = f"expected {STATE.expected}: the state is not known"
    source.notes.remark(f"{addresses[0].at}state", text)
    return ""


def _say_future(source: Source, services: Sequence[Service]) -> None:
    written = day_told(source.node, "created")
    if written is None:
        return
    if "T" in str(source.node.obj.get("created")):
        # West of the date line it may be the day before of where it was done.
        written += timedelta(days=1)
    for service in services:
        if service.day > written:
            reason = "the service stands after the day on which the claim was created"
            fix = "Correct the date of service, or `created`."
            source.notes.fault(service.item.at, reason, fix)


def _line(service: Service, source: Source) -> ClaimLine:
    return ClaimLine(
        number=service.number,
        code=service.code,
        date=service.day,
        modifiers=service.modifiers,
        units=service.units,
        place=service.place,
        diagnoses=service.diagnoses,
        rendering=service.rendering.npi,
        authorization=_authorization(service, source),
        charge=service.charge,
        ndc=service.ndc,
    )


def _authorization(service: Service, source: Source) -> Authorization | None:
    """``approved`` by the number that Da Vinci's extension gives on the line."""
    for extension in each(service.item, "extension"):
        if plain_system(word(extension, "url")) == AUTHORIZATION_NUMBER:
            return approved_by(extension, "valueString", source)
    return None
