"""What a table of CMS says about codes on a day, and how it is asked.

Layouts, dates and traps of the files are told in ``docs/tables.md``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """A table, by the word that the command line takes."""

    PAIRS = "ptp"
    UNIT_CAPS = "mue"
    ADD_ONS = "aoc"
    DIAGNOSES = "icd10cm"
    HCPCS = "hcpcs"
    INDICATORS = "pfs"
    LOCALITIES = "locality"
    REASONS = "reasons"
    COVERAGE = "mcd"


class Setting(StrEnum):
    """Whose table it is: NCCI publishes pairs in two settings, caps in three."""

    PRACTITIONER = "practitioner"
    HOSPITAL = "hospital"
    SUPPLIER = "dme"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Edition:
    """One publication of a table, with the days that it owns."""

    kind: Kind
    setting: Setting
    name: str
    """As CMS calls it: ``2026 Q4``, ``FY2027``."""
    first_day: date
    last_day: date
    """Inclusive. After it the table says nothing: the question is not judged."""
    sha256: str
    """Of the imported file; empty for what is shipped."""
    rows: int
    shipped: bool = False
    """Encoded by hand from cited sources, not whole: its absence says nothing."""
    source: str = ""
    """For what is shipped: the source and the page that states it."""
    whole: bool = True
    """False: imported as a piece of an edition; its absence says nothing either."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An edit that applies on a day: the second code is not paid beside the first."""

    paid: str
    denied: str
    indicator: int
    """0: no modifier helps. 1: one may, where it says what was done."""
    first_day: date
    last_day: date | None
    """Inclusive (the deletion date); none while it goes on."""
    rationale: str
    edition: Edition


@dataclass(frozen=True, slots=True)
class UnitCap:
    """The most units of a code, by line (indicator 1) or by day (2 and 3)."""

    code: str
    units: int
    """0: not payable in this setting."""
    indicator: int
    rationale: str
    edition: Edition


@dataclass(frozen=True, slots=True)
class AddOn:
    """What must stand beside an add-on code."""

    code: str
    type: int
    """1: one of the primaries. 2: the contractor decides. 3: the list may be longer."""
    primaries: frozenset[str]
    edition: Edition


@dataclass(frozen=True, slots=True)
class DiagnosisCode:
    """A code of ICD-10-CM on a day."""

    code: str
    """With its point."""
    billable: bool
    """False: a header, of which ``longer`` are the codes to bill."""
    title: str
    longer: tuple[str, ...]
    edition: Edition


@dataclass(frozen=True, slots=True)
class Hcpcs:
    """A code of HCPCS level II on a day."""

    code: str
    coverage: str
    """C contractor, D special, I not covered, M, S not covered by statute."""
    first_day: date | None
    last_day: date | None
    """Inclusive; none while it goes on.  Ended codes stay in the table."""
    edition: Edition


@dataclass(frozen=True, slots=True)
class Indicators:
    """What the fee schedule says about a code, perhaps with 26, TC or 53."""

    code: str
    modifier: str
    status: str
    global_days: str
    professional_technical: str
    bilateral: str
    assistant: str
    multiple: str
    edition: Edition


class Tables(Protocol):
    """Whatever answers for the tables: the shipped rows, or imported ones before them.

    A method that gives nothing means "not in the table"; whether the table speaks of
    that day at all is told by ``edition``.
    """

    def edition(self, kind: Kind, setting: Setting, day: date) -> Edition | None:
        """The edition that owns the day, or none: then nothing is judged by it."""
        ...

    def pair(self, setting: Setting, one: str, other: str, day: date) -> Pair | None:
        """The edit between two codes on a day, in whichever order it stands."""
        ...

    def paired(
        self, setting: Setting, codes: Collection[str], day: date
    ) -> set[tuple[str, str]]:
        """Two of these codes each: all that ``pair`` may find on a day, perhaps more."""
        ...

    def unit_cap(self, setting: Setting, code: str, day: date) -> UnitCap | None:
        """The cap of a code on a day."""
        ...

    def add_on(self, code: str, day: date) -> AddOn | None:
        """What an add-on code asks for on a day; none for other codes."""
        ...

    def diagnosis(self, code: str, day: date) -> DiagnosisCode | None:
        """A diagnosis code on a day, with or without its point."""
        ...

    def indicators(self, code: str, day: date, modifier: str = "") -> Indicators | None:
        """The fee schedule's row of a code on a day."""
        ...


def is_visit(code: str) -> bool:
    """Whether a code stands for a visit."""
    return code.isdigit() and ("99202" <= code <= "99499" or "92002" <= code <= "92014")
