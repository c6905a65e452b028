"""CMS's tables over columns: what they give each line that they may object to.

A line comes to the same as another that is billed alike beside services billed alike.  So
of each such a line and its day are made as far as the tables read them, and judged once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from kb.claims.model import Claim, ClaimLine, History, PayerNamed
from kb.engine.columns.batch import FACILITY, RETOLD, THOUSANDTHS, Indexes, Ints, Small
from kb.engine.columns.batch_claims import day_of_number
from kb.engine.columns.run import Run
from kb.engine.columns.suspects import VARIES, Suspects
from kb.engine.judge.events import Event, Services
from kb.engine.judge.outcome import RANK
from kb.engine.judge.situation import Situation
from kb.engine.judge.tables.finding import SURGERY_CENTER
from kb.engine.judge.tables.line import outcome_of_edits
from kb.engine.judge.tables.pairs import ASSOCIATED
from kb.engine.judge.tables.rules import TableRules

ALIKE_ON_ALL_DAYS = -1
MINE, ANOTHER = "1", "2"
"""Stand for the line's own provider, and for one who is surely not."""
PROVIDERS = "", MINE, ANOTHER
OWN = -1
"""In place of a code: the line's own."""


class Service(NamedTuple):
    """A service beside a line, as far as the tables read it."""

    code: int
    """``OWN`` for the line's."""
    said: int
    """What tables know of it beside the line, as ``Suspects.related`` tells it."""
    modifiers: tuple[str, ...]
    units: int
    """Where its code is the line's own."""
    provider: str
    earlier: bool
    """Whether it is of the history."""


class Alike(NamedTuple):
    """All that the tables read of a line and its day: equal ones come to the same."""

    day: int
    """-1 where the day does not matter: the tables say the same of it as of others."""
    said: int
    """What they say of the code, by number."""
    code: int
    """``OWN`` where the tables say the same of any code of which they say that."""
    modifiers: tuple[str, ...]
    units: int
    place: str
    facility: bool
    own_history: bool
    capped: bool
    """Whether its day has more than a cap: then units count, and services of its code."""
    scheduled: bool
    """Whether the fee schedule may object to it: then places and other modifiers count."""
    beside: tuple[Service, ...]


def table_ranks(run: Run, rules: TableRules) -> Iterator[tuple[Indexes, Small]]:
    """Lines to which the tables object, each with the rank of an outcome.

    First those of diagnoses, then those of what is billed: a line may be among both.
    """
    suspects = Suspects(run, rules.tables)
    ranks = suspects.diagnoses
    odd = np.flatnonzero(ranks < RANK["pass"])
    yield odd.astype(np.int32), ranks[odd]
    known: dict[Alike, int] = {}
    rows, lines = suspects.lines, run.batch.lines
    found = np.full(len(rows), RANK["pass"], np.int8)
    columns = lines.day[rows].tolist(), lines.code[rows].tolist()
    for place, (day, code, alike) in enumerate(
        zip(*columns, billed_alike(run, suspects), strict=True)
    ):
        rank = known.get(alike)
        if rank is None:
            at = situation_of(alike, code, day_of_number(day), run)
            rank = known[alike] = RANK[
                outcome_of_edits(
                    at, rules, capped=alike.capped, scheduled=alike.scheduled
                )
            ]
        found[place] = rank
    odd = np.flatnonzero(found < RANK["pass"])
    yield rows[odd].astype(np.int32), found[odd]


def situation_of(alike: Alike, code: int, day: date, run: Run) -> Situation:
    """A line of a code and its day made again, as far as the tables read them."""
    codes = run.batch.words.codes
    line = ClaimLine(
        number=1,
        code=codes[code],
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
            code=codes[code if one.code == OWN else one.code],
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
    said, _changes = suspects.said
    # An add-on's first codes, pairs and the fee schedule are told of a code by its name.
    by_name = suspects.add_ons | suspects.by_day
    columns = (
        lines.day,
        said,
        suspects.over,
        suspects.by_day,
        np.where(by_name, lines.code, OWN),
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
        (
            day, of_code, over, by_day, named, code, modifiers, units, place, facility, own
        ) = head  # fmt: skip
        told, where = words.modifiers[modifiers], words.words[place]
        if not by_day:
            # The fee schedule alone reads places and other modifiers.
            told = associated_in(told)
            where = where if where == SURGERY_CENTER else ""
        when = day if by_day or varies else ALIKE_ON_ALL_DAYS
        counted = units if over else 0
        # The services are in order: the last is of another code where any is.
        if beside and beside[-1].code != OWN:
            named = code
        yield Alike(
            when, of_code, named, told, counted, where, facility, own, over, by_day, beside
        )  # fmt: skip


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
    changes = suspects.said[1][suspects.lines].tolist()
    given = groupby(known_beside(run, suspects), key=itemgetter(0))
    place, told = next(given, NOBODY)
    for number, varies in enumerate(changes):
        if place != number:
            yield (), varies
            continue
        found = [service for _place, service in told]
        yield (
            tuple(sorted(found)),
            varies or any(one.said & VARIES for one in found),
        )
        place, told = next(given, NOBODY)


NOBODY: tuple[int, Iterator[tuple[int, Service]]] = -1, iter(())


def known_beside(run: Run, suspects: Suspects) -> Iterator[tuple[int, Service]]:
    """The services that tables know beside suspect lines, each with its line's place."""
    lines, events, at = run.batch.lines, run.batch.events, suspects.lines
    starts, ends = stretches(suspects.moments[0], suspects.moments[1][at])
    counts = ends - starts
    owner = np.repeat(np.arange(len(at)), counts)
    rows = np.arange(len(owner)) + np.repeat(
        starts - (np.cumsum(counts) - counts), counts
    )
    line = at[owner]
    one, other = lines.code[line], events.code[rows]
    counted = ~events.denied[rows] & (events.line[rows] != RETOLD)
    counted &= events.line[rows] != line
    same = (one == other) & (suspects.over | suspects.add_ons)[line]
    related = suspects.may_relate(np.minimum(one, other), np.maximum(one, other))
    kept = np.flatnonzero(counted & (same | related))
    owner, rows, line, same = owner[kept], rows[kept], line[kept], same[kept]
    columns = (
        owner,
        lines.code[line],
        suspects.quarters[0][line],
        lines.rendering[line],
        events.code[rows],
        events.modifiers[rows],
        np.where(same, events.units[rows], 0),
        events.rendering[rows],
        events.line[rows] < 0,
    )
    words = run.batch.words.modifiers
    made: dict[tuple[int, ...], Service] = {}
    for place, code, quarter, mine, theirs, told, units, gave, earlier in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        said = 0 if code == theirs else suspects.related(code, theirs, quarter)
        if said or code == theirs:
            whose = (1 if mine == gave else 2) if mine and gave else 0
            key = OWN if code == theirs else theirs, said, told, units, whose, earlier
            service = made.get(key)
            if service is None:
                modifiers = associated_in(words[told])
                service = made[key] = Service(
                    key[0], said, modifiers, units, PROVIDERS[whose], earlier
                )
            yield place, service


def stretches(of_event: Ints, moments: Ints) -> tuple[Ints, Ints]:
    """First event of each moment, and the one after its last; none for moment -1."""
    starts = np.searchsorted(of_event, moments, "left")
    ends = np.searchsorted(of_event, moments, "right")
    return starts, ends
