"""The tables opened: look-ups by code and day, in microseconds, from any thread."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock
from urllib.parse import quote
from weakref import finalize

from kb.tables.editions import Loaded, loaded_editions
from kb.tables.errors import TablesError
from kb.tables.model import (
    AddOn,
    DiagnosisCode,
    Edition,
    Hcpcs,
    Indicators,
    Kind,
    Pair,
    Setting,
    UnitCap,
)
from kb.tables.packing import (
    CONTRACTOR_DECIDES,
    NEVER_APPLIED,
    NO_END,
    Codes,
    last_below,
    packed_day,
    packed_diagnosis,
    unpacked_code,
    unpacked_day,
    unpacked_diagnosis,
)
from kb.tables.schema import APPLICATION_ID, SCHEMA_VERSION

KEPT = 1 << 16
"""Look-ups that are kept, of each kind: of most by edition, whatever the day."""
KEPT_BATCHES = 32
"""Editions of which the pairs among the codes of a batch are kept."""
HEADER = 100
"""Bytes of an SQLite file's header."""

_PAIR = (
    "SELECT paid, denied, indicator, first_day, last_day, rationale FROM pair "
    "WHERE edition = ?1 AND paid = ?2 AND denied = ?3 UNION ALL "
    "SELECT paid, denied, indicator, first_day, last_day, rationale FROM pair "
    "WHERE edition = ?1 AND paid = ?3 AND denied = ?2"
)
"""All windows of two codes in either order: there are at most a few."""
_PAIRED = (
    "SELECT DISTINCT paid, denied FROM json_each(?2) JOIN pair ON paid = value "
    "WHERE edition = ?1 AND denied IN (SELECT value FROM json_each(?2))"
)
_UNIT_CAP = (
    "SELECT units, indicator, rationale FROM unit_cap WHERE edition = ? AND code = ?"
)
_ADD_ON = (
    "SELECT primary_code, type FROM add_on "
    "WHERE edition = ? AND code = ? AND first_day <= ? AND last_day >= ?"
)
_DIAGNOSIS = "SELECT billable, title FROM diagnosis WHERE edition = ? AND code = ?"
_HCPCS = (
    "SELECT coverage, first_day, last_day FROM hcpcs WHERE edition = ? AND code = ?"
)
_INDICATORS = (
    "SELECT status, global_days, professional_technical, bilateral, assistant, multiple "
    "FROM indicator WHERE edition = ? AND code = ? AND modifier = ?"
)
_LONGER = (
    "SELECT code FROM diagnosis "
    "WHERE edition = ? AND code > ? AND code <= ? AND billable ORDER BY code"
)


day_of = lru_cache(1 << 12)(unpacked_day)
"""Of the days of windows there are some hundreds."""


class OpenTables:
    """Imported tables; answers as ``kb.tables.model.Tables`` tells.

    A pair on a day before the oldest loaded edition, or between two, is read from the
    history in the next later one, whose first day tells so.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._lock = Lock()
        self.loaded = tuple(loaded_editions(connection))
        """All editions that are loaded, as they stand in the file."""
        self._of_table: dict[tuple[str, str], list[Loaded]] = {}
        for each in self.loaded:
            self._of_table.setdefault((each.kind, each.setting), []).append(each)
        self._known = {each.id: each.edition() for each in self.loaded}
        self._words = dict(connection.execute("SELECT id, text FROM word"))
        self._codes = Codes()
        self._edition = lru_cache(KEPT)(self._find_edition)
        self._windows = lru_cache(KEPT)(self._find_windows)
        self._paired = lru_cache(KEPT_BATCHES)(self._find_paired)
        self._unit_cap = lru_cache(KEPT)(self._find_unit_cap)
        self._add_on = lru_cache(KEPT)(self._find_add_on)
        self._diagnosis = lru_cache(KEPT)(self._find_diagnosis)
        self._indicators = lru_cache(KEPT)(self._find_indicators)

    @property
    def editions(self) -> tuple[Edition, ...]:
        """All editions that are loaded, as the engine knows them."""
        return tuple(self._known.values())

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def edition(self, kind: Kind, setting: Setting, day: date) -> Edition | None:
        """The edition that owns the day; of pairs perhaps a later one with its history."""
        found = self._edition(kind, setting, day)
        return found[1] if found else None

    def pair(self, setting: Setting, one: str, other: str, day: date) -> Pair | None:
        """The edit between two codes on a day, in whichever order it stands."""
        found = self._edition(Kind.PAIRS, setting, day)
        # Of a code or two an edition is asked once, on however many days it answers.
        for pair in self._windows(found[0], one, other) if found else ():
            ends = pair.last_day
            if pair.first_day <= day and (ends is None or day <= ends):
                return pair
        return None

    def paired(
        self, setting: Setting, codes: Collection[str], day: date
    ) -> set[tuple[str, str]]:
        """Two of these codes each that the day's edition has rows of, whatever their days."""
        found = self._edition(Kind.PAIRS, setting, day)
        return set(self._paired(found[0], frozenset(codes))) if found else set()

    def unit_cap(self, setting: Setting, code: str, day: date) -> UnitCap | None:
        """The cap of a code on a day."""
        found = self._edition(Kind.UNIT_CAPS, setting, day)
        return self._unit_cap(found[0], code) if found else None

    def add_on(self, code: str, day: date) -> AddOn | None:
        """What an add-on code asks for on a day; none for other codes."""
        return self._add_on(code, day)

    def diagnosis(self, code: str, day: date) -> DiagnosisCode | None:
        """A diagnosis code on a day, with or without its point."""
        found = self._edition(Kind.DIAGNOSES, Setting.ALL, day)
        return self._diagnosis(found[0], code) if found else None

    def indicators(self, code: str, day: date, modifier: str = "") -> Indicators | None:
        """The fee schedule's row of a code on a day."""
        found = self._edition(Kind.INDICATORS, Setting.ALL, day)
        return self._indicators(found[0], code, modifier) if found else None

    def hcpcs(self, code: str, day: date) -> Hcpcs | None:
        """A code of HCPCS level II, or a modifier of it, as the day's edition has it."""
        found = self._edition(Kind.HCPCS, Setting.ALL, day)
        if found is None:
            return None
        number, edition = found
        for coverage, first, last in self._rows(_HCPCS, number, code.upper()):
            return Hcpcs(
                code.upper(),
                str(coverage),
                unpacked_day(first) if first else None,
                None if last == NO_END else unpacked_day(last),
                edition,
            )
        return None

    def ask(self, question: str, *values: int | str) -> list[tuple[int | str, ...]]:
        """Rows of any question in SQL, for what is asked seldom."""
        return [*self._rows(question, *values)]

    def _find_edition(
        self, kind: Kind, setting: Setting, day: date
    ) -> tuple[int, Edition] | None:
        """The number in the database and the edition."""
        wanted = packed_day(day)
        for each in self._of_table.get((kind, setting), ()):
            reads_history = kind is Kind.PAIRS and wanted < each.first_day
            if reads_history or each.first_day <= wanted <= each.last_day:
                return each.id, self._known[each.id]
        return None

    def _rows(self, question: str, *values: int | str) -> list[tuple[int, ...]]:
        with self._lock:
            return self._cursor.execute(question, values).fetchall()

    def _procedures(self, *codes: str) -> tuple[int, ...] | None:
        """The numbers of codes; nothing when one of them is no code of five places."""
        try:
            return tuple([self._codes[code.upper()] for code in codes])
        except ValueError:
            return None

    def _find_windows(self, number: int, one: str, other: str) -> tuple[Pair, ...]:
        """What an edition has of two codes, in either order: each edit with its days."""
        try:
            first, second = self._codes[one.upper()], self._codes[other.upper()]
        except ValueError:
            return ()
        # Most pairs are no edit: all else is made for those that are.
        with self._lock:
            rows = self._cursor.execute(_PAIR, (number, first, second)).fetchall()
        if not rows:
            return ()
        texts = {first: one.upper(), second: other.upper()}
        return tuple(
            Pair(
                texts[paid],
                texts[denied],
                indicator,
                day_of(begins),
                None if ends == NO_END else day_of(ends),
                self._words[why],
                self._known[number],
            )
            for paid, denied, indicator, begins, ends, why in rows
            if indicator != NEVER_APPLIED
        )

    def _find_paired(
        self, edition: int, codes: frozenset[str]
    ) -> frozenset[tuple[str, str]]:
        numbers = {}
        for code in codes:
            with suppress(ValueError):
                numbers[self._codes[code.upper()]] = code
        rows = self._rows(_PAIRED, edition, json.dumps(sorted(numbers)))
        return frozenset((numbers[paid], numbers[denied]) for paid, denied in rows)

    def _find_unit_cap(self, number: int, code: str) -> UnitCap | None:
        codes = self._procedures(code)
        if codes is None:
            return None
        edition = self._known[number]
        for units, indicator, why in self._rows(_UNIT_CAP, number, *codes):
            return UnitCap(code.upper(), units, indicator, self._words[why], edition)
        return None

    def _find_add_on(self, code: str, day: date) -> AddOn | None:
        found = self._edition(Kind.ADD_ONS, Setting.ALL, day)
        codes = self._procedures(code)
        if found is None or codes is None:
            return None
        number, edition = found
        on = packed_day(day)
        rows = self._rows(_ADD_ON, number, *codes, on, on)
        if not rows:
            return None
        primaries = {unpacked_code(n) for n, _ in rows if n != CONTRACTOR_DECIDES}
        return AddOn(
            code.upper(), _type_of({t for _, t in rows}), frozenset(primaries), edition
        )

    def _find_diagnosis(self, number: int, code: str) -> DiagnosisCode | None:
        edition = self._known[number]
        try:
            wanted = packed_diagnosis(code.upper())
        except ValueError:
            return None
        for billable, title in self._rows(_DIAGNOSIS, number, wanted):
            longer: tuple[str, ...] = ()
            if not billable:
                below = self._rows(_LONGER, number, wanted, last_below(code.upper()))
                longer = tuple(unpacked_diagnosis(one) for (one,) in below)
            return DiagnosisCode(
                unpacked_diagnosis(wanted), bool(billable), str(title), longer, edition
            )
        return None

    def _find_indicators(
        self, number: int, code: str, modifier: str
    ) -> Indicators | None:
        codes = self._procedures(code)
        if codes is None:
            return None
        edition = self._known[number]
        for row in self._rows(_INDICATORS, number, *codes, modifier.upper()):
            status, days, technical, bilateral, assistant, multiple = map(str, row)
            return Indicators(
                code.upper(),
                modifier.upper(),
                status,
                days,
                technical,
                bilateral,
                assistant,
                multiple,
                edition,
            )
        return None


def _type_of(types: set[int]) -> int:
    """Of rows of several types the one that says least: the list may be longer."""
    return types.pop() if len(types) == 1 else 3


def open_tables(path: Path) -> OpenTables:
    """Open the database of tables for reading, in any thread.

    It is read as it is now: an import meanwhile makes another file.  Raises
    ``TablesError`` when there is none, or it is no database of tables.
    """
    refuse_other_files(path)
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1",
            uri=True,
            check_same_thread=False,
        )
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA mmap_size = 1073741824")
        opened = OpenTables(connection)
        finalize(opened, connection.close)
        return opened
    except sqlite3.DatabaseError as error:
        message = f"{path} is damaged: {error}. Delete it and import its files again."
        raise TablesError(message) from None


def refuse_other_files(path: Path) -> None:
    """Raise ``TablesError`` when there is no whole database of tables at a path."""
    try:
        if not path.is_file():
            message = (
                f"There are no tables at {path}: claims are held against the rows that ship "
                "with payerkb. Import the first with: payerkb import"
            )
            raise TablesError(message)
        with path.open("rb") as file:
            header = file.read(HEADER)
        size = path.stat().st_size
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise TablesError(message) from None
    ours = header.startswith(b"SQLite format 3\0") and len(header) == HEADER
    if not ours or _number(header, 68) != APPLICATION_ID:
        message = f"{path} is no database of tables. Name the one of payerkb import."
        raise TablesError(message)
    if _number(header, 60) != SCHEMA_VERSION:
        message = (
            f"{path} is laid out as another version of payerkb does it. Delete it and "
            "import its files again."
        )
        raise TablesError(message)
    if int.from_bytes(header[16:18], "big") * _number(header, 28) != size:
        message = f"{path} is not whole. Delete it and import its files again."
        raise TablesError(message)


def _number(header: bytes, place: int) -> int:
    return int.from_bytes(header[place : place + 4], "big")
