"""Claims from our JSON: one claim, a list of claims, or one claim a line (NDJSON).

The form of one claim is told in ``docs/claim.md``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from kb.claims.json_checks import Fault, Faults, object_from_pairs
from kb.claims.json_claim import claim_from_object
from kb.claims.model import BadClaim, Claim, ReadResult


class _Document(NamedTuple):
    """One claim's JSON value and its place before the path (``line 3: ``, ``[2].``)."""

    place: str
    value: Any
    faults: Faults


class _NotANumberError(ValueError):
    pass


def read_json(text: str, name: str = "") -> ReadResult:
    """The claims of a JSON text; each fault of each bad claim is one ``BadClaim``.

    ``name`` is the file's name, for the places of faults.  Never raises for text.
    """
    return _claims_of(_documents(text.removeprefix("\ufeff")), name)


def read_json_value(value: object, name: str = "") -> ReadResult:
    """The claims of a JSON value that is already parsed: one claim or a list."""
    return _claims_of(_documents_of_value(value), name)


def _claims_of(documents: Iterator[_Document], name: str) -> ReadResult:
    claims: list[Claim] = []
    bad: list[BadClaim] = []
    seen: dict[str, int] = {}
    for position, document in enumerate(documents, 1):
        claim, faults = _claim_of(document)
        if claim.id:
            first = seen.setdefault(claim.id, position)
            if first != position:
                reason = f"claim {first} of the file has the same id"
                faults.append(Fault("claim", reason, "Give each claim its own id."))
        if faults:
            bad += [_bad(document, fault, name, position) for fault in faults]
        else:
            claims.append(claim)
    if not (claims or bad):
        bad.append(BadClaim(name, "the file holds no claim", _HOW_TO_BEGIN))
    return ReadResult(tuple(claims), tuple(bad))


_HOW_TO_BEGIN = "Write one claim as an object, as `payerkb schema claim` tells."


def _claim_of(document: _Document) -> tuple[Claim, Faults]:
    if isinstance(document.value, dict) and "resourceType" in document.value:
        reason = "a FHIR resource, which is not read yet"
        return claim_from_object({})[0], [Fault("", reason, _HOW_TO_BEGIN)]
    claim, faults = claim_from_object(document.value)
    return claim, document.faults or faults


def _bad(document: _Document, fault: Fault, name: str, position: int) -> BadClaim:
    joint = "." if document.place.endswith("]") and fault.path else ""
    place = f"{document.place}{joint}{fault.path}"
    parts = (part for part in (name, place.removesuffix(": ")) if part)
    return BadClaim(": ".join(parts), fault.reason, fault.fix, f"claim {position}")


def _documents(text: str) -> Iterator[_Document]:
    lines = text.split("\n")
    if _is_one_claim_a_line(lines):
        for number, line in enumerate(lines, 1):
            if line.strip():
                value, faults = _parse(line, number)
                yield _Document(f"line {number}: ", value, faults)
        return
    value, faults = _parse(text, 0)
    if faults:
        yield _Document("", None, faults)
    else:
        yield from _documents_of_value(value)


def _documents_of_value(value: object) -> Iterator[_Document]:
    if not isinstance(value, list):
        yield _Document("", value, [])
        return
    for index, item in enumerate(value):
        yield _Document(f"[{index}]", item, [])


def _is_one_claim_a_line(lines: list[str]) -> bool:
    """Whether the lines are claims of their own, even if some of them are broken.

    One claim spread over lines has lines that end in a comma or an open bracket.
    """
    filled = [line.strip() for line in lines if line.strip()]
    if len(filled) < 2 or filled[0].startswith("["):
        return False
    whole = sum(line[0] == "{" and line[-1] == "}" for line in filled)
    return whole * 2 >= len(filled)


def _parse(text: str, line: int) -> tuple[Any, Faults]:
    """The JSON value of ``text``; ``line`` is its line in the file, 0 for all of it."""
    try:
        return _DECODER.decode(text), []
    except json.JSONDecodeError as error:
        place = f"line {line or error.lineno}, column {error.colno}"
        reason = f"not JSON at {place}: {_in_words(error.msg)}"
    except _NotANumberError:
        reason = "not JSON: NaN and Infinity are no JSON numbers"
    except ValueError:
        reason = "a number has more digits than a claim can hold"
    except RecursionError:
        reason = "lists or objects stand too deep inside each other"
    return None, [Fault("", reason, "Check the commas, quotes and brackets there.")]


def _in_words(message: str) -> str:
    return message[:1].lower() + message[1:]


def _refuse_constant(_: str) -> NoReturn:
    raise _NotANumberError


_DECODER = json.JSONDecoder(
    object_pairs_hook=object_from_pairs, parse_constant=_refuse_constant
)
