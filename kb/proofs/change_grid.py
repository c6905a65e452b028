"""Histories on a grid: services beside every edge of the windows that two rules have.

A limit or an interval that changed shows itself only in a history whose dates fall between
the old edge and the new one.  The edges are few, so all of them are tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from dsl.ir.codec import amount_of, window_of
from dsl.ir.parts import Calendar, Rolling
from kb.engine.judge import windows

Json = dict[str, Any]
DAY = timedelta(days=1)


def grid(claim: Json, irs: list[Json]) -> Iterator[Json]:
    """The claim with other histories of the same service, on days that matter to the rules.

    Days of service: the claim's own, and those that make calendar and moving windows differ
    most.  Earlier services: none up to one more than the highest limit, ending on and
    beside the first day of each window.
    """
    found = [w for ir in irs for w in windows_of(ir.get("duty"))]
    counts = [n for ir in irs for n in numbers_of(ir.get("duty"))]
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


def offsets(day: date, found: list[windows.Span]) -> list[int]:
    """How many days before a service the edges of windows lie, and the days beside them."""
    edges = {(day - first).days for w in found if (first := windows.first_day(w, day))}
    return sorted(
        {max(1, edge + beside) for edge in edges for beside in (-1, 0, 1, 40)}
    )


def windows_of(duty: Json | None) -> list[windows.Span]:
    """The windows of a duty; an interval is a window of its length."""
    if duty is None:
        return []
    if duty["duty"] == "interval":
        return [windows.rolling_of(amount_of(amount)) for amount in duty["least"]]
    if duty["duty"] == "limit-by":
        return [w for case in duty["cases"] for w in windows_of(case["limit"])]
    window = window_of(duty["window"]) if "window" in duty else None
    return [window] if isinstance(window, Rolling | Calendar) else []


def numbers_of(duty: Json | None) -> list[int]:
    """The limits of a duty."""
    if duty is None:
        return []
    if duty["duty"] == "limit-by":
        return [n for case in duty["cases"] for n in numbers_of(case["limit"])]
    amounts = duty.get("count", []) if duty["duty"] == "limit" else []
    return [int(float(amount["amount"])) for amount in amounts]


def row_of(claim: Json) -> Json:
    """An earlier service like those of the claim, or like its first line."""
    rows = claim.get("history", {}).get("lines", [])
    if rows:
        return dict(rows[0])
    line = claim["lines"][0]
    return {key: line[key] for key in ("code", "modifiers", "level") if key in line}
