"""What the given files are: which table, whose, which edition, which columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from kb.tables.errors import TableFileError
from kb.tables.given import Given, Member, members_of
from kb.tables.header import Header, read_header
from kb.tables.layouts.layout import Layout, Sheet
from kb.tables.model import Setting
from kb.tables.periods import Period, period_of
from kb.tables.rows import Rows, opened_rows

MOST_NAMED = 6
FORMATS = (".txt", ".csv", ".xlsx")
"""From the cheapest to read; a zip holds the same table in two of them."""
_PART = re.compile(r"-f(\d{1,2})\b", re.IGNORECASE)
_MEDICAID = re.compile(r"medicaid|\bMCD_MUE|-MCD\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What the caller says of the files, where their names do not."""

    setting: Setting | None = None
    effective: date | None = None
    until: date | None = None
    incomplete: bool = False
    """The files are known to be a piece of an edition."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """One file of a table."""

    member: Member
    sheet: Sheet
    setting: Setting
    period: Period
    columns: dict[str, str]
    """Our name of each column, and the words that stand above it."""

    @property
    def part(self) -> int | None:
        """Its number among the files of its edition, when its name has one."""
        found = _PART.search(self.member.name)
        return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Group:
    """The files of one edition."""

    layout: Layout
    setting: Setting
    series: str
    period: Period
    sheets: tuple[Recognised, ...]

    @property
    def title(self) -> str:
        """``ptp practitioner 2026 Q4``."""
        words = (self.layout.kind, self.setting, self.series, self.period.name)
        return " ".join(word for word in words if word not in ("", Setting.ALL))

    @property
    def smallest(self) -> int:
        """Rows below which it is a piece of an edition."""
        own = max(one.sheet.smallest for one in self.sheets)
        return own or self.layout.smallest[self.setting]

    @property
    def paths(self) -> list[Path]:
        """The given files that it is read from."""
        return sorted({each.member.path for each in self.sheets})


@dataclass(frozen=True, slots=True)
class Recognition:
    """All editions in the given files, and what is left aside."""

    groups: tuple[Group, ...]
    skipped: tuple[Member, ...]


def recognise(layout: Layout, given: Sequence[Given], told: Told) -> Recognition:
    """Find out what the files are; raises ``TableFileError`` when one is not the table."""
    members = [member for one in given for member in members_of(one.path)]
    chosen, skipped = chosen_members(layout, members)
    if not chosen:
        names = ", ".join(member.name for member in members[:MOST_NAMED])
        message = (
            f"No file of the table {layout.kind} is among those given ({names}). "
            "docs/tables.md tells which file holds it."
        )
        raise TableFileError(message)
    found = [_recognised(layout, member, sheet, told) for member, sheet in chosen]
    groups = _grouped(layout, found)
    for group in groups:
        _refuse_doubles(group)
        if layout.in_parts and not told.incomplete:
            _refuse_missing_parts(group)
    return Recognition(groups, tuple(skipped))


def chosen_members(
    layout: Layout, members: list[Member]
) -> tuple[list[tuple[Member, Sheet]], list[Member]]:
    """Each file of the table; in each zip those of one format only."""
    fits = {
        member: sheet for member in members if (sheet := layout.sheet_for(member.name))
    }
    best: dict[tuple[object, ...], int] = {}
    for member, sheet in fits.items():
        place = _place(member, sheet)
        best[place] = min(best.get(place, len(FORMATS)), _format(member))
    chosen = [
        (member, sheet)
        for member, sheet in fits.items()
        if _format(member) == best[_place(member, sheet)]
    ]
    chosen = _once(chosen)
    taken = {member for member, _ in chosen}
    return chosen, [member for member in members if member not in taken]


def _once(chosen: list[tuple[Member, Sheet]]) -> list[tuple[Member, Sheet]]:
    """Without what lies in several zips alike, but for the first."""
    first = {sheet: member for member, sheet in reversed(chosen)}
    return [
        (member, sheet)
        for member, sheet in chosen
        if not sheet.repeated or first[sheet] == member
    ]


def _place(member: Member, sheet: Sheet) -> tuple[object, ...]:
    return (member.path, member.inside[:-1], sheet.table, sheet.series)


def _format(member: Member) -> int:
    return FORMATS.index(PurePosixPath(member.name).suffix.lower())


def _recognised(layout: Layout, member: Member, sheet: Sheet, told: Told) -> Recognised:
    names = member.names
    if layout.named_by_folder and not member.inside:
        names = (member.path.resolve().parent.name, *names)
    if any(_MEDICAID.search(name) for name in names):
        message = (
            f"{member.shown} is Medicaid's table; Medicare's is another. Get that."
        )
        raise TableFileError(message)
    with opened_rows(member, fixed=sheet.fixed, lenient=sheet.lenient) as rows:
        header = header_of(sheet, rows)
    words = (*names, *header.found.values())
    setting = _setting(layout, member, words, told.setting)
    period = period_of(
        member.shown,
        (*names, header.title),
        layout.names,
        layout.by_day,
        told.effective,
        told.until,
    )
    return Recognised(member, sheet, setting, period, header.found)


def header_of(sheet: Sheet, rows: Rows) -> Header:
    """Read up to the first row of the table."""
    if sheet.fixed:
        return Header({}, {}, "", iter(rows.cells))
    return read_header(rows, sheet.columns, sheet.first)


def _setting(
    layout: Layout, member: Member, words: tuple[str, ...], told: Setting | None
) -> Setting:
    if not layout.settings:
        if told not in (None, Setting.ALL):
            message = (
                f"The table {layout.kind} is the same in all settings: no --setting."
            )
            raise TableFileError(message)
        return Setting.ALL
    found = {
        setting
        for pattern, setting in layout.settings
        if any(pattern.search(word) for word in words)
    }
    if told:
        found.add(told)
    known = ", ".join(setting for _, setting in layout.settings)
    if not found:
        message = (
            f"{member.shown}: neither its name nor its header tells whose table it is. "
            f"Say it with --setting: {known}"
        )
        raise TableFileError(message)
    if len(found) > 1:
        message = (
            f"{member.shown}: its name, its header or --setting contradict each other: "
            f"{', '.join(sorted(found))}. Look which is right."
        )
        raise TableFileError(message)
    return found.pop()


def _grouped(layout: Layout, found: list[Recognised]) -> tuple[Group, ...]:
    groups: dict[tuple[str, str, Period], list[Recognised]] = {}
    for one in found:
        key = (one.setting, one.sheet.series, one.period)
        groups.setdefault(key, []).append(one)
    return tuple(
        Group(layout, Setting(setting), series, period, tuple(sheets))
        for (setting, series, period), sheets in groups.items()
    )


def _refuse_doubles(group: Group) -> None:
    """One file of a table in an edition, or one of each part."""
    seen: dict[tuple[str, str, int | None], Member] = {}
    for one in group.sheets:
        part = one.part if group.layout.in_parts else None
        key = (one.sheet.table, one.sheet.slot, part)
        if key in seen:
            message = (
                f"{seen[key].shown} and {one.member.shown} both hold {group.title}. "
                "Give one of them."
            )
            raise TableFileError(message)
        seen[key] = one.member


def _refuse_missing_parts(group: Group) -> None:
    parts = {one.part for one in group.sheets}
    numbers = {part for part in parts if part is not None}
    missing = sorted(set(range(1, max(numbers, default=0) + 1)) - numbers)
    if missing or (numbers and None in parts):
        named = (
            ", ".join(f"f{number}" for number in missing) or "those without a number"
        )
        message = (
            f"{group.title} comes in files f1, f2 and so on, and of these {named} "
            f"{'is' if len(missing) == 1 else 'are'} not given. Give all at once."
        )
        raise TableFileError(message)


Say = Callable[[str], None]


def explain(recognition: Recognition, say: Say) -> None:
    """Say what was recognised, line by line."""
    for group in recognition.groups:
        period = group.period
        say(f"{group.title}: {period.first_day} to {period.last_day}")
        for one in group.sheets:
            say(f"  {one.member.shown}")
            for name, words in one.columns.items():
                say(f"    {name:<16} below {' '.join(words.split())[-60:]!r}")
            if not one.columns:
                say("    places in each line")
    for member in recognition.skipped:
        say(f"left aside: {member.shown}")
