"""The rows that ship with the program: pain codes only, encoded by hand, each with its source.

They stand in ``kb/tables/shipped/*.csv``.  None of them is a whole table, so that what they
lack says nothing; after the last day of an edition its rows are still given, with that
edition, for whoever asks to look them up.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from kb.tables.model import (
    AddOn,
    DiagnosisCode,
    Edition,
    Indicators,
    Kind,
    Pair,
    Setting,
    UnitCap,
)

FOLDER = Path(__file__).parent / "shipped"
FILES = ("editions", "pairs", "unit_caps", "add_ons", "indicators", "diagnoses")
Row = dict[str, str]
Found = TypeVar("Found", Pair, UnitCap, AddOn, Indicators, DiagnosisCode)
ALL = Setting.ALL
Codes = tuple[Setting, str, str]
"""Whose row it is, and its codes; the second is empty, or a modifier."""


@dataclass(frozen=True, slots=True)
class ShippedRows:
    """The shipped rows by what is asked of them; ``kb.tables.model.Tables``."""

    editions: dict[tuple[Kind, Setting], list[Edition]]
    pairs: dict[Codes, list[Pair]] = field(default_factory=dict)
    """Under both orders of its codes."""
    caps: dict[Codes, list[UnitCap]] = field(default_factory=dict)
    add_ons: dict[Codes, list[AddOn]] = field(default_factory=dict)
    schedule: dict[Codes, list[Indicators]] = field(default_factory=dict)
    headers: dict[Codes, list[DiagnosisCode]] = field(default_factory=dict)

    def edition(self, kind: Kind, setting: Setting, day: date) -> Edition | None:
        """The edition that owns the day; past its end none does."""
        for one in self.editions.get((kind, setting), ()):
            if one.first_day <= day <= one.last_day:
                return one
        return None

    def pair(self, setting: Setting, one: str, other: str, day: date) -> Pair | None:
        """The pair of two codes, in whichever order it stands."""
        return newest(self.pairs.get((setting, one, other), ()), day)

    def paired(
        self,
        setting: Setting,
        codes: Collection[str],
        day: date,  # noqa: ARG002  (more than of a day may be given)
    ) -> set[tuple[str, str]]:
        """Two of these codes each that may be an edit."""
        asked = frozenset(codes)
        return {
            (one, other)
            for whose, one, other in self.pairs
            if whose is setting and one in asked and other in asked
        }

    def unit_cap(self, setting: Setting, code: str, day: date) -> UnitCap | None:
        """The cap of a code by the newest edition that is not after the day.

        Where all are after it the oldest of them, for whoever asks to look it up.
        """
        rows = self.caps.get((setting, code, ""), ())
        return newest(rows, day) or min(rows, key=first_day, default=None)

    def add_on(self, code: str, day: date) -> AddOn | None:
        """What an add-on code asks for; none for other codes, or where it is not known."""
        return newest(self.add_ons.get((ALL, code, ""), ()), day)

    def diagnosis(self, code: str, day: date) -> DiagnosisCode | None:
        """A header; none for codes that may be billed, and for all that is not known."""
        return newest(self.headers.get((ALL, code.replace(".", ""), ""), ()), day)

    def indicators(self, code: str, day: date, modifier: str = "") -> Indicators | None:
        """What is known of a code in the fee schedule; empty where it is not."""
        return newest(self.schedule.get((ALL, code, modifier), ()), day)


def newest(rows: Iterable[Found], day: date) -> Found | None:
    """The row of the last edition that began by a day."""
    begun = [row for row in rows if row.edition.first_day <= day]
    return max(begun, key=first_day, default=None)


def first_day(row: Found) -> date:
    """The first day of a row's edition."""
    return row.edition.first_day


@cache
def shipped_rows() -> ShippedRows:
    """The rows of this program, read once."""
    return rows_in(FOLDER)


@cache
def shipped_hash() -> str:
    """SHA-256 over the shipped files, for receipts."""
    texts = (f"{name}.csv\n{text_of(FOLDER, name)}" for name in FILES)
    return sha256("".join(texts).encode()).hexdigest()


def text_of(folder: Path, name: str) -> str:
    """A file of rows, its line ends the same on every system."""
    return (folder / f"{name}.csv").read_text("utf-8")


def rows_of(folder: Path, name: str) -> Iterator[Row]:
    """The rows of a file, by the names of its columns."""
    return csv.DictReader(text_of(folder, name).splitlines())


def rows_in(folder: Path) -> ShippedRows:
    """The rows of a folder."""
    rows = {name: list(rows_of(folder, name)) for name in FILES}
    counts = Counter(row["edition"] for name in FILES[1:] for row in rows[name])
    editions = {
        row["edition"]: edition_of(row, counts[row["edition"]])
        for row in rows["editions"]
    }
    found = ShippedRows({})
    for edition in editions.values():
        found.editions.setdefault((edition.kind, edition.setting), []).append(edition)
    for row in rows["pairs"]:
        pair = pair_of(row, editions[row["edition"]])
        for codes in ((pair.paid, pair.denied), (pair.denied, pair.paid)):
            found.pairs.setdefault((pair.edition.setting, *codes), []).append(pair)
    for row in rows["unit_caps"]:
        cap = cap_of(row, editions[row["edition"]])
        found.caps.setdefault((cap.edition.setting, cap.code, ""), []).append(cap)
    for row in rows["add_ons"]:
        add_on = add_on_of(row, editions[row["edition"]])
        found.add_ons.setdefault((ALL, add_on.code, ""), []).append(add_on)
    for row in rows["indicators"]:
        one = indicators_of(row, editions[row["edition"]])
        found.schedule.setdefault((ALL, one.code, one.modifier), []).append(one)
    for row in rows["diagnoses"]:
        header = header_of(row, editions[row["edition"]])
        key = (ALL, header.code.replace(".", ""), "")
        found.headers.setdefault(key, []).append(header)
    return found


def edition_of(row: Row, rows: int) -> Edition:
    """An edition with the source of its rows."""
    return Edition(
        kind=Kind(row["kind"]),
        setting=Setting(row["setting"]),
        name=row["name"],
        first_day=date.fromisoformat(row["first_day"]),
        last_day=date.fromisoformat(row["last_day"]),
        sha256="",
        rows=rows,
        shipped=True,
        source=f"{row['source']}: {row['url']}",
    )


def pair_of(row: Row, edition: Edition) -> Pair:
    """A pair that was in force on the first day of its edition."""
    return Pair(
        paid=row["paid"],
        denied=row["denied"],
        indicator=int(row["indicator"]),
        first_day=edition.first_day,
        last_day=None,
        rationale="",
        edition=edition,
    )


def cap_of(row: Row, edition: Edition) -> UnitCap:
    """A cap of units."""
    return UnitCap(row["code"], int(row["units"]), int(row["indicator"]), "", edition)


def add_on_of(row: Row, edition: Edition) -> AddOn:
    """An add-on code with all its primaries."""
    primaries = frozenset(row["primaries"].split())
    return AddOn(row["add_on"], int(row["type"]), primaries, edition)


def indicators_of(row: Row, edition: Edition) -> Indicators:
    """What was read of a code; empty where an indicator was not."""
    return Indicators(
        code=row["code"],
        modifier=row["modifier"],
        status=row["status"],
        global_days=row["global_days"],
        professional_technical=row["professional_technical"],
        bilateral=row["bilateral"],
        assistant=row["assistant"],
        multiple=row["multiple"],
        edition=edition,
    )


def header_of(row: Row, edition: Edition) -> DiagnosisCode:
    """A code that has longer ones, which are to be billed instead."""
    longer = tuple(row["longer"].split())
    return DiagnosisCode(
        row["code"], billable=False, title="", longer=longer, edition=edition
    )
