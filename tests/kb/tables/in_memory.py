"""Whole tables made of a few rows, as an import would answer them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

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

HASH = "ab12" * 16
Q4 = date(2026, 10, 1), date(2026, 12, 31)
FY27 = date(2026, 10, 1), date(2027, 9, 30)


def edition(
    kind: Kind,
    setting: Setting = Setting.ALL,
    days: tuple[date, date] = Q4,
    name: str = "2026 Q4",
    **more: Any,
) -> Edition:
    """An imported edition."""
    values = {"sha256": HASH, "rows": 1, **more}
    return Edition(kind, setting, name, *days, **values)


EDITIONS = (
    *(edition(Kind.PAIRS, s) for s in (Setting.PRACTITIONER, Setting.HOSPITAL)),
    *(edition(Kind.UNIT_CAPS, s) for s in (Setting.PRACTITIONER, Setting.HOSPITAL)),
    edition(Kind.ADD_ONS),
    edition(Kind.INDICATORS),
    edition(Kind.DIAGNOSES, days=FY27, name="FY2027"),
)


@dataclass(frozen=True, slots=True)
class InMemory:
    """``Tables`` of rows written in a test; each edition is whole on its days."""

    pairs: dict[tuple[str, str], int] = field(default_factory=dict)
    """Column 1 and column 2 to the indicator, in each setting."""
    caps: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Units and indicator."""
    hospital_caps: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Where a hospital's differ."""
    add_ons: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Type and primaries."""
    diagnoses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The longer codes; none for a code to bill."""
    schedule: dict[str, dict[str, str]] = field(default_factory=dict)
    editions: tuple[Edition, ...] = EDITIONS

    def edition(self, kind: Kind, setting: Setting, day: date) -> Edition | None:
        for one in self.editions:
            if (one.kind, one.setting) == (kind, setting) and (
                one.first_day <= day <= one.last_day
            ):
                return one
        return None

    def pair(self, setting: Setting, one: str, other: str, day: date) -> Pair | None:
        owner = self.edition(Kind.PAIRS, setting, day)
        for paid, denied in ((one, other), (other, one)):
            indicator = self.pairs.get((paid, denied))
            if owner is not None and indicator is not None:
                return Pair(paid, denied, indicator, owner.first_day, None, "", owner)
        return None

    def paired(
        self, setting: Setting, codes: Collection[str], day: date
    ) -> set[tuple[str, str]]:
        owner = self.edition(Kind.PAIRS, setting, day)
        asked = set(codes)
        return {pair for pair in self.pairs if owner and asked.issuperset(pair)}

    def unit_cap(self, setting: Setting, code: str, day: date) -> UnitCap | None:
        owner = self.edition(Kind.UNIT_CAPS, setting, day)
        found = self.caps.get(code)
        if setting is Setting.HOSPITAL:
            found = self.hospital_caps.get(code, found)
        return UnitCap(code, *found, "", owner) if owner and found else None

    def add_on(self, code: str, day: date) -> AddOn | None:
        owner = self.edition(Kind.ADD_ONS, Setting.ALL, day)
        if owner is None or code not in self.add_ons:
            return None
        kind, primaries = self.add_ons[code]
        return AddOn(code, kind, frozenset(primaries.split()), owner)

    def diagnosis(self, code: str, day: date) -> DiagnosisCode | None:
        owner = self.edition(Kind.DIAGNOSES, Setting.ALL, day)
        longer = self.diagnoses.get(code)
        if owner is None or longer is None:
            return None
        return DiagnosisCode(code, not longer, "", longer, owner)

    def indicators(self, code: str, day: date, modifier: str = "") -> Indicators | None:
        owner = self.edition(Kind.INDICATORS, Setting.ALL, day)
        row = self.schedule.get(code + modifier)
        if owner is None or row is None:
            return None
        names = (
            "status",
            "global_days",
            "professional_technical",
            "bilateral",
            "assistant",
            "multiple",
        )
        values = {name: row.get(name, "") for name in names}
        return Indicators(code, modifier, edition=owner, **values)
