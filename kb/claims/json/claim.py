"""One JSON object to one claim, with every fault that it has.

The form is told in ``docs/claim.md`` and published as ``claim.schema.json``.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, get_args

from kb.claims.edits import Edit, faults_of
from kb.claims.facts import FactError, fact_from_json
from kb.claims.identity import member_in
from kb.claims.json.checks import (
    Fault,
    Faults,
    Node,
    check_keys,
    check_repeated_keys,
    codes_at,
    date_at,
    list_at,
    money_at,
    object_at,
    objects_at,
    text_at,
    units_at,
    whole_at,
    whole_number,
    word_at,
    wrong,
)
from kb.claims.model import (
    MOST_LINES,
    Authorization,
    ChartState,
    Claim,
    ClaimKind,
    ClaimLine,
    Facts,
    Frequency,
    History,
    HistoryLine,
    HistoryState,
    LineStatus,
    PayerNamed,
    Reach,
    own_patient,
)
from kb.claims.near import MOST_TOLD, listed
from kb.claims.shapes import (
    DIAGNOSIS,
    FILING,
    KEY,
    LEVELS,
    MODIFIER,
    MONTH_DAY,
    NDC,
    NPI,
    PAYER_ID,
    PLACE,
    PROCEDURE,
    STATE,
    TAXONOMY,
    TEXT,
    diagnosis_with_point,
    kind_of,
)

CLAIM_KEYS = (
    "claim",
    "patient",
    "type",
    "payer",
    "plan",
    "state",
    "place",
    "date",
    "frequency",
    "replaces",
    "received",
    "requested",
    "authorization",
    "fields",
    "diagnoses",
    "chart",
    "facts",
    "lines",
    "history",
    "birth",
    "charge",
    "member",
)
LINE_KEYS = (
    "line",
    "code",
    "modifiers",
    "units",
    "date",
    "place",
    "diagnoses",
    "pointers",
    "level",
    "rendering",
    "authorization",
    "facts",
    "charge",
    "ndc",
)
EARLIER_KEYS = (
    "date",
    "code",
    "modifiers",
    "units",
    "level",
    "diagnoses",
    "status",
    "claim",
    "rendering",
    "facts",
)
HISTORY_KEYS = ("state", "reach", "lines")
PAYER_KEYS = ("key", "id", "name", "filing")
FIELD_SHAPES = {
    "sex": KEY,
    "specialty": KEY,
    "performer": KEY,
    "network": KEY,
    "performer-npi": NPI,
    "supervising-npi": NPI,
    "billing-npi": NPI,
    "ordering-npi": NPI,
    "referring-npi": NPI,
    "taxonomy": TAXONOMY,
    "plan-year-start": MONTH_DAY,
}

UNKNOWN = "unknown"
"""A word that stands for leaving it out."""

_KINDS: tuple[ClaimKind, ...] = get_args(ClaimKind)
_FREQUENCIES: tuple[Frequency, ...] = get_args(Frequency)
_STATES: tuple[HistoryState, ...] = get_args(HistoryState)
_REACHES: tuple[Reach, ...] = get_args(Reach)
_CHARTS: tuple[ChartState, ...] = get_args(ChartState)
_STATUSES: tuple[LineStatus, ...] = get_args(LineStatus)
_AUTHORIZATIONS: tuple[Authorization, ...] = get_args(Authorization)

_NEVER = date.min
"""Stands for a date that is a fault, until the claim is given up for it."""


def claim_from_object(value: Any) -> tuple[Claim, Faults]:  # noqa: ANN401 - any JSON
    """The claim that a JSON value holds; it counts only when there are no faults."""
    faults: Faults = []
    if not isinstance(value, dict):
        faults.append(wrong("", value, "a claim as an object"))
        return Claim("", "", PayerNamed(), ()), faults
    node = Node(value, "", faults)
    check_keys(node, CLAIM_KEYS)
    identifier = text_at(node, "claim", TEXT, required=True)
    frequency = word_at(node, "frequency", _FREQUENCIES) or "original"
    claim = Claim(
        id=identifier,
        patient=text_at(node, "patient", TEXT) or own_patient(identifier),
        payer=_payer(node),
        lines=_lines(node),
        kind=word_at(node, "type", _KINDS) or "professional",
        plan=text_at(node, "plan", KEY).removesuffix(UNKNOWN),
        state=text_at(node, "state", STATE),
        frequency=frequency,
        replaces=_replaces(node, frequency),
        received=date_at(node, "received"),
        requested=date_at(node, "requested"),
        authorization=word_at(node, "authorization", _AUTHORIZATIONS),
        fields=_fields(node),
        chart=word_at(node, "chart", _CHARTS) or "partial",
        facts=_facts(node),
        history=_history(node),
        birth=date_at(node, "birth"),
        charge=money_at(node, "charge"),
        member=member_in(text_at(node, "member", TEXT)),
    )
    if not faults:
        faults += [
            Fault(path_of(edit), edit.text, edit.fix) for edit in faults_of(claim)
        ]
    return claim, faults


def path_of(edit: Edit) -> str:
    """The JSON path of the line that an edit is about; empty for the whole claim."""
    return "" if edit.line is None else f"lines[{edit.line}]"


def _payer(node: Node) -> PayerNamed:
    value = node.obj.get("payer")
    if isinstance(value, str) and KEY.fits(value):
        return PayerNamed(key=value)
    if isinstance(value, str) and PAYER_ID.fits(value):
        return PayerNamed(identifier=value)
    if isinstance(value, dict):
        return _payer_as_named(Node(value, "payer.", node.faults))
    fix = 'Write it as `"medicare-part-b"` or `{"id": "...", "name": "..."}`.'
    expected = f"{KEY.expected}, or an object with {listed(PAYER_KEYS)}"
    if "payer" in node.obj:
        node.faults.append(wrong("payer", value, expected, fix))
    else:
        node.faults.append(Fault("payer", f"missing: expected {expected}", fix))
    return PayerNamed()


def _payer_as_named(node: Node) -> PayerNamed:
    check_keys(node, PAYER_KEYS)
    payer = PayerNamed(
        key=text_at(node, "key", KEY),
        identifier=text_at(node, "id", TEXT),
        name=text_at(node, "name", TEXT),
        filing=text_at(node, "filing", FILING),
    )
    if all(node.obj.get(key) is None for key in PAYER_KEYS):
        reason = f"the payer has none of {listed(PAYER_KEYS)}"
        node.faults.append(Fault("payer", reason, "Write at least one of them."))
    return payer


def _replaces(node: Node, frequency: Frequency) -> str:
    replaces = text_at(node, "replaces", TEXT)
    given = node.obj.get("replaces") is not None
    if frequency == "replacement" and not given:
        reason = "missing: a replacement has to say which claim it replaces"
        fix = "Write the payer's number of the claim that is replaced."
        node.faults.append(Fault("replaces", reason, fix))
    if given and node.obj.get("frequency") in (None, "original"):
        fix = "Write `replacement` or `void` as the `frequency`, or leave it out."
        reason = "an original claim replaces none"
        node.faults.append(Fault("replaces", reason, fix))
    return replaces


def _fields(node: Node) -> dict[str, str]:
    fields = object_at(node, "fields")
    if fields is None:
        return {}
    check_keys(fields, tuple(FIELD_SHAPES))
    given = {
        key: text_at(fields, key, shape)
        for key, shape in FIELD_SHAPES.items()
        if key in fields.obj
    }
    return {key: word for key, word in given.items() if word not in ("", UNKNOWN)}


def _facts(node: Node) -> Facts:
    given = object_at(node, "facts")
    if given is None:
        return {}
    check_repeated_keys(given)
    facts: Facts = {}
    wrong_names = _misnamed(given)
    for key, value in given.obj.items():
        if key in wrong_names:
            continue
        try:
            fact = fact_from_json(value)
        except FactError as error:
            node.faults.append(Fault(given.at + key, str(error)))
            continue
        if fact is not None:
            facts[key] = fact
    return facts


def _misnamed(given: Node) -> set[str]:
    """The names that are no key of a fact, each a fault."""
    wrong_names = [key for key in given.obj if not KEY.fits(key)]
    reasons = [
        f"the name of a fact: found {kind_of(key)}, expected {KEY.expected}"
        for key in wrong_names[:MOST_TOLD]
    ]
    if len(wrong_names) > MOST_TOLD:
        reasons.append(f"{len(wrong_names) - MOST_TOLD:,} more names that are no key")
    given.faults.extend(Fault(given.at.rstrip("."), reason) for reason in reasons)
    return set(wrong_names)


def _lines(node: Node) -> tuple[ClaimLine, ...]:
    given = node.obj.get("lines")
    if isinstance(given, list) and len(given) > MOST_LINES:
        reason = f"{len(given):,} lines: a claim has at most {MOST_LINES}"
        node.faults.append(Fault("lines", reason, "Bill them as several claims."))
        return ()
    diagnoses = _diagnoses(node) or ()
    day = date_at(node, "date")
    if day is None and node.obj.get("date") is not None:
        day = _NEVER
    place = text_at(node, "place", PLACE)
    read = partial(_line, diagnoses=diagnoses, day=day, place=place)
    lines = objects_at(node, "lines", read)
    if node.obj.get("lines") in (None, []):
        reason = "missing: a claim has at least one line"
        fix = 'Write `"lines": [{"code": "64483"}]`.'
        node.faults.append(Fault("lines", reason, fix))
    _check_line_numbers(lines, node.faults)
    return lines


def _check_line_numbers(lines: tuple[ClaimLine, ...], faults: Faults) -> None:
    seen: set[int] = set()
    for index, line in enumerate(lines):
        if line.number in seen:
            reason = "another line of the claim has this number"
            faults.append(Fault(f"lines[{index}].line", reason, "Number them 1, 2, 3."))
        seen.add(line.number)


def _line(
    node: Node,
    index: int,
    *,
    diagnoses: tuple[str, ...],
    day: date | None,
    place: str,
) -> ClaimLine:
    check_keys(node, LINE_KEYS)
    return ClaimLine(
        number=whole_at(node, "line", index + 1),
        code=text_at(node, "code", PROCEDURE, required=True),
        date=_date_of_line(node, day),
        modifiers=codes_at(node, "modifiers", MODIFIER) or (),
        units=units_at(node, "units"),
        place=text_at(node, "place", PLACE) or place,
        diagnoses=_diagnoses_of_line(node, diagnoses),
        level=_level(node),
        rendering=text_at(node, "rendering", NPI),
        authorization=word_at(node, "authorization", _AUTHORIZATIONS),
        facts=_facts(node),
        charge=money_at(node, "charge"),
        ndc=text_at(node, "ndc", NDC),
    )


def _date_of_line(node: Node, day: date | None) -> date:
    found = date_at(node, "date")
    if found is None and day is None and node.obj.get("date") is None:
        reason = "missing: neither the line nor the claim has a date of service"
        fix = 'Write `"date": "2026-03-10"`.'
        node.faults.append(Fault(node.at + "date", reason, fix))
    return found or day or _NEVER


def _diagnoses(node: Node) -> tuple[str, ...] | None:
    codes = codes_at(node, "diagnoses", DIAGNOSIS)
    return None if codes is None else tuple(map(diagnosis_with_point, codes))


def _diagnoses_of_line(node: Node, diagnoses: tuple[str, ...]) -> tuple[str, ...]:
    own = _diagnoses(node)
    pointers = list_at(node, "pointers", "positions in the claim's `diagnoses`")
    if own is not None and pointers is not None:
        reason = "the line has both `diagnoses` and `pointers`"
        node.faults.append(Fault(node.at.rstrip("."), reason, "Keep one of them."))
    if own is not None:
        return own
    if pointers is None:
        return diagnoses
    return tuple(
        diagnoses[position - 1]
        for index, pointer in enumerate(pointers)
        if (position := _pointer(node, index, pointer, len(diagnoses)))
    )


def _level(node: Node) -> str:
    level = node.obj.get("level")
    if level is None or level in LEVELS:
        return level or ""
    fix = "Write one line for each level, as `L4-L5`."
    expected = "two neighbouring vertebrae, head end first"
    node.faults.append(wrong(node.at + "level", level, expected, fix))
    return ""


def _pointer(node: Node, index: int, pointer: object, last: int) -> int:
    number = whole_number(pointer)
    path = f"{node.at}pointers[{index}]"
    if number is None:
        expected = "a position in the claim's `diagnoses`, from 1"
        node.faults.append(wrong(path, pointer, expected))
        return 0
    if number > last:
        reason = f"the claim's `diagnoses` have no position {number}: there are {last}"
        node.faults.append(Fault(path, reason))
        return 0
    return number


def _history(node: Node) -> History:
    history = object_at(node, "history")
    if history is None:
        return History()
    check_keys(history, HISTORY_KEYS)
    state = word_at(history, "state", _STATES) or "partial"
    lines = objects_at(history, "lines", _earlier)
    dated = tuple(line for line in lines if line.date != _NEVER)
    if len(dated) < len(lines) and state == "complete":
        # A service of an unknown day may count anywhere: not all is known then.
        state = "partial"
    return History(
        state=state,
        reach=word_at(history, "reach", _REACHES) or "all-billers",
        lines=dated,
    )


def _earlier(node: Node, index: int) -> HistoryLine:  # noqa: ARG001 - called for each
    check_keys(node, EARLIER_KEYS)
    known = node.obj.get("date") != UNKNOWN
    day = date_at(node, "date") if known else None
    if node.obj.get("date") is None:
        reason = "missing: an earlier service has its date"
        fix = 'Write `"date": "2025-12-01"`, or `"unknown"` where nobody knows it.'
        node.faults.append(Fault(node.at + "date", reason, fix))
    return HistoryLine(
        code=text_at(node, "code", PROCEDURE, required=True),
        date=day or _NEVER,
        modifiers=codes_at(node, "modifiers", MODIFIER) or (),
        units=units_at(node, "units"),
        diagnoses=_diagnoses(node) or (),
        level=_level(node),
        status=word_at(node, "status", _STATUSES) or "unknown",
        claim=text_at(node, "claim", TEXT),
        rendering=text_at(node, "rendering", NPI),
        facts=_facts(node),
    )
