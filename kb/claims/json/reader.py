"""Claims from our JSON: one claim, a list of claims, or one claim a line (NDJSON).

The form of one claim is told in ``docs/claim.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.claims.json.checks import Fault, Faults
from kb.claims.json.claim import claim_from_object
from kb.claims.json.text import Document, documents_of, documents_of_value
from kb.claims.model import BadClaim, Claim, ReadResult, read_result

_HOW_TO_BEGIN = "Write one claim as an object, as `payerkb schema claim` tells."
_MOST_FAULTS = 50
"""Faults of a claim that are told one by one."""


def read_json(text: str, name: str = "") -> ReadResult:
    """The claims of a JSON text; each fault of each bad claim is one ``BadClaim``.

    ``name`` is the file's name, for the places of faults.  Never raises for text.
    """
    return read_result(stream_json([text.encode("utf-8", "surrogatepass")], name))


def read_json_value(value: object, name: str = "") -> ReadResult:
    """The claims of a JSON value that is already parsed: one claim or a list."""
    return read_result(_claims_of(documents_of_value(value), name))


def stream_json(chunks: Iterable[bytes], name: str = "") -> Iterator[Claim | BadClaim]:
    """Each claim and each fault as soon as its line or its item has been read.

    ``chunks`` are bytes of UTF-8; what is not is a fault of its line or item alone.
    """
    return _claims_of(documents_of(chunks), name)


def _claims_of(documents: Iterable[Document], name: str) -> Iterator[Claim | BadClaim]:
    seen: dict[str, int] = {}
    position = 0
    for position, document in enumerate(documents, 1):
        claim, faults = _claim_of(document)
        identifier = claim.id or document.id
        if claim.id:
            first = seen.setdefault(claim.id, position)
            if first != position:
                reason = f"claim {first} of the file has the same id"
                faults.append(Fault("claim", reason, "Give each claim its own id."))
        if not faults:
            yield claim
        for fault in _told(faults):
            yield _bad(document, fault, name, position, identifier)
    if not position:
        yield BadClaim(name, "the file holds no claim", _HOW_TO_BEGIN)


def _told(faults: Faults) -> Faults:
    """The first faults of a claim, and how many more there are."""
    if len(faults) <= _MOST_FAULTS:
        return faults
    more = Fault("", f"{len(faults) - _MOST_FAULTS:,} more faults in this claim")
    return [*faults[:_MOST_FAULTS], more]


def _claim_of(document: Document) -> tuple[Claim, Faults]:
    if document.faults:
        return claim_from_object({})[0], document.faults
    if isinstance(document.value, dict) and "resourceType" in document.value:
        reason = "a FHIR resource, which is not read yet"
        return claim_from_object({})[0], [Fault("", reason, _HOW_TO_BEGIN)]
    return claim_from_object(document.value)


def _bad(
    document: Document, fault: Fault, name: str, position: int, identifier: str
) -> BadClaim:
    joint = "." if document.place.endswith("]") and fault.path else ""
    place = f"{document.place}{joint}{fault.path}"
    where = ": ".join(part for part in (name, place.removesuffix(": ")) if part)
    return BadClaim(where, fault.reason, fault.fix, f"claim {position}", identifier)
