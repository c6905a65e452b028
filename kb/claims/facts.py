"""Fact values: from JSON, to JSON, and against what the policies ask of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from dsl.errors import PayerkbError
from kb.claims.model import Amount, BadClaim, Claim, Facts, FactValue
from kb.claims.near import MOST_TOLD, may_be_told, meant_word, near_word
from kb.claims.shapes import DATE, NUMBER, TEXT, kind_of, plain_number

FactKinds = Mapping[str, tuple[str, tuple[str, ...]]]
"""Fact key -> its kind and, for a choice, its words."""

NO_CHOICE = "none"
"""What a choice fact may be besides its words: the chart gives none of them."""

_Unit = Literal["day", "month", "percent", "dollar", "number"]
_UNITS: dict[str, tuple[_Unit, int]] = {
    "": ("number", 1),
    "day": ("day", 1),
    "days": ("day", 1),
    "week": ("day", 7),
    "weeks": ("day", 7),
    "month": ("month", 1),
    "months": ("month", 1),
    "year": ("month", 12),
    "years": ("month", 12),
    "percent": ("percent", 1),
    "%": ("percent", 1),
    "dollar": ("dollar", 1),
    "dollars": ("dollar", 1),
}
_AMOUNT = re.compile(
    rf"({NUMBER.pattern.pattern}) ?"
    r"(days?|weeks?|months?|years?|percent|%|dollars?|)"
)
_YES_NO = {"yes": True, "no": False}
_WRITTEN: dict[_Unit, str] = {
    "day": " days",
    "month": " months",
    "percent": " percent",
    "dollar": " dollars",
    "number": "",
}

EXAMPLES = {
    "yes-no": "true or false",
    "duration": "a duration as `30 weeks` or `3 months`",
    "percent": "a percentage as `60 percent`",
    "number": "a number as `4`",
    "money": "an amount of money as `500 dollars`",
    "date": "a date as `2026-01-31`",
    "text": "a text",
}


_TOO_LONG = "a number is not below zero and has at most twelve digits"


class FactError(PayerkbError, ValueError):
    """Why a JSON value is no fact value; its text holds none of the value."""


def fact_from_json(value: object) -> FactValue | None:
    """The fact value that a JSON value stands for, ``None`` when it is unknown.

    Weeks are held as days and years as months.  Raises ``FactError``.
    """
    match value:
        case None | bool():
            return value
        case str():
            return _fact_from_text(value)
        case int() | float() | Decimal():
            return _fact_from_number(value)
        case _:
            raise FactError(
                "a fact is true, false, a number or a text such as `30 weeks`"
            )


def fact_to_json(value: FactValue) -> bool | str:
    """The JSON value that ``fact_from_json`` reads back as ``value``."""
    match value:
        case bool() | str():
            return value
        case Amount(number, unit):
            return f"{number:f}{_WRITTEN[unit]}"
        case _:
            return value.isoformat()


def check_facts(claim: Claim, fact_kinds: FactKinds) -> list[BadClaim]:
    """The facts of ``claim`` that no policy knows, or that are not of their kind.

    ``where`` is the JSON path of the fact: ``lines[0].facts.pain-duration``.  The
    first few of each sort are told one by one, the others by their number.
    """
    unknown: list[tuple[str, str]] = []
    unfit: list[tuple[str, str, FactValue]] = []
    for place, facts in _places_of_facts(claim):
        for key, value in facts.items():
            if key not in fact_kinds:
                unknown.append((place, key))
            elif not is_of_kind(value, *fact_kinds[key]):
                unfit.append((place, key, value))
    if not (unknown or unfit):
        return []
    names = tuple(fact_kinds)
    return [
        *(_unknown_fact(*found, names, claim.id) for found in unknown[:MOST_TOLD]),
        *_more(unknown[MOST_TOLD:], "facts of names that no policy has", claim.id),
        *(
            BadClaim(
                f"{place}.{key}", *_fault_of_kind(value, *fact_kinds[key]), id=claim.id
            )
            for place, key, value in unfit[:_MOST_UNFIT]
        ),
        *_more(unfit[_MOST_UNFIT:], "facts of another kind than expected", claim.id),
    ]


_MOST_UNFIT = 20


def _unknown_fact(place: str, key: str, names: tuple[str, ...], claim: str) -> BadClaim:
    """The fault of a name that no policy has; shown only if it is nearly one."""
    near = near_word(key, names)
    fix = f"Did you mean `{near}`?" if near else "Leave it out."
    if may_be_told(key, names):
        reason = "no policy has a fact of this name"
        return BadClaim(f"{place}.{key}", reason, fix, id=claim)
    reason = f"no policy has a fact of this name ({kind_of(key)})"
    return BadClaim(place, reason, fix, id=claim)


def _more(left: Sequence[tuple[object, ...]], what: str, claim: str) -> list[BadClaim]:
    """One fault for all those that are not told one by one."""
    if not left:
        return []
    return [BadClaim(str(left[0][0]), f"{len(left):,} more {what}", id=claim)]


def _places_of_facts(claim: Claim) -> Iterable[tuple[str, Facts]]:
    yield "facts", claim.facts
    for index, line in enumerate(claim.lines):
        yield f"lines[{index}].facts", line.facts
    for index, earlier in enumerate(claim.history.lines):
        yield f"history.lines[{index}].facts", earlier.facts


def _fault_of_kind(
    value: FactValue, kind: str, choices: tuple[str, ...]
) -> tuple[str, str]:
    if kind == "choice":
        return _fault_of_choice(value, choices)
    return f"found {_kind_found(value)}, expected {EXAMPLES[kind]}", ""


def _fault_of_choice(value: FactValue, choices: tuple[str, ...]) -> tuple[str, str]:
    words = _words_of(choices)
    near = meant_word(value, words) if isinstance(value, str) else ""
    expected = ", ".join(f"`{word}`" for word in words)
    found = "another word" if isinstance(value, str) else _kind_found(value)
    fix = f"Did you mean `{near}`?" if near else ""
    return f"found {found}, expected one of {expected}", fix


def _words_of(choices: tuple[str, ...]) -> tuple[str, ...]:
    """What a choice fact may be: one of its words, or none of them."""
    return choices if NO_CHOICE in choices else (*choices, NO_CHOICE)


def is_of_kind(value: FactValue, kind: str, choices: tuple[str, ...]) -> bool:
    """Whether a value may be that of a fact of a kind."""
    match kind:
        case "yes-no":
            return isinstance(value, bool)
        case "duration":
            return isinstance(value, Amount) and value.unit in ("day", "month")
        case "percent" | "number" | "money":
            unit = "dollar" if kind == "money" else kind
            return isinstance(value, Amount) and value.unit == unit
        case "choice":
            return isinstance(value, str) and value in _words_of(choices)
        case "date":
            return isinstance(value, date)
        case _:
            return True


def _kind_found(value: FactValue) -> str:
    match value:
        case bool():
            return "yes or no"
        case Amount(_, "day" | "month"):
            return "a duration"
        case Amount(_, "percent"):
            return "a percentage"
        case Amount(_, "dollar"):
            return "an amount of money"
        case Amount():
            return "a number"
        case str():
            return "a word"
        case _:
            return "a date"


def _fact_from_text(text: str) -> FactValue | None:
    if text == "unknown":
        return None
    if text in _YES_NO:
        return _YES_NO[text]
    if amount := _AMOUNT.fullmatch(text):
        return _amount(Decimal(amount[1]), amount[3])
    if DATE.fits(text):
        return _fact_from_date(text)
    if not TEXT.fits(text):
        raise FactError(f"found {kind_of(text)}, expected {TEXT.expected}")
    return text


def _amount(number: Decimal, word: str) -> Amount:
    unit, factor = _UNITS[word]
    if not NUMBER.fits(f"{number * factor:f}"):
        raise FactError(_TOO_LONG)
    return Amount(number * factor, unit)


def _fact_from_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FactError("the calendar has no such date") from None


def _fact_from_number(value: float | Decimal) -> Amount:
    digits = plain_number(value)
    if not digits:
        raise FactError(_TOO_LONG)
    return Amount(Decimal(digits), "number")
