"""CMS's tables over columns: what they give each line that they may object to.

A line comes to the same as another that is billed alike beside services billed alike.  So
of each such a line and its day are made as far as the tables read them, and judged once.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from kb.claims.model import Claim, ClaimLine, History, PayerNamed
from kb.engine.columns.batch import (
    FACILITY,
    RETOLD,
    THOUSANDTHS,
    Bools,
    Indexes,
    Ints,
    Small,
)
from kb.engine.columns.batch_claims import day_of_number
from kb.engine.columns.run import Run, numbered
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


def table_ranks(run: Run, rules: TableRules) -> Iterator[tuple[Indexes, Small]]:
    """Lines to which the tables object, each with the rank of an outcome.

    First those of diagnoses, then those of what is billed: a line may be among both.
    """
    suspects = Suspects(run, rules.tables)
    ranks = suspects.diagnoses
    odd = np.flatnonzero(ranks < RANK["pass"])
    yield odd.astype(np.int32), ranks[odd]
    rows, beside = suspects.lines, beside_lines(run, suspects)
    number = numbered(read_of_lines(run, suspects, beside))
    _numbers, first, place = np.unique(number, return_index=True, return_inverse=True)
    found = np.array(
        [rank_of(run, suspects, rules, beside, one) for one in first.tolist()], np.int8
    )[place]
    odd = np.flatnonzero(found < RANK["pass"])
    yield rows[odd].astype(np.int32), found[odd]


def read_of_lines(run: Run, suspects: Suspects, beside: BesideLines) -> list[Ints]:
    """All that the tables read of each suspect line and its day, in columns of numbers.

    Lines that are equal in all of them come to the same.
    """
    batch, rows = run.batch, suspects.lines
    lines, words = batch.lines, batch.words
    over, by_day = suspects.over[rows], suspects.by_day[rows]
    said, changes = suspects.said
    varies = by_day | changes[rows] | beside.varies
    # An add-on's first codes, pairs and the fee schedule are told of a code by its name.
    by_name = suspects.add_ons[rows] | by_day | beside.of_another_code
    # The fee schedule alone reads other modifiers, and places but a surgery center.
    associated = numbers_of(map(associated_in, words.modifiers))[lines.modifiers[rows]]
    told = lines.modifiers[rows] + len(words.modifiers)
    center = run.word_numbers.get(SURGERY_CENTER, -1)
    place = lines.place[rows]
    own_history = batch.claims.own_history_complete & ~batch.claims.history_complete
    return [
        np.where(varies, lines.day[rows], ALIKE_ON_ALL_DAYS),
        said[rows],
        np.where(by_name, lines.code[rows], OWN),
        np.where(by_day, told, associated),
        np.where(over, lines.units[rows], 0),
        np.where(by_day | (place == center), place, -1),
        batch.claims.kind[lines.claim[rows]] == FACILITY,
        own_history[lines.claim[rows]],
        over,
        by_day,
        beside.number,
    ]


def numbers_of(words: Iterable[Hashable]) -> Indexes:
    """A number for each of some words, the same for the same."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(word, len(known)) for word in words], np.int32)


def rank_of(
    run: Run, suspects: Suspects, rules: TableRules, beside: BesideLines, place: int
) -> int:
    """What the tables make of a suspect line: the rank of an outcome."""
    line = int(suspects.lines[place])
    at = situation_of(run, line, beside.services(place))
    outcome = outcome_of_edits(
        at,
        rules,
        capped=bool(suspects.over[line]),
        scheduled=bool(suspects.by_day[line]),
    )
    return RANK[outcome]


def situation_of(run: Run, row: int, services: tuple[Service, ...]) -> Situation:
    """A line and its day made again, as far as the tables read them."""
    batch = run.batch
    lines, words, of_claim = batch.lines, batch.words, int(batch.lines.claim[row])
    day, code = day_of_number(int(lines.day[row])), words.codes[lines.code[row]]
    line = ClaimLine(
        number=1,
        code=code,
        date=day,
        modifiers=words.modifiers[lines.modifiers[row]],
        units=Decimal(int(lines.units[row])) / THOUSANDTHS,
        place=words.words[lines.place[row]],
        rendering=MINE,
    )
    own = (
        batch.claims.own_history_complete[of_claim]
        and not batch.claims.history_complete[of_claim]
    )
    claim = Claim(
        id="",
        patient="",
        payer=PayerNamed(),
        lines=(),
        kind="facility" if batch.claims.kind[of_claim] == FACILITY else "professional",
        history=History("complete", "own") if own else History(),
    )
    events = tuple(
        Event(
            date=day,
            code=code if one.code == OWN else words.codes[one.code],
            modifiers=one.modifiers,
            units=Decimal(one.units) / THOUSANDTHS,
            level="",
            provider=one.provider,
            facts={},
            claim="",
            line=0 if one.earlier else place,
        )
        for place, one in enumerate(services, 2)
    )
    return Situation(run.program, claim, line, "", Services(events))


@cache
def associated_in(modifiers: tuple[str, ...]) -> tuple[str, ...]:
    """The modifiers that count for pairs, the sides among them."""
    return tuple(sorted(ASSOCIATED.intersection(modifiers)))


@dataclass(frozen=True)
class BesideLines:
    """The services of each suspect line's day that tables know beside it."""

    number: Ints
    """Of each line the place in ``groups``."""
    groups: list[tuple[Service, ...]]
    of_another_code: Bools
    varies: Bools
    """Whether what tables know of them changes within the quarter."""

    def services(self, place: int) -> tuple[Service, ...]:
        """Those of a suspect line, by its place."""
        return self.groups[int(self.number[place])]


def beside_lines(run: Run, suspects: Suspects) -> BesideLines:
    """The services that tables know beside suspect lines, equal ones made once."""
    groups: list[tuple[Service, ...]] = [()]
    known: dict[tuple[int, ...], int] = {(): 0}
    number = np.zeros(len(suspects.lines), np.int64)
    found, made = known_beside(run, suspects)
    for place, services in groupby(found, key=itemgetter(0)):
        key = tuple(sorted(service for _place, service in services))
        if key not in known:
            known[key] = len(groups)
            groups.append(tuple(sorted(made[one] for one in key)))
        number[place] = known[key]
    other = [any(one.code != OWN for one in group) for group in groups]
    varies = [any(one.said & VARIES for one in group) for group in groups]
    return BesideLines(
        number, groups, np.array(other)[number], np.array(varies)[number]
    )


def known_beside(
    run: Run, suspects: Suspects
) -> tuple[list[tuple[int, int]], list[Service]]:
    """The place of each suspect line with each service that tables know beside it.

    The services are told by their places in the list that is given too.
    """
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
    mine, theirs = lines.rendering[line], events.rendering[rows]
    columns = (
        owner,
        lines.code[line],
        suspects.quarters[0][line],
        events.code[rows],
        events.modifiers[rows],
        np.where(same, events.units[rows], 0),
        np.where((mine > 0) & (theirs > 0), np.where(mine == theirs, 1, 2), 0),
        events.line[rows] < 0,
    )
    words = run.batch.words.modifiers
    found: list[tuple[int, int]] = []
    made: dict[Service, int] = {}
    numbers: dict[tuple[int, ...], int] = {}
    for place, code, quarter, theirs, told, units, whose, earlier in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        said = 0 if code == theirs else suspects.related(code, theirs, quarter)
        if said or code == theirs:
            key = OWN if code == theirs else theirs, said, told, units, whose, earlier
            number = numbers.get(key)
            if number is None:
                modifiers = associated_in(words[told])
                service = Service(
                    key[0], said, modifiers, units, PROVIDERS[whose], earlier
                )
                number = numbers[key] = made.setdefault(service, len(made))
            found.append((place, number))
    return found, list(made)


def stretches(of_event: Ints, moments: Ints) -> tuple[Ints, Ints]:
    """First event of each moment, and the one after its last; none for moment -1."""
    starts = np.searchsorted(of_event, moments, "left")
    ends = np.searchsorted(of_event, moments, "right")
    return starts, ends
