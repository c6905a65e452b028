"""The extension ``coverage-information`` of the CRD guide 2.2, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from hashlib import sha256

from kb.crd.assertion import Assertion
from kb.crd.exact import Json, written
from kb.crd.orders import Order
from kb.crd.resources import items, text
from kb.crd.words import Advice

URL = "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information"
DETAILS = "http://terminology.hl7.org/CodeSystem/crd-coverage-detail"
OURS = "payerkb-"
"""How the ids of our assertions begin."""


def coverage_information(
    coverage: str,
    order: Order,
    found: Assertion,
    advice: Advice,
    today: date,
    database: str,
) -> Json:
    """The extension for one order and one Coverage.

    Its id hangs on all that it asserts but the day: what is asserted again has it again.
    """
    coded = [
        {"url": "coverage", "valueReference": {"reference": coverage}},
        *_codes(found),
        *_billing(order),
        {"url": "reason", "valueCodeableConcept": {"text": advice.whole}},
        *_details(advice, explained="OTH" in found.info_needed),
    ]
    signed = written([database, order.reference, coded])
    assertion = f"{OURS}{sha256(signed).hexdigest()[:32]}"
    stamped = [
        {"url": "date", "valueDate": today.isoformat()},
        {"url": "coverage-assertion-id", "valueString": assertion},
    ]
    return {"extension": [*coded, *stamped], "url": URL}


def _codes(found: Assertion) -> Iterable[Json]:
    yield {"url": "covered", "valueCode": found.covered}
    if found.pa_needed:
        yield {"url": "pa-needed", "valueCode": found.pa_needed}
    for name, values in (
        ("doc-needed", found.doc_needed),
        ("doc-purpose", found.doc_purpose),
        ("info-needed", found.info_needed),
    ):
        for value in values:
            yield {"url": name, "valueCode": value}


def _billing(order: Order) -> Iterable[Json]:
    """The code that the assertion holds for."""
    if order.code:
        coding = {"system": order.system, "code": order.code}
        yield {"url": "billingCode", "valueCoding": coding}


def _details(advice: Advice, *, explained: bool) -> Iterable[Json]:
    """Whence it holds, what to do, where it is written.

    With ``explained`` something is told at any rate: the guide asks so beside ``OTH``.
    """
    if holds := " ".join(filter(None, [advice.holds_for, advice.limit])):
        yield _detail("cat-limitation", "instructions", valueString=holds)
    todo = " ".join(filter(None, [advice.do, points_of(advice)]))
    if not todo and explained:
        todo = advice.say
    if todo:
        yield _detail("cat-decisional", "instructions", valueString=todo)
    for url in dict.fromkeys(source.url for source in advice.sources if source.url):
        yield _detail("cat-other", "policy-link", valueUrl=url)


def points_of(advice: Advice) -> str:
    """What the chart must show, document by document, in one sentence."""
    said = [f"{name}: {shown}" for name, shown in advice.documents]
    return f"The chart must show: {'. '.join(said)}." if said else ""


def _detail(category: str, code: str, **value: str) -> Json:
    concept = {"coding": [{"system": DETAILS, "code": code}]}
    return {
        "extension": [
            {"url": "category", "valueCode": category},
            {"url": "code", "valueCodeableConcept": concept},
            {"url": "value", **value},
        ],
        "url": "detail",
    }


def assertion_id(extension: Json) -> str:
    """The id of an assertion."""
    for each in items(extension, "extension"):
        if text(each, "url") == "coverage-assertion-id":
            return text(each, "valueString")
    return ""


def coverage_named(extension: Json) -> str:
    """The Coverage that an assertion is about."""
    for each in items(extension, "extension"):
        if text(each, "url") == "coverage":
            return text(each, "valueReference", "reference")
    return ""


def updated(order: Json, informations: list[Json]) -> Json | None:
    """The whole order with our assertions; ``None`` where it holds them already.

    Nothing else of it changes: what others asserted stays, and what we asserted before
    of the same Coverages is replaced.
    """
    given = order.get("extension")
    present = given if isinstance(given, list) else []
    ids = {assertion_id(each) for each in present if isinstance(each, dict)}
    if {assertion_id(each) for each in informations} <= ids:
        return None
    spoken_of = {coverage_named(each) for each in informations}
    kept = [each for each in present if not _is_ours(each, spoken_of)]
    return {**order, "extension": [*kept, *informations]}


def _is_ours(extension: object, coverages: set[str]) -> bool:
    return (
        isinstance(extension, dict)
        and text(extension, "url") == URL
        and assertion_id(extension).startswith(OURS)
        and coverage_named(extension) in coverages
    )
