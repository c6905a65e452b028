"""The fields of the claim form to a claim in JSON, and back.

A field is named by its place in the claim (``lines[0].code``, ``facts.pain-duration``), so
that a fault of the claim names the field that it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kb.claims.model import PayerNamed
from kb.claims.shapes import KEY, PAYER_ID
from kb.engine.payers import find_payer
from kb.engine.program import PayerWords, Program
from kb.names import plain_name
from kb.reference.days import written_day

Json = dict[str, Any]
Fields = Mapping[str, str]

THIS_CLAIM = "this-claim"
ALL_KNOWN = "history.all"
"""The box that says that no other earlier service was given."""
MORE, WISH = "more", "wish"
"""Buttons: for another row, and for what would make the claim pass."""
OF_THE_FORM = frozenset({"claim", MORE, WISH, ALL_KNOWN})
"""Fields that are none of the claim's."""
LISTS = frozenset({"modifiers", "diagnoses"})
CAPITALS = frozenset({"code", "state", "level"})
DAYS = frozenset({"date", "received", "requested"})
PLACE = re.compile(
    r"(?:(?P<rows>lines|history\.lines)\[(?P<row>[0-9]{1,3})\]\.)?"
    r"(?:(?P<within>facts|fields)\.)?(?P<name>[a-z][a-z0-9-]{0,79})"
)
WITH_MODIFIERS = re.compile(r"[0-9A-Z]{5}([-\s,]+[0-9A-Z]{2})+")
APART = re.compile(r"[\s,;]+")
POINTERS = re.compile(r"[A-Za-z0-9\s,;]+")
LEVEL = re.compile(r"([CTLS])([0-9]{1,2})\s*[-/]\s*([CTLS]?)([0-9]{1,2})")
SHORT_UNITS = re.compile(r"([0-9.]+)\s*(d|wks?|w|mos?|m|yrs?|y)\.?", re.IGNORECASE)
UNIT_OF = {"d": "days", "w": "weeks", "m": "months", "y": "years"}


def claim_of(fields: Fields, program: Program) -> Json:
    """The claim that the form says, for the reader of claims to judge.

    What is empty is left out, and so are rows in which nothing was written.
    """
    claim: Json = {"claim": THIS_CLAIM}
    rows: dict[str, dict[int, Json]] = {"lines": {}, "history.lines": {}}
    for name, text in fields.items():
        place, value = PLACE.fullmatch(name), text.strip()
        if place is None or not value or name in OF_THE_FORM:
            continue
        own = claim
        if place["rows"]:
            own = rows[place["rows"]].setdefault(int(place["row"]), {})
        if place["within"]:
            own = own.setdefault(place["within"], {})
        own[place["name"]] = value_of(
            place["name"], value, fact=place["within"] == "facts"
        )
    if "payer" in claim:
        claim["payer"] = payer_of(claim["payer"], program)
    # Without any line the reader would ask for a list: the form asks for a code.
    claim["lines"] = written(rows["lines"]) or [{}]
    earlier, complete = written(rows["history.lines"]), bool(fields.get(ALL_KNOWN))
    if earlier or complete:
        state = "complete" if complete else "partial"
        claim["history"] = {"state": state, "lines": earlier}
    return claim


def written(rows: dict[int, Json]) -> list[Json]:
    """The rows in which more stands than a number of units."""
    return [
        with_code_apart(row)
        for _number, row in sorted(rows.items())
        if row.keys() - {"units", "status"}
    ]


def with_code_apart(row: Json) -> Json:
    """The row with the modifiers that were written behind its code: ``64483-RT``."""
    found = WITH_MODIFIERS.fullmatch(row.get("code", ""))
    if found is None:
        return row
    code, *modifiers = APART.split(row["code"].replace("-", " "))
    return {**row, "code": code, "modifiers": [*modifiers, *row.get("modifiers", [])]}


def value_of(name: str, text: str, *, fact: bool) -> object:
    """A field's text as the claim has it; what cannot be read stays for its fault."""
    if fact or name in DAYS:
        day = written_day(text)
        return day.isoformat() if day else in_full(text) if fact else text
    if name in LISTS:
        return [part.upper() for part in APART.split(text) if part]
    if name == "pointers":
        return pointers_of(text)
    if name == "level":
        return level_of(text.upper())
    return text.upper() if name in CAPITALS else text


def in_full(text: str) -> str:
    """A length of time with its unit written out: ``6 wks`` is ``6 weeks``."""
    short = SHORT_UNITS.fullmatch(text)
    return f"{short[1]} {UNIT_OF[short[2][0].lower()]}" if short else text


def pointers_of(text: str) -> list[object]:
    """The diagnoses that a line points to: ``AC``, ``A, C`` and ``1 3`` are the same."""
    if not POINTERS.fullmatch(text):
        return [text]
    found = re.findall("[0-9]+|[A-Z]", text.upper())
    return [int(one) if one.isdigit() else ord(one) - ord("A") + 1 for one in found]


def level_of(text: str) -> str:
    """A level as claims have it: ``L4/5`` and ``L4-5`` are ``L4-L5``."""
    found = LEVEL.fullmatch(text)
    if found is None:
        return text
    upper, first, lower, second = found.groups()
    return f"{upper}{first}-{lower or upper}{second}"


def payer_of(text: str, program: Program) -> str | Json:
    """The payer by our key or its title, an id or any of its names."""
    plain = plain_name(text)
    titled = [payer.key for payer in program.payers if plain_name(payer.title) == plain]
    if len(titled) == 1:
        return titled[0]
    if KEY.fits(text) or PAYER_ID.fits(text):
        return text
    return {"name": text}


def fields_of(claim: Json, program: Program) -> dict[str, str]:
    """The form filled in with a claim."""
    shown = {
        key: value for key, value in claim.items() if key not in ("claim", "patient")
    }
    shown["payer"] = payer_words(claim.get("payer", ""), claim.get("plan", ""), program)
    lines = [dict(line) for line in claim.get("lines", ())]
    shared = list(
        dict.fromkeys(code for line in lines for code in line.get("diagnoses", ()))
    )
    shown["diagnoses"] = shared
    for name in ("date", "place"):
        common = {line.get(name, "") for line in lines}
        if len(common) == 1:
            shown[name] = common.pop()
            for line in lines:
                line.pop(name, None)
    for line in lines:
        own = line.pop("diagnoses", [])
        if own != shared:
            line["pointers"] = [shared.index(code) + 1 for code in own]
        line.pop("line", None)
    shown["lines"] = lines
    history = claim.get("history") or {}
    shown["history"] = {"lines": history.get("lines", [])}
    found = {name: text for name, text in flat("", shown) if text}
    if history.get("state") == "complete" and history.get("reach") != "own":
        found[ALL_KNOWN] = "yes"
    return found


def payer_words(given: str | Json, plan: str, program: Program) -> str:
    """The title of the payer that a claim names, else what it is called there."""
    named = (
        PayerNamed(key=given)
        if isinstance(given, str)
        else PayerNamed(
            given.get("key", ""),
            given.get("id", ""),
            given.get("name", ""),
            given.get("filing", ""),
        )
    )
    key, _why = find_payer(named, program, plan)
    called = named.name or named.identifier or named.key
    return next((one.title for one in program.payers if one.key == key), called)


def flat(place: str, value: object) -> Iterator[tuple[str, str]]:
    """Each value with its place: ``lines[0].code``."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from flat(f"{place}.{key}" if place else key, part)
    elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
        for number, part in enumerate(value):
            yield from flat(f"{place}[{number}]", part)
    elif isinstance(value, list):
        yield place, " ".join(str(part) for part in value)
    elif isinstance(value, bool):
        yield place, "yes" if value else "no"
    elif value is not None:
        yield place, str(value)


def rows_in(fields: Iterable[str], rows: str) -> int:
    """How many rows of a table the fields name."""
    numbers = [
        int(place["row"])
        for name in fields
        if (place := PLACE.fullmatch(name)) and place["rows"] == rows
    ]
    return max(numbers, default=-1) + 1


def payer_names(payers: Iterable[PayerWords]) -> list[str]:
    """The titles of payers, for suggestions."""
    return sorted(payer.title for payer in payers)
