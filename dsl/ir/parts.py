"""What tests and duties are made of: amounts, windows, counts, and the roles of fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Literal

Cmp = Literal[">=", "<=", ">", "<"]
FactScope = Literal["patient", "claim", "line", "procedure"]
Unit = Literal["day", "week", "month", "year", "percent", "dollar", "number"]
Clock = Literal["service", "received", "requested"]
ClaimField = Literal[
    "place", "state", "plan", "payer", "authorization", "sex", "specialty", "performer",
    "network", "level",
]  # fmt: skip
NpiField = Literal["rendering-npi", "performer-npi", "supervising-npi", "billing-npi"]
CountedUnit = Literal["session", "line", "unit", "level", "injection", "region"]


class Role(Enum):
    """What a field of a form is: whoever walks rules asks for roles, not for names."""

    FACT = "fact"
    SCOPE = "scope of a fact"
    AMOUNTS = "dated amounts"
    WINDOW = "window"
    SET = "code set"
    GROUPS = "groups"
    MODIFIER = "modifier"
    MODIFIERS = "modifiers"
    TEST = "test"
    TESTS = "tests"
    COUNT = "count"
    NUMBER = "number"
    CMP = "comparison"
    WORDS = "words"
    WORD = "word"
    DAY = "day"
    CASES = "cases"
    COUNTING = "counting"


Metadata = Mapping[str, Role | str | bool]


def role(
    role: Role, *, key: str = "", optional: bool = False, schema: str = ""
) -> Metadata:
    """Metadata of a field: its role, its JSON key if that is another, may it be absent.

    An optional field that is ``None`` has no key in the JSON at all.  ``schema`` names
    a narrower definition of ``rule.schema.json`` than the role's own.
    """
    return MappingProxyType(
        {"role": role, "key": key, "optional": optional, "schema": schema}
    )


FACT = role(Role.FACT)
SCOPE = role(Role.SCOPE)
AMOUNTS = role(Role.AMOUNTS)
DURATIONS = role(Role.AMOUNTS, schema="durations")
LIMITS = role(Role.AMOUNTS, schema="limits")
WINDOW = role(Role.WINDOW)
SET = role(Role.SET)
GROUPS = role(Role.GROUPS)
MODIFIER = role(Role.MODIFIER)
TEST = role(Role.TEST)
TESTS = role(Role.TESTS)
COUNT = role(Role.COUNT)
NUMBER = role(Role.NUMBER)
CMP = role(Role.CMP)
WORDS = role(Role.WORDS)
WORD = role(Role.WORD)
DAY = role(Role.DAY)
COUNTING = role(Role.COUNTING)


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day, both inclusive; ``None`` is open."""

    start: date | None = None
    end: date | None = None

    def hold(self, day: date) -> bool:
        """Whether a day lies within them."""
        return (self.start is None or self.start <= day) and (
            self.end is None or day <= self.end
        )


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, on its days; a decimal stays as it was written."""

    amount: int | str
    unit: Unit
    days: Days = Days()


Amounts = tuple[Amount, ...]
"""Dated amounts: the one whose days hold the date of service counts."""


def amount_on(amounts: Amounts, day: date) -> Amount | None:
    """The dated amount that holds on a day."""
    return next((amount for amount in amounts if amount.days.hold(day)), None)


@dataclass(frozen=True, slots=True)
class Rolling:
    """``in any n months`` (or days): looks back from the date of service."""

    n: int
    unit: Literal["day", "month"]


@dataclass(frozen=True, slots=True)
class Calendar:
    """``in each calendar year`` (quarter, month): that of the date of service."""

    unit: Literal["year", "quarter", "month"]


@dataclass(frozen=True, slots=True)
class PlanYear:
    """``in each plan year``: begins on the claim's field ``plan-year-start``."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """``in a lifetime``."""


@dataclass(frozen=True, slots=True)
class OneSession:
    """``in one session``: one day of one patient."""


@dataclass(frozen=True, slots=True)
class OneDate:
    """``on one date``."""


Window = Rolling | Calendar | PlanYear | Lifetime | OneSession | OneDate


@dataclass(frozen=True, slots=True)
class Count:
    """How many; ``most`` of ``None`` has no upper end."""

    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Counting:
    """Which other services count, where a rule says other than usual."""

    with_modifiers: tuple[str, ...]
    without_modifiers: tuple[str, ...]
    denied: bool
    own: bool
