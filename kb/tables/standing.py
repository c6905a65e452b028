"""Which editions answer today, and which soon will not: a notice before a quarter ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kb.tables.model import Edition, Kind, Setting, Tables
from kb.tables.telling import NAMES, WHOSE

AHEAD = timedelta(days=21)
"""So long before its last day an edition is said to end: CMS publishes the next by then."""
ASKED = (
    (Kind.PAIRS, Setting.PRACTITIONER),
    (Kind.PAIRS, Setting.HOSPITAL),
    (Kind.UNIT_CAPS, Setting.PRACTITIONER),
    (Kind.UNIT_CAPS, Setting.HOSPITAL),
    (Kind.ADD_ONS, Setting.ALL),
    (Kind.DIAGNOSES, Setting.ALL),
    (Kind.INDICATORS, Setting.ALL),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A table that claims are held against, and its edition of a day."""

    table: str
    """``NCCI pairs, practitioner``."""
    kind: Kind
    edition: Edition | None
    ends_soon: bool

    @property
    def imported(self) -> bool:
        """Whether CMS's own table answers, not rows that ship."""
        return self.edition is not None and not self.edition.shipped

    @property
    def says(self) -> str:
        """What it is today, in words."""
        if self.edition is None:
            return "no edition of today is loaded"
        ships = " (rows that ship)" if self.edition.shipped else ""
        return f"{self.edition.name} to {self.edition.last_day}{ships}"

    @property
    def notice(self) -> str:
        """What to do before it ends; empty while nothing is to be done."""
        if not self.ends_soon or self.edition is None:
            return ""
        last = self.edition.last_day
        later = (
            "of later days they only say what to look up"
            if self.edition.shipped
            else "claims of later days are not judged by them"
        )
        return (
            f"{self.table} {self.edition.name} end on {last}: {later} until the next edition is "
            f"loaded (payerkb import {self.kind})."
        )


def standings(tables: Tables, today: date) -> tuple[Standing, ...]:
    """Each table with the edition that answers today."""
    return tuple(_standing(tables, kind, whose, today) for kind, whose in ASKED)


def notices(tables: Tables, today: date) -> Iterator[str]:
    """What is to be loaded soon, or is lacking where other tables were imported."""
    found = standings(tables, today)
    yield from (one.notice for one in found if one.notice)
    if any(one.imported for one in found):
        for one in found:
            if one.edition is None:
                yield f"{one.table}: {one.says} (payerkb import {one.kind})."


def _standing(tables: Tables, kind: Kind, whose: Setting, today: date) -> Standing:
    edition = tables.edition(kind, whose, today)
    if edition is not None and today < edition.first_day:
        edition = None  # its history answers, which is another table's day
    soon = edition is not None and edition.last_day - today < AHEAD
    lasts = tables.edition(kind, whose, edition.last_day + DAY) if edition else None
    name = ", ".join(filter(None, (NAMES[kind], WHOSE[whose])))
    return Standing(name, kind, edition, ends_soon=soon and lasts is None)


DAY = timedelta(days=1)
