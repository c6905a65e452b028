"""CMS's tables over columns: what they give each line that they may object to.

A line comes to the same as another that is billed alike beside services billed alike: the
interpreter is asked of the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kb.engine.columns.batch import RETOLD, Ints
from kb.engine.columns.interpreted import claims_again
from kb.engine.columns.run import Run
from kb.engine.columns.suspects import Suspects
from kb.engine.judge.answer import HEADLINE_ORDER, Outcome
from kb.engine.judge.outcome import RANK
from kb.engine.judge.tables.finding import SURGERY_CENTER
from kb.engine.judge.tables.line import outcome_of_edits
from kb.engine.judge.tables.rules import TableRules

Alike = tuple[object, ...]
"""All that the tables read of a line and of what stands beside it."""


def table_outcomes(run: Run, rules: TableRules) -> Iterator[tuple[int, Outcome]]:
    """Lines to which the tables object, each with an outcome; perhaps with two."""
    suspects = Suspects(run, rules.tables)
    ranks = suspects.diagnoses
    for line in np.flatnonzero(ranks < RANK["pass"]).tolist():
        yield line, HEADLINE_ORDER[ranks[line]]
    known: dict[Alike, Outcome] = {}
    claims = claims_again(run)
    for line, alike in zip(
        suspects.lines.tolist(), billed_alike(run, suspects), strict=True
    ):
        outcome = known.get(alike)
        if outcome is None:
            outcome = known[alike] = outcome_of_edits(claims.around(line), rules)
        if outcome != "pass":
            yield line, outcome


def billed_alike(run: Run, suspects: Suspects) -> Iterator[Alike]:
    """What makes each suspect line the like of another."""
    batch, rows = run.batch, suspects.lines
    lines = batch.lines
    own_history = batch.claims.own_history_complete & ~batch.claims.history_complete
    days = np.where(suspects.by_day, lines.day, -1)
    center = run.word_numbers.get(SURGERY_CENTER, -1)
    columns = (
        suspects.setting,
        suspects.quarters[0],
        days,
        lines.code,
        lines.modifiers,
        lines.units,
        np.where(suspects.by_day, lines.place, lines.place == center),
        batch.claims.kind[lines.claim],
        own_history[lines.claim],
    )
    heads = zip(*(column[rows].tolist() for column in columns), strict=True)
    for line, head, beside in zip(
        rows.tolist(), heads, services_beside(run, suspects), strict=True
    ):
        yield (*head, *likes(int(lines.rendering[line]), beside))


Service = tuple[int, int, int, int, bool]
"""Code, modifiers, units, provider, and whether it is of the history."""


def likes(mine: int, beside: list[Service]) -> Iterator[object]:
    """The services beside a line, with what their provider is to the line's."""
    for code, modifiers, units, provider, earlier in sorted(beside):
        known = bool(mine and provider)
        yield code, modifiers, units, earlier, (mine == provider) if known else None


def services_beside(run: Run, suspects: Suspects) -> Iterator[list[Service]]:
    """The services of each suspect line's day that tables know beside it."""
    events, lines, rows = run.batch.events, run.batch.lines, suspects.lines
    moment = suspects.moments[1][rows]
    starts, ends = stretches(suspects.moments[0], moment)
    for line, start, end in zip(
        rows.tolist(), starts.tolist(), ends.tolist(), strict=True
    ):
        code, quarter = int(lines.code[line]), int(suspects.quarters[0][line])
        found: list[Service] = []
        for row in range(start, end):
            of_line, other = int(events.line[row]), int(events.code[row])
            if events.denied[row] or of_line in (RETOLD, line):
                continue
            alike = other == code
            if alike or suspects.related(code, other, quarter):
                # Units count where the codes are alike.
                units = int(events.units[row]) if alike else 0
                modifiers, provider = events.modifiers[row], events.rendering[row]
                found.append((other, int(modifiers), units, int(provider), of_line < 0))
        yield found


def stretches(of_event: Ints, moments: Ints) -> tuple[Ints, Ints]:
    """First event of each moment, and the one after its last; none for moment -1."""
    starts = np.searchsorted(of_event, moments, "left")
    ends = np.searchsorted(of_event, moments, "right")
    return starts, ends
