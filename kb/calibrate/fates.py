"""What a payer did with each billed line in the end: remittances folded and matched.

A claim is found by the sender's claim number, its lines by code, modifiers, day and units.
Several remittances may tell of one claim; the last word on a line counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kb.claims.model import Claim, ClaimLine, HistoryLine, LineStatus, PayerNamed
from kb.claims.past import PastClaim, PastLine
from kb.claims.x12.decided import COVERED, PRICE

DUPLICATE = "18"
"""The reason (CARC) for a line that came before."""

Service = ClaimLine | HistoryLine
SamePayer = Callable[[PayerNamed], bool | None]
"""Whether a remittance's payer is the one that the claim went to; ``None`` where nobody
can tell."""


class Fate(NamedTuple):
    """What the payer did with one line, and why where it denied it."""

    status: LineStatus
    carcs: tuple[str, ...] = ()
    """Numbers of the reasons for a denial, as ``151``; none of a line that is not denied."""
    rarcs: tuple[str, ...] = ()
    dollars: Decimal = Decimal(0)
    """As billed."""


class Fates(NamedTuple):
    """What became of a claim's lines, in their order, and what was left over."""

    lines: tuple[Fate | None, ...]
    """``None`` where no remittance speaks of the line."""
    left: int = 0
    """Lines of its remittances that are none of the claim's."""
    told: bool = False
    """Whether any remittance of its payer speaks of the claim at all."""
    other_payer: int = 0
    """Remittances for it of another payer: as a second insurer gives them."""


@dataclass(slots=True)
class Remittances:
    """Remittances by the sender's claim number, in the order in which they came."""

    by_claim: dict[str, list[PastClaim]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    """The numbers of claims that found a remittance."""

    def add(self, past: PastClaim) -> None:
        """Take one more."""
        self.by_claim.setdefault(past.id, []).append(past)

    @property
    def without_a_claim(self) -> int:
        """Claim numbers of remittances that no claim asked for."""
        return len(self.by_claim) - len(self.asked)

    def fates_of(self, claim: Claim, same_payer: SamePayer) -> Fates:
        """What became of the lines of a claim."""
        named = [p for p in self.by_claim.get(claim.id, ()) if of_member(p, claim)]
        same = [same_payer(past.payer) for past in named]
        # One that cannot be told is of a second insurer where the claim's own payer spoke.
        wanted = True if True in same else None
        own = [p for p, is_it in zip(named, same, strict=True) if is_it is wanted]
        if named:
            self.asked.add(claim.id)
        others = len(named) - len(own)
        if not own:
            return Fates((None,) * len(claim.lines), other_payer=others)
        told = folded(own)
        found = matched(claim.lines, told)
        fates = tuple(fate_of(line) if line else None for line in found)
        left = len(told) - sum(line is not None for line in found)
        return Fates(fates, left, told=True, other_payer=others)


def of_member(past: PastClaim, claim: Claim) -> bool:
    """Whether a remittance may be of the claim's patient: numbers are used again."""
    return not (past.member and claim.member) or past.member == claim.member


def folded(told: Iterable[PastClaim]) -> list[PastLine]:
    """The lines as the last word on each has them.

    A reversal takes back what it names, or all where it names no line; a replacement all
    that stood before; any other word what it says of the same code, modifiers and day.
    """
    standing: dict[Hashable, list[PastLine]] = {}
    for past in sorted(told, key=lambda one: one.told or date.min):
        said: dict[Hashable, list[PastLine]] = defaultdict(list)
        for line in past.lines:
            said[place_of(line.service)].append(line)
        if past.frequency == "replacement" or (
            past.frequency == "void" and not past.lines
        ):
            standing.clear()
        if past.frequency == "void":
            for place in said:
                standing.pop(place, None)
            continue
        for place, lines in said.items():
            if place not in standing or not all(map(only_a_duplicate, lines)):
                standing[place] = lines
    return [line for lines in standing.values() for line in lines]


def only_a_duplicate(line: PastLine) -> bool:
    """Whether a line is denied because it came before: that says nothing of the first."""
    return line.service.status == "denied" and denial_codes(line) == (DUPLICATE,)


def place_of(service: Service) -> tuple[str, tuple[str, ...], date]:
    """What tells a claim's lines apart, but for units."""
    return service.code, tuple(sorted(service.modifiers)), service.date


def matched(
    lines: tuple[ClaimLine, ...], told: list[PastLine]
) -> list[PastLine | None]:
    """For each line what was told of it: the closest that no other line is closer to."""
    found: list[PastLine | None] = [None] * len(lines)
    left = list(told)
    for likeness in (exactly, but_for_units, but_for_modifiers):
        for at, line in enumerate(lines):
            if found[at] is not None:
                continue
            wanted = likeness(line)
            for place, past in enumerate(left):
                if likeness(past.service) == wanted:
                    found[at] = left.pop(place)
                    break
    return found


def exactly(service: Service) -> Hashable:
    """Code, modifiers, day and units."""
    return place_of(service), service.units


def but_for_units(service: Service) -> Hashable:
    """Code, modifiers and day."""
    return place_of(service)


def but_for_modifiers(service: Service) -> Hashable:
    """Code and day: payers leave modifiers out, and add some."""
    return service.code, service.date


def fate_of(line: PastLine) -> Fate:
    """What was done with one line; paid or denied as its reader decided."""
    denied = line.service.status == "denied"
    return Fate(
        line.service.status,
        denial_codes(line) if denied else (),
        tuple(sorted(set(line.remarks))) if denied else (),
        line.charge or Decimal(0),
    )


def denial_codes(line: PastLine) -> tuple[str, ...]:
    """The reasons of a line that can stand for a denial, each once, in order."""
    reasons = {adjusted.reason for adjusted in line.adjustments}
    return tuple(sorted(reasons - COVERED - PRICE))
