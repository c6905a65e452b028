"""Imported tables before the shipped rows: where an import owns the day it answers alone."""

from __future__ import annotations

from collections.abc import Collection
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

    There the second is not asked: what a whole table lacks, nobody else may add.  What a
    piece lacks, it may.
    """

    first: Tables
    second: Tables

    def edition(self, kind: Kind, setting: Setting, day: date) -> Edition | None:
        """The edition that owns the day."""
        found = self.first.edition(kind, setting, day)
        return found or self.second.edition(kind, setting, day)

    def owns(self, kind: Kind, setting: Setting, day: date) -> bool:
        """Whether the first answers alone on a day."""
        found = self.first.edition(kind, setting, day)
        return found is not None and found.whole

    def pair(self, setting: Setting, one: str, other: str, day: date) -> Pair | None:
        """The edit between two codes on a day."""
        found = self.first.pair(setting, one, other, day)
        if found or self.owns(Kind.PAIRS, setting, day):
            return found
        return self.second.pair(setting, one, other, day)

    def paired(
        self, setting: Setting, codes: Collection[str], day: date
    ) -> set[tuple[str, str]]:
        """Two of these codes each that may be an edit on a day."""
        found = self.first.paired(setting, codes, day)
        if self.owns(Kind.PAIRS, setting, day):
            return found
        return found | self.second.paired(setting, codes, day)

    def unit_cap(self, setting: Setting, code: str, day: date) -> UnitCap | None:
        """The cap of a code on a day."""
        found = self.first.unit_cap(setting, code, day)
        if found or self.owns(Kind.UNIT_CAPS, setting, day):
            return found
        return self.second.unit_cap(setting, code, day)

    def add_on(self, code: str, day: date) -> AddOn | None:
        """What an add-on code asks for on a day."""
        found = self.first.add_on(code, day)
        if found or self.owns(Kind.ADD_ONS, Setting.ALL, day):
            return found
        return self.second.add_on(code, day)

    def diagnosis(self, code: str, day: date) -> DiagnosisCode | None:
        """A diagnosis code on a day."""
        found = self.first.diagnosis(code, day)
        if found or self.owns(Kind.DIAGNOSES, Setting.ALL, day):
            return found
        return self.second.diagnosis(code, day)

    def indicators(self, code: str, day: date, modifier: str = "") -> Indicators | None:
        """The fee schedule's row of a code on a day."""
        owner = self.first.edition(Kind.INDICATORS, Setting.ALL, day)
        found = self.first.indicators(code, day, modifier) if owner else None
        if found or (owner is not None and owner.whole):
            return found
        return self.second.indicators(code, day, modifier)
