"""What the base says of codes, held against CMS's own tables of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from sqlite3 import Connection
from typing import Literal

from kb.tables.model import Kind, Setting, Tables
from kb.tables.shipped_rows import shipped_rows

List = Literal["unit-caps", "add-ons", "sides", "global-days"]
TABLE_OF: dict[List, tuple[Kind, Setting]] = {
    "unit-caps": (Kind.UNIT_CAPS, Setting.PRACTITIONER),
    "add-ons": (Kind.ADD_ONS, Setting.ALL),
    "sides": (Kind.INDICATORS, Setting.ALL),
    "global-days": (Kind.INDICATORS, Setting.ALL),
}
"""Each list with the table that it is held against."""
PAIRED = frozenset("13")
"""Indicators of the fee schedule for a code that is done on one side or on both."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the base and a table say differently of a code."""

    list: List
    code: str
    ours: str
    theirs: str
    place: str


def differences(
    connection: Connection, tables: Tables, day: date
) -> Iterator[Difference]:
    """Every difference of the lists whose table speaks of the day, in order of codes."""
    asked = {name for name in TABLE_OF if tables.edition(*TABLE_OF[name], day)}
    if "unit-caps" in asked:
        yield from _unit_caps(tables, day)
    if "add-ons" in asked:
        yield from _add_ons(connection, tables, day)
    if asked & {"sides", "global-days"}:
        yield from _indicators(connection, tables, day)


def _unit_caps(tables: Tables, day: date) -> Iterator[Difference]:
    rows = shipped_rows()
    whose = Setting.PRACTITIONER
    for code in sorted(code for setting, code, _ in rows.caps if setting is whose):
        ours, theirs = (
            rows.unit_cap(whose, code, day),
            tables.unit_cap(whose, code, day),
        )
        if ours and theirs and ours.units != theirs.units:
            yield Difference(
                "unit-caps",
                code,
                f"{ours.units}",
                f"{theirs.units}",
                f"row that ships, {ours.edition.name}",
            )


def _add_ons(connection: Connection, tables: Tables, day: date) -> Iterator[Difference]:
    ours: dict[str, set[str]] = defaultdict(set)
    places: dict[str, str] = {}
    for code, base, place in connection.execute(
        """SELECT a.code, a.base, c.file || ':' || c.line FROM code_add_on AS a
        JOIN code AS c ON c.id = a.code ORDER BY a.code, a.base"""
    ):
        ours[code].add(base)
        places[code] = place
    for code, bases in ours.items():
        theirs = tables.add_on(code, day)
        # Only a list of type 1 is whole: another may be longer than what is printed.
        if theirs and theirs.type == 1 and not bases <= theirs.primaries:
            yield Difference(
                "add-ons",
                code,
                ", ".join(sorted(bases)),
                ", ".join(sorted(theirs.primaries)),
                places[code],
            )


def _indicators(
    connection: Connection, tables: Tables, day: date
) -> Iterator[Difference]:
    for code, sides, days, place in connection.execute(
        """SELECT id, sides, global_days, file || ':' || line FROM code
        WHERE sides <> '' OR global_days <> '' ORDER BY id"""
    ):
        theirs = tables.indicators(code, day)
        if theirs is None:
            continue
        if days and days != theirs.global_days:
            yield Difference("global-days", code, days, theirs.global_days, place)
        paired = "paired" if theirs.bilateral in PAIRED else "single"
        if sides and sides != paired:
            said = f"{paired} (indicator {theirs.bilateral})"
            yield Difference("sides", code, sides, said, place)
