"""Claims mixed from the worked claims that ship with the policies.

A scenario is one thing at a time; what goes wrong lies between them.  So lines, history,
facts, days, units and modifiers of several are put together, until the rules of many
policies meet in one claim of one patient.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from kb.claims.model import (
    Claim,
    ClaimLine,
    FactValue,
    History,
    HistoryLine,
)

Claims = tuple[Claim, ...]

MODIFIERS = ("RT", "LT", "50", "59", "KX", "XS", "26", "GA", "QW")
LEVELS = ("L3-L4", "L4-L5", "L5-S1", "C5-C6")
UNITS = tuple(map(Decimal, (1, 1, 2, 3, 10)))
SOON, FAR = 60, 400
"""Days that lines move by: within a month or two, and beyond a year."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What claims are mixed from."""

    claims: Claims
    lines: tuple[ClaimLine, ...]
    history: tuple[HistoryLine, ...]
    facts: tuple[tuple[str, FactValue], ...]


def pool_of(claims: Iterable[Claim]) -> Pool:
    """The worked claims, and all their parts."""
    given = tuple(claims)
    return Pool(
        claims=given,
        lines=tuple(line for claim in given for line in claim.lines),
        history=tuple(line for claim in given for line in claim.history.lines),
        facts=tuple(item for claim in given for item in claim.facts.items()),
    )


def mixed_claims(pool: Pool, dice: Random) -> Claims:
    """One to three claims of one patient; the further ones are near the first."""
    first = mixed_claim(pool, dice, "C1", "P1")
    further = range(2, 2 + dice.choice((0, 0, 1, 2)))
    return (first, *(beside(first, pool, dice, f"C{n}") for n in further))


def mixed_claim(pool: Pool, dice: Random, name: str, patient: str) -> Claim:
    """A worked claim with parts of others added, taken and moved."""
    claim = dice.choice(pool.claims)
    claim = replace(claim, id=name, patient=patient, frequency="original", replaces="")
    for _ in range(dice.choice((0, 1, 2, 4))):
        claim = dice.choice(CHANGES)(claim, pool, dice)
    return claim


def beside(first: Claim, pool: Pool, dice: Random, name: str) -> Claim:
    """Another claim to the same payer, on the same day or some time before or after."""
    other = mixed_claim(pool, dice, name, first.patient)
    if dice.random() < 0.5:
        other = replace(first, id=name)
    days = dice.choice((0, 0, 1, -14, -30, -200, 45))
    there = min(line.date for line in first.lines) + timedelta(days=days)
    moved = moved_by(other, there - min(line.date for line in other.lines))
    return replace(moved, payer=first.payer, plan=first.plan, state=first.state)


def moved_by(claim: Claim, days: timedelta) -> Claim:
    """The claim with every one of its days so much later."""

    def later(day: date | None) -> date | None:
        return day + days if day else None

    def facts(given: dict[str, FactValue]) -> dict[str, FactValue]:
        return {
            name: value + days if isinstance(value, date) else value
            for name, value in given.items()
        }

    return replace(
        claim,
        lines=tuple(
            replace(x, date=x.date + days, facts=facts(x.facts)) for x in claim.lines
        ),
        received=later(claim.received),
        requested=later(claim.requested),
        facts=facts(claim.facts),
        history=replace(
            claim.history,
            lines=tuple(
                replace(x, date=x.date + days, facts=facts(x.facts))
                for x in claim.history.lines
            ),
        ),
    )


def first_day(claims: Claims) -> date:
    """The first date of service billed."""
    return min(line.date for claim in claims for line in claim.lines)


def one_line(claim: Claim, dice: Random, line: ClaimLine) -> Claim:
    """The claim with one of its lines replaced by ``line``, under the old number."""
    place = dice.randrange(len(claim.lines))
    numbered = replace(line, number=claim.lines[place].number)
    lines = (*claim.lines[:place], numbered, *claim.lines[place + 1 :])
    return replace(claim, lines=lines)


def add_line(claim: Claim, pool: Pool, dice: Random) -> Claim:
    line = dice.choice((*pool.lines, *claim.lines * 50))
    number = max(x.number for x in claim.lines) + 1
    day = dice.choice(claim.lines).date
    return replace(claim, lines=(*claim.lines, replace(line, number=number, date=day)))


def take_line(claim: Claim, pool: Pool, dice: Random) -> Claim:
    if len(claim.lines) == 1:
        return one_line(
            claim, dice, replace(dice.choice(pool.lines), date=claim.lines[0].date)
        )
    place = dice.randrange(len(claim.lines))
    return replace(claim, lines=claim.lines[:place] + claim.lines[place + 1 :])


def move_line(claim: Claim, pool: Pool, dice: Random) -> Claim:
    line = dice.choice(claim.lines)
    days = timedelta(days=dice.choice((1, SOON, FAR)))
    return one_line(claim, dice, replace(line, date=line.date + days))


def change_line(claim: Claim, pool: Pool, dice: Random) -> Claim:
    line = dice.choice(claim.lines)
    modifiers = tuple(dice.sample(MODIFIERS, dice.choice((0, 1, 2))))
    changed = dice.choice(
        (
            replace(line, modifiers=modifiers),
            replace(line, units=dice.choice(UNITS)),
            replace(line, level=dice.choice(("", *LEVELS))),
            replace(line, diagnoses=dice.choice(pool.lines).diagnoses),
            replace(line, place=dice.choice(("11", "22", "24", ""))),
        )
    )
    return one_line(claim, dice, changed)


def add_fact(claim: Claim, pool: Pool, dice: Random) -> Claim:
    name, value = dice.choice(pool.facts)
    return replace(claim, facts={**claim.facts, name: value})


def take_fact(claim: Claim, pool: Pool, dice: Random) -> Claim:
    if not claim.facts:
        return add_fact(claim, pool, dice)
    gone = dice.choice(sorted(claim.facts))
    facts = {name: value for name, value in claim.facts.items() if name != gone}
    return replace(claim, facts=facts)


def add_history(claim: Claim, pool: Pool, dice: Random) -> Claim:
    line = dice.choice(pool.history)
    code = dice.choice((line.code, *(x.code for x in claim.lines)))
    day = first_day((claim,)) - timedelta(days=dice.choice((1, 14, 30, 180, 364, 366)))
    history = claim.history
    return replace(
        claim,
        history=replace(
            history,
            state=dice.choice((history.state, "partial", "complete")),
            lines=(*history.lines, replace(line, code=code, date=day, claim="")),
        ),
    )


def take_history(claim: Claim, pool: Pool, dice: Random) -> Claim:
    if not claim.history.lines:
        return replace(claim, history=History(dice.choice(("complete", "unknown"))))
    place = dice.randrange(len(claim.history.lines))
    lines = claim.history.lines[:place] + claim.history.lines[place + 1 :]
    return replace(claim, history=replace(claim.history, lines=lines))


def move_history(claim: Claim, pool: Pool, dice: Random) -> Claim:
    if not claim.history.lines:
        return add_history(claim, pool, dice)
    days = timedelta(days=dice.choice((-1, 1, SOON, -FAR)))
    lines = tuple(replace(x, date=x.date + days) for x in claim.history.lines)
    return replace(claim, history=replace(claim.history, lines=lines))


def deny_history(claim: Claim, pool: Pool, dice: Random) -> Claim:
    lines = tuple(
        replace(x, status=dice.choice(("denied", x.status)))
        for x in claim.history.lines
    )
    return replace(claim, history=replace(claim.history, lines=lines))


def move_claim(claim: Claim, pool: Pool, dice: Random) -> Claim:
    return moved_by(claim, timedelta(days=dice.choice((1, -30, SOON, FAR, -FAR))))


CHANGES = (
    add_line,
    take_line,
    move_line,
    change_line,
    add_fact,
    take_fact,
    add_history,
    take_history,
    move_history,
    deny_history,
    move_claim,
)
