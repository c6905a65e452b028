"""A batch in parts: each holds whole patients, so that parts know all they need.

Parts bound the memory of a run, and may run in processes of their own.  The answer
is the same as that of the whole batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context

import numpy as np

from kb.engine.columns.arrays import ColumnResult, RuleColumn, evaluate_columns
from kb.engine.columns.batch import (
    Bools,
    ClaimBatch,
    ClaimColumns,
    EventColumns,
    FactColumn,
    FactColumns,
    Indexes,
    Ints,
    LineColumns,
)
from kb.engine.judge.tables.rules import TableRules
from kb.engine.program import Program


@dataclass(frozen=True, slots=True)
class Part:
    """Some patients of a batch."""

    batch: ClaimBatch
    lines: Indexes
    """Row of each of its lines in the whole batch."""


def evaluate_in_parts(
    program: Program,
    batch: ClaimBatch,
    parts: int,
    *,
    processes: int = 1,
    tables: TableRules | None = None,
) -> ColumnResult:
    """What ``evaluate_columns`` gives, found part by part.

    With more than one process the parts run side by side in forked processes.
    """
    owners = patients_of_parts(batch, parts)
    ask = partial(_answer, program, batch, owners, tables)
    if processes == 1:
        return _together(batch, [ask(number) for number in range(parts)])
    # Forked processes see program and batch as they are; only answers are copied.
    with ProcessPoolExecutor(
        processes, get_context("fork"), initializer=_keep, initargs=(ask,)
    ) as pool:
        return _together(batch, list(pool.map(_ask_kept, range(parts))))


Answer = tuple[Indexes, ColumnResult]
_kept: list[Callable[[int], Answer]] = []


def _keep(ask: Callable[[int], Answer]) -> None:
    _kept[:] = [ask]


def _ask_kept(number: int) -> Answer:
    return _kept[0](number)


def _answer(
    program: Program,
    batch: ClaimBatch,
    owners: Indexes,
    tables: TableRules | None,
    number: int,
) -> Answer:
    part = part_of(batch, owners[batch.claims.patient] == number)
    return part.lines, evaluate_columns(program, part.batch, tables=tables)


def patients_of_parts(batch: ClaimBatch, parts: int) -> Indexes:
    """For each patient the part that holds it, every part about as many lines."""
    patients = batch.claims.patient[batch.lines.claim]
    lines = np.bincount(
        patients, minlength=int(batch.claims.patient.max(initial=0)) + 1
    )
    done = np.cumsum(lines) - lines
    share = max(len(patients), 1)
    owners: Indexes = np.minimum(done * parts // share, parts - 1).astype(np.int32)
    return owners


def part_of(batch: ClaimBatch, chosen: Bools) -> Part:
    """The part of a batch that holds the chosen claims: whole patients."""
    lines = np.flatnonzero(chosen[batch.lines.claim])
    records = np.zeros(int(batch.claims.record.max(initial=0)) + 1, np.bool_)
    records[batch.claims.record[chosen]] = True
    events = np.flatnonzero(records[batch.events.record])
    claims = np.flatnonzero(chosen)
    new_claim, new_line = (
        _numbers(claims, len(chosen)),
        _numbers(lines, len(batch.position)),
    )
    return Part(
        ClaimBatch(
            claims=_claims_at(batch.claims, claims),
            lines=_lines_at(batch.lines, lines, new_claim),
            events=_events_at(batch.events, events, new_line),
            claim_facts=_facts_at(batch.claim_facts, new_claim),
            line_facts=_facts_at(batch.line_facts, new_line),
            event_facts=_facts_at(
                batch.event_facts, _numbers(events, len(batch.events.code))
            ),
            words=batch.words,
            position=batch.position[lines],
            line_order=batch.line_order[lines],
        ),
        lines.astype(np.int32),
    )


def _numbers(rows: Ints, count: int) -> Indexes:
    """New row of each old row; -1 for those left out."""
    numbers = np.full(count, -1, np.int32)
    numbers[rows] = np.arange(len(rows))
    return numbers


def _claims_at(claims: ClaimColumns, rows: Ints) -> ClaimColumns:
    plain = {n: getattr(claims, n)[rows] for n in claims.__slots__ if n != "fields"}
    fields = {name: column[rows] for name, column in claims.fields.items()}
    return ClaimColumns(**plain, fields=fields)


def _lines_at(lines: LineColumns, rows: Ints, new_claim: Indexes) -> LineColumns:
    placed = lines.at(rows)
    return replace(placed, claim=new_claim[placed.claim])


def _events_at(events: EventColumns, rows: Ints, new_line: Indexes) -> EventColumns:
    plain = {name: getattr(events, name)[rows] for name in events.__slots__}
    line = plain["line"]
    given = line >= 0
    plain["line"] = line.copy()
    plain["line"][given] = new_line[line[given]]
    return EventColumns(**plain)


def _facts_at(facts: FactColumns, numbers: Indexes) -> dict[str, FactColumn]:
    return {name: _fact_at(column, numbers) for name, column in facts.items()}


def _fact_at(column: FactColumn, numbers: Indexes) -> FactColumn:
    rows = numbers[column.rows]
    return FactColumn(rows[rows >= 0].astype(np.int64), column.values[rows >= 0])


def _together(batch: ClaimBatch, answers: list[Answer]) -> ColumnResult:
    headline = np.zeros(len(batch.lines.code), np.int8)
    as_billed = np.zeros(len(batch.lines.code), np.int8)
    decided_by = np.full(len(batch.lines.code), -1, np.int32)
    for lines, result in answers:
        headline[lines], decided_by[lines] = result.headline, result.decided_by
        as_billed[lines] = result.as_billed
    return ColumnResult(tuple(_rules(answers)), headline, decided_by, as_billed)


def _rules(answers: list[Answer]) -> Iterator[RuleColumn]:
    """Each rule's lines and statuses from all parts, in order of lines."""
    for columns in zip(*(result.rules for _, result in answers), strict=True):
        found = [lines[c.lines] for (lines, _), c in zip(answers, columns, strict=True)]
        lines = np.concatenate(found)
        status = np.concatenate([column.status for column in columns])
        if (lines[1:] < lines[:-1]).any():
            order = np.argsort(lines, kind="stable")
            lines, status = lines[order], status[order]
        yield RuleColumn(columns[0].rule, lines, status)
