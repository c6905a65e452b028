"""Files of any tables, sorted by what they hold: their names and header words tell.

Files of one edition are imported together, each edition for itself, so that a bad file
keeps nothing but its own edition out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from kb.tables.errors import TableFileError
from kb.tables.given import MOST_MEMBERS, Given, Member, given_file, members_of
from kb.tables.layouts.all import LAYOUTS
from kb.tables.layouts.layout import Layout, Sheet, Words
from kb.tables.model import Kind
from kb.tables.recognising import (
    FORMATS,
    Group,
    Told,
    chosen_members,
    header_of,
    recognise,
)
from kb.tables.rows import opened_rows

ENDINGS = (*FORMATS, ".zip")
LOOKED_AT = 20
"""Lines that show what a file without a header holds."""
Key = tuple[Kind, str, str, str]
"""Kind, setting, series and name of an edition."""


@dataclass(frozen=True, slots=True)
class Together:
    """Files of one table that share an edition."""

    kind: Kind
    paths: tuple[Path, ...]
    told: Told
    """What the caller says, as far as the names of these files do not tell it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Files that are not imported, and why."""

    paths: tuple[Path, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """What many files hold."""

    taken: tuple[Together, ...]
    refused: tuple[Refused, ...]
    aside: tuple[Path, ...]
    """Files that lie beside tables, as their names tell."""


def files_in(given: Iterable[Path]) -> list[Path]:
    """The files themselves, and of folders all files in them, in the order of their names.

    Raises ``TableFileError`` when they are too many.
    """
    found: list[Path] = []
    for path in given:
        inside = path.rglob("*") if path.is_dir() else iter([path])
        found += sorted(
            one for one in inside if not one.is_dir() and not one.name.startswith(".")
        )
        if len(found) > MOST_MEMBERS:
            message = (
                f"{path} holds more than {MOST_MEMBERS} files. Name those to import."
            )
            raise TableFileError(message)
    return list({one.resolve(): one for one in found}.values())


def sorted_by_table(paths: Sequence[Path], told: Told) -> Sorted:
    """Which table each file holds; none of them is read further than its header."""
    held: dict[tuple[Kind, Told], dict[Path, set[Key]]] = {}
    refused: list[Refused] = []
    aside: list[Path] = []
    for path in paths:
        try:
            found = list(tables_in(path, told))
        except TableFileError as error:
            refused.append(Refused((path,), str(error)))
            continue
        for group, needed in found:
            files = held.setdefault((group.layout.kind, needed), {})
            files.setdefault(path, set()).add(_key(group))
        if not found and is_beside(path):
            aside.append(path)
        elif not found:
            message = (
                f"{path} holds none of the tables: its first rows are no header, and no "
                "lines, of one. docs/tables.md tells the columns that are expected."
            )
            refused.append(Refused((path,), message))
    taken = [
        Together(kind, together, needed)
        for (kind, needed), keys_of in held.items()
        for together in _sharing(keys_of)
    ]
    return Sorted(tuple(taken), tuple(refused), tuple(aside))


def tables_in(path: Path, told: Told) -> Iterator[tuple[Group, Told]]:
    """The editions that a file holds, or a part of; raises ``TableFileError``.

    Beside each what the caller has to say of it.
    """
    given, members = given_file(path), members_of(path)
    for layout in LAYOUTS.values():
        chosen, _skipped = chosen_members(layout, members)
        if chosen and all(fits(member, sheet) for member, sheet in chosen):
            yield from _editions(layout, given, told)


def _editions(layout: Layout, given: Given, told: Told) -> Iterator[tuple[Group, Told]]:
    """As the names tell them; what the caller says is for files that do not tell."""
    named = replace(told, setting=None, effective=None)
    try:
        # Other parts of the edition may lie in other files.
        found = recognise(layout, [given], replace(named, incomplete=True))
        needed = named
    except TableFileError:
        if named == told:
            raise
        found = recognise(layout, [given], replace(told, incomplete=True))
        needed = told
    for group in found.groups:
        yield group, needed


def fits(member: Member, sheet: Sheet) -> bool:
    """Whether the words of a header, or lines of fixed places, are a table's."""
    try:
        with opened_rows(member, fixed=sheet.fixed, lenient=sheet.lenient) as rows:
            header = header_of(sheet, rows)
            if sheet.fixed:
                header = replace(header, rows=islice(header.rows, LOOKED_AT))
                return any(True for _row in sheet.read(header, rows, Words()))
    except TableFileError:
        return False
    return True


def is_beside(path: Path) -> bool:
    """Whether a file is no table by its name: a note, or a list of changes."""
    if path.suffix.lower() not in ENDINGS:
        return True
    skips = (each.skips for each in LAYOUTS.values() if each.skips)
    return any(pattern.search(path.name) for pattern in skips)


def _key(group: Group) -> Key:
    return group.layout.kind, group.setting, group.series, group.period.name


def _sharing(keys_of: dict[Path, set[Key]]) -> Iterator[tuple[Path, ...]]:
    """Files that share an edition, together; each file once."""
    left = dict(keys_of)
    while left:
        path = next(iter(left))
        keys = left.pop(path)
        together = [path]
        while more := [one for one, theirs in left.items() if theirs & keys]:
            together += more
            keys = keys.union(*(left.pop(one) for one in more))
        yield tuple(sorted(together))
