"""One row of a ``medical_claim`` table as the service that it bills or takes back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kb.claims.bill_types import place_of_line
from kb.claims.model import ClaimLine, HistoryLine, LineStatus
from kb.claims.rows.cells import Notes, Row, code, day, number, shaped, whole
from kb.claims.shapes import (
    DIAGNOSIS,
    MODIFIER,
    NPI,
    PLACE,
    PROCEDURE,
    diagnosis_with_point,
)
from kb.claims.x12.codes import ICD10_FROM

DAYS = ("claim_line_start_date", "claim_start_date")
"""Columns of the day of service: the first that has one counts."""
MODIFIERS = tuple(f"hcpcs_modifier_{position}" for position in range(1, 6))
DIAGNOSES = tuple(f"diagnosis_code_{position}" for position in range(1, 26))
PATIENTS_SHARE = ("coinsurance_amount", "copayment_amount", "deductible_amount")
"""What the patient bears of the allowed amount."""
_ICD9 = "icd-9-cm"
_NEVER = date.min
_ONE = Decimal(1)
_NOTHING = Decimal(0)


class Service(NamedTuple):
    """What a row says of a service; amounts are below zero where it takes one back."""

    row: Row
    number: int
    code: str
    date: date
    modifiers: tuple[str, ...]
    units: Decimal
    place: str
    rendering: str
    charge: Decimal | None
    paid: Decimal | None
    allowed: Decimal | None
    of_patient: Decimal
    """Dollars that the patient bears."""

    @property
    def takes_back(self) -> bool:
        """Whether an amount of it is below zero."""
        amounts = (self.units, self.charge, self.paid, self.allowed)
        return any(amount is not None and amount < 0 for amount in amounts)

    @property
    def undoes_the_service(self) -> bool:
        """Whether the service itself is taken back, not only money."""
        return self.units < 0 or (self.charge is not None and self.charge < 0)

    def line(self, diagnoses: tuple[str, ...], place: str) -> ClaimLine:
        """The billed line; ``place`` is that of a facility's bill, empty for others."""
        return ClaimLine(
            number=self.number,
            code=self.code,
            date=self.date,
            modifiers=self.modifiers,
            units=self.units,
            place=self.place or place_of_line(place, self.modifiers),
            diagnoses=diagnoses,
            rendering=self.rendering,
            charge=self.charge,
        )

    def earlier(
        self, diagnoses: tuple[str, ...], claim: str, status: LineStatus
    ) -> HistoryLine:
        """The same as an earlier service."""
        return HistoryLine(
            code=self.code,
            date=self.date,
            modifiers=self.modifiers,
            units=abs(self.units),
            diagnoses=diagnoses,
            status=status,
            claim=claim,
            rendering=self.rendering,
        )


def service_of(row: Row, position: int, notes: Notes) -> Service:
    """The service of a row; it counts only when the notes have no fault."""
    return Service(
        row=row,
        number=whole(row, "claim_line_number", position, notes),
        code=code(row, "hcpcs_code", PROCEDURE, notes),
        date=_day_of(row, notes),
        modifiers=_modifiers(row, notes),
        units=_units(row, notes),
        place=shaped(row, "place_of_service_code", PLACE, notes),
        rendering=shaped(row, "rendering_npi", NPI, notes),
        charge=number(row, "charge_amount", notes),
        paid=number(row, "paid_amount", notes),
        allowed=number(row, "allowed_amount", notes),
        of_patient=_of_patient(row, notes),
    )


def _day_of(row: Row, notes: Notes) -> date:
    for column in DAYS:
        if row.text(column):
            return day(row, column, notes) or _NEVER
    reason = "missing: expected the day of service"
    notes.fault(row, DAYS[0], reason, "Write it as `2026-03-10`.")
    return _NEVER


def _modifiers(row: Row, notes: Notes) -> tuple[str, ...]:
    given = (column for column in MODIFIERS if column in row.cells)
    return tuple(code(row, column, MODIFIER, notes) for column in given)


def _units(row: Row, notes: Notes) -> Decimal:
    found = number(row, "service_unit_quantity", notes)
    if found == 0:
        reason = "found a quantity of zero, expected the units billed"
        notes.fault(row, "service_unit_quantity", reason, "Write them as `1`.")
    return found or _ONE


def _of_patient(row: Row, notes: Notes) -> Decimal:
    borne = (number(row, column, notes) for column in PATIENTS_SHARE)
    return sum((dollars for dollars in borne if dollars), _NOTHING)


def diagnoses_of(rows: Iterable[Row], notes: Notes) -> tuple[str, ...]:
    """The diagnoses of a claim: those of all its rows, in their order.

    ICD-9-CM is left out of services before ICD-10-CM began, and a fault later.
    """
    found: dict[str, None] = {}
    told: set[tuple[str, ...]] = set()
    for row in rows:
        given = [column for column in DIAGNOSES if column in row.cells]
        own = tuple(row.cells[column] for column in given)
        if not own or own in told:
            continue
        told.add(own)
        if row.text("diagnosis_code_type").lower() == _ICD9:
            _say_old(row, notes)
            continue
        for column in given:
            if diagnosis := code(row, column, DIAGNOSIS, notes):
                found[diagnosis_with_point(diagnosis)] = None
    if len(told) > 1:
        text = (
            "the rows of the claim differ in diagnoses: each line points to all of them"
        )
        notes.remark(row, "", text)
    return tuple(found)


def _say_old(row: Row, notes: Notes) -> None:
    days = (row.text(column) for column in DAYS)
    written = next(filter(None, days), "")
    if written.replace("-", "")[:8] >= f"{ICD10_FROM:%Y%m%d}":
        reason = "ICD-9-CM diagnoses on a service of 2015-10-01 or later"
        fix = "Give ICD-10-CM ones, as `M5416`, and `icd-10-cm` as their type."
        notes.fault(row, "diagnosis_code_type", reason, fix)
    else:
        text = "ICD-9-CM diagnoses are left out: ICD-10-CM is read"
        notes.remark(row, "diagnosis_code_type", text)
