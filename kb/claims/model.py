"""Claims as the engine reads them: frozen, plain, without names of people.

Readers (``kb.claims.json.reader``, ``kb.claims.x12.reader``) make these from files; nothing
here knows a file format.  Patient data stops here: errors name positions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

ClaimKind = Literal["professional", "facility"]
Frequency = Literal["original", "replacement", "void"]
HistoryState = Literal["complete", "partial", "unknown"]
Reach = Literal["all-billers", "own"]
ChartState = Literal["complete", "partial"]
LineStatus = Literal["paid", "denied", "pending", "unknown"]
Authorization = Literal["approved", "denied", "pending", "none"]

DAY_UNITS = frozenset({"day", "week"})
MONTH_UNITS = frozenset({"month", "year"})
MOST_LINES = 999
"""Service lines that a claim may have: 837I allows as many, 837P only 50."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, weeks held as days and years as months.

    ``unit`` is ``day``, ``month``, ``percent``, ``dollar`` or ``number``.
    """

    number: Decimal
    unit: Literal["day", "month", "percent", "dollar", "number"]


FactValue = bool | Amount | str | date
"""A yes-no fact is a bool; a choice or text a str; ``unknown`` is absence."""

Facts = dict[str, FactValue]


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One billed service."""

    number: int
    code: str
    date: date
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    place: str = ""
    diagnoses: tuple[str, ...] = ()
    """ICD-10-CM codes with their point, those that the line points to, in order."""
    level: str = ""
    """As ``L4-L5``; empty when the claim does not say."""
    rendering: str = ""
    """NPI; empty when the claim does not say."""
    authorization: Authorization | None = None
    facts: Facts = field(default_factory=dict)
    charge: Decimal | None = None
    """Dollars billed for the line; ``None`` when the claim does not say."""
    ndc: str = ""
    """The drug's national code, 11 digits; empty when the claim does not say."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One earlier service of the same patient."""

    code: str
    date: date
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    diagnoses: tuple[str, ...] = ()
    level: str = ""
    status: LineStatus = "unknown"
    claim: str = ""
    rendering: str = ""
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """What is known of earlier services, and how far that knowledge reaches."""

    state: HistoryState = "unknown"
    reach: Reach = "all-billers"
    lines: tuple[HistoryLine, ...] = ()
    read_from: str = field(default="", compare=False)
    """Where lines were looked up, in words; empty when the claim brings its own."""


@dataclass(frozen=True, slots=True)
class PayerNamed:
    """How the claim names its payer; any part may be empty."""

    key: str = ""
    """Our own key, as ``medicare-part-b``."""
    identifier: str = ""
    name: str = ""
    filing: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim with its lines, facts and history."""

    id: str
    patient: str
    payer: PayerNamed
    lines: tuple[ClaimLine, ...]
    kind: ClaimKind = "professional"
    plan: str = ""
    """Plan kind, as ``commercial``, ``medicare-advantage``; empty when not said."""
    state: str = ""
    """Two-letter state where the service was given; empty when not said."""
    frequency: Frequency = "original"
    replaces: str = ""
    received: date | None = None
    requested: date | None = None
    """When approval was asked for."""
    authorization: Authorization | None = None
    fields: dict[str, str] = field(default_factory=dict)
    """Other claim fields by the names that tests use (``sex``, ``network`` ...)."""
    chart: ChartState = "partial"
    facts: Facts = field(default_factory=dict)
    history: History = History()
    birth: date | None = None
    """The patient's birth date; never in a fault, a remark or an answer."""
    charge: Decimal | None = None
    """Dollars billed for the whole claim."""
    member: str = ""
    """The member id at the payer, capitals and digits only; never in an answer."""


def own_patient(claim: str) -> str:
    """The patient of a claim that names none: nobody else's."""
    return f"claim:{claim}"


def renamed(claim: Claim, identifier: str) -> Claim:
    """The claim by another id, because a claim before it has the same."""
    nobodys = claim.patient == own_patient(claim.id)
    patient = own_patient(identifier) if nobodys else claim.patient
    return replace(claim, id=identifier, patient=patient)


@dataclass(frozen=True, slots=True)
class BadClaim:
    """A claim, or a part of a file, that could not be read.

    ``where`` names file and segment, row or JSON path; ``reason`` says what was
    expected.  Neither ever holds a value of the claim but codes and field names.
    """

    where: str
    reason: str
    fix: str = ""
    claim: str = ""
    """Position of the claim in its file (``claim 3``), never the patient's id."""
    id: str = ""
    """The sender's id of the claim, where it could be read."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader left out of a claim, or had to settle, though the claim is good.

    ``where``, ``text`` and ``claim`` hold no value of the claim, as in ``BadClaim``.
    """

    where: str
    text: str
    claim: str = ""
    id: str = ""
    """The sender's id of the claim, where it could be read."""


Read = Claim | BadClaim | Remark
"""What a reader gives one after the other."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a reader made of a file: the good claims, and each bad one.

    Claim ids are unique among ``claims``.
    """

    claims: tuple[Claim, ...]
    bad: tuple[BadClaim, ...]
    remarks: tuple[Remark, ...] = ()


def read_result(found: Iterable[Read]) -> ReadResult:
    """All that a reader gives, sorted by kind."""
    claims: list[Claim] = []
    bad: list[BadClaim] = []
    remarks: list[Remark] = []
    for one in found:
        if isinstance(one, Claim):
            claims.append(one)
        elif isinstance(one, BadClaim):
            bad.append(one)
        else:
            remarks.append(one)
    return ReadResult(tuple(claims), tuple(bad), tuple(remarks))
