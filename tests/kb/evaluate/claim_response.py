"""Base R4 ``ClaimResponse`` as JSON Schema: the parts that we write, as R4 defines them.

Cardinality and kinds are those of http://hl7.org/fhir/R4/claimresponse.html; a key that
is not here is none that we may write.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def closed(required: list[str], **properties: Json) -> Json:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }


def many(item: Json) -> Json:
    return {"type": "array", "minItems": 1, "items": item}


STRING: Json = {"type": "string", "pattern": r"\S"}
POSITIVE: Json = {"type": "integer", "minimum": 1}
EXTENSION = closed(["url", "valueCode"], url=STRING, valueCode=STRING)
EXTENDED = closed(["extension"], extension=many(EXTENSION))
CODING = closed(["system", "code"], system=STRING, code={"pattern": r"^\S+$"})
CONCEPT: Json = {
    **closed([], coding=many(CODING), text=STRING),
    "minProperties": 1,
}
REFERENCE: Json = {
    **closed(
        [],
        extension=many(EXTENSION),
        type={"const": "Claim"},
        identifier=closed(["value"], value=STRING),
        display=STRING,
    ),
    "minProperties": 1,
}
MONEY = closed(["value"], value={"type": "number"}, currency={"const": "USD"})
ADJUDICATION = closed(["category"], category=CONCEPT, reason=CONCEPT, amount=MONEY)
ITEM = closed(
    ["itemSequence", "adjudication"],
    itemSequence=POSITIVE,
    noteNumber=many(POSITIVE),
    adjudication=many(ADJUDICATION),
)
NOTE = closed(
    ["text"],
    number=POSITIVE,
    type={"enum": ["display", "print", "printoper"]},
    text=STRING,
)
CLAIM_RESPONSE = closed(
    [
        "resourceType",
        "status",
        "type",
        "use",
        "patient",
        "_created",
        "insurer",
        "outcome",
    ],
    resourceType={"const": "ClaimResponse"},
    status={"enum": ["active", "cancelled", "draft", "entered-in-error"]},
    type=CONCEPT,
    use={"const": "predetermination"},
    patient=REFERENCE,
    _created=EXTENDED,
    insurer=REFERENCE,
    request=REFERENCE,
    outcome={"enum": ["queued", "complete", "error", "partial"]},
    disposition=STRING,
    item=many(ITEM),
    processNote=many(NOTE),
    error=many(closed(["code"], code=CONCEPT)),
)
