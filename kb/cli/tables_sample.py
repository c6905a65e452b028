"""Look-ups spread over the loaded tables, to be compared by eye with CMS's own files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from kb.tables.editions import Loaded
from kb.tables.model import Kind, Setting
from kb.tables.opening import OpenTables
from kb.tables.packing import (
    NO_END,
    unpacked_code,
    unpacked_day,
    unpacked_diagnosis,
)

PAIRS, OTHERS = 30, 10
DAY = timedelta(days=1)
_SPREAD = {
    Kind.PAIRS: "SELECT paid, denied, first_day, last_day FROM pair WHERE edition = ?",
    Kind.UNIT_CAPS: "SELECT code FROM unit_cap WHERE edition = ?",
    Kind.ADD_ONS: "SELECT DISTINCT code FROM add_on WHERE edition = ? ORDER BY code",
}
_CHANGED = """
SELECT a.code FROM diagnosis a JOIN diagnosis b ON b.code = a.code AND b.edition = ?2
WHERE a.edition = ?1 AND a.billable <> b.billable
UNION SELECT code FROM diagnosis WHERE edition = ?1 AND code NOT IN
  (SELECT code FROM diagnosis WHERE edition = ?2)
UNION SELECT code FROM diagnosis WHERE edition = ?2 AND code NOT IN
  (SELECT code FROM diagnosis WHERE edition = ?1)
"""


def sample(tables: OpenTables) -> Iterator[str]:
    """30 pairs, 10 caps, 10 add-ons, and 10 diagnoses on both sides of a change."""
    for kind, most, said in (
        (Kind.PAIRS, PAIRS, _pairs),
        (Kind.UNIT_CAPS, OTHERS, _caps),
        (Kind.ADD_ONS, OTHERS, _add_ons),
    ):
        for edition in tables.loaded:
            if edition.kind == kind:
                yield f"{edition.title}, sha256 {edition.sha256[:12]}"
                for row in _spread(tables, edition, kind, most):
                    yield from (f"  {line}" for line in said(tables, edition, row))
    yield from _diagnoses(tables)


def _spread(
    tables: OpenTables, edition: Loaded, kind: Kind, most: int
) -> Iterator[tuple[int, ...]]:
    """So many rows of an edition, evenly from its first to its last."""
    question = _SPREAD[kind]
    ((count,),) = tables.ask(f"SELECT count(*) FROM ({question})", edition.id)  # noqa: S608
    step = max(int(count) // most, 1)
    for place in range(0, min(int(count), step * most), step):
        for row in tables.ask(f"{question} LIMIT 1 OFFSET ?", edition.id, place):
            yield tuple(map(int, row))


def _pairs(tables: OpenTables, edition: Loaded, row: tuple[int, ...]) -> Iterator[str]:
    """A window of two codes: on its first day, on its last, and on the day after."""
    one, other = unpacked_code(row[0]), unpacked_code(row[1])
    days = [unpacked_day(row[2])]
    if row[3] != NO_END:
        days += [unpacked_day(row[3]), unpacked_day(row[3]) + DAY]
    for day in days:
        pair = tables.pair(Setting(edition.setting), other, one, day)
        said = "no edit"
        if pair:
            ends = f" to {pair.last_day}" if pair.last_day else ""
            said = (
                f"{pair.denied} goes into {pair.paid}, indicator {pair.indicator}, from "
                f"{pair.first_day}{ends}: {pair.rationale}"
            )
        yield f"{one} {other} on {day}: {said}"


def _caps(tables: OpenTables, edition: Loaded, row: tuple[int, ...]) -> Iterator[str]:
    code = unpacked_code(row[0])
    cap = tables.unit_cap(
        Setting(edition.setting), code, unpacked_day(edition.first_day)
    )
    if cap:
        yield f"{code}: {cap.units}, indicator {cap.indicator}: {cap.rationale}"


def _add_ons(
    tables: OpenTables, edition: Loaded, row: tuple[int, ...]
) -> Iterator[str]:
    code, day = unpacked_code(row[0]), unpacked_day(edition.first_day)
    found = tables.add_on(code, day)
    if found:
        beside = ", ".join(sorted(found.primaries)) or "what the contractor decides"
        yield f"{code} on {day}: type {found.type}, beside {beside}"
    else:
        yield f"{code} on {day}: none"


def _diagnoses(tables: OpenTables) -> Iterator[str]:
    """Codes that two editions in a row know otherwise, on the days where they meet."""
    editions = sorted(
        (one for one in tables.loaded if one.kind == Kind.DIAGNOSES),
        key=lambda one: one.first_day,
    )
    for before, after in pairwise(editions):
        if unpacked_day(before.last_day) + DAY != unpacked_day(after.first_day):
            continue
        changed = tables.ask(_CHANGED, before.id, after.id)
        step = max(len(changed) // OTHERS, 1)
        yield f"{before.title} and {after.name}: {len(changed)} codes changed"
        for (number,) in changed[::step][:OTHERS]:
            code = unpacked_diagnosis(int(number))
            last, first = unpacked_day(before.last_day), unpacked_day(after.first_day)
            yield (
                f"  {code}: {_billable(tables, code, last)} on {last}, "
                f"{_billable(tables, code, first)} on {first}"
            )


def _billable(tables: OpenTables, code: str, day: date) -> str:
    found = tables.diagnosis(code, day)
    if found is None:
        return "no code"
    return "billable" if found.billable else "a header"
