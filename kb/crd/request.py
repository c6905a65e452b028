"""A CDS Hooks request: checked, with its orders, Coverages and all that came along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.crd.discovery import HOOKS
from kb.crd.exact import Json, parsed
from kb.crd.problem import CrdProblem
from kb.crd.resources import (
    Resources,
    items,
    key_in,
    key_of,
    kind_of,
    part,
    resources_in,
    text,
)

ORDERS = ("ServiceRequest", "DeviceRequest", "MedicationRequest")
"""The orders that are answered."""
OTHER_ORDERS = ("CommunicationRequest", "NutritionOrder", "VisionPrescription")
"""Orders of which no policy here speaks: they are passed over."""
MOST_ORDERS = 100
MOST_COVERAGES = 10
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
DRAFTS = "context.draftOrders.entry[{}].resource"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the client wants of what a service can give (``davinci-crd.configuration``)."""

    coverage_info: bool = True
    most_cards: int | None = None


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A request as it is answered."""

    hook: str
    patient: Json
    """The Patient of the prefetch; empty where it did not come along."""
    orders: tuple[Json, ...]
    performer: str
    """Who is to do it, by ``order-dispatch``: a reference; empty where nobody is named."""
    coverages: tuple[Json, ...]
    known: Resources
    wishes: Wishes


def read_request(content: bytes, hook: str) -> HookRequest:
    """The request in a body that was posted to the service of a hook.

    Raises ``CrdProblem``: 400 where it is no JSON or no CDS Hooks request, 412 where the
    prefetch lacks what is always needed, 422 where the CRD guide is not kept.
    """
    body = _object_in(content)
    if text(body, "hook") != hook:
        raise _bad("hook", f"`hook` is not {hook}, the hook of this service")
    if not UUID.fullmatch(text(body, "hookInstance")):
        raise _bad("hookInstance", "`hookInstance` is missing or no UUID")
    if part(body, "fhirAuthorization") is not None:
        _check_authorization(body)
    context = part(body, "context")
    if not isinstance(context, dict):
        raise _bad("context", "`context` is missing or no object")
    patient = text(context, "patientId")
    if not patient:
        raise _bad("context.patientId", "`context.patientId` is missing")
    known = _prefetched(body)
    orders = _orders(context, hook, known)
    _check_orders(orders, patient)
    return HookRequest(
        hook=hook,
        patient=_patient(known, patient),
        orders=tuple(order for _where, order in orders),
        performer=text(context, "performer"),
        coverages=_coverages(known, patient),
        known=known,
        wishes=_wishes(body),
    )


def _object_in(content: bytes) -> Json:
    try:
        body = parsed(content)
    except UnicodeDecodeError:
        raise _bad("", "The body is no UTF-8") from None
    except ValueError as error:
        # The words of a JSON error name a place, never what stands there.
        raise _bad("", f"The body is no JSON: {error}") from None
    if not isinstance(body, dict):
        raise _bad("", "The body is JSON, but no object")
    return body


def _check_authorization(body: Json) -> None:
    given = part(body, "fhirAuthorization")
    fields = ("access_token", "token_type", "scope", "subject")
    lacking = [name for name in fields if not text(given, name)]
    if lacking:
        where = f"fhirAuthorization.{lacking[0]}"
        raise _bad(where, f"`{where}` is missing: CDS Hooks asks for it")
    if not text(body, "fhirServer"):
        raise _bad("fhirServer", "`fhirServer` is missing beside `fhirAuthorization`")


def _prefetched(body: Json) -> Resources:
    """What came along; nothing that did not is ever fetched."""
    given = part(body, "prefetch")
    if given is None:
        message = (
            "`prefetch` is missing: this service makes no call to a FHIR server. "
            "Send what GET /cds-services asks for."
        )
        raise CrdProblem(412, "incomplete", message, "prefetch")
    if not isinstance(given, dict):
        raise _bad("prefetch", "`prefetch` is no object")
    known = Resources()
    for name, value in given.items():
        if value is not None and not isinstance(value, dict):
            place = name if name in HOOKS_PREFETCH else "one of its keys"
            raise _bad("prefetch", f"`prefetch`: {place} holds no resource")
        for address, resource in resources_in(value):
            known.add(resource, address)
    return known


def _orders(context: Json, hook: str, known: Resources) -> list[tuple[str, Json]]:
    """The orders that are asked about, each with its place."""
    found = (
        _drafts(context, known) if hook == "order-sign" else _dispatched(context, known)
    )
    orders = [(where, order) for where, order in found if kind_of(order) in ORDERS]
    if len(orders) > MOST_ORDERS:
        message = f"At most {MOST_ORDERS} orders are answered at once"
        raise CrdProblem(422, "too-long", message, "context")
    return orders


def _drafts(context: Json, known: Resources) -> Iterator[tuple[str, Json]]:
    drafts = part(context, "draftOrders")
    if not isinstance(drafts, dict) or kind_of(drafts) != "Bundle":
        raise _bad("context.draftOrders", "`context.draftOrders` is no Bundle")
    for index, entry in enumerate(items(drafts, "entry")):
        resource = part(entry, "resource")
        where = DRAFTS.format(index)
        if not isinstance(resource, dict) or not kind_of(resource):
            raise _bad(where, "An entry of `context.draftOrders` holds no resource")
        known.add(resource, text(entry, "fullUrl"))
        yield where, resource


def _dispatched(context: Json, known: Resources) -> Iterator[tuple[str, Json]]:
    """The orders that ``order-dispatch`` names: ``order`` in 1.0, a list in 1.1."""
    named = part(context, "dispatchedOrders")
    references = (
        [each for each in named if isinstance(each, str)]
        if isinstance(named, list)
        else list(filter(None, [text(context, "order")]))
    )
    if not references:
        where = "context.dispatchedOrders"
        raise _bad(where, f"`{where}` names no order")
    for index, reference in enumerate(references):
        where = f"context.dispatchedOrders[{index}]"
        order = known.named(reference)
        if order is None:
            if key_in(reference).partition("/")[0] in OTHER_ORDERS:
                continue
            message = "The prefetch does not hold an order that is dispatched"
            raise CrdProblem(412, "incomplete", message, where)
        yield where, order


def _check_orders(orders: list[tuple[str, Json]], patient: str) -> None:
    seen = set()
    for where, order in orders:
        if not text(order, "id"):
            message = "An order has no `id`, by which its answer could name it"
            raise CrdProblem(422, "required", message, f"{where}.id")
        if key_of(order) in seen:
            message = "Two orders have the same `id`"
            raise CrdProblem(422, "invariant", message, f"{where}.id")
        seen.add(key_of(order))
        subject = text(order, "subject", "reference")
        if subject and not is_of(subject, patient):
            message = "An order is for another patient than `context.patientId`"
            raise CrdProblem(422, "invariant", message, f"{where}.subject")


def is_of(reference: str, patient: str) -> bool:
    """Whether a reference means the patient of the context; a local one may."""
    key = key_in(reference)
    return key == f"Patient/{key_in(patient).rpartition('/')[2]}" or "/" not in key


def _patient(known: Resources, patient: str) -> Json:
    key = f"Patient/{key_in(patient).rpartition('/')[2]}"
    found = known.by_key.get(key)
    if found is None and known.of_type("Patient"):
        message = "The Patient of the prefetch is not that of `context.patientId`"
        raise CrdProblem(422, "invariant", message, "prefetch.patient")
    return found or {}


def _coverages(known: Resources, patient: str) -> tuple[Json, ...]:
    """The Coverages in force, those of another patient left out."""
    found = [
        each
        for each in known.of_type("Coverage")
        if text(each, "status") in ("", "active") and _covers(each, patient)
    ]
    if not found:
        message = "The prefetch holds no active Coverage of the patient"
        raise CrdProblem(400, "required", message, "prefetch.coverage")
    if len(found) > MOST_COVERAGES:
        message = f"At most {MOST_COVERAGES} Coverages are answered at once"
        raise CrdProblem(422, "too-long", message, "prefetch.coverage")
    for coverage in found:
        if not text(coverage, "id"):
            message = "A Coverage has no `id`, to which an answer could refer"
            raise CrdProblem(422, "required", message, "prefetch.coverage")
    return tuple(found)


def _covers(coverage: Json, patient: str) -> bool:
    named = text(coverage, "beneficiary", "reference")
    return not named or is_of(named, patient)


def _wishes(body: Json) -> Wishes:
    given = part(body, "extension", "davinci-crd.configuration")
    most = part(given, "max-cards")
    counted = isinstance(most, int) and not isinstance(most, bool) and most >= 0
    return Wishes(
        coverage_info=part(given, "coverage-info") is not False,
        most_cards=most if counted and isinstance(most, int) else None,
    )


def _bad(where: str, message: str) -> CrdProblem:
    return CrdProblem(400, "structure", f"{message}.", where)


HOOKS_PREFETCH = frozenset(key for hook in HOOKS for key in hook.prefetch)
