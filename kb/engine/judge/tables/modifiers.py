"""Modifiers by the fee schedule: two sides, reading and machine, assistants; and the place.

The indicators are of the physician fee schedule, so only professional claims are asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from kb.engine.judge.answer import Outcome
from kb.engine.judge.situation import Situation
from kb.engine.judge.tables.finding import (
    Finding,
    after_its_end,
    by_which,
    in_words,
    weighed,
)
from kb.tables.model import Indicators, Tables

ASSISTANTS = ("80", "81", "82", "AS")
OF_INTEREST = frozenset({"50", "26", "TC", *ASSISTANTS})
FACILITIES = frozenset({"19", "21", "22", "23", "24"})
"""Places where the machine is the facility's."""
BOTH_PARTS = "1"
NOT_READ = frozenset({"0", "2", "3", "4", "5", "7", "9"})
"""Professional and technical indicators of codes that take no 26."""
NO_MACHINE = NOT_READ | {"6", "8"}
"""Those of codes that take no TC."""


class Billed(NamedTuple):
    """What the fee schedule reads of a line."""

    number: int
    code: str
    modifiers: tuple[str, ...]
    place: str
    day: date


class Fault(NamedTuple):
    """A modifier that does not fit."""

    what: str
    outcome: Outcome
    because: str
    do: str


def modifiers_of(at: Situation, tables: Tables) -> Iterator[Finding]:
    """What the indicators of a line's code say of its modifiers and its place."""
    if at.claim.kind != "professional" or not asks(at):
        return
    row = tables.indicators(at.line.code, at.day)
    if row is None:
        return
    line = at.line
    billed = Billed(line.number, line.code, line.modifiers, line.place, at.day)
    for fault in faults_of(row, billed, tables):
        yield finding(row, at, fault)


def asks(at: Situation) -> bool:
    """Whether the indicators could matter on a line."""
    return at.line.place in FACILITIES or not OF_INTEREST.isdisjoint(at.line.modifiers)


def faults_of(row: Indicators, billed: Billed, tables: Tables) -> Iterator[Fault]:
    """Each modifier that the code does not take, and one that its place asks for."""
    number, modifiers = billed.number, billed.modifiers
    if "50" in modifiers and row.bilateral in ("0", "9"):
        yield Fault(
            "50",
            "fix",
            f"bilateral indicator {row.bilateral}: the code knows no second side",
            f"Take 50 off line {number} and bill the units that were given.",
        )
    for part, without in (("26", NOT_READ), ("TC", NO_MACHINE)):
        unfit = part in modifiers and row.professional_technical in without
        # A row of its own for the part says that there is one.
        if unfit and tables.indicators(billed.code, billed.day, part) is None:
            yield part_fault(part, row, number)
    if row.professional_technical == BOTH_PARTS and billed.place in FACILITIES:
        yield from in_a_facility(billed)
    for modifier in ASSISTANTS:
        if modifier in modifiers:
            yield from assisting(modifier, row, number)


def part_fault(modifier: str, row: Indicators, number: int) -> Fault:
    """A part of a code that has none."""
    said = f"PC/TC indicator {row.professional_technical}"
    return Fault(
        modifier,
        "fix",
        f"{said}: reading and machine are not billed apart",
        f"Take {modifier} off line {number}.",
    )


def in_a_facility(billed: Billed) -> Iterator[Fault]:
    """The machine of a facility is not the physician's to bill."""
    if "TC" in billed.modifiers:
        yield Fault(
            "place",
            "review",
            f"place {billed.place} is a facility, whose the machine is",
            "Check who owns the machine: in a facility its part is not the physician's.",
        )
    elif "26" not in billed.modifiers:
        yield Fault(
            "place",
            "fix",
            f"place {billed.place} is a facility, and the line bills reading and machine",
            f"Add 26 to line {billed.number}: the machine is the facility's.",
        )


def assisting(modifier: str, row: Indicators, number: int) -> Iterator[Fault]:
    """An assistant at a procedure that pays for none, or only on records."""
    said = f"assistant indicator {row.assistant}"
    match row.assistant:
        case "0":
            yield Fault(
                modifier,
                "review",
                f"{said}: an assistant is paid on records only",
                "Send the operative note that shows why an assistant was needed.",
            )
        case "1":
            yield Fault(
                modifier,
                "deny",
                f"{said}: no assistant is paid",
                f"Do not bill line {number}, or write it off.",
            )
        case "9":
            yield Fault(
                modifier,
                "fix",
                f"{said}: the code knows no assistant",
                f"Take {modifier} off line {number} if it is not what was done.",
            )


def finding(row: Indicators, at: Situation, fault: Fault) -> Finding:
    """What the fee schedule says of a line."""
    code = at.line.code
    what = (
        f"{code} at this place"
        if fault.what == "place"
        else f"{code} with modifier {fault.what}"
    )
    return Finding(
        edition=row.edition,
        entry=f"{code}-{fault.what}",
        question="modifiers",
        reason="modifier",
        status="not-met",
        outcome=weighed(fault.outcome, row.edition, at.day),
        title=f"{what} ({in_words(row.edition)})",
        because=by_which(fault.because, row.edition, at.day),
        do=after_its_end(row.edition, at.day) + fault.do,
        codes=(code,),
    )
