"""The tables that are read, each known by the names of its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from kb.claims.near import MOST_TOLD, listed
from kb.claims.past import Told
from kb.claims.rows import synpuf, tuva
from kb.claims.rows.cells import Row
from kb.claims.rows.services import DAYS


class Layout(NamedTuple):
    """A table: what it is called, its columns, and what reads its rows."""

    called: str
    columns: frozenset[str]
    always: tuple[tuple[str, ...], ...]
    """Columns that have to be there, of each group one."""
    told: Callable[[Iterable[Row], str], Iterator[Told]]
    patients: Callable[[Iterable[Row]], Iterator[str]]
    """The patient of each claim, by the columns of ``of_patient`` alone."""
    of_patient: frozenset[str]


def _one_of_each(columns: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple((column,) for column in columns)


LAYOUTS = (
    Layout(
        "Tuva's `medical_claim`",
        frozenset(tuva.COLUMNS),
        (*_one_of_each(tuva.ALWAYS), DAYS),
        tuva.told_of,
        tuva.patients_of,
        frozenset(tuva.OF_PATIENT),
    ),
    Layout(
        "DE-SynPUF's carrier claims",
        frozenset(synpuf.COLUMNS),
        _one_of_each(synpuf.ALWAYS),
        synpuf.told_of,
        synpuf.patients_of,
        frozenset({"desynpuf_id"}),
    ),
)
NAMES_OF_TABLES = " or ".join(layout.called for layout in LAYOUTS)
HOW_TO_NAME = (
    f"Name the columns as {NAMES_OF_TABLES} names them, in any order"
    " (docs/tables-of-claims.md)."
)


class Columns(NamedTuple):
    """The columns of a table by their names, in small letters."""

    layout: Layout
    names: tuple[str, ...]

    @property
    def of_patient(self) -> Columns:
        """The same, read for nothing but who the patients are."""
        only = self.layout.of_patient
        return self._replace(layout=self.layout._replace(columns=only))

    @property
    def picked(self) -> tuple[tuple[str, int], ...]:
        """The columns that are read, each with its place."""
        known = self.layout.columns
        return tuple((name, at) for at, name in enumerate(self.names) if name in known)


def columns_of(names: Iterable[str]) -> Columns:
    """The columns of these names, of the table that has most of them."""
    found = tuple(name.strip().lower() for name in names)
    given = frozenset(found)
    return Columns(max(LAYOUTS, key=lambda layout: len(layout.columns & given)), found)


def known_names(names: Iterable[str]) -> int:
    """How many of the names are columns of a table that is read."""
    columns = columns_of(names)
    return len(columns.layout.columns & frozenset(columns.names))


def why_not(columns: Columns) -> str:
    """What keeps the table from being read: ``without the column ...``; empty if nothing."""
    layout, names = columns
    missing = [
        " or ".join(f"`{name}`" for name in group)
        for group in layout.always
        if not any(name in names for name in group)
    ]
    if missing:
        noun = "column" if len(missing) == 1 else "columns"
        return f"without the {noun} {', '.join(missing)} of {layout.called}"
    twice = [name for name in sorted(layout.columns) if names.count(name) > 1]
    if twice:
        return f"with more than one column {listed(twice[:MOST_TOLD])}"
    return ""
