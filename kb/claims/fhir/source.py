"""What all parts of one claim are read from: its resource, its Bundle, its notes."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kb.claims.fhir.nodes import codings, day_in, each, inside, word
from kb.claims.fhir.references import Bundle, logical_id
from kb.claims.json.checks import Fault, Json, Node
from kb.claims.json.outcome import Notes
from kb.claims.shapes import TEXT

_GIVE_CLAIMS = "Give Claim resources whose `use` is `claim`."
_EARLIER = ("Claim", "ExplanationOfBenefit")


class Source(NamedTuple):
    """One Claim or ExplanationOfBenefit with what its references lead to."""

    node: Node
    bundle: Bundle
    notes: Notes
    past: bool = False
    """Whether it is history: then what a payer took is no fault."""


def identifier_of(resource: Json) -> str:
    """The sender's number of a claim: its identifier, else the id of its resource."""
    listed = resource.get("identifier")
    values = [
        one.get("value")
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    ]
    for value in (*values, resource.get("id")):
        if isinstance(value, str) and TEXT.fits(value.strip()) and value.isprintable():
            return value.strip()
    return ""


def why_no_claim(node: Node) -> Fault | None:
    """Why a resource is none that was or will be billed; ``None`` when it is one."""
    use, status = node.obj.get("use"), node.obj.get("status")
    if use in ("preauthorization", "predetermination"):
        reason = f"a request (`{use}`) is no claim: nothing was done or billed yet"
        return Fault(f"{node.at}use", reason, _GIVE_CLAIMS)
    if status == "entered-in-error":
        reason = "it was entered in error, as its `status` says"
        return Fault(f"{node.at}status", reason, "Leave it out.")
    return None


def prior_claim(source: Source) -> tuple[bool, str]:
    """Whether an earlier claim is named that this one replaces, and its number."""
    for related in each(source.node, "related"):
        words = {coding.code for coding in codings(inside(related, "relationship"))}
        if "prior" in words:
            return True, _number_of(related, source)
    return False, ""


def _number_of(related: Node, source: Source) -> str:
    """The number of a related claim: as told, else as its resource has it."""
    value = word(inside(related, "reference"), "value")
    claim = inside(related, "claim")
    found = source.bundle.find(claim, source.node, _EARLIER)
    if found is not None:
        value = value or identifier_of(found.node.obj)
    return value or logical_id(claim, _EARLIER[0]) or logical_id(claim, _EARLIER[1])


def day_told(node: Node, *keys: str) -> date | None:
    """The day at a path of keys, ``None`` where none can be read; never a fault."""
    value: object = node.obj
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return day_in(value)
