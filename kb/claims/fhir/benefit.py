"""An ExplanationOfBenefit to one earlier claim: what was done, and what the payer did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kb.claims.fhir.codes import (
    ACCOUNT_NUMBER,
    ALLOWED_LINE,
    CARC,
    CARRIERS_NUMBER,
    CLAIM_DENIAL,
    DENIED_CLAIM,
    DENIED_LINES,
    LINE_INDICATOR,
    NOT_DENIED,
    PAID_TO,
    PATIENTS_SHARE,
    RARC,
    STATUS,
    plain_system,
)
from kb.claims.fhir.cover import focal_cover, payer_of
from kb.claims.fhir.diagnoses import diagnoses_of
from kb.claims.fhir.line import NO_CODE, Service, services_of
from kb.claims.fhir.nodes import Coding, amount_at, codings, each, inside, word
from kb.claims.fhir.patient import patient_of
from kb.claims.fhir.references import Bundle
from kb.claims.fhir.source import (
    Source,
    day_told,
    identifier_of,
    prior_claim,
    why_no_claim,
)
from kb.claims.fhir.team import team_of
from kb.claims.json.checks import Json, Node, check_repeated_keys
from kb.claims.json.outcome import Notes, Outcome, outcome_of_past, refused
from kb.claims.model import HistoryLine, LineStatus
from kb.claims.past import Adjustment, PastClaim, PastLine
from kb.claims.shapes import TEXT

_DENIAL = "denialreason"


class Decision(NamedTuple):
    """What the payer says of a line: amounts by their category, and reasons."""

    amounts: dict[str, Decimal]
    denials: tuple[Coding, ...]
    """Reasons given as those of a denial."""
    words: frozenset[str]
    """``paid`` or ``denied``, where the line says so in a word."""
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    indicator: str
    """The line processing indicator of Medicare's carriers."""


def past_claim_of(resource: Json, at: str, bundle: Bundle) -> Outcome:
    """The earlier claim that an ExplanationOfBenefit tells, which stands at ``at``."""
    notes = Notes([], [])
    node = Node(resource, at, notes.faults)
    identifier = identifier_of(resource)
    refusal = why_no_claim(node)
    if refusal is not None:
        return refused(identifier, refusal)
    check_repeated_keys(node)
    if not identifier:
        fix = "Write the claim's number as `identifier`, or the resource's `id`."
        notes.fault(f"{at}identifier", "missing: the claim has no number", fix)
    source = Source(node, bundle, notes, past=True)
    services = services_of(
        source, diagnoses_of(source), team_of(source), needs_codes=False
    )
    if not services and not notes.faults:
        notes.remark(f"{at}item", f"{NO_CODE} in any line: nothing of it is counted")
        return Outcome(None, identifier, [], notes.remarks)
    return outcome_of_past(_past_claim(source, services, identifier), notes, identifier)


def _past_claim(
    source: Source, services: tuple[Service, ...], identifier: str
) -> PastClaim:
    node = source.node
    cover = focal_cover(source)
    patient = patient_of(source, cover, identifier)
    number = _account_number(node) or identifier
    lines = tuple(_line(service, source, number) for service in services)
    undone = word(node, "status") == "cancelled" or _is_taken_back(source, lines)
    has_prior, prior = prior_claim(source)
    return PastClaim(
        id=number,
        member=patient.member,
        payer=payer_of(source, cover),
        lines=lines,
        frequency="void" if undone else "replacement" if has_prior else "original",
        # What is cancelled is the claim itself, not another of the same day.
        replaces=prior or (number if undone else ""),
        birth=patient.birth,
        told=_told(node),
        payers_number=_carriers_number(node) or identifier,
    )


def _account_number(node: Node) -> str:
    """The sender's own number of the claim, where the payer repeats it."""
    for one in each(node, "supportingInfo"):
        if ACCOUNT_NUMBER in {code.code for code in codings(inside(one, "category"))}:
            number = word(one, "valueString")
            return number if TEXT.fits(number) else ""
    return ""


def _carriers_number(node: Node) -> str:
    for extension in each(node, "extension"):
        if plain_system(word(extension, "url")) == CARRIERS_NUMBER:
            return word(inside(extension, "valueIdentifier"), "value")
    return ""


def _told(node: Node) -> date | None:
    """When it was paid, else when the resource was created."""
    return day_told(node, "payment", "date") or day_told(node, "created")


def _is_taken_back(source: Source, lines: tuple[PastLine, ...]) -> bool:
    """Whether money went back to the payer: a payment below zero undoes an earlier one."""
    whole = amount_at(inside(source.node, "payment"), "amount")
    paid = [line.paid for line in lines if line.paid]
    return (whole is not None and whole < 0) or (bool(paid) and max(paid) < 0)


def _line(service: Service, source: Source, identifier: str) -> PastLine:
    decision = _decision(service.item)
    paid = _paid(decision.amounts)
    return PastLine(
        service=HistoryLine(
            code=service.code,
            date=service.day,
            modifiers=service.modifiers,
            units=service.units,
            diagnoses=service.diagnoses,
            status=_status(decision, paid, source),
            claim=identifier,
            rendering=service.rendering.npi,
        ),
        charge=decision.amounts.get("submitted", service.charge),
        paid=paid,
        adjustments=decision.adjustments,
        remarks=decision.remarks,
    )


def _decision(item: Node) -> Decision:
    """What stands in the adjudications of a line, or of the whole."""
    amounts: dict[str, Decimal] = {}
    denials: list[Coding] = []
    words: set[str] = set()
    adjustments: list[Adjustment] = []
    remarks: list[str] = []
    for one in each(item, "adjudication"):
        kinds = codings(inside(one, "category"))
        categories = {coding.code for coding in kinds}
        reasons = codings(inside(one, "reason"))
        amount = amount_at(one, "amount")
        if amount is not None:
            amounts |= dict.fromkeys(categories, amount)
        denials += reasons if _DENIAL in categories else ()
        words |= {one.code for one in (*kinds, *reasons) if one.system == STATUS}
        remarks += [coding.code for coding in reasons if coding.system == RARC]
        adjustments += [
            Adjustment("", coding.code, amount or Decimal(0))
            for coding in reasons
            if coding.system == CARC
        ]
    indicator = _of_extension(item, LINE_INDICATOR)
    return Decision(
        amounts,
        tuple(denials),
        frozenset(words),
        tuple(adjustments),
        tuple(remarks),
        indicator,
    )


def _of_extension(node: Node, url: str) -> str:
    """The code of an extension that holds one coding."""
    for extension in each(node, "extension"):
        if plain_system(word(extension, "url")) == url:
            return word(inside(extension, "valueCoding"), "code")
    return ""


def _paid(amounts: dict[str, Decimal]) -> Decimal | None:
    """What was paid for the line, to whomever."""
    if "benefit" in amounts:
        return amounts["benefit"]
    paid = [amounts[category] for category in PAID_TO & amounts.keys()]
    return sum(paid, Decimal(0)) if paid else None


def _status(decision: Decision, paid: Decimal | None, source: Source) -> LineStatus:
    """Paid, denied, pending, or unknown where neither money nor a word tells.

    A line on which money went is paid, whatever reason stands beside it.  One of which
    nothing was paid because the patient bears it was allowed, which counts as paid.
    """
    if paid:
        return "paid"
    if _is_denied(decision) or _is_denied_as_a_whole(source):
        return "denied"
    if any(decision.amounts.get(one) for one in PATIENTS_SHARE):
        return "paid"
    if decision.indicator == ALLOWED_LINE or "paid" in decision.words:
        return "paid"
    return "pending" if word(source.node, "outcome") == "queued" else "unknown"


def _is_denied(decision: Decision) -> bool:
    reasons: Iterable[str] = (coding.code.upper() for coding in decision.denials)
    return (
        any(reason not in NOT_DENIED for reason in reasons)
        or "denied" in decision.words
        or decision.indicator in DENIED_LINES
    )


def _is_denied_as_a_whole(source: Source) -> bool:
    """Whether the claim is denied, and so each of its lines; not if any money went."""
    whole = _decision(source.node)
    payment = amount_at(inside(source.node, "payment"), "amount")
    if payment or _paid(whole.amounts):
        return False
    code = _of_extension(source.node, CLAIM_DENIAL)
    return code == DENIED_CLAIM or _is_denied(whole)
