"""Claims from our JSON: one claim, a list of claims, or one claim a line (NDJSON).

The form of one claim is told in ``docs/claim.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.claims.edits import remarks_of
from kb.claims.formats import NOT_READ, other_format
from kb.claims.json.checks import Fault, Faults, one_a_cause
from kb.claims.json.claim import claim_from_object, path_of
from kb.claims.json.straight import straight_claim
from kb.claims.json.text import (
    Document,
    documents_of,
    documents_of_text,
    documents_of_value,
)
from kb.claims.model import BadClaim, Claim, Read, ReadResult, Remark, read_result

_HOW_TO_BEGIN = "Write one claim as an object, as `payerkb schema claim` tells."
_MOST_FAULTS = 50
"""Faults of a claim that are told one by one."""


def read_json(text: str, name: str = "") -> ReadResult:
    """The claims of a JSON text; each fault of each bad claim is one ``BadClaim``.

    ``name`` is the file's name, for the places of faults.  Never raises for text.
    """
    return read_result(_claims_of(documents_of_text(text), name))


def read_json_value(value: object, name: str = "") -> ReadResult:
    """The claims of a JSON value that is already parsed: one claim or a list."""
    return read_result(_claims_of(documents_of_value(value), name))


def stream_json(chunks: Iterable[bytes], name: str = "") -> Iterator[Read]:
    """Each claim, fault and remark as soon as its line or its item has been read.

    ``chunks`` are bytes of UTF-8; what is not is a fault of its line or item alone.
    """
    return _claims_of(documents_of(chunks), name)


def stream_values(values: Iterable[object], name: str = "") -> Iterator[Read]:
    """Each claim, fault and remark of values that are parsed already, one after the other.

    A ``Claim`` among them is taken as it is.
    """
    places = enumerate(values)
    return _claims_of((Document(f"[{at}]", value, []) for at, value in places), name)


def _claims_of(documents: Iterable[Document], name: str) -> Iterator[Read]:
    seen: dict[str, int] = {}
    foreign: dict[str, tuple[Document, int, int]] = {}
    position = 0
    for position, document in enumerate(documents, 1):
        if other := "" if document.faults else other_format(document.value):
            first, at, times = foreign.get(other, (document, position, 0))
            foreign[other] = (first, at, times + 1)
            continue
        claim, faults = _claim_of(document)
        identifier = claim.id or document.id
        if claim.id:
            first_of_id = seen.setdefault(claim.id, position)
            if first_of_id != position:
                reason = f"claim {first_of_id} of the file has the same id"
                faults.append(Fault("claim", reason, "Give each claim its own id."))
        if not faults:
            yield from _remarks(document, claim, name, position)
            yield claim
        for fault in _told(faults):
            yield _bad(document, fault, name, position, identifier)
    for other, (document, at, times) in foreign.items():
        each = f" ({times:,} of them)" if times > 1 else ""
        yield _bad(document, Fault("", f"{other}{each}: {NOT_READ}"), name, at, "")
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
    if isinstance(document.value, Claim):
        return document.value, []
    plain = straight_claim(document.value)
    if plain is not None:
        return plain, []
    claim, faults = claim_from_object(document.value)
    return claim, one_a_cause(faults)


def _remarks(
    document: Document, claim: Claim, name: str, position: int
) -> Iterator[Remark]:
    for edit in remarks_of(claim):
        where = _where(document, path_of(edit), name)
        yield Remark(where, edit.text, f"claim {position}", claim.id)


def _bad(
    document: Document, fault: Fault, name: str, position: int, identifier: str
) -> BadClaim:
    where = _where(document, fault.path, name)
    return BadClaim(where, fault.reason, fault.fix, f"claim {position}", identifier)


def _where(document: Document, path: str, name: str) -> str:
    joint = "." if document.place.endswith("]") and path else ""
    place = f"{document.place}{joint}{path}"
    return ": ".join(part for part in (name, place.removesuffix(": ")) if part)
