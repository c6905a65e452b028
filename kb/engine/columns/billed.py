"""How lines are billed beside the others of their day, over rows of claim lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb.engine.columns.batch import LEFT, RIGHT, Bools, Indexes, Ints
from kb.engine.columns.events import claims_of_events, event_set, pairs_within
from kb.engine.columns.groups import side_bits
from kb.engine.columns.run import Rows, Run
from kb.engine.columns.truth import CLAIM, Truth, certain

_BOTH = RIGHT | LEFT


@dataclass(frozen=True, slots=True)
class Beside:
    """Rows with the other services of their day and code."""

    row: Ints
    event: Ints


def billed_once(run: Run, rows: Rows) -> Truth:
    """No service before the line is told in just its words."""
    found = _of_its_code(run, rows)
    lines, table = run.batch.lines, run.batch.events
    told = run.once("modifiers in no order", lambda: _in_no_order(run))
    own_line = rows.lines[found.row]
    same = told[lines.modifiers[own_line]] == told[table.modifiers[found.event]]
    own = claims_of_events(run)[found.event] == rows.claim[found.row]
    behind = own & (table.order[found.event] > run.batch.line_order[own_line])
    mine, theirs = lines.rendering[own_line], table.rendering[found.event]
    named = (mine > 0) & (theirs > 0)
    equal = same & ~behind
    sure = equal & np.where(named, mine == theirs, own)
    maybe = equal & ~named & ~own
    again, open_ = (_rows_with(found, chosen, len(rows)) for chosen in (sure, maybe))
    value = np.where(again, -1, np.where(open_, 0, 1)).astype(np.int8)
    return Truth(value, CLAIM)


def billed_on_both_sides(run: Run, rows: Rows) -> Truth:
    """The line has both sides, or another line of its code and level has the other."""
    found = _of_its_code(run, rows)
    lines, table = run.batch.lines, run.batch.events
    bits = side_bits(run)
    own_line = rows.lines[found.row]
    level, other = lines.level[own_line], table.level[found.event]
    here = (level == 0) | (other == 0) | (level == other)
    mine = bits[lines.modifiers[own_line]]
    lacked = (mine > 0) & ((bits[table.modifiers[found.event]] & ~mine) > 0)
    both = bits[lines.modifiers[rows.lines]] == _BOTH
    return certain(both | _rows_with(found, here & lacked, len(rows)))


def _of_its_code(run: Run, rows: Rows) -> Beside:
    events = event_set(run, run.procedures(None))
    row, event = pairs_within(rows, events, rows.day, rows.day)
    table = run.batch.events
    keep = (table.code[event] == rows.code[row]) & (
        table.line[event] != rows.lines[row]
    )
    return Beside(row[keep], event[keep])


def _rows_with(found: Beside, chosen: Bools, count: int) -> Bools:
    """The rows that have a chosen service beside them."""
    rows = np.zeros(count, np.bool_)
    rows[found.row[chosen]] = True
    return rows


def _in_no_order(run: Run) -> Indexes:
    """A number for each combination of modifiers, the same in whatever order."""
    numbers: dict[frozenset[str], int] = {}
    return np.array(
        [
            numbers.setdefault(frozenset(held), len(numbers))
            for held in run.batch.words.modifiers
        ],
        np.int32,
    )
