"""The editions in the database."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from kb.tables.model import Edition, Kind, Setting
from kb.tables.packing import unpacked_day


@dataclass(frozen=True, slots=True)
class Loaded:
    """An edition as it stands in the database; days are packed."""

    id: int
    kind: str
    setting: str
    series: str
    name: str
    first_day: int
    last_day: int
    sha256: str
    rows: int
    whole: int
    """0 for a piece of one."""

    @property
    def title(self) -> str:
        """``ptp practitioner 2026 Q4``."""
        words = (self.kind, self.setting, self.series, self.name)
        return " ".join(word for word in words if word not in ("", Setting.ALL))

    def json(self) -> dict[str, str | int | bool]:
        """For programs."""
        return {
            "kind": self.kind,
            "setting": self.setting,
            "series": self.series,
            "name": self.name,
            "first_day": unpacked_day(self.first_day).isoformat(),
            "last_day": unpacked_day(self.last_day).isoformat(),
            "rows": self.rows,
            "sha256": self.sha256,
            "whole": bool(self.whole),
        }

    def edition(self) -> Edition:
        """As the engine knows it."""
        return Edition(
            Kind(self.kind),
            Setting(self.setting),
            self.name,
            unpacked_day(self.first_day),
            unpacked_day(self.last_day),
            self.sha256,
            self.rows,
            whole=bool(self.whole),
        )


def loaded_editions(connection: sqlite3.Connection) -> list[Loaded]:
    """All editions, each table's by their days."""
    rows = connection.execute(
        "SELECT id, kind, setting, series, name, first_day, last_day, sha256, rows, whole"
        " FROM edition ORDER BY kind, setting, series, first_day"
    )
    return [Loaded(*row) for row in rows]
