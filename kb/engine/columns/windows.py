"""Windows of rules over rows, plan years as each claim tells them."""

from __future__ import annotations

from functools import partial

import numpy as np

from dsl.ir.parts import PlanYear, Window
from kb.engine.columns.batch import Bools, Indexes, Ints
from kb.engine.columns.calendar import plan_years, window_start
from kb.engine.columns.run import Rows, Run


def first_days(run: Run, rows: Rows, window: Window | None) -> Ints:
    """The first day of a window that ends on each row's date of service.

    Any day where a plan year is asked for and the claim does not tell it.
    """
    if isinstance(window, PlanYear):
        return _plan_year_start(run, rows)
    table = run.by_day(("window", window), lambda days: window_start(days, window))
    return table.at(rows.day)


def window_told(run: Run, rows: Rows, window: Window | None) -> Bools | None:
    """Where a claim tells what a window needs; ``None`` when it needs nothing."""
    if not isinstance(window, PlanYear):
        return None
    return _starts_of_years(run, rows) > 0


def _starts_of_years(run: Run, rows: Rows) -> Indexes:
    column = run.batch.claims.fields.get("plan-year-start")
    return np.zeros(len(rows), np.int32) if column is None else column[rows.claim]


def _plan_year_start(run: Run, rows: Rows) -> Ints:
    words, first = _starts_of_years(run, rows), rows.day.copy()
    for word in np.unique(words[words > 0]).tolist():
        start = run.batch.words.words[word]
        table = run.by_day(("plan year", start), partial(plan_years, start=start))
        where = words == word
        first[where] = table.at(rows.day[where])
    return first
