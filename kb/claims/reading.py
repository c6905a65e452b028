"""What a file holds, as far as it can be read: the first look at a new sender's file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kb.claims.causes import (
    Causes,
    Json,
    add_causes,
    count_cause,
    json_of_causes,
    text_of_causes,
)
from kb.claims.model import BadClaim, Claim, Remark
from kb.claims.past import PastClaim, Told
from kb.claims.read import chunks_of, opened, tell_chunks

SCHEMA = "payerkb-reading/1.0"
_STATUSES = ("paid", "denied", "pending", "unknown")


@dataclass(slots=True)
class Reading:
    """What was read of one file, or of several, in numbers."""

    name: str = ""
    claims: int = 0
    lines: int = 0
    """Service lines of the claims."""
    not_read: int = 0
    """Claims that have a fault."""
    earlier: int = 0
    """Claims that the payer has answered."""
    services: Counter[str] = field(default_factory=Counter)
    """Services of these, by what the payer did with them."""
    faults: Causes = field(default_factory=dict)
    remarks: Causes = field(default_factory=dict)
    _last: tuple[str, str] = ("", "")
    """Position and id of the claim that has the last fault."""

    def count(self, told: Told) -> None:
        """Count what a reader gives."""
        match told:
            case Claim():
                self.claims += 1
                self.lines += len(told.lines)
            case PastClaim():
                self.earlier += 1
                self.services.update(line.service.status for line in told.lines)
            case BadClaim():
                self._count_fault(told)
            case Remark():
                count_cause(self.remarks, told)

    def _count_fault(self, bad: BadClaim) -> None:
        count_cause(self.faults, bad)
        claim = (bad.claim, bad.id)
        if bad.claim and claim != self._last:
            self.not_read += 1
        self._last = claim

    def add(self, other: Reading) -> None:
        """Add what was read of another file."""
        self.claims += other.claims
        self.lines += other.lines
        self.not_read += other.not_read
        self.earlier += other.earlier
        self.services.update(other.services)
        add_causes(self.faults, other.faults)
        add_causes(self.remarks, other.remarks)


def reading_of(path: str | Path) -> Reading:
    """What can be read of the file at ``path``, or of standard input for ``-``.

    Raises ``kb.claims.ClaimFileError`` when there is no readable file.
    """
    with opened(path) as (stream, name):
        return reading_in(tell_chunks(chunks_of(stream, name), name), name)


def reading_in(told: Iterable[Told], name: str = "") -> Reading:
    """The same of what a reader gives."""
    reading = Reading(name)
    for one in told:
        reading.count(one)
    return reading


def text_of_reading(reading: Reading) -> Iterator[str]:
    """The lines that tell it to people."""
    yield f"{reading.name}: {in_numbers(reading)}"
    if reading.faults:
        yield " Not read"
        yield from text_of_causes(reading.faults)
    if reading.remarks:
        yield " Left out or settled while reading"
        yield from text_of_causes(reading.remarks)


def in_numbers(reading: Reading) -> str:
    """``2 claims, 3 lines; 1 claim not read``."""
    said = []
    if reading.claims or not reading.earlier:
        claims, lines = (
            _counted(reading.claims, "claim"),
            _counted(reading.lines, "line"),
        )
        said.append(f"{claims}, {lines}")
    if reading.not_read:
        said.append(f"{_counted(reading.not_read, 'claim')} not read")
    if reading.earlier:
        services = ", ".join(
            f"{reading.services[status]:,} {status}"
            for status in _STATUSES
            if reading.services[status]
        )
        answered = _counted(reading.earlier, "earlier claim")
        said.append(f"{answered} that the payer has answered (services: {services})")
    return "; ".join(said)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def json_of_reading(reading: Reading) -> Json:
    """The same for programs."""
    return {
        "file": reading.name,
        "claims": reading.claims,
        "lines": reading.lines,
        "claims_not_read": reading.not_read,
        "earlier_claims": reading.earlier,
        "services": {
            status: reading.services[status]
            for status in _STATUSES
            if reading.services[status]
        },
        "not_read": json_of_causes(reading.faults),
        "remarks": json_of_causes(reading.remarks),
    }
