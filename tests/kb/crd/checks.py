"""Checks of a response, written from the CDS Hooks and CRD specifications.

They are those that the public test kit for CRD servers makes of cards, system actions and
coverage-information, where no terminology or profile server is needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from .invariants import broken, values

Json = dict[str, Any]
URL = "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information"
CARD = {"summary": str, "indicator": str, "source": dict}
OPTIONAL = {
    "uuid": str, "detail": str, "suggestions": list, "overrideReasons": list,
    "links": list,
}  # fmt: skip
CODES = {
    "covered": {"covered", "not-covered", "conditional", "indeterminate"},
    "pa-needed": {
        "no-auth", "auth-needed", "satisfied", "performpa", "conditional",
        "indeterminate",
    },
    "doc-needed": {"clinical", "admin", "patient", "conditional", "indeterminate"},
    "doc-purpose": {"withpa", "withclaim", "withorder", "retain-doc", "OTH"},
    "info-needed": {
        "performer", "location", "timeframe", "contract-window", "detail-code", "OTH",
    },
}  # fmt: skip
VALUES = {
    "coverage": "valueReference",
    "date": "valueDate",
    "coverage-assertion-id": "valueString",
    "billingCode": "valueCoding",
    "reason": "valueCodeableConcept",
    **dict.fromkeys(CODES, "valueCode"),
}
ONCE = ("coverage", "covered", "date", "coverage-assertion-id")
AT_MOST_ONCE = ("pa-needed", "satisfied-pa-id", "expiry-date")
CATEGORIES = {"cat-limitation", "cat-decisional", "cat-other"}


def faults_of(response: Json, orders: list[Json]) -> list[str]:
    """All that is wrong with a response to an order-sign of these orders."""
    found = [*faults_of_cards(response)]
    actions = response.get("systemActions")
    if not isinstance(actions, list):
        return [*found, "no systemActions"]
    for action in actions:
        found += faults_of_action(action, orders)
    return found


# ---------- cards ----------


def faults_of_cards(response: Json) -> Iterator[str]:
    cards = response.get("cards")
    if not isinstance(cards, list):
        yield "no cards"
        return
    for card in cards:
        yield from faults_of_card(card)


def faults_of_card(card: Json) -> Iterator[str]:
    for name, kind in CARD.items():
        if not isinstance(card.get(name), kind) or not card[name]:
            yield f"card.{name}"
    for name, kind in OPTIONAL.items():
        if name in card and not isinstance(card[name], kind):
            yield f"card.{name}"
    if len(card["summary"]) >= 140 or "\n" in card["summary"]:
        yield f"card.summary: {card['summary']}"
    if card["indicator"] not in {"info", "warning", "critical"}:
        yield "card.indicator"
    yield from faults_of_source(card["source"])
    yield from faults_of_choices(card)


def faults_of_source(source: Json) -> Iterator[str]:
    topic = source.get("topic", {})
    for value in (source.get("label"), topic.get("code"), topic.get("system")):
        if not isinstance(value, str) or not value:
            yield "card.source"


def faults_of_choices(card: Json) -> Iterator[str]:
    if "suggestions" in card and card.get("selectionBehavior") not in (
        "at-most-one",
        "any",
    ):
        yield "card.selectionBehavior"
    if "suggestions" not in card and "selectionBehavior" in card:
        yield "card.selectionBehavior without suggestions"
    for link in card.get("links", []):
        if not link["label"] or link["type"] not in ("absolute", "smart"):
            yield "card.links"
        if not urlsplit(link["url"]).netloc or "appContext" in link:
            yield "card.links.url"


# ---------- actions ----------


def faults_of_action(action: Json, orders: list[Json]) -> Iterator[str]:
    if action.get("type") != "update":
        yield f"action.type: {action.get('type')}"
    if not isinstance(action.get("description"), str):
        yield "action.description"
    resource = action["resource"]
    same = [
        each
        for each in orders
        if (each["resourceType"], each["id"])
        == (resource["resourceType"], resource["id"])
    ]
    if len(same) != 1:
        yield "action.resource is no order of the request"
        return
    (order,) = same
    for key in {*order, *resource} - {"extension"}:
        if order.get(key) != resource.get(key):
            yield f"action.resource.{key} was changed"
    yield from faults_of_extensions(resource, order)


def faults_of_extensions(resource: Json, order: Json) -> Iterator[str]:
    ours = [each for each in resource["extension"] if each["url"] == URL]
    if not ours:
        yield "no coverage-information"
    others = [each for each in order.get("extension", []) if each["url"] != URL]
    if others != [each for each in resource["extension"] if each["url"] != URL]:
        yield "other extensions were changed"
    ids: dict[str, set[str]] = defaultdict(set)
    for extension in ours:
        yield from faults_of_information(extension)
        (coverage,) = values(extension, "coverage")
        ids[coverage["reference"]] |= {*values(extension, "coverage-assertion-id")}
    everybodys = [each for group in ids.values() for each in group]
    if any(len(group) != 1 for group in ids.values()) or len(everybodys) != len(
        {*everybodys}
    ):
        yield "assertion ids"


def faults_of_information(extension: Json) -> Iterator[str]:
    """Cardinalities, types, codes and invariants of one coverage-information."""
    for name in ONCE:
        if len(values(extension, name)) != 1:
            yield f"{name}: not once"
    for name in AT_MOST_ONCE:
        if len(values(extension, name)) > 1:
            yield f"{name}: more than once"
    for part in extension["extension"]:
        name = part["url"]
        if name == "detail":
            yield from faults_of_detail(part)
        elif set(part) != {"url", VALUES.get(name, "?")}:
            yield f"{name}: {sorted(part)}"
        if name in CODES and part["valueCode"] not in CODES[name]:
            yield f"{name}: {part['valueCode']}"
    if "OTH" in values(extension, "info-needed") and not any(
        part["url"] == "detail" for part in extension["extension"]
    ):
        yield "OTH without a detail"
    yield from broken(extension)


def faults_of_detail(detail: Json) -> Iterator[str]:
    parts = {part["url"]: part for part in detail["extension"]}
    if set(parts) != {"category", "code", "value"}:
        yield f"detail: {sorted(parts)}"
        return
    if parts["category"].get("valueCode") not in CATEGORIES:
        yield "detail.category"
    (coding,) = parts["code"]["valueCodeableConcept"]["coding"]
    wanted = "valueUrl" if coding["code"] == "policy-link" else "valueString"
    if not parts["value"].get(wanted):
        yield f"detail.value: {sorted(parts['value'])}"
