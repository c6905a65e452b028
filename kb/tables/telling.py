"""What the tables say of codes on a day, in sentences for people.

Three kinds of silence are told apart: a whole table that lacks a row answers; the rows that
ship, or a piece of a table, do not; and of a day that no edition owns nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
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
    is_visit,
)

NAMES: dict[Kind, str] = {
    Kind.PAIRS: "NCCI pairs",
    Kind.UNIT_CAPS: "Unit caps (MUE)",
    Kind.ADD_ONS: "NCCI add-on codes",
    Kind.DIAGNOSES: "ICD-10-CM",
    Kind.INDICATORS: "Fee schedule",
}
WHOSE: dict[Setting, str] = {
    Setting.PRACTITIONER: "practitioner",
    Setting.HOSPITAL: "outpatient hospital",
    Setting.SUPPLIER: "supplier",
    Setting.ALL: "",
}
PAIR_SETTINGS = (Setting.PRACTITIONER, Setting.HOSPITAL)
CAP_SETTINGS = (Setting.PRACTITIONER, Setting.HOSPITAL, Setting.SUPPLIER)
NEVER_APPLIES = 9
BY_LINE, OF_POLICY = 1, 2
MOST_LISTED = 8
HASH_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Told:
    """What one table says, or that it says nothing."""

    question: str
    """``pairs``, ``units``, ``add-ons``, ``schedule`` or ``diagnosis``."""
    says: str
    """A sentence that stands by itself."""
    by: str
    """The table with its edition, its hash, and what it is to the day."""
    answers: bool
    """False: nothing is known, which is neither a yes nor a no."""


def told_of_pair(tables: Tables, one: str, other: str, day: date) -> Iterator[Told]:
    """Whether two codes go together on a day, by setting."""
    for setting in PAIR_SETTINGS:
        pair = tables.pair(setting, one, other, day)
        edition = pair.edition if pair else tables.edition(Kind.PAIRS, setting, day)
        if pair is not None and pair.indicator != NEVER_APPLIES:
            yield _told("pairs", _of_pair(pair), pair.edition, day)
        elif edition is not None and edition.whole and not edition.shipped:
            says = f"{one} and {other} are no pair: by this table both are paid."
            yield _told("pairs", says, edition, day)
        else:
            silent = _silent(
                "pairs", Kind.PAIRS, setting, edition, f"{one} and {other}", day
            )
            yield replace(silent, says=no_edit(f"{one} with {other}"))


def no_edit(which: str) -> str:
    """What a piece of a table says of codes of which it holds no pair."""
    return (
        f"No bundling edit of {which} is among the pairs that are loaded or ship with payerkb; "
        "that is not a no: load NCCI's file with `payerkb import ptp`, or look it up at CMS."
    )


def _of_pair(pair: Pair) -> str:
    says = f"{pair.denied} is not paid beside {pair.paid}"
    if pair.indicator == 0:
        return f"{says}, and no modifier helps."
    if is_visit(pair.denied):
        return f"{says}, unless modifier 25 says truly that the visit was apart."
    return (
        f"{says}, unless a modifier says truly that they were apart (59, XE, XP, XS, XU, or "
        "RT and LT)."
    )


def told_of_pairs(
    tables: Tables, code: str, others: Iterable[str], day: date
) -> Iterator[Told]:
    """The pairs of a code with others, those alike together; nothing where none is known."""
    for setting in PAIR_SETTINGS:
        alike: dict[tuple[Edition, bool, str], list[str]] = {}
        for other in sorted(set(others) - {code}):
            pair = tables.pair(setting, code, other, day)
            if pair is not None and pair.indicator != NEVER_APPLIES:
                key = pair.edition, pair.paid == code, _what_helps(pair)
                alike.setdefault(key, []).append(other)
        for (edition, pays, helps), codes in alike.items():
            listed_all = ", ".join(codes)
            if pays:
                says = f"Not paid beside {code}, {helps}: {listed_all}."
            else:
                says = f"{code} is not paid beside these, {helps}: {listed_all}."
            yield _told("pairs", says, edition, day)


def _what_helps(pair: Pair) -> str:
    if pair.indicator == 0:
        return "whatever the modifier"
    if is_visit(pair.denied):
        return "unless modifier 25 says truly that the visit was apart"
    return "unless a modifier says truly that they were apart"


def told_of_units(tables: Tables, code: str, day: date) -> Iterator[Told]:
    """How many units of a code, by setting; of supplies only where a cap is known."""
    for setting in CAP_SETTINGS:
        cap = tables.unit_cap(setting, code, day)
        edition = cap.edition if cap else tables.edition(Kind.UNIT_CAPS, setting, day)
        if cap is not None:
            yield _told("units", _of_cap(cap), cap.edition, day)
        elif setting is Setting.SUPPLIER:
            continue
        elif edition is not None and edition.whole and not edition.shipped:
            says = f"No cap of {code} is published; CMS keeps some confidential."
            yield _told("units", says, edition, day)
        else:
            yield _silent("units", Kind.UNIT_CAPS, setting, edition, code, day)


def _of_cap(cap: UnitCap) -> str:
    if cap.units == 0:
        return f"{cap.code} is not payable here: its cap is 0 units."
    units = f"{cap.units} unit{'' if cap.units == 1 else 's'} of {cap.code}"
    if cap.indicator == BY_LINE:
        return f"At most {units} on a line; more need a line of their own."
    more = (
        "more is never paid"
        if cap.indicator == OF_POLICY
        else "more is paid on records only"
    )
    return f"At most {units} a day, all lines together; {more}."


def told_of_add_on(tables: Tables, code: str, day: date) -> Iterator[Told]:
    """What must stand beside an add-on code; nothing for other codes."""
    found = tables.add_on(code, day)
    if found is not None:
        yield _told("add-ons", _of_add_on(found), found.edition, day)


def _of_add_on(found: AddOn) -> str:
    if not found.primaries:
        return f"{found.code} is an add-on: the contractor decides beside which codes."
    more = ", or another that the contractor takes" if found.type != 1 else ""
    return f"{found.code} is an add-on, paid only beside {listed(sorted(found.primaries))}{more}."


def told_of_schedule(tables: Tables, code: str, day: date) -> Iterator[Told]:
    """Global days, sides, parts and assistants of a code; nothing where none is known."""
    found = tables.indicators(code, day)
    said = _of_indicators(found) if found else ""
    if found is not None and said:
        yield _told("schedule", f"{code}: {said}.", found.edition, day)


def _of_indicators(found: Indicators) -> str:
    words = (
        GLOBAL_DAYS.get(found.global_days, ""),
        _SIDES.get(found.bilateral, ""),
        _PARTS.get(found.professional_technical, ""),
        _ASSISTANT.get(found.assistant, ""),
        _STATUS.get(found.status, ""),
    )
    return "; ".join(word for word in words if word)


GLOBAL_DAYS = {
    "000": "no days after it are included (global 000)",
    "010": "10 days after it are included (global 010)",
    "090": "90 days after it are included (global 090)",
    "ZZZ": "it shares the global days of the code it adds to (ZZZ)",
    "XXX": "global days do not apply (XXX)",
    "YYY": "the contractor sets its global days (YYY)",
    "MMM": "maternity: global days do not apply (MMM)",
}
_SIDES = {
    "0": "both sides pay no more than one, so no modifier 50 (bilateral 0)",
    "1": "both sides are paid at 150 percent with modifier 50 (bilateral 1)",
    "2": "its price is for both sides already, so no modifier 50 (bilateral 2)",
    "3": "both sides are paid in full (bilateral 3)",
    "9": "sides do not apply, so no modifier 50 (bilateral 9)",
}
_PARTS = {
    "0": "it has no parts: neither 26 nor TC",
    "1": "it has two parts: 26 reading, TC machine",
    "2": "it is the reading alone: neither 26 nor TC",
    "3": "it is the machine alone: neither 26 nor TC",
    "4": "it is whole: neither 26 nor TC",
    "5": "it is incident to a physician's service: neither 26 nor TC",
}
_ASSISTANT = {
    "0": "an assistant is paid on records only",
    "1": "no assistant is paid",
    "2": "an assistant is paid",
}
_STATUS = {
    "B": "always part of another service (status B)",
    "I": "not valid for Medicare (status I)",
    "N": "not covered by Medicare (status N)",
    "C": "the contractor sets its price (status C)",
    "T": "paid only when nothing else of the day is (status T)",
}


def told_of_diagnosis(tables: Tables, code: str, day: date) -> Iterator[Told]:
    """Whether a diagnosis code may be billed on a day."""
    found = tables.diagnosis(code, day)
    edition = (
        found.edition if found else tables.edition(Kind.DIAGNOSES, Setting.ALL, day)
    )
    if found is not None:
        yield _told("diagnosis", _of_diagnosis(found), found.edition, day)
    elif edition is not None and edition.whole and not edition.shipped:
        says = f"{code} is no code of ICD-10-CM on this day."
        yield _told("diagnosis", says, edition, day)
    else:
        yield _silent("diagnosis", Kind.DIAGNOSES, Setting.ALL, edition, code, day)


def _of_diagnosis(found: DiagnosisCode) -> str:
    if found.billable:
        return f"{found.code} is valid: it can be billed."
    return (
        f"{found.code} is a heading and cannot be billed: bill {listed(found.longer)}."
    )


def told_of_code(tables: Tables, code: str, day: date) -> tuple[Told, ...]:
    """All that the tables say of a procedure code alone."""
    return merged(
        (
            *told_of_units(tables, code, day),
            *told_of_add_on(tables, code, day),
            *told_of_schedule(tables, code, day),
        )
    )


def merged(told: Iterable[Told]) -> tuple[Told, ...]:
    """Each sentence once, with all the tables that say it."""
    found: dict[tuple[str, str, bool], list[str]] = {}
    for one in told:
        tables = found.setdefault((one.question, one.says, one.answers), [])
        if one.by not in tables:
            tables.append(one.by)
    return tuple(
        Told(question, says, "; ".join(tables), answers)
        for (question, says, answers), tables in found.items()
    )


def listed(codes: tuple[str, ...] | list[str]) -> str:
    """``a, b or c``; of many the first."""
    more = len(codes) - MOST_LISTED
    if more > 0:
        return f"{', '.join(codes[:MOST_LISTED])} or one of {more} more"
    return (
        " or ".join((", ".join(codes[:-1]), codes[-1])) if codes[1:] else "".join(codes)
    )


def _told(question: str, says: str, edition: Edition, day: date) -> Told:
    return Told(question, says, told_by(edition, day), answers=True)


def told_by(edition: Edition, day: date) -> str:
    """``NCCI pairs, practitioner, 2026 Q4, sha256 ab12...``, and what it is to the day."""
    whose = WHOSE[edition.setting]
    name = ", ".join(filter(None, (NAMES[edition.kind], whose, edition.name)))
    if day < edition.first_day and not edition.shipped:
        name += ", read from its history"
    if not edition.shipped:
        return f"{name}, sha256 {edition.sha256.removeprefix('sha256:')[:HASH_SHOWN]}"
    if day > edition.last_day:
        return f"{name}; it ended {edition.last_day}: look it up in the current one"
    if day < edition.first_day:
        return f"{name}; it begins {edition.first_day}: look it up in that of the day"
    return f"{name}, a row that ships with payerkb"


def _silent(
    question: str,
    kind: Kind,
    setting: Setting,
    edition: Edition | None,
    what: str,
    day: date,
) -> Told:
    name = ", ".join(filter(None, (NAMES[kind], WHOSE[setting])))
    if edition is None:
        says = f"Nothing is known of {what}: no table for {day} is loaded."
    else:
        held = (
            "rows that ship" if edition.shipped else "rows of the piece that is loaded"
        )
        says = f"Nothing is known of {what}: not among the {held}."
    return Told(
        question, says, f"{name}; payerkb import {kind} loads it", answers=False
    )
