"""Answers as FHIR R4 ``ClaimResponse``, one a line: what a payer would be expected to say.

``use`` is ``predetermination``: payerkb is no payer, and nobody has decided anything.  The
resource is that of base R4 and claims no profile.  It tells no patient and no time: what
R4 asks for and we do not tell is absent with its reason, so that the same claim gives the
same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.claims.model import BadClaim, ClaimLine, Remark
from kb.engine import Engine
from kb.engine.report.findings import Json
from kb.engine.report.texts import ENCODER, compact
from kb.engine.report.words import payer_title, source_text, title_of, words_of
from kb.evaluate.written import Written

TERMS = "http://terminology.hl7.org/CodeSystem"
CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
RARC = "https://x12.org/codes/remittance-advice-remark-codes"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
KINDS = {"professional": "professional", "facility": "institutional"}


@dataclass(frozen=True, slots=True)
class Responses:
    """A ``ClaimResponse`` on each line; of what was not read one with its error."""

    alike: bool = True

    def number(self, claim: str) -> str:
        """A claim's number as it stands inside of the text."""
        return ENCODER.encode(claim)[1:-1]

    def answer(self, told: Written) -> str:
        """The response to an answered claim."""
        return compact(response(told)) + "\n"

    def bad(self, bad: BadClaim) -> str:
        """A response that tells an error."""
        said = f"{bad.where}: {bad.reason}. {bad.fix}".rstrip(". ") + "."
        head = _head("professional", "", bad.id, "error")
        error = {"code": {"text": said}}
        return compact({**head, "disposition": "not read", "error": [error]}) + "\n"

    def remark(self, remark: Remark) -> str:  # noqa: ARG002  (as the forms have it)
        """Nothing."""
        return ""


def response(told: Written) -> Json:
    """The response to an answered claim."""
    notes: list[str] = []
    items = [
        _item(line, billed, notes, told.engine)
        for line, billed in zip(told.brief["lines"], told.claim.lines, strict=True)
    ]
    payer = told.answer.searched.payer
    title = payer_title(payer, told.engine) if payer else ""
    brief = told.brief
    said = " ".join(filter(None, (f"{brief['outcome']}.", brief["say"], brief["do"])))
    found = {
        **_head(told.claim.kind, title, brief["claim"], "complete"),
        "disposition": said,
        "item": items,
    }
    if notes:
        found["processNote"] = [
            {"number": number, "type": "display", "text": text}
            for number, text in enumerate(notes, 1)
        ]
    return found


def _head(kind: str, payer: str, claim: str, outcome: str) -> Json:
    request: Json = {"type": "Claim"}
    if claim:
        request["identifier"] = {"value": claim}
    return {
        "resourceType": "ClaimResponse",
        "status": "active",
        "type": _concept(f"{TERMS}/claim-type", KINDS[kind]),
        "use": "predetermination",
        "patient": _absent("masked"),
        "_created": _absent("unsupported"),
        "insurer": {"display": payer} if payer else _absent("unknown"),
        "request": request if claim else {**request, "display": "without a number"},
        "outcome": outcome,
    }


def _item(line: Json, billed: ClaimLine, notes: list[str], engine: Engine) -> Json:
    numbers = []
    for text in _notes(line, engine):
        if text not in notes:
            notes.append(text)
        numbers.append(notes.index(text) + 1)
    item: Json = {"itemSequence": line["number"]}
    if numbers:
        item["noteNumber"] = numbers
    item["adjudication"] = _adjudication(line, billed)
    return item


def _notes(line: Json, engine: Engine) -> Iterator[str]:
    """What is said of a line, then each rule that decides it with its source."""
    where = f"Line {line['number']}: {line['outcome']}."
    yield " ".join(filter(None, (where, line["say"], line["do"])))
    for found in line["rules"]:
        words = words_of(found["rule"], engine)
        said = f"{title_of(words)} ({found['rule']})"
        yield ". ".join(filter(None, (said, source_text(words)))) + "."


def _adjudication(line: Json, billed: ClaimLine) -> list[Json]:
    """What was billed, with the reason codes of each rule that denies."""
    submitted: Json = {"category": _concept(f"{TERMS}/adjudication", "submitted")}
    if billed.charge is not None:
        submitted["amount"] = {"value": float(billed.charge), "currency": "USD"}
    codes = list(
        dict.fromkeys(tuple(one["codes"]) for one in line["rules"] if one["codes"])
    )
    if not codes:
        return [submitted]
    return [{**submitted, "reason": _reason(each)} for each in codes]


def _reason(codes: Iterable[str]) -> Json:
    named = list(codes)
    return {
        "coding": [
            {"system": CARC, "code": code.partition("-")[2]}
            if "-" in code
            else {"system": RARC, "code": code}
            for code in named
        ],
        "text": " ".join(named),
    }


def _concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def _absent(why: str) -> Json:
    return {"extension": [{"url": ABSENT, "valueCode": why}]}
