"""CMS's tables over columns: what they give each line that they may object to.

A line comes to the same as another that is billed alike beside services billed alike.  So
of each such a line and its day are made as far as the tables read them, and judged once.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import numpy as np

from kb.claims.model import Claim, ClaimLine, History, PayerNamed
from kb.engine.columns.batch import FACILITY, RETOLD, THOUSANDTHS, Ints
from kb.engine.columns.batch_claims import day_of_number
from kb.engine.columns.run import Run
from kb.engine.columns.suspects import VARIES, Suspects
from kb.engine.judge.answer import HEADLINE_ORDER, Outcome
from kb.engine.judge.events import Event, Services
from kb.engine.judge.outcome import RANK
from kb.engine.judge.situation import Situation
from kb.engine.judge.tables.finding import SURGERY_CENTER
from kb.engine.judge.tables.line import outcome_of_edits
from kb.engine.judge.tables.pairs import ASSOCIATED
from kb.engine.judge.tables.rules import TableRules

MINE, ANOTHER = "1", "2"
"""Stand for the line's own provider, and for one who is surely not."""


class Service(NamedTuple):
    """A service beside a line, as far as the tables read it."""

    code: int
    modifiers: tuple[str, ...]
    units: int
    provider: str
    earlier: bool
    """Whether it is of the history."""


class Alike(NamedTuple):
    """All that the tables read of a line and its day: equal ones come to the same."""

    day: int
    code: int
    modifiers: tuple[str, ...]
    units: int
    place: str
    facility: bool
    own_history: bool
    beside: tuple[Service, ...]


def table_outcomes(run: Run, rules: TableRules) -> Iterator[tuple[int, Outcome]]:
    """Lines to which the tables object, each with an outcome; perhaps with two."""
    suspects = Suspects(run, rules.tables)
    ranks = suspects.diagnoses
    for line in np.flatnonzero(ranks < RANK["pass"]).tolist():
        yield line, HEADLINE_ORDER[ranks[line]]
    known: dict[Alike, Outcome] = {}
    for line, alike in zip(
        suspects.lines.tolist(), billed_alike(run, suspects), strict=True
    ):
        outcome = known.get(alike)
        if outcome is None:
            outcome = known[alike] = outcome_of_edits(situation_of(alike, run), rules)
        if outcome != "pass":
            yield line, outcome


def situation_of(alike: Alike, run: Run) -> Situation:
    """A line and its day made again, as far as the tables read them."""
    codes, day = run.batch.words.codes, day_of_number(alike.day)
    line = ClaimLine(
        number=1,
        code=codes[alike.code],
        date=day,
        modifiers=alike.modifiers,
        units=Decimal(alike.units) / THOUSANDTHS,
        place=alike.place,
        rendering=MINE,
    )
    history = History("complete", "own") if alike.own_history else History()
    claim = Claim(
        id="",
        patient="",
        payer=PayerNamed(),
        lines=(),
        kind="facility" if alike.facility else "professional",
        history=history,
    )
    events = tuple(
        Event(
            date=day,
            code=codes[one.code],
            modifiers=one.modifiers,
            units=Decimal(one.units) / THOUSANDTHS,
            level="",
            provider=one.provider,
            facts={},
            claim="",
            line=0 if one.earlier else place,
        )
        for place, one in enumerate(alike.beside, 2)
    )
    return Situation(run.program, claim, line, "", Services(events))


def billed_alike(run: Run, suspects: Suspects) -> Iterator[Alike]:
    """What the tables read of each suspect line, in their order."""
    batch, rows = run.batch, suspects.lines
    lines, words = batch.lines, batch.words
    own_history = batch.claims.own_history_complete & ~batch.claims.history_complete
    firsts = np.array([first.toordinal() for first, _last in suspects.quarters[2]])
    firsts -= day_of_number(0).toordinal()
    columns = (
        lines.day,
        firsts[suspects.quarters[0]],
        suspects.by_day,
        lines.code,
        lines.modifiers,
        lines.units,
        lines.place,
        batch.claims.kind[lines.claim] == FACILITY,
        own_history[lines.claim],
    )
    heads = zip(*(column[rows].tolist() for column in columns), strict=True)
    for head, (beside, varies) in zip(
        heads, services_beside(run, suspects), strict=True
    ):
        day, first, by_day, code, modifiers, units, place, facility, own = head
        told, where = words.modifiers[modifiers], words.words[place]
        if not by_day:
            # The fee schedule alone reads places and other modifiers.
            told = associated_in(told)
            where = where if where == SURGERY_CENTER else ""
        when = day if by_day or varies else first
        yield Alike(when, code, told, units, where, facility, own, beside)


@cache
def associated_in(modifiers: tuple[str, ...]) -> tuple[str, ...]:
    """The modifiers that count for pairs, the sides among them."""
    return tuple(sorted(ASSOCIATED.intersection(modifiers)))


def services_beside(
    run: Run, suspects: Suspects
) -> Iterator[tuple[tuple[Service, ...], bool]]:
    """The services of each suspect line's day that tables know beside it.

    And whether what they know changes within the quarter.
    """
    events, lines, rows = run.batch.events, run.batch.lines, suspects.lines
    moment = suspects.moments[1][rows]
    starts, ends = stretches(suspects.moments[0], moment)
    for line, start, end in zip(
        rows.tolist(), starts.tolist(), ends.tolist(), strict=True
    ):
        code, quarter = int(lines.code[line]), int(suspects.quarters[0][line])
        mine = int(lines.rendering[line])
        found: list[Service] = []
        varies = bool(suspects.changing[line])
        for row in range(start, end):
            of_line, other = int(events.line[row]), int(events.code[row])
            if events.denied[row] or of_line in (RETOLD, line):
                continue
            relation = 0 if other == code else suspects.related(code, other, quarter)
            if other == code or relation:
                found.append(service(run, row, mine, alike=other == code))
                varies |= relation >= VARIES
        yield tuple(sorted(found)), varies


def service(run: Run, row: int, mine: int, *, alike: bool) -> Service:
    """One of them; its units count where the codes are alike."""
    events = run.batch.events
    theirs = int(events.rendering[row])
    provider = ""
    if mine and theirs:
        provider = MINE if mine == theirs else ANOTHER
    return Service(
        int(events.code[row]),
        associated_in(run.batch.words.modifiers[events.modifiers[row]]),
        int(events.units[row]) if alike else 0,
        provider,
        int(events.line[row]) < 0,
    )


def stretches(of_event: Ints, moments: Ints) -> tuple[Ints, Ints]:
    """First event of each moment, and the one after its last; none for moment -1."""
    starts = np.searchsorted(of_event, moments, "left")
    ends = np.searchsorted(of_event, moments, "right")
    return starts, ends
