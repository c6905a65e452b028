"""The duties of a compiled rule: what it requires, forbids, limits or keeps apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dsl.ir.parts import (
    COUNTING,
    DURATIONS,
    FACT,
    GROUPS,
    LIMITS,
    SCOPE,
    SET,
    TEST,
    WINDOW,
    WORD,
    Amounts,
    CountedUnit,
    Counting,
    FactScope,
    Role,
    Window,
    role,
)
from dsl.ir.tests import Test


@dataclass(frozen=True, slots=True)
class Require:
    """The test must be met."""

    test: Test = field(metadata=TEST)


@dataclass(frozen=True, slots=True)
class NeverCovered:
    """Not covered whenever the rule applies."""


@dataclass(frozen=True, slots=True)
class Covers:
    """The payer needs no coverage policy for these codes: a ground to pass."""


@dataclass(frozen=True, slots=True)
class BillAs:
    """The code is the wrong one for this; a code of the set names it."""

    set: str = field(metadata=SET)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in a window."""

    count: Amounts = field(metadata=LIMITS)
    unit: CountedUnit = field(metadata=WORD)
    per: tuple[str, ...] = field(metadata=GROUPS)
    window: Window = field(metadata=WINDOW)
    counting: Counting | None = field(metadata=COUNTING)


@dataclass(frozen=True, slots=True)
class Case:
    """The limit that holds for one choice of a fact."""

    choice: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class LimitBy:
    """A limit for each choice of a fact."""

    fact: str = field(metadata=FACT)
    of: FactScope = field(metadata=SCOPE)
    cases: tuple[Case, ...] = field(metadata=role(Role.CASES))


@dataclass(frozen=True, slots=True)
class Interval:
    """At least so long between sessions."""

    least: Amounts = field(metadata=DURATIONS)
    between: Literal["session"] = field(metadata=WORD)
    per: tuple[str, ...] = field(metadata=GROUPS)
    counting: Counting | None = field(metadata=COUNTING)


@dataclass(frozen=True, slots=True)
class NotWith:
    """Not beside other codes on one date of service."""

    set: str = field(metadata=SET)
    same: tuple[str, ...] = field(metadata=GROUPS)
    unless_modifier: tuple[str, ...] = field(metadata=role(Role.MODIFIERS))


Duty = Require | NeverCovered | Covers | BillAs | Limit | LimitBy | Interval | NotWith
