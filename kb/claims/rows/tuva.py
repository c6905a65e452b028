"""Claims from rows of Tuva's ``medical_claim`` table, one service a row.

Which column goes where, and what a paid claim tells, stands in
``docs/tables-of-claims.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from kb.claims.bill_types import place_of_bill
from kb.claims.edits import faults_of, remarks_of
from kb.claims.identity import member_in, patient_token, person_token
from kb.claims.model import (
    MOST_LINES,
    BadClaim,
    Claim,
    ClaimKind,
    Frequency,
    PayerNamed,
    own_patient,
)
from kb.claims.past import PastClaim, Told
from kb.claims.rows.cells import (
    Notes,
    Row,
    day,
    numbered,
    plain_id,
    sent_id,
    shaped,
)
from kb.claims.rows.paid import is_answered, past_claim, taken_back
from kb.claims.rows.services import (
    DAYS,
    DIAGNOSES,
    MODIFIERS,
    PATIENTS_SHARE,
    Service,
    diagnoses_of,
    service_of,
)
from kb.claims.shapes import KEY, NPI, PAYER_ID, STATE, TEXT, Shape, kind_of
from kb.claims.words import PLANS

ALWAYS = ("claim_id", "claim_type", "payer", "hcpcs_code")
"""Columns without which no claim can be read; one of ``DAYS`` has to be there too."""
_SAID_ONCE = (
    "claim_type",
    "person_id",
    "member_id",
    "birth_date",
    "payer",
    "plan",
    "service_state",
)
"""Columns that say of a whole claim, so that its rows may not contradict each other."""
COLUMNS = (
    "claim_id",
    *_SAID_ONCE,
    "hcpcs_code",
    *DAYS,
    "claim_line_number",
    "place_of_service_code",
    "bill_type_code",
    "service_unit_quantity",
    *MODIFIERS,
    "rendering_npi",
    "billing_npi",
    "in_network_flag",
    "paid_date",
    "paid_amount",
    "allowed_amount",
    "charge_amount",
    *PATIENTS_SHARE,
    "diagnosis_code_type",
    *DIAGNOSES,
)
"""All columns that are read; others are passed over."""
OF_PATIENT = ("claim_id", "person_id", "member_id", "birth_date")
"""Those that tell who the patient is."""

_KINDS: dict[str, ClaimKind] = {
    "professional": "professional",
    "institutional": "facility",
}
_BILL_TYPE = Shape(re.compile("0?[0-9]{2}[0-9A-Z]"), "a bill type", "0131")
_FREQUENCIES: dict[str, Frequency] = {"7": "replacement", "8": "void"}
_NETWORK = {"1": "in", "true": "in", "0": "out", "false": "out"}
_MOST_ROWS = 5 * MOST_LINES
"""Rows of one claim that are taken into memory."""


def told_of_rows(
    rows: Iterable[Mapping[str, str]], name: str = "", *, first: int = 1
) -> Iterator[Told]:
    """The claims that rows of text tell, in their order; rows of one claim together.

    A row maps column names of ``medical_claim`` to texts; what is empty may be left out.
    ``name`` is the table's name for places of faults, ``first`` the number of the first
    row.  A claim that the payer has answered comes as ``Claim`` and then as
    ``PastClaim``; one that is taken back only as the latter, ``void``.
    """
    return told_of(numbered(rows, first), name)


def told_of(rows: Iterable[Row], name: str = "") -> Iterator[Told]:
    """The same of numbered rows, of which some may be broken."""
    seen: set[str] = set()
    position = 0
    for position, group in enumerate(_claims_in(rows), 1):
        yield from _Group(group, name, f"claim {position}").told(seen)
    if not position:
        yield BadClaim(name, "the table holds no claim", "It has a header and no row.")


def _claims_in(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows of one claim that stand together; what is too many is cut.

    A broken row goes with the claim beside it whose id stands anywhere in it: that claim
    would be answered without one of its lines.
    """
    group: list[Row] = []
    broken: list[Row] = []
    for row in rows:
        if group and _belongs(row, group[0].text("claim_id")):
            if len(group) <= _MOST_ROWS:
                group.append(row)
            continue
        if row.fault:
            broken.append(row)
            continue
        yield from filter(None, (group, *_alone(broken, row)))
        group = [*_joining(broken, row), row]
        broken = []
    yield from filter(None, (group, *([row] for row in broken)))


def _belongs(row: Row, identifier: str) -> bool:
    if row.fault:
        return bool(identifier) and identifier in row.pieces
    return row.text("claim_id") == identifier


def _alone(broken: list[Row], following: Row) -> Iterator[list[Row]]:
    """The broken rows that are not of the claim that follows."""
    identifier = following.text("claim_id")
    return ([row] for row in broken if not _belongs(row, identifier))


def _joining(broken: list[Row], following: Row) -> Iterator[Row]:
    """Those that are."""
    identifier = following.text("claim_id")
    return (row for row in broken if _belongs(row, identifier))


@dataclass(slots=True)
class _Group:
    """The rows of one claim, and what is noted of them."""

    rows: list[Row]
    name: str
    position: str
    notes: Notes = field(default_factory=Notes)

    @property
    def sent(self) -> str:
        """The sender's id of the claim, empty when it is no plain text."""
        return sent_id(self._first, "claim_id")

    @property
    def _id(self) -> str:
        """The claim's own id."""
        return self._first.text("claim_id")

    @property
    def _first(self) -> Row:
        """The first row that is whole, if there is one."""
        return next((row for row in self.rows if not row.fault), self.rows[0])

    def told(self, seen: set[str]) -> Iterator[Told]:
        """What the rows tell: claim, earlier claim, faults, remarks."""
        found = self._read(seen)
        if self.notes.faults:
            yield from self.notes.bad(self.name, self.position, self.sent)
            return
        if self.notes.remarks:
            yield from self.notes.said(self.name, self.position, self.sent)
        yield from found

    def _read(self, seen: set[str]) -> list[Claim | PastClaim]:
        if any(row.fault for row in self.rows):
            for row in self.rows:
                if row.fault:
                    self.notes.fault(row, "", *row.fault)
            return []
        first = self.head()
        self._check_ids(first, seen)
        kind = self._kind(first)
        services = self._services(kind)
        if self.notes.faults:
            return []
        standing, back = taken_back(services)
        self._say_money_only(back)
        undone = tuple(service for service in back if service.undoes_the_service)
        frequency = self._frequency(first, kind)
        if frequency == "void":
            standing, undone = (), (*standing, *undone)
        found: list[Claim | PastClaim] = []
        if undone:
            self.notes.remark(
                undone[0].row, "", "takes an earlier service back: nothing to answer"
            )
            found.append(self._past(first, undone, (), "void"))
        if standing:
            diagnoses = diagnoses_of([s.row for s in standing], self.notes)
            self._check_numbers(standing)
            claim = self._claim(first, standing, diagnoses, kind, frequency)
            self._say_edits(claim, standing)
            found.append(claim)
            if is_answered(self.rows):
                found.append(self._past(first, standing, diagnoses, frequency))
        elif not undone and not self.notes.faults:
            text = "no row of the claim bills a procedure code: nothing to answer"
            self.notes.remark(first, "hcpcs_code", text)
        return found

    def _check_ids(self, first: Row, seen: set[str]) -> None:
        text = plain_id(first, "claim_id", self.notes)
        if text in seen:
            reason = "rows of this claim stood before, with others between"
            fix = "Sort the table by claim_id: a claim is read from rows that stand together."
            self.notes.fault(first, "claim_id", reason, fix)
        if text:
            seen.add(text)
        for column in ("person_id", "member_id"):
            if first.text(column):
                plain_id(first, column, self.notes)
        if len(self.rows) > _MOST_ROWS:
            reason = f"more than {_MOST_ROWS:,} rows of one claim"
            self.notes.fault(first, "", reason)

    def head(self) -> Row:
        """What the rows say of the whole claim: where one is silent, as another says."""
        first, *others = self.rows
        cells = dict(first.cells)
        for row in others:
            for column in _SAID_ONCE:
                text = row.cells.get(column)
                if text and cells.setdefault(column, text) != text:
                    reason = "another value than in the row of the claim before it"
                    fix = f"Give each claim one {column}, in all its rows."
                    self.notes.fault(row, column, reason, fix)
        return Row(first.number, cells)

    def _kind(self, first: Row) -> ClaimKind:
        text = first.text("claim_type").lower()
        kind = _KINDS.get(text)
        if kind is None:
            found = f"found {kind_of(text)}" if text else "missing"
            reason = f"{found}: expected `professional` or `institutional`"
            self.notes.fault(first, "claim_type", reason)
        return kind or "professional"

    def _services(self, kind: ClaimKind) -> list[Service]:
        """What each row bills; a facility's rows without procedure code bill none."""
        services = []
        for position, row in enumerate(self.rows, 1):
            if row.text("hcpcs_code"):
                services.append(service_of(row, position, self.notes))
            elif kind == "professional":
                reason = "missing: expected a CPT or HCPCS code of five characters"
                self.notes.fault(row, "hcpcs_code", reason)
        return services

    def _say_money_only(self, back: tuple[Service, ...]) -> None:
        for service in back:
            if not service.undoes_the_service:
                text = "takes money back, and not the service: the row is left out"
                self.notes.remark(service.row, "", text)

    def _frequency(self, first: Row, kind: ClaimKind) -> Frequency:
        if kind == "professional":
            return "original"
        bill_type = shaped(first, "bill_type_code", _BILL_TYPE, self.notes)
        return _FREQUENCIES.get(bill_type[-1:], "original")

    def _check_numbers(self, services: tuple[Service, ...]) -> None:
        seen: set[int] = set()
        for service in services:
            if service.number in seen:
                reason = "another row of the claim has this number"
                fix = "Number the lines of a claim 1, 2, 3."
                self.notes.fault(service.row, "claim_line_number", reason, fix)
            seen.add(service.number)
        if len(services) > MOST_LINES:
            reason = f"{len(services):,} lines: a claim has at most {MOST_LINES}"
            self.notes.fault(services[0].row, "", reason)

    def _claim(
        self,
        first: Row,
        services: tuple[Service, ...],
        diagnoses: tuple[str, ...],
        kind: ClaimKind,
        frequency: Frequency,
    ) -> Claim:
        place = ""
        if kind == "facility":
            facility = first.text("bill_type_code").lstrip("0")[:2]
            place = place_of_bill(facility)
        return Claim(
            id=self._id,
            patient=patient_of(first),
            payer=self._payer(first),
            lines=tuple(service.line(diagnoses, place) for service in services),
            kind=kind,
            plan=_plan(first),
            state=shaped(first, "service_state", STATE, self.notes),
            frequency=frequency,
            fields=self._fields(first),
            birth=day(first, "birth_date", self.notes),
            member=member_in(first.text("member_id")),
        )

    def _past(
        self,
        first: Row,
        services: tuple[Service, ...],
        diagnoses: tuple[str, ...],
        frequency: Frequency,
    ) -> PastClaim:
        return past_claim(
            services,
            diagnoses,
            identifier=self._id,
            member=member_in(first.text("member_id")),
            payer=self._payer(first),
            told=self._paid_on(),
            frequency=frequency,
        )

    def _paid_on(self) -> date | None:
        """The last day on which a row of the claim was paid."""
        days = (day(row, "paid_date", self.notes) for row in self.rows)
        return max((found for found in days if found), default=None)

    def _payer(self, first: Row) -> PayerNamed:
        """By our key, by its id or, as nearly always, by its name."""
        text = first.text("payer")
        if not text:
            self.notes.fault(first, "payer", "missing: expected the payer's name")
        elif "-" in text and KEY.fits(text):
            return PayerNamed(key=text)
        elif PAYER_ID.fits(text):
            return PayerNamed(identifier=text)
        return PayerNamed(name=shaped(first, "payer", TEXT, self.notes))

    def _fields(self, first: Row) -> dict[str, str]:
        billing = shaped(first, "billing_npi", NPI, self.notes)
        flags = {row.text("in_network_flag").lower() for row in self.rows}
        network = _NETWORK.get(flags.pop(), "") if len(flags) == 1 else ""
        fields = {"billing-npi": billing, "network": network}
        return {key: word for key, word in fields.items() if word}

    def _say_edits(self, claim: Claim, services: tuple[Service, ...]) -> None:
        """Say where the claim contradicts itself."""
        if self.notes.faults:
            return
        for edit in faults_of(claim):
            row = self.rows[0] if edit.line is None else services[edit.line].row
            self.notes.fault(row, "", edit.text, edit.fix)
        for edit in remarks_of(claim):
            row = self.rows[0] if edit.line is None else services[edit.line].row
            self.notes.remark(row, "", edit.text)


def patients_of(rows: Iterable[Row]) -> Iterator[str]:
    """The patient of each claim, of rows that may have no other columns."""
    return (patient_of(_Group(group, "", "").head()) for group in _claims_in(rows))


def patient_of(row: Row) -> str:
    """The token of the person, else of the member id; else the claim is its own.

    Tables without a number for persons repeat the member id there: it then tells no more.
    """
    person, member = row.text("person_id"), member_in(row.text("member_id"))
    if person and member_in(person) != member:
        return person_token(person)
    birth = row.text("birth_date").replace("-", "")[:8]
    return patient_token(member, birth) if member else own_patient(row.text("claim_id"))


def _plan(first: Row) -> str:
    """The kind of plan, where the plan's name is just that; else it is left open."""
    word = "-".join(first.text("plan").lower().replace("_", " ").split())
    return word if word in PLANS else ""
