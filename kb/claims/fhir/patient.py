"""The patient of a claim: the token, the member id and the birth date."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kb.claims.fhir.codes import BENEFICIARY, SEX, plain_system
from kb.claims.fhir.cover import Cover
from kb.claims.fhir.nodes import codings, day_at, each, inside, word
from kb.claims.fhir.references import Resource, logical_id
from kb.claims.fhir.source import Source
from kb.claims.identity import member_in, patient_token
from kb.claims.json.checks import Node
from kb.claims.model import own_patient

_MEMBER_TYPES = frozenset({"MB", "MC"})
"""Types of identifiers that are a member's number, or a Medicare beneficiary's."""
_LONG = 6
"""Letters and digits from which another server will not give the same id."""


class Patient(NamedTuple):
    """The patient as claims know one."""

    token: str
    member: str
    birth: date | None
    sex: str


def patient_of(source: Source, cover: Cover | None, identifier: str) -> Patient:
    """The patient of the claim.

    By member id and birth date, as in an 837; without a member id by the id that the
    sender's server has for the patient; without that the claim is its own patient.
    """
    reference = inside(source.node, "patient")
    found = source.bundle.find(reference, source.node, ("Patient",))
    birth = day_at(found.node, "birthDate") if found else None
    sex = SEX.get(word(found.node, "gender"), "") if found else ""
    member = _member(cover, reference, found)
    if member:
        return Patient(_token(source, cover, found, member, birth), member, birth, sex)
    known = member_in(logical_id(reference, "Patient"))
    text = "the patient is told by the id of the Patient alone"
    if not known:
        text = "the claim is taken as its own patient"
    if not source.past:
        source.notes.remark(reference.at, f"no member id: {text}")
    token = patient_token(known, "") if known else own_patient(identifier)
    return Patient(token, known if len(known) >= _LONG else "", birth, sex)


def _token(
    source: Source,
    cover: Cover | None,
    found: Resource | None,
    member: str,
    birth: date | None,
) -> str:
    if birth is None and not source.past:
        at = found.node.at if found else f"{source.node.at}patient"
        text = "no birth date: the patient is told by the member id alone"
        source.notes.remark(at, text)
    given = _given_name(found) if _is_dependant(cover) else ""
    return patient_token(member, f"{birth:%Y%m%d}" if birth else "", given)


def _member(cover: Cover | None, reference: Node, found: Resource | None) -> str:
    """The member id: of the coverage, else the patient's one identifier of that kind."""
    if cover is not None and cover.found is not None:
        number = word(cover.found.node, "subscriberId")
        number = number or _only_member(each(cover.found.node, "identifier"))
        if number:
            return member_in(number)
    identifiers = [inside(reference, "identifier")]
    if found is not None:
        identifiers += each(found.node, "identifier")
    return member_in(_only_member(identifiers))


def _only_member(identifiers: list[Node] | tuple[Node, ...]) -> str:
    numbers = {word(one, "value") for one in identifiers if _is_of_a_member(one)} - {""}
    return numbers.pop() if len(numbers) == 1 else ""


def _is_of_a_member(identifier: Node) -> bool:
    types = {coding.code for coding in codings(inside(identifier, "type"))}
    system = plain_system(word(identifier, "system"))
    return system == BENEFICIARY or bool(types & _MEMBER_TYPES)


def _is_dependant(cover: Cover | None) -> bool:
    """Whether the patient is insured by somebody else, whose member id it then is."""
    if cover is None or cover.found is None:
        return False
    relationship = codings(inside(cover.found.node, "relationship"))
    return any(coding.code != "self" for coding in relationship)


def _given_name(found: Resource | None) -> str:
    """The first given name of the patient; empty when not said."""
    for name in each(found.node, "name") if found else ():
        given = name.obj.get("given")
        if isinstance(given, list) and given and isinstance(given[0], str):
            return given[0].strip()
    return ""
