"""The tests of a compiled rule: one frozen dataclass a form, its fields by role.

A test is three-valued: met, unknown, not met (strong Kleene).  What each means, when it
is unknown, and its sentence are declared beside it in ``dsl.ir.forms``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from dsl.ir.parts import (
    AMOUNTS,
    CMP,
    COUNT,
    DURATIONS,
    FACT,
    GROUPS,
    MODIFIER,
    NUMBER,
    SCOPE,
    SET,
    TESTS,
    WINDOW,
    WORD,
    WORDS,
    Amounts,
    ClaimField,
    Cmp,
    Count,
    FactScope,
    NpiField,
    Role,
    Window,
    role,
)


@dataclass(frozen=True, slots=True)
class And:
    """All parts are met."""

    of: tuple[Test, ...] = field(metadata=TESTS)


@dataclass(frozen=True, slots=True)
class Or:
    """Any part is met."""

    of: tuple[Test, ...] = field(metadata=TESTS)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of its one part."""

    of: tuple[Test] = field(metadata=TESTS)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least so many parts are met."""

    count: int = field(metadata=NUMBER)
    of: tuple[Test, ...] = field(metadata=TESTS)


@dataclass(frozen=True, slots=True)
class If:
    """The second part in the case of the first, the third in every other."""

    of: tuple[Test, Test, Test] = field(metadata=TESTS)


@dataclass(frozen=True, slots=True)
class Always:
    """Always met."""


@dataclass(frozen=True, slots=True)
class Never:
    """Never met."""


@dataclass(frozen=True, slots=True)
class Yes:
    """A yes-no fact is yes."""

    fact: str = field(metadata=FACT)
    of: FactScope = field(metadata=SCOPE)


@dataclass(frozen=True, slots=True)
class Documented:
    """A fact is given at all."""

    fact: str = field(metadata=FACT)
    of: FactScope = field(metadata=SCOPE)


@dataclass(frozen=True, slots=True)
class Compare:
    """A measured fact against an amount."""

    fact: str = field(metadata=FACT)
    of: FactScope = field(metadata=SCOPE)
    cmp: Cmp = field(metadata=CMP)
    amount: Amounts = field(metadata=AMOUNTS)


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice fact is one of some words."""

    fact: str = field(metadata=FACT)
    of: FactScope = field(metadata=SCOPE)
    values: tuple[str, ...] = field(metadata=role(Role.WORDS, key="in"))


@dataclass(frozen=True, slots=True)
class Field:
    """A claim field is one of some values, or a place in a set: one of the two."""

    name: ClaimField = field(metadata=role(Role.WORD, key="field"))
    values: tuple[str, ...] = field(metadata=role(Role.WORDS, key="in"))
    set: str | None = field(metadata=SET)


@dataclass(frozen=True, slots=True)
class DateOfService:
    """The date of service is before or after a day, that day itself in neither."""

    cmp: Literal["<", ">"] = field(metadata=CMP)
    day: date = field(metadata=role(Role.DAY, key="date"))


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How long after (before) the date of service a day of the claim, or a fact, lies."""

    side: Literal["after", "before"] = field(metadata=WORD)
    cmp: Cmp = field(metadata=CMP)
    amount: Amounts = field(metadata=AMOUNTS)
    clock: Literal["received", "requested"] | None = field(
        default=None, metadata=role(Role.WORD, optional=True)
    )
    fact: str | None = field(default=None, metadata=role(Role.FACT, optional=True))
    of: FactScope | None = field(default=None, metadata=role(Role.SCOPE, optional=True))


@dataclass(frozen=True, slots=True)
class SameNpi:
    """Two providers of the claim are the same."""

    fields: tuple[NpiField, NpiField] = field(metadata=WORDS)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis that the line points to is in a set; ``primary``: the first pointer."""

    set: str = field(metadata=SET)
    which: Literal["any", "primary"] = field(metadata=WORD)


@dataclass(frozen=True, slots=True)
class Modifier:
    """The line carries a modifier."""

    modifier: str = field(metadata=MODIFIER)


@dataclass(frozen=True, slots=True)
class Billed:
    """How the line is billed beside the others of its day: once, or on both sides."""

    how: Literal["once", "on-both-sides"] = field(metadata=WORD)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The number of earlier sessions lies in a range."""

    set: str = field(metadata=SET)
    count: Count = field(metadata=COUNT)
    same: tuple[str, ...] = field(metadata=GROUPS)
    window: Window | None = field(metadata=WINDOW)
    before: Amounts | None = field(metadata=DURATIONS)
    apart: Amounts | None = field(metadata=DURATIONS)
    modifier: str | None = field(metadata=MODIFIER)
    without: str | None = field(metadata=MODIFIER)
    each: Test | None = field(metadata=role(Role.TEST))


@dataclass(frozen=True, slots=True)
class SameDay:
    """The number of other lines of the patient on the date lies in a range."""

    set: str = field(metadata=SET)
    count: Count = field(metadata=COUNT)
    same: tuple[str, ...] = field(metadata=GROUPS)


Test = (
    And
    | Or
    | Not
    | AtLeast
    | If
    | Always
    | Never
    | Yes
    | Documented
    | Compare
    | Choice
    | Field
    | DateOfService
    | Elapsed
    | SameNpi
    | Diagnosis
    | Modifier
    | Billed
    | Earlier
    | SameDay
)
