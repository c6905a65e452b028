"""Claims and earlier claims of one FHIR value: a resource, or a Bundle of resources."""

from __future__ import annotations

from collections.abc import Iterator

from kb.claims.fhir.benefit import past_claim_of
from kb.claims.fhir.claim import claim_of
from kb.claims.fhir.codes import CONTENT
from kb.claims.fhir.references import Bundle
from kb.claims.json.checks import Fault, Json, one_a_cause, wrong
from kb.claims.json.outcome import Outcome, refused

_GIVE = "Give a Claim, an ExplanationOfBenefit, or a Bundle that holds them."


def outcomes_of(value: Json) -> Iterator[Outcome]:
    """What a FHIR resource tells of each claim in it, in its order.

    Nothing outside of the value is looked at.
    """
    if value.get("resourceType") == "Bundle":
        yield from _of_bundle(value)
    else:
        yield _of_resource(value, "", Bundle())


def _of_resource(resource: Json, at: str, bundle: Bundle) -> Outcome:
    if resource.get("resourceType") == "Claim":
        return claim_of(resource, at, bundle)
    return past_claim_of(resource, at, bundle)


def _of_bundle(value: Json) -> Iterator[Outcome]:
    entries = value.get("entry")
    if entries is not None and not isinstance(entries, list):
        yield refused("", wrong("entry", entries, "a list of objects"))
        return
    found = list(_resources(entries or []))
    bundle = Bundle(found)
    wrong_ones = list(_faults_of(entries or [], found))
    if wrong_ones:
        yield Outcome(None, "", one_a_cause(wrong_ones), [])
    claims = [(one, at) for _, one, at in found if one.get("resourceType") in CONTENT]
    for resource, at in claims:
        yield _of_resource(resource, at, bundle)
    if not claims and not wrong_ones:
        yield refused("", Fault("", "a FHIR Bundle without a claim", _GIVE))


def _faults_of(
    entries: list[object], found: list[tuple[str, Json, str]]
) -> Iterator[Fault]:
    """Entries in which a claim may be lost."""
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            yield wrong(f"entry[{index}]", entry, "an object")
    for _, resource, at in found:
        if resource.get("resourceType") == "Bundle":
            fix = "Give it as a document of its own."
            yield Fault(at.rstrip("."), "a Bundle inside a Bundle", fix)


def _resources(entries: list[object]) -> Iterator[tuple[str, Json, str]]:
    """Address, resource and path of each entry that has a resource."""
    for index, entry in enumerate(entries):
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            url = entry.get("fullUrl")
            at = f"entry[{index}].resource."
            yield url if isinstance(url, str) else "", entry["resource"], at
