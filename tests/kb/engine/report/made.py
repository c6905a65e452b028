"""Answers made by hand, of rules with known words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from kb.engine import ClaimAnswer, Engine, LineAnswer, Program, RuleResult
from kb.engine.judge.answer import (
    Arithmetic,
    CountedEvent,
    LimitState,
    Outcome,
    Receipt,
    Searched,
    Status,
)
from kb.engine.judge.outcome import headline
from kb.engine.program import FactWords, PayerWords
from kb.engine.rule_words import CitationWords, RuleWords

DAY = date(2026, 3, 10)
SOURCE = CitationWords(
    "L1", "A text", "limits 6", "", "https://example.org/l1", "secondary", "2026-11-23",
    "effective 2025-10-01",
)  # fmt: skip
FACTS = {
    "imaging": FactWords(
        "yes-no", "claim", "Imaging fits", "Imaging report", "Name the level."
    ),
    "contrast": FactWords(
        "yes-no", "claim", "Contrast", "Procedure note (fluoroscopy)", "Write its flow."
    ),
    "guidance": FactWords(
        "yes-no", "claim", "Guidance", "Procedure note", "Write which imaging."
    ),
    "pain": FactWords(
        "duration", "claim", "How long", "Visit note", "Write since when."
    ),
    "therapy": FactWords(
        "duration", "claim", "Care", "Therapy notes", "List the care."
    ),
}


def words(name: str, title: str, **more: Any) -> RuleWords:
    """The words of a rule of the policy ``p``."""
    bare = RuleWords(
        f"p@v#{name}", "p", name, title, "", "", "", (), "", "", "secondary",
        "p.policy", 7, (SOURCE,), policy_title="Epidurals",
    )  # fmt: skip
    return replace(bare, **more)


WORDS = {
    one.id: one
    for one in (
        words("sessions", "At most 4 sessions", carc="CO-151", rarc=("N362",)),
        words("repeat", "A repeat needs proof", carc="CO-50", fix="Send the note."),
        words("pair", "Not with its column one code", carc="CO-97", fix="Take it off."),
        words("needed", "Imaging and contrast are needed"),
        words("approval", "Approval comes first", ask_of="eviCore, by its portal"),
        words("advice", "Hospitals are asked first", prose="Six states do so."),
        words("paid", "A practitioner is paid less", prose="The plan pays 85 percent."),
        words("plan", "A plan's own rule"),
    )
}
PAYER = PayerWords("medicare-part-b", "Medicare Part B")
ENGINE = replace(Engine.of(Program(facts=FACTS, payers=(PAYER,))), words=WORDS)


def result(name: str, status: Status, outcome: Outcome, **more: Any) -> RuleResult:
    """What one of these rules found."""
    return RuleResult(f"p@v#{name}", status, outcome, **more)


def line(outcome: Outcome, *results: RuleResult, **more: Any) -> LineAnswer:
    """A line of 64483-RT."""
    bare = LineAnswer(
        1,
        "64483",
        ("RT",),
        DAY,
        outcome,
        results,
        as_billed=more.pop("billed", outcome),
    )
    return replace(bare, **more)


def answer(*lines: LineAnswer) -> ClaimAnswer:
    """A claim with these lines, numbered as they come."""
    return ClaimAnswer(
        claim="C-1",
        outcome=headline(x.outcome for x in lines),
        lines=tuple(replace(x, number=n) for n, x in enumerate(lines, 1)),
        searched=Searched("medicare-part-b", "", "first-coast", ("p@v",)),
        receipt=Receipt("1.0", "0.1", "sha256:" + "a" * 64, (), "sha256:" + "b" * 64),
        as_billed=headline(x.as_billed for x in lines),
    )


def total(counted: int, **more: Any) -> Arithmetic:
    """The sum of a limit of 4 sessions in a region in 12 months."""
    days = (date(2025, 6, 10), date(2025, 9, 15), date(2025, 12, 1), date(2026, 1, 5))
    bare = Arithmetic(
        unit="session",
        per=(("region", "lumbar-sacral"),),
        window_start=date(2025, 3, 11),
        window_end=DAY,
        convention="any 12 months, looking back",
        counted=counted,
        possible=counted,
        this=1,
        limit=4,
        events=tuple(CountedEvent(day, "64483", ("RT",)) for day in days[:counted]),
        next_date=None,
        leaves=None,
    )
    return bare._replace(**more)


def apart(*days: date, **more: Any) -> Arithmetic:
    """The dates behind an interval of 14 days."""
    given: dict[str, Any] = {
        "limit": None,
        "possible": None,
        "per": (),
        "convention": "at least 14 days between sessions",
        "events": tuple(CountedEvent(day, "64483", ()) for day in days),
    }
    return total(len(days), **(given | more))


def limit(found: Arithmetic, left: int | None, status: Status = "met") -> LimitState:
    """The state of a limit."""
    return LimitState("p@v#sessions", status, found, left)
