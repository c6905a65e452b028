"""Claims as columns: many claims in few arrays, for the column engine.

A ``ClaimBatch`` holds four tables (claims, lines, events, facts) as NumPy arrays,
and small vocabularies that turn the whole numbers in them back into words.
``kb.engine.columns.batch_claims`` makes one from claims; ``batch_from_arrays`` makes one
from arrays alone, for readers that never build a ``Claim``.

A *record* is what one claim knows of its patient: the history that it brings, and
the lines of every claim given for that patient.  Claims of one patient that bring
the same history share a record; in most files a record is a patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from kb.claims.model import FactValue

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int8]
Marks = npt.NDArray[np.uint8]
Indexes = npt.NDArray[np.int32]

NO_DAY = np.iinfo(np.int32).min
"""Stands where a date is not given; days count from 1970-01-01."""
PROFESSIONAL, FACILITY = 0, 1
RIGHT, LEFT = 1, 2
"""Bits of the side that modifiers tell: RT, LT, and both for 50."""
RETOLD = -2
"""Line of a service of the history that a claim of the run repeats: what it says of
the procedure is heard, but it never counts."""
THOUSANDTHS = 1000
"""Billed units are whole thousandths, so that sums are exact."""


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """What the whole numbers of a batch mean; word 0 and level 0 are "not said"."""

    codes: tuple[str, ...]
    diagnoses: tuple[str, ...] = ()
    words: tuple[str, ...] = ("",)
    """Payers, states, plans, places, field values, providers."""
    levels: tuple[str, ...] = ("",)
    modifiers: tuple[tuple[str, ...], ...] = ((),)
    """Every combination of modifiers that a line carries."""
    values: tuple[FactValue, ...] = ()
    """Every value that a fact takes."""


@dataclass(frozen=True, slots=True)
class ClaimColumns:
    """One row a claim."""

    rank: Indexes
    """Place of the claim's id among all ids in text order."""
    patient: Indexes
    record: Indexes
    payer: Indexes
    state: Indexes
    plan: Indexes
    kind: Small
    chart_complete: Bools
    history_complete: Bools
    """The history is complete, for all billers."""
    own_history_complete: Bools
    """The history is complete, at least for this practice's own claims."""
    received: Indexes
    requested: Indexes
    counts: Bools
    """False for void and replaced claims, whose lines are nobody's event."""
    asked: Bools
    """False for void claims, which ask for nothing."""
    fields: Mapping[str, Indexes] = field(default_factory=dict)
    """Other fields by name, as words."""

    def clock(self, name: str) -> Indexes:
        """The claim's other days: ``received`` or ``requested``."""
        return self.received if name == "received" else self.requested


@dataclass(frozen=True, slots=True)
class LineColumns:
    """One row a claim line."""

    claim: Indexes
    number: Indexes
    day: Indexes
    code: Indexes
    place: Indexes
    modifiers: Indexes
    units: Ints
    level: Indexes
    rendering: Indexes
    authorization: Indexes
    """The line's own, else the claim's, as a word."""
    diagnosis_start: Ints
    """Line ``i`` points to ``diagnosis[diagnosis_start[i]:diagnosis_start[i + 1]]``."""
    diagnosis: Indexes

    def at(self, rows: Ints) -> LineColumns:
        """Some of the lines, or all in another order, their diagnoses with them."""
        lengths = np.diff(self.diagnosis_start)[rows]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        offsets = np.repeat(self.diagnosis_start[:-1][rows] - starts[:-1], lengths)
        plain = {
            name: getattr(self, name)[rows]
            for name in LineColumns.__slots__
            if not name.startswith("diagnosis")
        }
        return LineColumns(
            **plain,
            diagnosis_start=starts,
            diagnosis=self.diagnosis[offsets + np.arange(starts[-1])],
        )


@dataclass(frozen=True, slots=True)
class EventColumns:
    """One row a service that may count: of the history, or of the given claims."""

    record: Indexes
    day: Indexes
    code: Indexes
    modifiers: Indexes
    units: Ints
    level: Indexes
    rendering: Indexes
    order: Ints
    """Rank within a date: 0 for history, then by claim id and line number."""
    line: Indexes
    """Row of the claim line that it is; -1 for a line of the history, or ``RETOLD``."""
    denied: Bools
    """Denied services count only for rules that say so."""


@dataclass(frozen=True, slots=True)
class FactColumn:
    """A fact where it is given: rising rows, and the value of each."""

    rows: Ints
    values: Indexes


FactColumns = Mapping[str, FactColumn]


@dataclass(frozen=True, slots=True)
class ClaimBatch:
    """Claims as columns.

    Lines stand in order of record, day, claim id and number, so that what is
    asked of a patient's history is asked in the order in which it is kept;
    ``position`` tells where each line stood when it was given.
    """

    claims: ClaimColumns
    lines: LineColumns
    events: EventColumns
    claim_facts: FactColumns
    line_facts: FactColumns
    event_facts: FactColumns
    words: Vocabularies
    position: Ints
    line_order: Ints
    """For each line the ``order`` that it has as an event."""


def batch_from_arrays(
    claims: ClaimColumns,
    lines: LineColumns,
    history: EventColumns,
    words: Vocabularies,
    *,
    claim_facts: FactColumns | None = None,
    line_facts: FactColumns | None = None,
    history_facts: FactColumns | None = None,
) -> ClaimBatch:
    """Put columns into a batch; no Python object is made per line.

    Rows may come in any order.  ``history`` holds services of earlier claims only,
    its ``record`` being that of the claims that bring it; its
    ``order`` is not read, and ``line`` only for ``RETOLD``.  ``rows`` of a fact column
    number the claims, the lines or the history as given.
    """
    order = _rank_of_lines(claims, lines)
    moment = _moments(claims.record[lines.claim], lines.day)
    position = np.lexsort((order, moment))
    placed = lines.at(position)
    facts = _renumbered(line_facts or {}, _places(position))
    line_order = order[position]
    services = _events_of_lines(claims, placed, line_order)
    events, given = _merged_events(history, services)
    of_lines = _facts_of_events(facts, services.line, len(history.day))
    event_facts = _joined(history_facts or {}, of_lines)
    return ClaimBatch(
        claims=claims,
        lines=placed,
        events=events,
        claim_facts=claim_facts or {},
        line_facts=facts,
        event_facts=_renumbered(event_facts, _places(given)),
        words=words,
        position=position.astype(np.int64),
        line_order=line_order,
    )


def no_history() -> EventColumns:
    """A history without a line."""
    none = np.zeros(0, np.int32)
    wide = np.zeros(0, np.int64)
    never = np.zeros(0, np.bool_)
    return EventColumns(none, none, none, none, wide, none, none, wide, none, never)


def _rank_of_lines(claims: ClaimColumns, lines: LineColumns) -> Ints:
    """Order of the lines of one date: claim id, then line number, from 1."""
    span = int(lines.number.max(initial=0)) + 1
    ranks: Ints = claims.rank[lines.claim].astype(np.int64) * span
    return ranks + lines.number + 1


def _moments(record: Indexes, day: Indexes) -> Ints:
    """Record and day as one number."""
    moment: Ints = (record.astype(np.int64) << 32) + day
    return moment


def _places(order: npt.NDArray[np.intp]) -> Ints:
    """Where each old row stands in a new order."""
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return places


def _events_of_lines(
    claims: ClaimColumns, lines: LineColumns, order: Ints
) -> EventColumns:
    """The given lines as events, once in every record of their patient."""
    rows = np.flatnonzero(claims.counts[lines.claim])
    pairs = np.unique(
        (claims.patient.astype(np.int64) << 32) | claims.record.astype(np.int64)
    )
    owner = pairs >> 32
    patient = claims.patient[lines.claim[rows]]
    first = np.searchsorted(owner, patient, "left")
    times = np.searchsorted(owner, patient, "right") - first
    at = np.repeat(rows, times)
    step = np.arange(len(at)) - np.repeat(np.cumsum(times) - times, times)
    record = (pairs[np.repeat(first, times) + step] & 0xFFFFFFFF).astype(np.int32)
    if len(at) > len(rows):
        # Lines of one record now stand by the record that they came from.
        again = np.argsort(order[at], kind="stable")
        at, record = at[again], record[again]
    return EventColumns(
        record=record,
        day=lines.day[at],
        code=lines.code[at],
        modifiers=lines.modifiers[at],
        units=lines.units[at],
        level=lines.level[at],
        rendering=lines.rendering[at],
        order=order[at],
        line=at.astype(np.int32),
        denied=np.zeros(len(at), np.bool_),
    )


def _merged_events(
    history: EventColumns, services: EventColumns
) -> tuple[EventColumns, npt.NDArray[np.intp]]:
    """All events by record, day and order, and which row each one was."""
    history = replace(
        history,
        order=np.zeros(len(history.day), np.int64),
        line=np.where(history.line == RETOLD, RETOLD, -1).astype(np.int32),
    )
    both = {
        name: np.concatenate((getattr(history, name), getattr(services, name)))
        for name in EventColumns.__slots__
    }
    # History stands first and the lines in their order: a stable sort keeps both.
    given = np.argsort(_moments(both["record"], both["day"]), kind="stable")
    return EventColumns(**{name: column[given] for name, column in both.items()}), given


def _renumbered(facts: FactColumns, places: Ints) -> dict[str, FactColumn]:
    """Facts with their rows told in a new order."""
    return {name: _sorted(places[f.rows], f.values) for name, f in facts.items()}


def _sorted(rows: Ints, values: Indexes) -> FactColumn:
    order = np.argsort(rows, kind="stable")
    return FactColumn(rows[order].astype(np.int64), values[order])


def _facts_of_events(
    line_facts: FactColumns, line: Indexes, start: int
) -> dict[str, FactColumn]:
    """The facts of claim lines, told of the events that these lines are."""
    found = {}
    for name, column in line_facts.items():
        if not len(column.rows):
            continue
        at = np.searchsorted(column.rows, line)
        at = np.minimum(at, len(column.rows) - 1)
        hit = np.flatnonzero(column.rows[at] == line)
        found[name] = FactColumn(hit + start, column.values[at[hit]])
    return found


def _joined(first: FactColumns, second: FactColumns) -> dict[str, FactColumn]:
    """Two tables of facts over rows that do not overlap, as one."""
    joined = dict(first)
    for name, column in second.items():
        other = joined.get(name)
        joined[name] = column if other is None else _both(other, column)
    return joined


def _both(first: FactColumn, second: FactColumn) -> FactColumn:
    return FactColumn(
        np.concatenate((first.rows, second.rows)),
        np.concatenate((first.values, second.values)),
    )
