"""Claims from JSON: one claim, a list of claims, or one claim a line (NDJSON).

The form of our own is told in ``docs/claim.md``, those of others in ``docs/fhir.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.claims.edits import remarks_of
from kb.claims.json.checks import Fault, Faults, one_a_cause
from kb.claims.json.claim import claim_from_object, path_of
from kb.claims.json.others import outcomes_of_others, without_claims
from kb.claims.json.outcome import Outcome
from kb.claims.json.straight import straight_claim
from kb.claims.json.text import (
    Document,
    documents_of,
    documents_of_text,
    documents_of_value,
)
from kb.claims.model import (
    BadClaim,
    Claim,
    Read,
    ReadResult,
    Remark,
    read_result,
    renamed,
)
from kb.claims.past import Told, answerable

_HOW_TO_BEGIN = "Write one claim as an object, as `payerkb schema claim` tells."
_GIVE_CLAIMS = "Give a Claim, an ExplanationOfBenefit, or a Bundle that holds them."
_MOST_FAULTS = 50
"""Faults of a claim that are told one by one."""


def read_json(text: str, name: str = "") -> ReadResult:
    """The claims of a JSON text; each fault of each bad claim is one ``BadClaim``.

    ``name`` is the file's name, for the places of faults.  Never raises for text.
    """
    return read_result(answerable(_claims_of(documents_of_text(text), name), name))


def read_json_value(value: object, name: str = "") -> ReadResult:
    """The claims of a JSON value that is already parsed: one claim or a list."""
    return read_result(answerable(_claims_of(documents_of_value(value), name), name))


def stream_json(chunks: Iterable[bytes], name: str = "") -> Iterator[Told]:
    """Each claim, fault and remark as soon as its line or its item has been read.

    ``chunks`` are bytes of UTF-8; what is not is a fault of its line or item alone.
    """
    return _claims_of(documents_of(chunks), name)


def stream_values(values: Iterable[object], name: str = "") -> Iterator[Read]:
    """Each claim, fault and remark of values that are parsed already, one after the other.

    A ``Claim`` among them is taken as it is.
    """
    places = enumerate(values)
    documents = (Document(f"[{at}]", value, []) for at, value in places)
    return answerable(_claims_of(documents, name), name)


def _claims_of(documents: Iterable[Document], name: str) -> Iterator[Told]:
    seen: dict[str, int] = {}
    foreign: dict[str, tuple[Document, int, int]] = {}
    position = 0
    for document in documents:
        if other := "" if document.faults else without_claims(document.value):
            position += 1
            first, at, times = foreign.get(other, (document, position, 0))
            foreign[other] = (first, at, times + 1)
            continue
        for outcome in _outcomes_of(document, seen, position + 1):
            position += 1
            yield from _told(outcome, document, name, position)
    for other, (document, at, times) in foreign.items():
        each = f" ({times:,} of them)" if times > 1 else ""
        fault = Fault("", f"{other}{each}: it holds no claim", _GIVE_CLAIMS)
        yield _bad(document, fault, name, at, "")
    if not position:
        yield BadClaim(name, "the file holds no claim", _HOW_TO_BEGIN)


def _outcomes_of(
    document: Document, seen: dict[str, int], position: int
) -> Iterator[Outcome]:
    """What a document tells: one claim of ours, or those of another format.

    Of two claims of one id ours are told to be one too many; those of others, who use a
    number again for a correction, are told apart by their position.
    """
    others = None if document.faults else outcomes_of_others(document.value)
    if others is None:
        yield _outcome_of_ours(document, seen, position)
        return
    for number, outcome in enumerate(others, position):
        claim = outcome.told
        if isinstance(claim, Claim) and seen.setdefault(claim.id, number) != number:
            text = (
                "its number was there before: the claim's position is added to its id"
            )
            claim = renamed(claim, f"{claim.id}#{number}")
            remarks = [*outcome.remarks, Fault("", text)]
            yield outcome._replace(told=claim, remarks=remarks)
        else:
            yield outcome


def _outcome_of_ours(
    document: Document, seen: dict[str, int], position: int
) -> Outcome:
    claim, faults = _claim_of(document)
    if claim.id:
        first_of_id = seen.setdefault(claim.id, position)
        if first_of_id != position:
            reason = f"claim {first_of_id} of the file has the same id"
            faults.append(Fault("claim", reason, "Give each claim its own id."))
    edits = () if faults else remarks_of(claim)
    remarks = [Fault(path_of(edit), edit.text) for edit in edits]
    return Outcome(claim, claim.id or document.id, faults, remarks)


def _told(
    outcome: Outcome, document: Document, name: str, position: int
) -> Iterator[Told]:
    if not outcome.faults:
        for remark in outcome.remarks:
            where = _where(document, remark.path, name)
            yield Remark(where, remark.reason, f"claim {position}", outcome.id)
        if outcome.told is not None:
            yield outcome.told
    for fault in _first_of(outcome.faults):
        yield _bad(document, fault, name, position, outcome.id)


def _first_of(faults: Faults) -> Faults:
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


def _bad(
    document: Document, fault: Fault, name: str, position: int, identifier: str
) -> BadClaim:
    where = _where(document, fault.path, name)
    return BadClaim(where, fault.reason, fault.fix, f"claim {position}", identifier)


def _where(document: Document, path: str, name: str) -> str:
    joint = "." if document.place.endswith("]") and path else ""
    place = f"{document.place}{joint}{path}"
    return ": ".join(part for part in (name, place.removesuffix(": ")) if part)
