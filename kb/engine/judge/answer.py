"""Answers: what the engine says of a claim, line by line and rule by rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

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
Question = Literal[
    "everything",
    "diagnosis",
    "necessity",
    "frequency",
    "approval",
    "modifiers",
    "units",
    "pairs",
    "provider",
    "add-ons",
    "codes",
]
"""What a line is asked; ``everything`` where no policy at all speaks of it."""


class CountedEvent(NamedTuple):
    """One earlier service that counted."""

    date: date
    code: str
    modifiers: tuple[str, ...]


class Arithmetic(NamedTuple):
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
    one_more: date | None = None
    """The first day with room for one more, where this line leaves none or breaks it."""
    choices: tuple[tuple[str, Arithmetic], ...] = ()
    """Where the limit hangs on a choice that nobody gave: the sum under each, by its word."""


class LimitState(NamedTuple):
    """How far a limit or an interval is used on this line, kept or not."""

    rule: str
    """Row id of the rule."""
    status: Status
    arithmetic: Arithmetic
    left: int | None
    """How many more the window allows after this line; ``None`` for an interval."""
    next_date: date | None = None
    """The first day on which one more is allowed, where none is left after this line;
    ``None`` while some are left, where that is not certain, or where no day will do."""


class NotJudged(NamedTuple):
    """A question that nothing answered on this line, and why."""

    question: Question
    why: str
    """In plain words: ``no table of code pairs is loaded``."""
    rule: str = ""
    """The declared gap behind it, if one says so."""


@dataclass(frozen=True, slots=True)
class TableSource:
    """Which edition of a table of CMS is behind a result."""

    kind: str
    """By the word of ``payerkb import``: ``ptp``, ``mue``."""
    setting: str
    edition: str
    first_day: date
    last_day: date
    """Inclusive; a result for a later day only asks to look it up."""
    sha256: str
    """Of the imported file; empty for what ships with the program."""
    shipped: bool
    source: str
    """Of what ships: where it was read."""


class RuleResult(NamedTuple):
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
    with_lines: tuple[int, ...] = ()
    """Other lines of the claim that it cannot stand beside."""
    do: str = ""
    """What to do, where no rule of a policy says it: of a table."""
    table: TableSource | None = None
    """The table that says it; ``None`` for a rule of a policy."""
    same_as: str = ""
    """The rule that is told in its place, for it says the same."""


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
    sought: tuple[str, ...] = ()
    """Those of them that name the code: what was looked for of it and not found."""
    as_billed: Outcome = "unknown"
    """The strictest outcome of what claim, history and tables decide, without the chart."""
    grounds: tuple[str, ...] = ()
    """Rule ids on which a pass stands: coverage that was asked and met, or declared."""
    limits: tuple[LimitState, ...] = ()
    """Each limit and interval in scope, kept or not."""
    chart: tuple[str, ...] = ()
    """Facts of the chart that can still change the outcome, the most deciding first."""
    not_judged: tuple[NotJudged, ...] = ()
    charge: Decimal | None = None
    """Dollars billed for the line; ``None`` when the claim does not say."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What was consulted for a claim, so that silence can be read."""

    payer: str
    """Key of the payer found, or empty."""
    payer_reason: str
    contractor: str
    policies: tuple[str, ...]
    """Ids of the policy versions that were asked."""
    history: str = ""
    """The earlier services that were looked up, and where; empty where the claim brings
    its own: ``3 earlier services: 2 files of this practice ...``."""


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
    as_billed: Outcome = "unknown"
    """The strictest of the lines as billed."""
    state: str = ""
    """Where the claim says that the service was given, by its letters."""
