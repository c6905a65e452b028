"""From claims to columns: ``batch_from_claims``."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from kb.claims.corrections import (
    Corrections,
    corrected_services,
    corrections_of,
)
from kb.claims.model import Claim, ClaimLine, Facts, FactValue, History, HistoryLine
from kb.engine.columns.batch import (
    FACILITY,
    NO_DAY,
    PROFESSIONAL,
    RETOLD,
    THOUSANDTHS,
    ClaimBatch,
    ClaimColumns,
    EventColumns,
    FactColumn,
    Indexes,
    LineColumns,
    Vocabularies,
    batch_from_arrays,
)

_EPOCH = date(1970, 1, 1).toordinal()


Word = TypeVar("Word", bound=Hashable)


class _Words(dict[Word, int]):
    """A vocabulary that grows: each new word gets the next whole number."""

    def __missing__(self, word: Word) -> int:
        self[word] = number = len(self)
        return number


def _with_nothing_first() -> _Words[str]:
    return _Words({"": 0})


@dataclass(slots=True)
class _Collected:
    """Rows of every table while claims are read."""

    gone: frozenset[tuple[str, str]]
    """Claims, by patient and id, that are replaced or void."""
    told: frozenset[tuple[str, str]]
    """Those, and the claims given: lines of a history that repeat them do not count."""
    kept: frozenset[tuple[str, str]]
    """Of the claims given those whose lines count: their history is heard."""
    corrections: Corrections
    claims: list[tuple[object, ...]] = field(default_factory=list)
    lines: list[tuple[object, ...]] = field(default_factory=list)
    diagnoses: list[Sequence[int]] = field(default_factory=list)
    events: list[tuple[object, ...]] = field(default_factory=list)
    fields: dict[str, dict[int, int]] = field(default_factory=dict)
    claim_facts: dict[str, dict[int, int]] = field(default_factory=dict)
    line_facts: dict[str, dict[int, int]] = field(default_factory=dict)
    event_facts: dict[str, dict[int, int]] = field(default_factory=dict)
    codes: _Words[str] = field(default_factory=_Words)
    dx: _Words[str] = field(default_factory=_Words)
    words: _Words[str] = field(default_factory=_with_nothing_first)
    levels: _Words[str] = field(default_factory=_with_nothing_first)
    modifiers: _Words[tuple[str, ...]] = field(default_factory=_Words)
    values: _Words[FactValue] = field(default_factory=_Words)
    patients: _Words[str] = field(default_factory=_Words)
    histories: dict[int, list[tuple[History, int]]] = field(default_factory=dict)
    records: int = 0


def batch_from_claims(
    claims: Sequence[Claim], payers: Sequence[str] | None = None
) -> ClaimBatch:
    """Claims as columns; ``payers`` are the keys found for them, one a claim.

    Without ``payers`` each claim's own ``payer.key`` is taken.  The lines of void and of replaced
    claims are left out, and lines of the history that repeat a claim of the patient given here.
    """
    keys = payers if payers is not None else [claim.payer.key for claim in claims]
    gone = _replaced(claims)
    told = gone | {(claim.patient, claim.id) for claim in claims}
    kept = {(c.patient, c.id) for c in claims if c.frequency != "void"} - gone
    into = _Collected(gone, told, frozenset(kept), corrections_of(claims))
    ranks = {claim.id: 0 for claim in claims}
    ranks = {name: rank for rank, name in enumerate(sorted(ranks))}
    for claim, key in zip(claims, keys, strict=True):
        _add_claim(into, claim, key, ranks[claim.id])
    return _batch(into)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def day_of_number(number: int) -> date:
    """The day so many days after 1970-01-01."""
    return date.fromordinal(number + _EPOCH)


def _replaced(claims: Iterable[Claim]) -> frozenset[tuple[str, str]]:
    """Claims, by patient and id, that another claim replaces or takes back."""
    return frozenset(
        (claim.patient, claim.replaces)
        for claim in claims
        if claim.replaces and claim.frequency != "original"
    )


def _add_claim(into: _Collected, claim: Claim, payer: str, rank: int) -> None:
    number = len(into.claims)
    patient = into.patients[claim.patient]
    history = claim.history
    record = _record_of(into, patient, claim)
    counts = claim.frequency != "void" and (claim.patient, claim.id) not in into.gone
    whole = history.state == "complete" and history.reach == "all-billers"
    into.claims.append(
        (
            rank,
            patient,
            record,
            into.words[payer],
            into.words[claim.state],
            into.words[claim.plan],
            FACILITY if claim.kind == "facility" else PROFESSIONAL,
            claim.chart == "complete",
            whole,
            history.state == "complete",
            NO_DAY if claim.received is None else day_number(claim.received),
            NO_DAY if claim.requested is None else day_number(claim.requested),
            counts,
            claim.frequency != "void",
        )
    )
    for name, word in claim.fields.items():
        into.fields.setdefault(name, {})[number] = into.words[word]
    _add_facts(into, into.claim_facts, number, claim.facts)
    for line in claim.lines:
        _add_line(into, claim, number, line)


def _record_of(into: _Collected, patient: int, claim: Claim) -> int:
    """The record of claims that bring this history; its events with the first."""
    known = into.histories.setdefault(patient, [])
    for history, record in known:
        if history.lines == claim.history.lines:
            return record
    record = into.records
    into.records += 1
    known.append((claim.history, record))
    corrected = corrected_services(
        claim.history, into.corrections.get(claim.patient, ())
    )
    for line in claim.history.lines:
        name = (claim.patient, line.claim)
        if not line.claim and (line.date, line.code) in corrected:
            continue
        if not line.claim or name not in into.told:
            _add_event(into, record, line, -1)
        elif name in into.kept and line.facts:
            _add_event(into, record, line, RETOLD)
    return record


def _add_event(into: _Collected, record: int, line: HistoryLine, row: int) -> None:
    _add_facts(into, into.event_facts, len(into.events), line.facts)
    denied = line.status == "denied"
    into.events.append((record, *_service(into, line), 0, row, denied))


def _service(into: _Collected, line: ClaimLine | HistoryLine) -> tuple[int, ...]:
    """What lines and events have in common, in the order of ``EventColumns``."""
    return (
        day_number(line.date),
        into.codes[line.code],
        into.modifiers[line.modifiers],
        _thousandths(line.units),
        into.levels[line.level],
        into.words[line.rendering],
    )


def _thousandths(units: Decimal) -> int:
    return int((units * THOUSANDTHS).to_integral_value())


def _add_line(into: _Collected, claim: Claim, number: int, line: ClaimLine) -> None:
    _add_facts(into, into.line_facts, len(into.lines), line.facts)
    day, code, modifiers, units, level, rendering = _service(into, line)
    approval = line.authorization or claim.authorization or ""
    place = into.words[line.place]
    into.diagnoses.append([into.dx[code] for code in line.diagnoses])
    into.lines.append(
        (
            number,
            line.number,
            day,
            code,
            place,
            modifiers,
            units,
            level,
            rendering,
            into.words[approval],
        )
    )


def _add_facts(
    into: _Collected, table: dict[str, dict[int, int]], row: int, facts: Facts
) -> None:
    for name, value in facts.items():
        table.setdefault(name, {})[row] = into.values[value]


_CLAIM_COLUMNS = [name for name in ClaimColumns.__slots__ if name != "fields"]
_LINE_COLUMNS = [
    name for name in LineColumns.__slots__ if not name.startswith("diagnosis")
]
_TYPES: dict[str, type] = {
    **dict.fromkeys(("units", "order"), np.int64),
    **dict.fromkeys(
        (
            "chart_complete",
            "history_complete",
            "own_history_complete",
            "counts",
            "asked",
            "denied",
        ),
        np.bool_,
    ),
    "kind": np.int8,
}


Table = TypeVar("Table", ClaimColumns, LineColumns, EventColumns)


def _table(
    make: Callable[..., Table],
    rows: list[tuple[object, ...]],
    names: Sequence[str],
    **more: object,
) -> Table:
    """Rows turned into one array a column, with what else the table holds."""
    told = zip(*rows, strict=True) if rows else [()] * len(names)
    columns: dict[str, npt.NDArray[np.generic]] = {
        name: np.array(column, dtype=_TYPES.get(name, np.int32))
        for name, column in zip(names, told, strict=True)
    }
    return make(**columns, **more)


def _batch(into: _Collected) -> ClaimBatch:
    lengths = [len(codes) for codes in into.diagnoses]
    diagnosis = [code for codes in into.diagnoses for code in codes]
    count = len(into.claims)
    fields = {name: _field(rows, count) for name, rows in into.fields.items()}
    return batch_from_arrays(
        _table(ClaimColumns, into.claims, _CLAIM_COLUMNS, fields=fields),
        _table(
            LineColumns,
            into.lines,
            _LINE_COLUMNS,
            diagnosis_start=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
            diagnosis=np.array(diagnosis, np.int32),
        ),
        _table(EventColumns, into.events, EventColumns.__slots__),
        Vocabularies(
            codes=tuple(into.codes),
            diagnoses=tuple(into.dx),
            words=tuple(into.words),
            levels=tuple(into.levels),
            modifiers=tuple(into.modifiers) or ((),),
            values=tuple(into.values),
        ),
        claim_facts=_facts(into.claim_facts),
        line_facts=_facts(into.line_facts),
        history_facts=_facts(into.event_facts),
    )


def _field(rows: dict[int, int], count: int) -> Indexes:
    column = np.zeros(count, np.int32)
    column[list(rows)] = list(rows.values())
    return column


def _facts(table: dict[str, dict[int, int]]) -> dict[str, FactColumn]:
    return {
        name: FactColumn(
            np.array(list(rows), np.int64), np.array(list(rows.values()), np.int32)
        )
        for name, rows in table.items()
    }
