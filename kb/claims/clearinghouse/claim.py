"""A clearinghouse's professional claim to one claim, as the 837P that it becomes.

What is taken from where, and why, is told in ``docs/fhir.md``.
"""

from __future__ import annotations

from datetime import date

from kb.claims.clearinghouse.line import Said, authorization_at, day_at, line_of
from kb.claims.clearinghouse.providers import (
    npi_of,
    provider_fields,
    providers_of,
    state_of,
)
from kb.claims.identity import member_in, patient_token
from kb.claims.json.checks import (
    Fault,
    Json,
    Node,
    check_repeated_keys,
    money_at,
    object_at,
    objects_at,
    text_at,
    word_at,
    wrong,
)
from kb.claims.json.outcome import Notes, Outcome, outcome_of, refused
from kb.claims.model import (
    MOST_LINES,
    Claim,
    ClaimLine,
    Frequency,
    PayerNamed,
    own_patient,
)
from kb.claims.shapes import DIAGNOSIS, FILING, PLACE, TEXT, diagnosis_with_point
from kb.claims.x12.codes import FREQUENCY, ICD9, ICD10, ICD10_FROM, PLAN, SEX

_LINES = "serviceLines"
_OTHER_SERVICES = {
    "institutionalService": "an institutional claim",
    "dentalService": "a dental claim",
}
_GIVE = "Give professional claims, whose lines have a `professionalService`."


def clearinghouse_claim(value: Json) -> Outcome:
    """The claim of one request."""
    notes = Notes([], [])
    request = Node(value, "", notes.faults)
    check_repeated_keys(request)
    about = object_at(request, "claimInformation")
    if about is None:
        if not notes.faults:
            notes.fault("claimInformation", "missing: the claim itself", _GIVE)
        return Outcome(None, "", notes.faults, [])
    identifier = _identifier(about)
    other = _other_service(about)
    if other:
        return refused(
            identifier, Fault(f"{about.at}{_LINES}", f"{other} is not read", _GIVE)
        )
    check_repeated_keys(about)
    claim, paths = _claim(request, about, notes)
    return outcome_of(claim, notes, "", paths, identifier)


def _identifier(about: Node) -> str:
    """The sender's number of the claim, where it is a plain text."""
    value = about.obj.get("patientControlNumber")
    fits = isinstance(value, str) and TEXT.fits(value) and value.isprintable()
    return str(value).strip() if fits else ""


def _other_service(about: Node) -> str:
    """What the claim is when its lines are of another kind; empty when they are not."""
    lines = about.obj.get(_LINES)
    keys = {
        key
        for line in (lines if isinstance(lines, list) else ())
        if isinstance(line, dict)
        for key in line
    }
    return next((name for key, name in _OTHER_SERVICES.items() if key in keys), "")


def _claim(request: Node, about: Node, notes: Notes) -> tuple[Claim, list[str]]:
    providers = providers_of(request, notes)
    more = object_at(about, "claimSupplementalInformation") or Node({}, "", [])
    referral = (
        text_at(more, "referralNumber", TEXT) if more.obj.get("referralNumber") else ""
    )
    identifier = text_at(about, "patientControlNumber", TEXT, required=True).strip()
    frequency, replaces = _frequency(about, more, notes)
    diagnoses, is_old = _diagnoses(about, notes)
    own = "rendering" if "rendering" in providers else "billing"
    said = Said(
        place=text_at(about, "placeOfServiceCode", PLACE),
        rendering=npi_of(providers.get(own)),
        diagnoses=diagnoses,
        referral=referral,
    )
    items, lines = _lines(about, said, notes)
    if is_old:
        _say_old(about, lines, notes)
    subscriber = object_at(request, "subscriber")
    dependent = object_at(request, "dependent")
    person = dependent or subscriber
    filing = (
        text_at(about, "claimFilingCode", FILING)
        if about.obj.get("claimFilingCode")
        else ""
    )
    sex = SEX.get(str(person.obj.get("gender"))) if person else None
    claim = Claim(
        id=identifier,
        patient=_patient(subscriber, dependent, identifier, notes),
        payer=_payer(request, filing, notes),
        lines=lines,
        plan=PLAN.get(filing, ""),
        state=state_of(
            (object_at(about, "serviceFacilityLocation"),), providers.get("billing")
        ),
        frequency=frequency,
        replaces=replaces,
        authorization=authorization_at(
            more, "priorAuthorizationNumber", referral, notes
        ),
        fields=({"sex": sex} if sex else {}) | provider_fields(providers, lines, items),
        birth=_birth(person),
        charge=money_at(about, "claimChargeAmount"),
        member=_member(subscriber),
    )
    return claim, [item.at.rstrip(".") for item in items]


def _lines(
    about: Node, said: Said, notes: Notes
) -> tuple[tuple[Node, ...], tuple[ClaimLine, ...]]:
    items = objects_at(about, _LINES, lambda node, _: node)
    path = f"{about.at}{_LINES}"
    if about.obj.get(_LINES) in (None, []):
        notes.fault(path, "missing: a claim has at least one line", _GIVE)
    if len(items) > MOST_LINES:
        reason = f"{len(items):,} lines: a claim has at most {MOST_LINES}"
        notes.fault(path, reason, "Bill them as several claims.")
        return (), ()
    lines = tuple(line_of(item, n, said, notes) for n, item in enumerate(items))
    numbers: set[int] = set()
    for item, line in zip(items, lines, strict=True):
        if line.number in numbers:
            reason = "another line of the claim has this number"
            notes.fault(f"{item.at}assignedNumber", reason, "Number them 1, 2, 3.")
        numbers.add(line.number)
    _say_repeated_controls(items, notes)
    return items, lines


def _say_repeated_controls(items: tuple[Node, ...], notes: Notes) -> None:
    seen: set[str] = set()
    for item in items:
        number = item.obj.get("providerControlNumber")
        if isinstance(number, str) and number:
            if number in seen:
                text = "another line of the claim has this control number"
                notes.remark(f"{item.at}providerControlNumber", text)
            seen.add(number)


def _diagnoses(about: Node, notes: Notes) -> tuple[tuple[str | None, ...], bool]:
    """The diagnoses by position, and whether any is of ICD-9-CM."""
    key = "healthCareCodeInformation"
    found: list[str | None] = []
    is_old = False
    for one in objects_at(about, key, lambda node, _: node):
        kind = one.obj.get("diagnosisTypeCode")
        if not isinstance(kind, str):
            kind = ""
        if kind in ICD9:
            is_old = True
            found.append(None)
        elif kind in ICD10:
            code = text_at(one, "diagnosisCode", DIAGNOSIS, required=True)
            found.append(diagnosis_with_point(code) if code else None)
        else:
            expected = "`ABK` or `ABF`, the type of a diagnosis"
            given = one.obj.get("diagnosisTypeCode")
            one.faults.append(wrong(f"{one.at}diagnosisTypeCode", given, expected))
            found.append(None)
    codes = [code for code in found if code]
    if len(set(codes)) < len(codes):
        notes.remark(f"{about.at}{key}", "a diagnosis stands twice on the claim")
    return tuple(found), is_old


def _say_old(about: Node, lines: tuple[ClaimLine, ...], notes: Notes) -> None:
    """ICD-9-CM is left out of old claims, and wrong on newer ones."""
    path = f"{about.at}healthCareCodeInformation"
    if any(line.date >= ICD10_FROM for line in lines):
        reason = "ICD-9-CM diagnoses (BK, BF) on a service of 2015-10-01 or later"
        notes.fault(path, reason, "Write ICD-10-CM ones, with `ABK` and `ABF`.")
    else:
        text = "ICD-9-CM diagnoses are left out: ICD-10-CM is read"
        notes.remark(path, text)


def _frequency(about: Node, more: Node, notes: Notes) -> tuple[Frequency, str]:
    code = word_at(about, "claimFrequencyCode", tuple(FREQUENCY))
    if code is None:
        if about.obj.get("claimFrequencyCode") is None:
            reason = "missing: expected 1 (original), 7 (replacement) or 8 (void)"
            notes.fault(f"{about.at}claimFrequencyCode", reason)
        return "original", ""
    frequency = FREQUENCY[code]
    path = f"{about.at}claimSupplementalInformation.claimControlNumber"
    given = more.obj.get("claimControlNumber") not in (None, "")
    number = text_at(more, "claimControlNumber", TEXT).strip() if given else ""
    if frequency == "original":
        if given:
            text = "an earlier claim is named, but `claimFrequencyCode` says original"
            notes.remark(path, text)
        return frequency, ""
    if frequency == "replacement" and not given:
        reason = "a replacement has to say what it replaces"
        notes.fault(path, reason, "Write the payer's number of the original.")
    elif not given:
        notes.remark(path, "a void without it does not say what it takes back")
    return frequency, number


def _payer(request: Node, filing: str, notes: Notes) -> PayerNamed:
    """The trading partner; the receiver where no partner is named."""
    given = {
        key: text_at(request, key, TEXT).strip() if request.obj.get(key) else ""
        for key in ("tradingPartnerServiceId", "tradingPartnerName")
    }
    identifier, name = given.values()
    receiver = object_at(request, "receiver")
    if not (identifier or name) and receiver and receiver.obj.get("organizationName"):
        name = text_at(receiver, "organizationName", TEXT).strip()
    if not (identifier or name):
        reason = "the payer has neither id nor name"
        notes.fault("tradingPartnerServiceId", reason, "Write the payer's id.")
    return PayerNamed(identifier=identifier, name=name, filing=filing)


def _member(subscriber: Node | None) -> str:
    if subscriber is None or not subscriber.obj.get("memberId"):
        return ""
    return member_in(text_at(subscriber, "memberId", TEXT))


def _birth(person: Node | None) -> date | None:
    return day_at(person, "dateOfBirth") if person else None


def _patient(
    subscriber: Node | None, dependent: Node | None, identifier: str, notes: Notes
) -> str:
    """The patient's token; without a member id the claim is its own patient."""
    if subscriber is None:
        notes.fault("subscriber", "missing: the subscriber of this claim")
        return ""
    member = _member(subscriber)
    if not member:
        text = "no member id: the claim is taken as its own patient"
        notes.remark("subscriber.memberId", text)
        return own_patient(identifier)
    person = dependent or subscriber
    birth = person.obj.get("dateOfBirth")
    if birth in (None, ""):
        text = "no birth date: the patient is told by the member id alone"
        notes.remark(f"{person.at}dateOfBirth", text)
    given = dependent.obj.get("firstName") if dependent else ""
    return patient_token(
        member,
        birth if isinstance(birth, str) else "",
        given if isinstance(given, str) else "",
    )
