"""Variants: small changes of a scenario's claim, in its JSON form.

Everything here can be said by a scenario that is ``like:`` the one it starts from.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from kb.mutation.hints import AUTHORIZATIONS, Hints

Json = dict[str, Any]
DAY = timedelta(days=1)
OWN_FIELDS = ("place", "state", "plan", "payer", "authorization")
OTHER_SIDE = {"RT": "LT", "LT": "RT"}


def variants(claim: Json, hints: Hints) -> Iterator[Json]:
    """Claims that differ from this one in one thing, the likeliest first."""
    for kind in (
        fact_variants,
        distance_variants,
        row_fact_variants,
        date_variants,
        history_variants,
        line_variants,
        field_variants,
    ):
        yield from (found for found in kind(claim, hints) if found != claim)


def fact_variants(claim: Json, hints: Hints) -> Iterator[Json]:
    """Another value of a fact, for the claim and so for the last procedure."""
    for fact, value in hints.facts:
        facts = {k: v for k, v in claim.get("facts", {}).items() if k != fact}
        if value != "unknown":
            facts[fact] = value
        yield {**claim, "facts": facts}


def distance_variants(claim: Json, hints: Hints) -> Iterator[Json]:
    """Another day, of a fact or of the claim, as far from the service as a test names."""
    if "date" not in claim:
        return
    day = date.fromisoformat(claim["date"])
    for distance in hints.distances:
        for other in distance.days_from(day):
            said = {distance.name: other.isoformat()}
            if distance.clock:
                yield {**claim, **said}
            else:
                yield {**claim, "facts": {**claim.get("facts", {}), **said}}


def row_fact_variants(claim: Json, hints: Hints) -> Iterator[Json]:
    """Another value of a fact of one of the earlier services, which others keep."""
    rows = rows_of(claim)
    for position, row in enumerate(rows):
        for fact, value in hints.facts:
            if fact in row.get("facts", {}):
                changed = with_fact(row, fact, value)
                yield with_rows(claim, replaced_line(rows, position, changed))


def with_fact(row: Json, fact: str, value: str) -> Json:
    """The earlier service with another value of a fact, or without it."""
    facts = {key: held for key, held in row["facts"].items() if key != fact}
    if value != "unknown":
        facts[fact] = value
    bare = {key: held for key, held in row.items() if key != "facts"}
    return {**bare, "facts": facts} if facts else bare


def date_variants(claim: Json, hints: Hints) -> Iterator[Json]:
    """Another date of service: beside the ends of spans and of windows."""
    if "date" not in claim:
        return
    day = date.fromisoformat(claim["date"])
    earlier = sorted({date.fromisoformat(row["date"]) for row in rows_of(claim)})
    days = [day + DAY, day - DAY, *hints.days]
    days += [edge for event in earlier for edge in hints.edges_after(event)]
    for other in dict.fromkeys(days):
        if other != day and (not earlier or other > earlier[-1]):
            yield {**claim, "date": other.isoformat()}
    if earlier:
        yield from (shifted(claim, other - day) for other in hints.days)


def shifted(claim: Json, by: timedelta) -> Json:
    """The claim and its whole history, so many days later."""

    def moved(text: str) -> str:
        return (date.fromisoformat(text) + by).isoformat()

    rows = [{**row, "date": moved(row["date"])} for row in rows_of(claim)]
    return {**with_rows(claim, rows), "date": moved(claim["date"])}


def rows_of(claim: Json) -> list[Json]:
    """The rows of the claim's history."""
    rows: list[Json] = claim["history"]["lines"]
    return rows


def with_rows(claim: Json, rows: list[Json]) -> Json:
    """The claim with another history."""
    return {**claim, "history": {**claim["history"], "lines": rows}}


def history_variants(claim: Json, hints: Hints) -> Iterator[Json]:
    """One earlier service more, fewer, on another day, or of another kind."""
    rows = rows_of(claim)
    if len(rows) > 1:
        yield from (
            with_rows(claim, rows[:i] + rows[i + 1 :]) for i in range(len(rows))
        )
    if "date" not in claim or not claim["lines"]:
        return
    day = date.fromisoformat(claim["date"])
    days = dict.fromkeys([*hints.edges_before(day), day - 30 * DAY, day - DAY])
    likeness = rows[-1] if rows else row_like(claim["lines"][0])
    for edge in days:
        row = {**likeness, "date": edge.isoformat()}
        if row in rows:
            continue
        yield with_rows(claim, [*rows, row])
        if rows:
            yield with_rows(claim, [*rows[:-1], row])
    for position, row in enumerate(rows):
        for changed in changed_rows(row, hints):
            yield with_rows(claim, replaced_line(rows, position, changed))
    for code in hints.procedures:
        row = hints.habits.billed(likeness, code)
        other = {**row, "date": (day - 30 * DAY).isoformat()}
        yield with_rows(claim, [*rows, other])
        silent = {key: value for key, value in other.items() if key != "facts"}
        if silent != other:
            yield with_rows(claim, [*rows, silent])
        if code != likeness["code"]:
            for position, old in enumerate(rows):
                moved = hints.habits.billed(old, code)
                yield with_rows(claim, replaced_line(rows, position, moved))


def changed_rows(row: Json, hints: Hints) -> Iterator[Json]:
    """An earlier service that was denied, or paid; with a modifier more, or one less."""
    other = "paid" if row.get("status") == "denied" else "denied"
    yield {**row, "status": other}
    for modifier in hints.modifiers:
        others = [m for m in row["modifiers"] if m != modifier]
        given = modifier in row["modifiers"]
        yield {**row, "modifiers": others if given else [*others, modifier]}


def row_like(line: Json) -> Json:
    """A row of the history that is like a line of the claim."""
    kept: Json = {
        key: line[key] for key in ("code", "modifiers", "level") if key in line
    }
    return {**kept, "status": "paid"}


def line_variants(claim: Json, hints: Hints) -> Iterator[Json]:
    """Another code, diagnosis, modifier or number of units; one line more."""
    lines = claim["lines"]
    for position, line in enumerate(lines):
        for changed in changed_lines(line, hints):
            yield {**claim, "lines": replaced_line(lines, position, changed)}
    if not lines:
        return
    number = max(line["line"] for line in lines) + 1
    for line in further_lines(lines[-1], hints):
        yield {**claim, "lines": [*lines, {**line, "line": number}]}


def replaced_line(lines: list[Json], position: int, line: Json) -> list[Json]:
    """The lines with another in one place."""
    return [*lines[:position], line, *lines[position + 1 :]]


def changed_lines(line: Json, hints: Hints) -> Iterator[Json]:
    """A line with one thing changed."""
    given = line.get("diagnoses", [])
    for code in hints.diagnoses:
        yield {**line, "diagnoses": [code]}
        if given and code not in given:
            yield {**line, "diagnoses": [*given, code]}
            yield {**line, "diagnoses": [code, *given]}
    for modifier in hints.modifiers:
        others = [m for m in line["modifiers"] if m not in ("RT", "LT", "50")]
        yield {**line, "modifiers": [*dict.fromkeys([*others, modifier])]}
    yield {**line, "modifiers": []}
    for code in hints.procedures:
        moved = hints.habits.billed(line, code)
        yield moved
        yield {**moved, "modifiers": []}
        yield {**moved, "modifiers": line["modifiers"]}
    yield from ({**line, "units": units} for units in hints.units if units)
    yield {key: value for key, value in line.items() if key != "level"}


def further_lines(line: Json, hints: Hints) -> Iterator[Json]:
    """Lines that could stand beside a line: the other side, level or code."""
    side = [OTHER_SIDE.get(m, m) for m in line["modifiers"]]
    beside = {key: value for key, value in line.items() if key != "units"}
    yield {**beside, "modifiers": side}
    yield beside
    for code in hints.procedures:
        moved = hints.habits.billed(beside, code)
        yield moved
        yield {**moved, "level": "L5-S1"}
        yield {**moved, "modifiers": []}


def field_variants(claim: Json, hints: Hints) -> Iterator[Json]:
    """Another place, state, authorization, kind of claim; less history known."""
    for name, value in hints.fields:
        if name in OWN_FIELDS:
            yield {**claim, name: value}
        else:
            fields = {**claim.get("fields", {}), name: value}
            yield {**claim, "fields": fields}
    if any(name == "authorization" for name, _value in hints.fields):
        yield from ({**claim, "authorization": value} for value in AUTHORIZATIONS)
    yield {**claim, "type": "facility"}
    yield {**claim, "chart": "complete"}
    for state in ("partial", "unknown"):
        yield {**claim, "history": {**claim["history"], "state": state}}
    for reach in ("own", "all-billers"):
        yield {**claim, "history": {**claim["history"], "reach": reach}}
    for clock in ("received", "requested"):
        yield from ({**claim, clock: day.isoformat()} for day in hints.days)
