"""One service line of a clearinghouse's professional claim."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kb.claims.authorization import may_be_issued
from kb.claims.clearinghouse.providers import npi_of
from kb.claims.drugs import ndc_of_claim
from kb.claims.json.checks import (
    Node,
    check_repeated_keys,
    codes_at,
    list_at,
    money_at,
    object_at,
    objects_at,
    text_at,
    units_at,
    wrong,
)
from kb.claims.json.outcome import Notes
from kb.claims.model import Authorization, ClaimLine
from kb.claims.near import listed
from kb.claims.shapes import MODIFIER, PLACE, PROCEDURE, kind_of, plain_number
from kb.claims.x12.codes import UNIT_MEASURES
from kb.claims.x12.line import day_in

_OPEN = ": it is not taken as an approval"


class Said(NamedTuple):
    """What a line takes from its claim where it says nothing itself."""

    place: str
    rendering: str
    diagnoses: tuple[str | None, ...]
    """By position; ``None`` for what is not ICD-10-CM."""
    referral: str


def line_of(item: Node, index: int, claim: Said, notes: Notes) -> ClaimLine:
    """The line of an entry of ``serviceLines``."""
    check_repeated_keys(item)
    service = object_at(item, "professionalService")
    if service is None:
        fix = "Give professional claims."
        notes.fault(
            f"{item.at}professionalService", "missing: the line has no service", fix
        )
        service = Node({}, f"{item.at}professionalService.", [])
    return ClaimLine(
        number=_number(item, index),
        code=_code(service),
        date=_first_day(item, notes) or date.min,
        modifiers=_modifiers(service),
        units=_units(service),
        place=_place(service, claim.place),
        diagnoses=_diagnoses(service, claim, notes),
        rendering=_rendering(item, claim, notes),
        authorization=_authorization(item, claim.referral, notes),
        charge=money_at(service, "lineItemChargeAmount"),
        ndc=_ndc(item, notes),
    )


def _number(item: Node, index: int) -> int:
    """The number of the line: as assigned, else its position."""
    digits = plain_number(item.obj.get("assignedNumber"))
    if item.obj.get("assignedNumber") is None:
        return index + 1
    if digits.isdecimal() and 1 <= int(digits) <= 999_999:
        return int(digits)
    expected = "the number of the line, from 1"
    item.faults.append(
        wrong(f"{item.at}assignedNumber", item.obj["assignedNumber"], expected)
    )
    return 0


def _modifiers(service: Node) -> tuple[str, ...]:
    """The modifiers without the empty texts that forms send for empty boxes."""
    key = "procedureModifiers"
    given = service.obj.get(key)
    if isinstance(given, list):
        service = service._replace(obj={key: [one for one in given if one != ""]})
    return codes_at(service, key, MODIFIER) or ()


def _code(service: Node) -> str:
    kind = service.obj.get("procedureIdentifier")
    if kind not in (None, "HC"):
        expected = "`HC`: only CPT and HCPCS codes are read"
        service.faults.append(wrong(f"{service.at}procedureIdentifier", kind, expected))
    return text_at(service, "procedureCode", PROCEDURE, required=True)


def _units(service: Node) -> Decimal:
    measure = service.obj.get("measurementUnit")
    if measure is not None and str(measure) not in UNIT_MEASURES:
        expected = f"one of {listed(sorted(UNIT_MEASURES))}"
        service.faults.append(wrong(f"{service.at}measurementUnit", measure, expected))
    return units_at(service, "serviceUnitCount")


def _place(service: Node, place: str) -> str:
    given = service.obj.get("placeOfServiceCode")
    return (
        place if given in (None, "") else text_at(service, "placeOfServiceCode", PLACE)
    )


def _first_day(item: Node, notes: Notes) -> date | None:
    first = day_at(item, "serviceDate")
    last = day_at(item, "serviceDateEnd")
    if item.obj.get("serviceDate") is None:
        fix = "Write it as `20260310`."
        notes.fault(
            f"{item.at}serviceDate", "missing: the line has no date of service", fix
        )
    if first is None or last is None:
        return first
    if last < first:
        notes.fault(f"{item.at}serviceDateEnd", "the last day stands before the first")
    elif first < last:
        text = "several days of service: the first is taken as its date"
        notes.remark(f"{item.at}serviceDateEnd", text)
    return first


def day_at(node: Node, key: str) -> date | None:
    """The day at ``key``, written ``20260310``; ``None`` when left out or wrong."""
    value = node.obj.get(key)
    if value in (None, ""):
        return None
    day = day_in(value) if isinstance(value, str) else None
    if day is None:
        expected = "a date as year, month, day together"
        node.faults.append(
            wrong(node.at + key, value, expected, "Write it as `20260310`.")
        )
    return day


def _diagnoses(service: Node, claim: Said, notes: Notes) -> tuple[str, ...]:
    pointing = object_at(service, "compositeDiagnosisCodePointers")
    expected = "positions in `healthCareCodeInformation`, from 1"
    pointers = (
        list_at(pointing, "diagnosisCodePointers", expected) if pointing else None
    )
    if not pointers:
        text = "the line points to no diagnosis"
        notes.remark(f"{service.at}compositeDiagnosisCodePointers", text)
        return ()
    assert pointing is not None
    found = []
    for index, pointer in enumerate(pointers):
        if pointer == "":
            continue
        digits = plain_number(pointer)
        position = int(digits) if digits.isdecimal() else 0
        if 1 <= position <= len(claim.diagnoses):
            found.append(claim.diagnoses[position - 1])
            continue
        path = f"{pointing.at}diagnosisCodePointers[{index}]"
        last = len(claim.diagnoses)
        reason = f"found {kind_of(pointer)}, expected a position in the claim's {last} diagnoses"
        notes.fault(path, reason)
    return tuple(dict.fromkeys(code for code in found if code))


def _rendering(item: Node, claim: Said, notes: Notes) -> str:
    """The line's own rendering provider, else the claim's."""
    own = object_at(item, "renderingProvider")
    if own is None:
        return claim.rendering
    number = npi_of(own)
    if not number:
        text = "the line's rendering provider has no NPI: it stays unknown"
        notes.remark(own.at, text)
    return number


def _ndc(item: Node, notes: Notes) -> str:
    """The NDC of the line's drug, empty when there is none or it is not sure."""
    drug = object_at(item, "drugIdentification")
    if drug is None or drug.obj.get("serviceIdQualifier") not in (None, "N4"):
        return ""
    text = drug.obj.get("nationalDrugCode")
    number = ndc_of_claim(text.strip()) if isinstance(text, str) else ""
    if text and not number:
        note = "expected an NDC of eleven digits: it is left out"
        notes.remark(f"{drug.at}nationalDrugCode", note)
    return number


def _authorization(item: Node, referral: str, notes: Notes) -> Authorization | None:
    """The authorization of the line; a number of another payer is passed over."""
    about = object_at(item, "serviceLineReferenceInformation")
    found: Authorization | None = None
    key = "priorAuthorizationOrReferralNumber"
    for one in (
        objects_at(about, "priorAuthorization", lambda node, _: node) if about else ()
    ):
        if not one.obj.get("otherPayerPrimaryIdentifier"):
            found = authorization_at(one, key, referral, notes) or found
    return found


def authorization_at(
    node: Node, key: str, referral: str, notes: Notes
) -> Authorization | None:
    """``approved`` when an authorization number stands at ``key``.

    A word, zeros or the referral's number is none, as in an 837P.
    """
    value = node.obj.get(key)
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        node.faults.append(
            wrong(node.at + key, value, "an authorization number, a text")
        )
        return None
    if value.strip() == referral:
        notes.remark(node.at + key, f"it repeats the number of the referral{_OPEN}")
    elif not may_be_issued(value.strip()):
        text = "no number but a word, zeros or one repeated sign"
        notes.remark(node.at + key, text + _OPEN)
    else:
        return "approved"
    return None
