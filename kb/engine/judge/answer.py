"""Answers: what the engine says of a claim, line by line and rule by rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Outcome = Literal[
    "deny",
    "fix",
    "needs-auth",
    "needs-evidence",
    "review",
    "unknown",
    "note",
    "pass",
]
HEADLINE_ORDER: tuple[Outcome, ...] = (
    "deny",
    "fix",
    "needs-auth",
    "needs-evidence",
    "review",
    "unknown",
    "note",
    "pass",
)
Status = Literal["not-applicable", "exempt", "met", "not-met", "unknown", "gap"]


@dataclass(frozen=True, slots=True)
class CountedEvent:
    """One earlier service that counted."""

    date: date
    code: str
    modifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The sum behind a limit or an interval, as a person would check it."""

    unit: str
    per: tuple[tuple[str, str], ...]
    """Group and its value on this line: ``(("region", "lumbar-sacral"),)``."""
    window_start: date | None
    """First day that counts; ``None`` for a lifetime."""
    window_end: date
    convention: str
    """The window in words: ``any 12 months, looking back``."""
    counted: int
    """What history holds for certain, without this line's own date."""
    possible: int | None
    """What history may hold at most; ``None``: no upper end."""
    this: int
    limit: int | None
    events: tuple[CountedEvent, ...]
    next_date: date | None
    leaves: date | None
    """The event date whose leaving frees ``next_date``."""
    remark: str = ""
    """Said when other window conventions would give another answer nearby."""
    tied: tuple[tuple[str, int], ...] = ()
    """Lines of other claims on the date, by claim and number, without which the limit
    is kept, so that either may go: some of them."""
    tied_with: int = 0
    """How many they are."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The status of one rule on one line."""

    rule: str
    """Row id of the rule: ``policy-version#name``."""
    status: Status
    outcome: Outcome
    """What it adds to the headline; ``pass`` when it objects to nothing."""
    about: tuple[str, ...] = ()
    """Facts, fields, ``history`` or group names that could still change it."""
    because: str = ""
    """The first condition that decided, in plain words."""
    disputed: tuple[str, ...] = ()
    """Facts that are said twice and not alike, each with its values and their places."""
    exempt_by: str = ""
    """``unless`` or the exception's name."""
    arithmetic: Arithmetic | None = None


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """Every rule in scope on one line, and the headline."""

    number: int
    code: str
    modifiers: tuple[str, ...]
    date: date
    outcome: Outcome
    results: tuple[RuleResult, ...]
    reason: str = ""
    """Why the line is unknown when no rule says so (no policy loaded ...)."""
    open_points: tuple[str, ...] = ()
    """Rule ids of declared gaps that a pass does not cover."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What was consulted for a claim, so that silence can be read."""

    payer: str
    """Key of the payer found, or empty."""
    payer_reason: str
    contractor: str
    policies: tuple[str, ...]
    """Ids of the policy versions that were asked."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the answer was made from.  Same receipt, same bytes."""

    language: str
    engine: str
    database: str
    editions: tuple[tuple[str, str], ...]
    claim: str


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """The answer to one claim."""

    claim: str
    outcome: Outcome
    lines: tuple[LineAnswer, ...]
    searched: Searched
    receipt: Receipt
