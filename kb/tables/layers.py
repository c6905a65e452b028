"""Imported tables before the shipped rows: where an import owns the day it answers alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kb.tables.model import (
    AddOn,
    DiagnosisCode,
    Edition,
    Indicators,
    Kind,
    Pair,
    Setting,
    Tables,
    UnitCap,
)


@dataclass(frozen=True, slots=True)
class Layered:
    """Two ``Tables``, of which the first is whole on the days that it owns.

    There the second is not asked: what a whole table lacks, nobody else may add.
    """

    first: Tables
    second: Tables

    def edition(self, kind: Kind, setting: Setting, day: date) -> Edition | None:
        """The edition that owns the day."""
        found = self.first.edition(kind, setting, day)
        return found or self.second.edition(kind, setting, day)

    def of(self, kind: Kind, setting: Setting, day: date) -> Tables:
        """The one of the two that answers on a day."""
        owned = self.first.edition(kind, setting, day) is not None
        return self.first if owned else self.second

    def pair(self, setting: Setting, one: str, other: str, day: date) -> Pair | None:
        """The edit between two codes on a day."""
        return self.of(Kind.PAIRS, setting, day).pair(setting, one, other, day)

    def unit_cap(self, setting: Setting, code: str, day: date) -> UnitCap | None:
        """The cap of a code on a day."""
        return self.of(Kind.UNIT_CAPS, setting, day).unit_cap(setting, code, day)

    def add_on(self, code: str, day: date) -> AddOn | None:
        """What an add-on code asks for on a day."""
        return self.of(Kind.ADD_ONS, Setting.ALL, day).add_on(code, day)

    def diagnosis(self, code: str, day: date) -> DiagnosisCode | None:
        """A diagnosis code on a day."""
        return self.of(Kind.DIAGNOSES, Setting.ALL, day).diagnosis(code, day)

    def indicators(self, code: str, day: date, modifier: str = "") -> Indicators | None:
        """The fee schedule's row of a code on a day."""
        tables = self.of(Kind.INDICATORS, Setting.ALL, day)
        return tables.indicators(code, day, modifier)
