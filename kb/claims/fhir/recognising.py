"""Which JSON is FHIR, and which of its resources hold no claim."""

from __future__ import annotations

from kb.claims.fhir.codes import CONTENT, KNOWN_RESOURCES


def is_fhir(value: object) -> bool:
    """Whether a JSON value is a FHIR resource."""
    return isinstance(value, dict) and value.get("resourceType") is not None


def resource_without_claims(value: object) -> str:
    """What a resource is that holds no claim, as ``a FHIR Patient``; else empty."""
    kind = value.get("resourceType") if isinstance(value, dict) else None
    if kind is None or kind == "Bundle" or kind in CONTENT:
        return ""
    known = isinstance(kind, str) and kind in KNOWN_RESOURCES
    return f"a FHIR {kind}" if known else "a FHIR resource"
