"""Counts of what rules foretold and what payers did: nothing else of a claim is kept.

Lines on which the same rules stood alike and that the payer treated alike are one cell.
Patients are counted only so far that a row can be left out that stands for too few of
them: a cell keeps at most so many of their tokens, in memory, and none leaves it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from kb.calibrate.fates import Fate, Fates
from kb.engine.judge.answer import LineAnswer, Outcome

FORETELLS: frozenset[Outcome] = frozenset({"deny", "fix", "needs-auth"})
"""Outcomes that say: as it stands, this line will not be paid."""
UNDECIDED: frozenset[Outcome] = frozenset({"unknown", "needs-evidence"})
SILENT = frozenset({"met", "exempt", "not-applicable"})
FEWEST = 5
"""Patients that a row must stand for, where nobody says otherwise."""


class Stance(NamedTuple):
    """How a rule stood to a line on which it objects to nothing."""

    status: str
    at_its_limit: bool = False
    """A count that leaves no further one."""


class Silence(NamedTuple):
    """A rule and how it stood."""

    rule: str
    stance: Stance


class Said(NamedTuple):
    """What all rules said of a line."""

    payer: str
    code: str
    foretelling: frozenset[str]
    """Rules that say that it will not be paid."""
    undecided: frozenset[str]
    advising: frozenset[str]
    silent: frozenset[Silence]
    """Rules that could foretell a denial, and objected to nothing."""


class Done(NamedTuple):
    """What the payer did with a line."""

    denied: bool
    carcs: tuple[str, ...] = ()
    rarcs: tuple[str, ...] = ()


@dataclass(slots=True)
class Cell:
    """Lines of which the same was said, and with which the same was done."""

    lines: int = 0
    dollars: Decimal = Decimal(0)
    patients: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Matching:
    """How far claims and remittances found each other."""

    claims: int = 0
    without_remittance: int = 0
    lines: int = 0
    lines_without_word: int = 0
    """Of claims that found a remittance."""
    lines_left: int = 0
    """Lines of remittances that are none of the claim's."""
    not_final: int = 0
    """Pending, or of no known state."""
    other_payer: int = 0
    """Remittances of another payer than the claim's."""
    without_claim: int = 0
    """Claim numbers of remittances that no claim has."""

    def count(self, fates: Fates) -> None:
        """Count one claim."""
        self.claims += 1
        self.lines += len(fates.lines)
        self.lines_left += fates.left
        self.other_payer += fates.other_payer
        if fates.told:
            self.lines_without_word += fates.lines.count(None)
        else:
            self.without_remittance += 1


@dataclass(slots=True)
class Tally:
    """Everything that is counted."""

    fewest: int = FEWEST
    matching: Matching = field(default_factory=Matching)
    cells: dict[tuple[Said, Done], Cell] = field(default_factory=dict)

    def hold(self, said: Said, fate: Fate, patient: str) -> None:
        """Count one line."""
        if fate.status not in ("paid", "denied"):
            self.matching.not_final += 1
            return
        key = said, Done(fate.status == "denied", fate.carcs, fate.rarcs)
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = Cell()
        cell.lines += 1
        cell.dollars += fate.dollars
        if len(cell.patients) < self.fewest:
            cell.patients.add(patient)


def said_of(payer: str, line: LineAnswer, able: frozenset[str]) -> Said:
    """What all rules said of a line; ``able`` are those that can foretell a denial."""
    at_limit = {state.rule for state in line.limits if state.left == 0}
    foretelling, undecided, advising, silent = [], [], [], []
    for result in line.results:
        if result.outcome in FORETELLS:
            foretelling.append(result.rule)
        elif result.outcome in UNDECIDED:
            undecided.append(result.rule)
        elif result.outcome == "review":
            advising.append(result.rule)
        elif result.status in SILENT and result.rule in able:
            stance = Stance(result.status, result.rule in at_limit)
            silent.append(Silence(result.rule, stance))
    return Said(
        payer,
        line.code,
        frozenset(foretelling),
        frozenset(undecided),
        frozenset(advising),
        frozenset(silent),
    )
