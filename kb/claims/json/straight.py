"""A JSON object that is plainly a claim, read without a word for faults.

Nearly every claim is one.  What is not gives ``None`` here, and ``claim`` reads it with
care and tells what is wrong; where this gives a claim, it is the one that ``claim`` gives,
which a test holds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, get_args

from kb.claims.edits import faults_of
from kb.claims.facts import fact_from_json
from kb.claims.identity import member_in
from kb.claims.json.checks import whole_number
from kb.claims.json.claim import FIELD_SHAPES, UNKNOWN
from kb.claims.model import (
    MOST_LINES,
    Authorization,
    ChartState,
    Claim,
    ClaimKind,
    ClaimLine,
    Facts,
    FactValue,
    History,
    HistoryLine,
    HistoryState,
    LineStatus,
    PayerNamed,
    Reach,
    own_patient,
)
from kb.claims.shapes import (
    DATE,
    DIAGNOSIS,
    KEY,
    LEVELS,
    MODIFIER,
    NDC,
    NPI,
    PAYER_ID,
    PLACE,
    PROCEDURE,
    STATE,
    TEXT,
    Shape,
    diagnosis_with_point,
    plain_number,
)

_KEPT = 1024
"""So many codes, days and facts of claims before are known without looking."""
_IN_DOUBT = (KeyError, TypeError, ValueError)
"""A key that is unknown, a value of another kind, one of another shape."""
Read = Callable[[Any], Any]
"""One value of a claim made of its JSON; raises one of these errors in doubt."""


def straight_claim(value: object) -> Claim | None:
    """The claim that a JSON value plainly holds; ``None`` where any of it is in doubt."""
    try:
        return _claim(value)
    except _IN_DOUBT:
        return None


def _claim(value: object) -> Claim:
    given = _given(value, _OF_CLAIM)
    of_lines = given.pop("lines")
    defaults = {
        "date": given.pop("date", None),
        "place": given.pop("place", ""),
        "diagnoses": given.pop("diagnoses", ()),
    }
    identifier = given.pop("claim")
    lines = tuple(
        _line(one, number, defaults) for number, one in enumerate(of_lines, 1)
    )
    if len({line.number for line in lines}) < len(lines):
        raise ValueError
    patient = given.pop("patient", None) or own_patient(identifier)
    claim = Claim(id=identifier, patient=patient, lines=lines, **given)
    if claim.birth is not None and any(faults_of(claim)):
        raise ValueError
    return claim


def _given(value: object, known: dict[str, tuple[str, Read]]) -> dict[str, Any]:
    """What an object gives, by the names of the model.

    Of an object that repeats a key the reader made another type.
    """
    if type(value) is not dict:
        raise TypeError
    found = {}
    for key, one in value.items():
        name, read = known[key]
        if one is not None:
            found[name] = read(one)
    return found


def _line(value: object, number: int, defaults: dict[str, Any]) -> ClaimLine:
    given = {"number": number, **defaults, **_given(value, _OF_LINE)}
    if given["date"] is None or "code" not in given:
        raise ValueError
    return ClaimLine(**given)


def _earlier(value: object) -> HistoryLine:
    return HistoryLine(**_given(value, _OF_EARLIER))


def _history(value: object) -> History:
    return History(**{"state": "partial", **_given(value, _OF_HISTORY)})


def _payer(value: str) -> PayerNamed:
    if KEY.fits(value):
        return PayerNamed(key=value)
    return PayerNamed(identifier=_payer_id(value))


def _fields(value: object) -> dict[str, str]:
    given = _given(value, _OF_FIELDS)
    return {
        key: given[key] for key in FIELD_SHAPES if given.get(key, UNKNOWN) != UNKNOWN
    }


def _facts(value: object) -> Facts:
    if type(value) is not dict:
        raise TypeError
    facts: Facts = {}
    for key, one in value.items():
        fact = _text_of_fact(one) if type(one) is str else fact_from_json(one)
        name = _key(key)
        if fact is not None:
            facts[name] = fact
    return facts


@lru_cache(maxsize=_KEPT)
def _text_of_fact(text: str) -> FactValue | None:
    return fact_from_json(text)


def _shaped(shape: Shape) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not shape.fits(value):
            raise ValueError
        return value

    return read


def _kept(shape: Shape) -> Callable[[str], str]:
    """The same, for words that come again and again."""
    return lru_cache(maxsize=_KEPT)(_shaped(shape))


def _one_of(*words: str) -> Callable[[str], str]:
    return {word: word for word in words}.__getitem__


def _each(read: Callable[[str], str]) -> Callable[[object], tuple[str, ...]]:
    def read_list(values: object) -> tuple[str, ...]:
        if type(values) is not list:
            raise TypeError
        return tuple(map(read, values))

    return read_list


@lru_cache(maxsize=_KEPT)
def _diagnosis(code: str) -> str:
    if not DIAGNOSIS.fits(code):
        raise ValueError
    return diagnosis_with_point(code)


def _day(text: str) -> date:
    if not DATE.fits(text):
        raise ValueError
    return date.fromisoformat(text)


@lru_cache(maxsize=_KEPT, typed=True)
def _units(value: object) -> Decimal:
    number = _dollars(value)
    if not number:
        raise ValueError
    return number


def _dollars(value: object) -> Decimal:
    digits = plain_number(value)
    if not digits:
        raise ValueError
    return Decimal(digits)


def _whole(value: object) -> int:
    number = whole_number(value)
    if number is None:
        raise ValueError
    return number


def _lines(value: object) -> list[Any]:
    if type(value) is not list or not 0 < len(value) <= MOST_LINES:
        raise ValueError
    return value


def _history_lines(value: object) -> tuple[HistoryLine, ...]:
    if type(value) is not list:
        raise TypeError
    return tuple(map(_earlier, value))


def _plan(value: str) -> str:
    return _key(value).removesuffix(UNKNOWN)


def _member(value: str) -> str:
    return member_in(_text(value))


_text, _key = _shaped(TEXT), _kept(KEY)
_payer_id, _state = _shaped(PAYER_ID), _kept(STATE)
_place, _npi = _kept(PLACE), _kept(NPI)
_kept_day = lru_cache(maxsize=_KEPT)(_day)
_authorization = _one_of(*get_args(Authorization))
_OF_CLAIM: dict[str, tuple[str, Read]] = {
    "claim": ("claim", _text),
    "patient": ("patient", _text),
    "type": ("kind", _one_of(*get_args(ClaimKind))),
    "payer": ("payer", _payer),
    "plan": ("plan", _plan),
    "state": ("state", _state),
    "place": ("place", _place),
    "date": ("date", _kept_day),
    "received": ("received", _kept_day),
    "requested": ("requested", _kept_day),
    "authorization": ("authorization", _authorization),
    "fields": ("fields", _fields),
    "diagnoses": ("diagnoses", _each(_diagnosis)),
    "chart": ("chart", _one_of(*get_args(ChartState))),
    "facts": ("facts", _facts),
    "lines": ("lines", _lines),
    "history": ("history", _history),
    "birth": ("birth", _day),
    "charge": ("charge", _dollars),
    "member": ("member", _member),
}
"""The keys of a claim that is no correction, with their names in the model."""
_OF_LINE: dict[str, tuple[str, Read]] = {
    "line": ("number", _whole),
    "code": ("code", _kept(PROCEDURE)),
    "modifiers": ("modifiers", _each(_kept(MODIFIER))),
    "units": ("units", _units),
    "date": ("date", _kept_day),
    "place": ("place", _place),
    "diagnoses": ("diagnoses", _each(_diagnosis)),
    "level": ("level", _one_of(*LEVELS)),
    "rendering": ("rendering", _npi),
    "authorization": ("authorization", _authorization),
    "facts": ("facts", _facts),
    "charge": ("charge", _dollars),
    "ndc": ("ndc", _kept(NDC)),
}
_OF_EARLIER: dict[str, tuple[str, Read]] = {
    key: _OF_LINE[key]
    for key in ("code", "modifiers", "units", "date", "level", "diagnoses", "facts")
} | {
    "rendering": ("rendering", _npi),
    "status": ("status", _one_of(*get_args(LineStatus))),
    "claim": ("claim", _text),
}
_OF_HISTORY: dict[str, tuple[str, Read]] = {
    "state": ("state", _one_of(*get_args(HistoryState))),
    "reach": ("reach", _one_of(*get_args(Reach))),
    "lines": ("lines", _history_lines),
}
_OF_FIELDS: dict[str, tuple[str, Read]] = {
    key: (key, _shaped(shape)) for key, shape in FIELD_SHAPES.items()
}
