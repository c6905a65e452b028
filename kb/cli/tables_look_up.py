"""What the loaded tables say of codes on a day, a line a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kb.tables.documents import ARTICLES, documents_with, newest_of
from kb.tables.model import Edition, Kind, Setting
from kb.tables.opening import OpenTables
from kb.tables.packing import PLACES

PAIR_SETTINGS = (Setting.PRACTITIONER, Setting.HOSPITAL)
CAP_SETTINGS = (*PAIR_SETTINGS, Setting.SUPPLIER)
MODIFIERS = ("", "26", "TC", "53")
MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Said:
    """A line, and whether a loaded table stands behind it."""

    text: str
    loaded: bool


def of_two(tables: OpenTables, one: str, other: str, day: date) -> Iterator[Said]:
    """What the pair tables say of two codes."""
    for setting in PAIR_SETTINGS:
        edition = tables.edition(Kind.PAIRS, setting, day)
        if edition is None:
            yield _silent(Kind.PAIRS, setting, day)
            continue
        pair = tables.pair(setting, one, other, day)
        if pair is None:
            yield _line(
                edition, f"no edit of {one} and {other}{_unless_whole(edition)}", day
            )
            continue
        ends = f"to {pair.last_day}" if pair.last_day else "on"
        text = (
            f"{pair.denied} is not paid beside {pair.paid}, indicator {pair.indicator}, "
            f"from {pair.first_day} {ends}: {pair.rationale}"
        )
        yield _line(edition, text, day)


def of_code(tables: OpenTables, code: str, day: date) -> Iterator[Said]:
    """What the other tables say of one code; of a diagnosis that it is one alone."""
    if len(code) == PLACES and "." not in code:
        for setting in CAP_SETTINGS:
            yield _cap(tables, setting, code, day)
        yield _add_on(tables, code, day)
        yield from _indicators(tables, code, day)
    if "." not in code:
        yield _hcpcs(tables, code, day)
    yield _diagnosis(tables, code, day)
    yield from _articles(tables, code)


def _cap(tables: OpenTables, setting: Setting, code: str, day: date) -> Said:
    edition = tables.edition(Kind.UNIT_CAPS, setting, day)
    if edition is None:
        return _silent(Kind.UNIT_CAPS, setting, day)
    cap = tables.unit_cap(setting, code, day)
    if cap is None:
        return _line(edition, f"no published cap of {code}", day)
    each = "a line" if cap.indicator == 1 else "a day"
    text = f"{code} {cap.units} {each}, indicator {cap.indicator}: {cap.rationale}"
    return _line(edition, text, day)


def _add_on(tables: OpenTables, code: str, day: date) -> Said:
    edition = tables.edition(Kind.ADD_ONS, Setting.ALL, day)
    if edition is None:
        return _silent(Kind.ADD_ONS, Setting.ALL, day)
    found = tables.add_on(code, day)
    if found is None:
        return _line(edition, f"{code} is no add-on code{_unless_whole(edition)}", day)
    primaries = _listed(tuple(sorted(found.primaries))) or "what the contractor decides"
    return _line(edition, f"{code} type {found.type}, beside {primaries}", day)


def _indicators(tables: OpenTables, code: str, day: date) -> Iterator[Said]:
    """A line for the code alone, and one for each modifier that it has."""
    edition = tables.edition(Kind.INDICATORS, Setting.ALL, day)
    if edition is None:
        yield _silent(Kind.INDICATORS, Setting.ALL, day)
        return
    rows = [tables.indicators(code, day, modifier) for modifier in MODIFIERS]
    for row in filter(None, rows):
        with_modifier = f"-{row.modifier}" if row.modifier else ""
        text = (
            f"{code}{with_modifier} status {row.status}, global {row.global_days}, "
            f"26/TC {row.professional_technical}, bilateral {row.bilateral}, "
            f"assistant {row.assistant}, multiple {row.multiple}"
        )
        yield _line(edition, text, day)
    if not any(rows):
        yield _line(edition, f"{code} is not in it", day)


def _hcpcs(tables: OpenTables, code: str, day: date) -> Said:
    edition = tables.edition(Kind.HCPCS, Setting.ALL, day)
    if edition is None:
        return _silent(Kind.HCPCS, Setting.ALL, day)
    found = tables.hcpcs(code, day)
    if found is None:
        return _line(edition, f"{code} is not in it", day)
    ends = f", ends {found.last_day}" if found.last_day else ""
    return _line(edition, f"{code} coverage {found.coverage or 'none'}{ends}", day)


def _articles(tables: OpenTables, code: str) -> Iterator[Said]:
    """The articles of the newest export that name a code."""
    for edition in newest_of(tables, ARTICLES):
        for article in documents_with(tables, edition, code):
            groups = ", ".join(map(str, article.groups))
            text = f"A{article.number} version {article.version}, group {groups}"
            yield Said(f"mcd {edition.name}: {text}: {article.title}", loaded=True)


def _diagnosis(tables: OpenTables, code: str, day: date) -> Said:
    edition = tables.edition(Kind.DIAGNOSES, Setting.ALL, day)
    if edition is None:
        return _silent(Kind.DIAGNOSES, Setting.ALL, day)
    found = tables.diagnosis(code, day)
    if found is None:
        return _line(edition, f"{code} is no code{_unless_whole(edition)}", day)
    if found.billable:
        return _line(edition, f"{found.code} is billable: {found.title}", day)
    text = f"{found.code} is a header: bill {_listed(found.longer)}"
    return _line(edition, text, day)


def _listed(codes: tuple[str, ...]) -> str:
    more = len(codes) - MOST_LISTED
    rest = f" and {more} more" if more > 0 else ""
    return ", ".join(codes[:MOST_LISTED]) + rest


def _unless_whole(edition: Edition) -> str:
    return "" if edition.whole else " in this piece, which proves nothing"


def _silent(kind: Kind, setting: Setting, day: date) -> Said:
    whose = "" if setting is Setting.ALL else f" {setting}"
    return Said(
        f"{kind}{whose}: no edition that answers for {day} is loaded", loaded=False
    )


def _line(edition: Edition, text: str, day: date) -> Said:
    whose = "" if edition.setting is Setting.ALL else f" {edition.setting}"
    history = " (from its history)" if day < edition.first_day else ""
    where = (
        f"{edition.kind}{whose} {edition.name}{history}, sha256 {edition.sha256[:12]}"
    )
    return Said(f"{where}: {text}", loaded=True)
