"""What ``GET /cds-services`` says: two services, and what each wants prefetched."""

from __future__ import annotations

from dataclasses import dataclass

from kb.crd.exact import Json

VERSIONS = ("2.2",)
"""Versions of the CRD guide that answers follow."""
PRACTITIONERS = (
    "performer.resolve().ofType({})",
    "requester.resolve().ofType({})",
)
OF_EVERY_HOOK = {
    "patient": "Patient/{{context.patientId}}",
    "encounter": "Encounter/{{context.encounterId}}",
    "coverage": "Coverage?patient={{context.patientId}}&status=active",
    "payers": "Organization?_id={{%coverage.entry.resource.payor.resolve()"
    ".ofType(Organization).id}}",
}
OTHER_PLACES = (
    "%practitionerRoles.entry.resource.location.resolve()",
    "%encounter.location.location.resolve()",
)
DRAFTS = "context.draftOrders.entry.resource"
DISPATCHED = ("deviceRequests", "medicationRequests", "serviceRequests")
TYPES = ("DeviceRequest", "MedicationRequest", "ServiceRequest")
OPTIONS: tuple[Json, ...] = (
    {
        "code": "coverage-info",
        "type": "boolean",
        "name": "Coverage Information",
        "description": "Whether each order gets its coverage, prior authorization and"
        " documentation requirements",
        "default": True,
    },
    {
        "code": "max-cards",
        "type": "integer",
        "name": "Maximum cards",
        "description": "The most cards to return; the gravest come first",
        "default": 10,
    },
)


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook that is answered."""

    name: str
    id: str
    title: str
    description: str
    prefetch: dict[str, str]


def _drafts() -> dict[str, str]:
    """The queries for what draft orders refer to."""
    return {
        **OF_EVERY_HOOK,
        **_people((DRAFTS,)),
        "conditions": _query("Condition", [f"{DRAFTS}.reasonReference.resolve()"]),
        "medications": _query(
            "Medication", [f"{DRAFTS}.ofType(MedicationRequest).medication.resolve()"]
        ),
        "locations": _query(
            "Location",
            [
                f"{DRAFTS}.locationReference.resolve()",
                *OTHER_PLACES,
            ],
        ),
    }


def _dispatched() -> dict[str, str]:
    """The queries for orders that are dispatched, and for what they refer to."""
    orders = {
        key: _query(kind, ["context.dispatchedOrders.resolve()"])
        for key, kind in zip(DISPATCHED, TYPES, strict=True)
    }
    roots = tuple(f"%{key}.entry.resource" for key in DISPATCHED)
    return {
        **OF_EVERY_HOOK,
        **orders,
        **_people(roots),
        "conditions": _query(
            "Condition", [f"{root}.reasonReference.resolve()" for root in roots]
        ),
        "medications": _query("Medication", [f"{roots[1]}.medication.resolve()"]),
        "locations": _query(
            "Location",
            [
                f"{roots[2]}.locationReference.resolve()",
                *OTHER_PLACES,
            ],
        ),
    }


def _people(roots: tuple[str, ...]) -> dict[str, str]:
    def of(kind: str) -> list[str]:
        return [f"{root}.{way.format(kind)}" for root in roots for way in PRACTITIONERS]

    practitioners = [
        "%practitionerRoles.entry.resource.practitioner.resolve()",
        *of("Practitioner"),
    ]
    return {
        "practitionerRoles": f"PractitionerRole?_id={_ids(of('PractitionerRole'))}",
        "practitioners": f"Practitioner?_id={_ids(practitioners)}",
    }


def _query(kind: str, ways: list[str]) -> str:
    return f"{kind}?_id={_ids([f'{way}.ofType({kind})' for way in ways])}"


def _ids(ways: list[str]) -> str:
    return "{{" + "|".join(f"{way}.id" for way in ways) + "}}"


HOOKS = (
    Hook(
        "order-sign",
        "order-sign-crd",
        "Coverage requirements of orders",
        "Says of each order whether the payer's rules cover it, whether it needs prior"
        " authorization and what the chart must show",
        _drafts(),
    ),
    Hook(
        "order-dispatch",
        "order-dispatch-crd",
        "Coverage requirements of dispatched orders",
        "Says the same of orders whose performer is chosen now",
        _dispatched(),
    ),
)
BY_ID = {hook.id: hook for hook in HOOKS}


def services() -> Json:
    """The answer to ``GET /cds-services``."""
    return {"services": [_service(hook) for hook in HOOKS]}


def _service(hook: Hook) -> Json:
    return {
        "hook": hook.name,
        "id": hook.id,
        "title": hook.title,
        "description": hook.description,
        "prefetch": hook.prefetch,
        "extension": {
            "davinci-crd.version": list(VERSIONS),
            "davinci-crd.configuration-options": list(OPTIONS),
        },
    }
