"""Histories on a grid: services beside every edge of the windows that two rules have.

A limit or an interval that changed shows itself only in a history whose dates fall between
the old edge and the new one.  The edges are few, so all of them are tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from dsl.ir import walk
from dsl.ir.duties import Interval, Limit
from dsl.ir.parts import Calendar, Rolling
from dsl.ir.rule import Rule
from kb.engine.judge.windows import rolling_of
from kb.mutation.judged import first_day

Json = dict[str, Any]
DAY = timedelta(days=1)
Dated = Rolling | Calendar


def grid(claim: Json, rules: list[Rule]) -> Iterator[Json]:
    """The claim with other histories of the same service, on days that matter to the rules.

    Days of service: the claim's own, and those that make calendar and moving windows differ
    most.  Earlier services: none up to one more than the highest limit, ending on and
    beside the first day of each window.
    """
    found = [w for rule in rules for w in windows_of(rule)]
    counts = [n for rule in rules for n in limits_of(rule)]
    if not found or "date" not in claim:
        return
    row = row_of(claim)
    own = date.fromisoformat(claim["date"])
    for day in dict.fromkeys((own, date(own.year, 2, 1), date(own.year, 12, 20))):
        for offset in offsets(day, found):
            for count in range(1, max(counts, default=1) + 2):
                for step in (1, -1):
                    days = [day - (offset + step * i) * DAY for i in range(count)]
                    if all(d < day for d in days):
                        rows = [{**row, "date": d.isoformat()} for d in sorted(days)]
                        history = {**claim.get("history", {}), "lines": rows}
                        yield {**claim, "date": day.isoformat(), "history": history}


def offsets(day: date, found: list[Dated]) -> list[int]:
    """How many days before a service the edges of windows lie, and the days beside them."""
    edges = {(day - first).days for w in found if (first := first_day(w, day))}
    return sorted(
        {max(1, edge + beside) for edge in edges for beside in (-1, 0, 1, 40)}
    )


def windows_of(rule: Rule) -> Iterator[Dated]:
    """The windows of a rule's duty; an interval is a window of its length."""
    for duty in duties_of(rule):
        if isinstance(duty, Interval):
            yield from (rolling_of(amount) for amount in duty.least)
        elif isinstance(duty.window, Dated):
            yield duty.window


def limits_of(rule: Rule) -> Iterator[int]:
    """The highest numbers that a rule's duty allows."""
    for duty in duties_of(rule):
        if isinstance(duty, Limit):
            yield from (int(float(amount.amount)) for amount in duty.count)


def duties_of(rule: Rule) -> Iterator[Limit | Interval]:
    """The limits and the interval that a rule asks for, those by choice included."""
    if rule.duty is not None:
        for node in walk.walk(rule.duty):
            if isinstance(node, Limit | Interval):
                yield node


def row_of(claim: Json) -> Json:
    """An earlier service like those of the claim, or like its first line."""
    rows = claim.get("history", {}).get("lines", [])
    if rows:
        return dict(rows[0])
    line = claim["lines"][0]
    return {key: line[key] for key in ("code", "modifiers", "level") if key in line}
