"""Answers as programs hold them: what ``payerkb-findings-brief`` says, with types.

Each class is an object of that schema and each field a key of it, under the same name;
days are ``date``, lists are tuples.  ``tests/kb/library/test_answers.py`` holds the two
together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from kb.engine.judge.answer import Outcome, Question, Status
from kb.engine.report.brief import dollars_text

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TableEdition:
    """An edition of a table of CMS that is behind a result."""

    kind: str
    """By the word of ``payerkb import``: ``ptp``, ``mue``, ``aoc``, ``icd10cm``, ``pfs``."""
    setting: str
    """``practitioner``, ``hospital``, ``dme`` or ``all``."""
    edition: str
    """As CMS calls it: ``2026 Q4``."""
    first_day: date
    last_day: date
    """Inclusive; a later day only asks to look it up."""
    sha256: str | None
    """Of the imported file; ``None`` for rows that ship with the program."""
    shipped: bool
    """Whether it ships with the program."""
    source: str
    """Of rows that ship: where they were read."""

    @classmethod
    def of(cls, given: Json) -> Self:
        """The edition out of its JSON."""
        days = {
            key: date.fromisoformat(given[key]) for key in ("first_day", "last_day")
        }
        return cls(**{**given, **days})

    def to_json(self) -> dict[str, Any]:
        """The JSON that it came of."""
        return {
            "kind": self.kind,
            "setting": self.setting,
            "edition": self.edition,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "sha256": self.sha256,
            "shipped": self.shipped,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class DecidingRule:
    """A rule that gives a line its outcome."""

    rule: str
    """Row id of the rule: ``policy-version#name``; of a table its own name."""
    codes: tuple[str, ...]
    """CARC and RARC of its denial, as ``CO-151``; empty unless it is not met."""
    table: TableEdition | None
    """The table that says it; ``None`` for a rule of a policy."""

    @classmethod
    def of(cls, given: Json) -> Self:
        """The rule out of its JSON."""
        table = given["table"]
        return cls(
            given["rule"],
            tuple(given["codes"]),
            TableEdition.of(table) if table is not None else None,
        )

    def to_json(self) -> dict[str, Any]:
        """The JSON that it came of."""
        table = self.table.to_json() if self.table else None
        return {"rule": self.rule, "codes": list(self.codes), "table": table}


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that nothing answered on a line."""

    question: Question
    """What the line is asked: ``frequency``, ``pairs``, ``diagnosis`` ..."""
    why: str
    """In plain words: ``no table of code pairs is loaded``."""
    rule: str | None
    """The declared gap behind it, if one says so."""

    @classmethod
    def of(cls, given: Json) -> Self:
        """The question out of its JSON."""
        return cls(**given)

    def to_json(self) -> dict[str, Any]:
        """The JSON that it came of."""
        return {"question": self.question, "why": self.why, "rule": self.rule}


@dataclass(frozen=True, slots=True)
class Window:
    """The days that count."""

    first: date | None
    """``from`` in JSON; ``None``: all that was before counts."""
    through: date

    @classmethod
    def of(cls, given: Json) -> Self:
        """The window out of its JSON."""
        return cls(_day(given["from"]), date.fromisoformat(given["through"]))

    def to_json(self) -> dict[str, Any]:
        """The JSON that it came of."""
        return {"from": _text(self.first), "through": self.through.isoformat()}


@dataclass(frozen=True, slots=True)
class LimitLeft:
    """How far a limit or an interval is used on a line, kept or not."""

    rule: str
    """Row id of the rule."""
    status: Status
    """``met`` when it is kept, ``not-met``, or ``unknown`` when that hangs on the history."""
    say: str
    """Its state in a sentence."""
    what: str
    """What is counted, as ``sessions``; for an interval its length in words."""
    group: Mapping[str, str]
    """Groups that are counted apart, with their value on this line."""
    counted: int
    """What counts for certain, this line included."""
    possible: int | None
    """What may count at most, this line included; ``None``: no upper end."""
    limit: int | None
    """``None`` for an interval."""
    left: int | None
    """How many more the window allows after this line; ``None`` for an interval, or where
    it is not known."""
    window: Window
    dates: tuple[date, ...]
    """Days of the earlier services that counted."""
    next: date | None
    """First day with room, where there is none today."""
    next_date: date | None
    """First day on which one more is allowed, where none is left after this line; ``None``
    while some are left, where that is not certain, or where no day will do."""

    @classmethod
    def of(cls, given: Json) -> Self:
        """The state out of its JSON."""
        typed = {
            "window": Window.of(given["window"]),
            "dates": tuple(map(date.fromisoformat, given["dates"])),
            "next": _day(given["next"]),
            "next_date": _day(given["next_date"]),
        }
        return cls(**{**given, **typed})

    def to_json(self) -> dict[str, Any]:
        """The JSON that it came of."""
        return {
            "rule": self.rule,
            "status": self.status,
            "say": self.say,
            "what": self.what,
            "group": dict(self.group),
            "counted": self.counted,
            "possible": self.possible,
            "limit": self.limit,
            "left": self.left,
            "window": self.window.to_json(),
            "dates": [day.isoformat() for day in self.dates],
            "next": _text(self.next),
            "next_date": _text(self.next_date),
        }


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """How one line of a claim stands, and which rules decide."""

    number: int
    """The line's number on the claim."""
    code: str
    """The procedure code billed."""
    outcome: Outcome
    """By all that is asked, the chart included."""
    as_billed: Outcome
    """The strictest outcome of what claim, history and tables decide, without the chart."""
    say: str
    """The finding that counts most, in a sentence."""
    do: str
    """What to do now; empty when there is nothing to do."""
    limits: tuple[LimitLeft, ...]
    """Each limit and interval in scope, kept or not."""
    not_judged: tuple[OpenQuestion, ...]
    """Questions that nothing answered."""
    rules: tuple[DecidingRule, ...]
    """The rules that give the line its outcome."""
    date: date | None
    """The day of the service; ``None`` in answers of before 1.1."""
    charge: Decimal | None
    """Dollars billed for the line; ``None`` when the claim does not say."""

    @classmethod
    def of(cls, given: Json) -> Self:
        """The line out of its JSON."""
        typed = {
            "limits": tuple(map(LimitLeft.of, given["limits"])),
            "not_judged": tuple(map(OpenQuestion.of, given["not_judged"])),
            "rules": tuple(map(DecidingRule.of, given["rules"])),
            "date": _day(given.get("date")),
            "charge": _dollars(given.get("charge")),
        }
        return cls(**{**given, **typed})

    def to_json(self) -> dict[str, Any]:
        """The JSON that it came of."""
        return {
            "number": self.number,
            "code": self.code,
            "outcome": self.outcome,
            "as_billed": self.as_billed,
            "say": self.say,
            "do": self.do,
            "limits": [one.to_json() for one in self.limits],
            "not_judged": [one.to_json() for one in self.not_judged],
            "rules": [one.to_json() for one in self.rules],
            "date": _text(self.date),
            "charge": None if self.charge is None else dollars_text(self.charge),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one claim, in brief."""

    claim: str
    """The claim's id, as its file gives it."""
    outcome: Outcome
    """The gravest outcome of its lines."""
    as_billed: Outcome
    """The strictest outcome of what claim, history and tables decide, without the chart."""
    say: str
    """The finding that counts most, in a sentence."""
    do: str
    """What to do now; empty when there is nothing to do."""
    lines: tuple[AnsweredLine, ...]
    payer: str | None = None
    """Key of the payer found; ``None`` where none was."""
    history: str = ""
    """The earlier services that were looked up, and in what; empty where none were."""

    @classmethod
    def of(cls, given: Json) -> Self:
        """The answer out of its JSON: ``json.loads(line)["answer"]`` of ``--ndjson``.

        Raises ``KeyError`` or ``TypeError`` for what is none of ``payerkb-findings-brief``.
        """
        return cls(**{**given, "lines": tuple(map(AnsweredLine.of, given["lines"]))})

    def to_json(self) -> dict[str, Any]:
        """The object of ``payerkb-findings-brief`` that says the same."""
        return {
            "claim": self.claim,
            "outcome": self.outcome,
            "as_billed": self.as_billed,
            "say": self.say,
            "do": self.do,
            "lines": [line.to_json() for line in self.lines],
            "payer": self.payer,
            "history": self.history,
        }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


def _dollars(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
