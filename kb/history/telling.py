"""One telling of one earlier claim, and the text that keeps it.

A claim file, a remittance and a table of paid claims tell of the same claim; each is a
telling.  Its text is the same for the same telling, so that one told twice is told once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from kb.claims.identity import member_in
from kb.claims.model import (
    Amount,
    Claim,
    ClaimKind,
    Facts,
    FactValue,
    Frequency,
    HistoryLine,
    LineStatus,
    PayerNamed,
    own_patient,
)
from kb.claims.past import PastClaim, PastLine

Origin = Literal["claim", "answer"]
"""Who tells it: the sender's own claim, or the payer's answer to it."""
_as_json = json.JSONEncoder(separators=(",", ":")).encode
# What the readers add to a claim number that stands in a file twice.
_AGAIN = re.compile(r"#\d+\Z")


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One service with its amounts in dollars, without their sign."""

    service: HistoryLine
    charge: Decimal | None = None
    paid: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """One earlier claim as one file tells it."""

    origin: Origin
    id: str
    member: str
    payer: PayerNamed
    lines: tuple[ToldLine, ...]
    frequency: Frequency = "original"
    replaces: str = ""
    birth: date | None = None
    patient: str = ""
    """The patient's token where the file tells one."""
    told: date | None = None
    payers_number: str = ""
    """The payer's own number of the claim, by which corrections name it."""
    kind: ClaimKind | None = None
    """Who billed it; an answer does not tell."""
    text: str = field(default="", compare=False)
    """What ``unpacked`` read it from; the same for equal tellings."""

    @property
    def days(self) -> frozenset[date]:
        """The days of its services."""
        return frozenset(line.service.date for line in self.lines)

    @property
    def services(self) -> frozenset[tuple[date, str]]:
        """Days and codes."""
        return frozenset((x.service.date, x.service.code) for x in self.lines)


def member_of(claim: Claim) -> str:
    """The member id by which a claim's history is found; empty when it has none."""
    return claim.member or member_in(patient_of(claim))


def patient_of(claim: Claim) -> str:
    """The claim's patient as the sender names them; empty for a claim that names none."""
    return "" if claim.patient == own_patient(claim.id) else claim.patient


def telling_of(claim: Claim) -> Telling:
    """What a claim of an earlier file tells."""
    number = sent_id(claim.id)
    lines = tuple(
        ToldLine(
            HistoryLine(
                line.code,
                line.date,
                line.modifiers,
                line.units,
                line.diagnoses,
                line.level,
                "unknown",
                number,
                line.rendering,
                line.facts,
            )
        )
        for line in claim.lines
    )
    return Telling(
        "claim",
        number,
        member_of(claim),
        claim.payer,
        lines,
        claim.frequency,
        claim.replaces,
        claim.birth,
        patient_of(claim),
        kind=claim.kind,
    )


def sent_id(identifier: str) -> str:
    """A claim's number as its sender wrote it."""
    return _AGAIN.sub("", identifier)


def tellings_of(past: PastClaim) -> Iterator[Telling]:
    """What an answered claim tells; its rows of negative amounts undo others."""
    undone = [line for line in past.lines if _is_negative(line)]
    stands = [line for line in past.lines if not _is_negative(line)]
    if past.frequency == "void":
        yield _answer(past, past.lines)
        return
    if stands or not undone:
        yield _answer(past, stands)
    if undone:
        yield replace(_answer(past, undone), frequency="void")


def _is_negative(line: PastLine) -> bool:
    amounts = (line.service.units, line.charge, line.paid)
    return any(amount is not None and amount < 0 for amount in amounts)


def _answer(past: PastClaim, lines: list[PastLine] | tuple[PastLine, ...]) -> Telling:
    number = sent_id(past.id)
    return Telling(
        "answer",
        number,
        past.member,
        past.payer,
        tuple(_without_signs(line, number) for line in lines),
        past.frequency,
        past.replaces,
        past.birth,
        told=past.told,
        payers_number=past.payers_number,
    )


def _without_signs(line: PastLine, number: str) -> ToldLine:
    return ToldLine(
        replace(line.service, units=abs(line.service.units), claim=number),
        None if line.charge is None else abs(line.charge),
        None if line.paid is None else abs(line.paid),
    )


def packed(telling: Telling) -> str:
    """The telling as one line of JSON, the same for equal tellings."""
    payer = telling.payer
    value = [
        telling.origin,
        telling.id,
        telling.member,
        [payer.key, payer.identifier, payer.name, payer.filing],
        telling.frequency,
        telling.replaces,
        _day_text(telling.birth),
        telling.patient,
        _day_text(telling.told),
        telling.payers_number,
        telling.kind,
    ]
    lines = sorted(_as_json(_packed_line(line)) for line in telling.lines)
    return f"{_as_json(value)[:-1]},[{','.join(lines)}]]"


def _packed_line(line: ToldLine) -> list[object]:
    service = line.service
    return [
        service.code,
        service.date.isoformat(),
        list(service.modifiers),
        _number_text(service.units),
        list(service.diagnoses),
        service.level,
        service.status,
        service.rendering,
        {key: _packed_fact(service.facts[key]) for key in sorted(service.facts)},
        _number_text(line.charge),
        _number_text(line.paid),
    ]


def _packed_fact(value: FactValue) -> object:
    if isinstance(value, Amount):
        return ["amount", _number_text(value.number), value.unit]
    return ["day", value.isoformat()] if isinstance(value, date) else value


def _number_text(number: Decimal | None) -> str:
    """The same text for equal numbers, however many zeros they were written with."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day_text(day: date | None) -> str:
    return day.isoformat() if day else ""


def unpacked(text: str) -> Telling:
    """The telling that ``packed`` wrote.

    Raises ``ValueError``, ``TypeError`` or ``ArithmeticError`` for any other text.
    """
    (
        origin, number, member, payer, frequency, replaces, birth, patient, told, payers,
        kind, lines,
    ) = json.loads(text)  # fmt: skip
    return Telling(
        cast("Origin", origin),
        number,
        member,
        PayerNamed(*payer),
        tuple(_unpacked_line(line, number) for line in lines),
        cast("Frequency", frequency),
        replaces,
        _day(birth),
        patient,
        _day(told),
        payers,
        cast("ClaimKind | None", kind),
        text,
    )


def _unpacked_line(row: list[object], claim: str) -> ToldLine:
    (
        code, day, modifiers, units, diagnoses, level, status, rendering, facts, charge,
        paid,
    ) = row  # fmt: skip
    service = HistoryLine(
        str(code),
        date.fromisoformat(str(day)),
        tuple(cast("list[str]", modifiers)),
        Decimal(str(units)),
        tuple(cast("list[str]", diagnoses)),
        str(level),
        cast("LineStatus", status),
        claim,
        str(rendering),
        _unpacked_facts(cast("dict[str, object]", facts)),
    )
    return ToldLine(service, _dollars(str(charge)), _dollars(str(paid)))


def _unpacked_facts(facts: dict[str, object]) -> Facts:
    return {key: _unpacked_fact(value) for key, value in facts.items()}


def _unpacked_fact(value: object) -> FactValue:
    if not isinstance(value, list):
        return value if isinstance(value, bool) else str(value)
    if value[0] == "day":
        return date.fromisoformat(value[1])
    return Amount(Decimal(value[1]), value[2])


def _dollars(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
