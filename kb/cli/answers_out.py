"""How ``check-claim`` says its answers as they are made: text, JSON, one object a line.

Whatever is printed stays true when the program is stopped in the middle: text and lines
are whole as far as they go, and JSON that lacks its end is none.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol

import click

from kb.claims import BadClaim, Remark
from kb.claims.causes import (
    MOST_OF_A_CAUSE,
    Causes,
    count_cause,
    json_of_causes,
    more_like_them,
    of_claim,
)
from kb.engine import ClaimAnswer, Engine
from kb.engine.report.brief import BRIEF_SCHEMA, brief_json
from kb.engine.report.explain import explain
from kb.engine.report.findings import SCHEMA, answer_json, bad_json, remark_json
from kb.engine.report.in_full import trace_text
from kb.engine.report.texts import answer_text, compact

MOST_SHOWN = 50
Json = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """What was said so far, in numbers."""

    outcomes: Counter[str] = field(default_factory=Counter)
    """Claims by their headline."""
    as_billed: Counter[str] = field(default_factory=Counter)
    """Claims by their headline without the chart."""
    of_lines: set[str] = field(default_factory=set)
    lines_as_billed: set[str] = field(default_factory=set)
    bad: int = 0

    @property
    def answers(self) -> int:
        """How many claims were answered."""
        return self.outcomes.total()

    def count(self, answer: ClaimAnswer) -> None:
        """Count an answer."""
        self.outcomes[answer.outcome] += 1
        self.as_billed[answer.as_billed] += 1
        self.of_lines.update(line.outcome for line in answer.lines)
        self.lines_as_billed.update(line.as_billed for line in answer.lines)


class Out(Protocol):
    """A way to say what is found, each thing when it is found."""

    def answer(self, answer: ClaimAnswer) -> None:
        """Say the answer to a claim."""

    def bad(self, bad: BadClaim) -> None:
        """Say what could not be read."""

    def remark(self, remark: Remark) -> None:
        """Say what was left out of a good claim."""

    def end(self, tally: Tally) -> None:
        """Say that this was all."""


@dataclass(slots=True)
class TextOut:
    """Text for people; of a large file the first answers."""

    engine: Engine
    show_all: bool = False
    verbose: bool = False
    trace: bool = False
    shown: int = 0
    faults: Causes = field(default_factory=dict)
    remarks: Causes = field(default_factory=dict)

    def answer(self, answer: ClaimAnswer) -> None:
        """Print the answer, when it is one of the first or all are wanted."""
        if not self.show_all and self.shown == MOST_SHOWN:
            return
        before = "\n" if self.shown else ""
        after = trace_text(answer, self.engine) if self.trace else ""
        said = explain(answer, self.engine, verbose=self.verbose)
        click.echo(before + said + after, nl=False)
        self.shown += 1

    def bad(self, bad: BadClaim) -> None:
        """Print place, claim and reason on standard error; of one cause the first."""
        cause = count_cause(self.faults, bad)
        if cause.count > MOST_OF_A_CAUSE and not self.show_all:
            return
        click.echo(f"not read: {bad.where}: {of_claim(bad)}{bad.reason}", err=True)
        if bad.fix:
            click.echo(f"  {bad.fix}", err=True)

    def remark(self, remark: Remark) -> None:
        """Print the remark on standard error; of one cause the first."""
        cause = count_cause(self.remarks, remark)
        if cause.count <= MOST_OF_A_CAUSE or self.show_all:
            text = f"remark: {remark.where}: {of_claim(remark)}{remark.text}"
            click.echo(text, err=True)

    def end(self, tally: Tally) -> None:
        """Print how many claims had which outcome, when there is more than one."""
        if not self.show_all:
            for kind, causes in (("not read", self.faults), ("remark", self.remarks)):
                for others in more_like_them(causes):
                    click.echo(f"{kind}: {others} (--all shows each)", err=True)
        left = tally.answers - self.shown
        if left:
            click.echo(f"\n... and {left} more claims; --all shows them.")
        if tally.answers + tally.bad > 1:
            click.echo("\n" + in_numbers(tally))


def in_numbers(tally: Tally) -> str:
    """``3 claims answered: 1 deny, 2 pass; 1 fault in the others``."""
    answered = f"{tally.answers} claim{'s' if tally.answers != 1 else ''} answered"
    said = [f"{answered}: {counted(tally.outcomes)}"]
    if tally.as_billed != tally.outcomes:
        said.append(f"as billed: {counted(tally.as_billed)}")
    if tally.bad:
        said.append(f"{tally.bad} fault{'s' if tally.bad != 1 else ''} in the others")
    return "; ".join(said)


def counted(outcomes: Counter[str]) -> str:
    """``1 deny, 2 pass``."""
    said = [f"{number} {outcome}" for outcome, number in sorted(outcomes.items())]
    return ", ".join(said) or "none"


@dataclass(slots=True)
class JsonOut:
    """One JSON document, ``payerkb-findings``: answers first, faults at its end.

    The bytes are those of the whole document printed at once.
    """

    engine: Engine
    trace: bool = False
    begun: bool = False
    not_read: list[Json] = field(default_factory=list)
    remarks: list[Json] = field(default_factory=list)

    def answer(self, answer: ClaimAnswer) -> None:
        """Print the answer, indented as an item of the list."""
        said = answer_json(answer, self.engine, trace=self.trace)
        text = indented(said).replace("\n", "\n    ")
        before = "," if self.begun else f"{self._head}["
        click.echo(f"{before}\n    {text}", nl=False)
        self.begun = True

    def bad(self, bad: BadClaim) -> None:
        """Keep it for the end."""
        self.not_read.append(bad_json(bad))

    def remark(self, remark: Remark) -> None:
        """Keep it for the end."""
        self.remarks.append(remark_json(remark))

    def end(self, tally: Tally) -> None:  # noqa: ARG002 - JSON has no numbers
        """Print the rest of the document."""
        rest = {"bad": self.not_read, "remarks": self.remarks}
        before = "\n  ]" if self.begun else f"{self._head}[]"
        click.echo(f"{before},{indented(rest).removeprefix('{')}")

    @property
    def _head(self) -> str:
        return f'{{\n  "schema": "{SCHEMA}",\n  "answers": '


def indented(value: Json) -> str:
    """JSON for people and programs, its keys in the order of the schema."""
    return json.dumps(value, indent=2, ensure_ascii=False)


@dataclass(slots=True)
class LinesOut:
    """One JSON object a line: its only key tells what it is.

    ``answer`` holds an answer in the brief form, or whole; ``bad`` and ``remark`` what
    the lists of the document hold.  The last line is ``end``, with numbers and the
    schema of the answers: without it something is missing.
    """

    engine: Engine
    full: bool = False
    trace: bool = False
    remarks: int = 0
    faults: Causes = field(default_factory=dict)

    def answer(self, answer: ClaimAnswer) -> None:
        """Print the answer."""
        if self.full:
            text = answer_text(answer, self.engine, trace=self.trace)
        else:
            text = compact(brief_json(answer, self.engine))
        click.echo(f'{{"answer":{text}}}')

    def bad(self, bad: BadClaim) -> None:
        """Print what could not be read."""
        count_cause(self.faults, bad)
        click.echo(compact({"bad": bad_json(bad)}))

    def remark(self, remark: Remark) -> None:
        """Print the remark."""
        self.remarks += 1
        click.echo(compact({"remark": remark_json(remark)}))

    def end(self, tally: Tally) -> None:
        """Print the numbers."""
        numbers: Json = {
            "answers": tally.answers,
            "bad": tally.bad,
            "remarks": self.remarks,
            "not_read": json_of_causes(self.faults),
            "outcomes": dict(sorted(tally.outcomes.items())),
            "as_billed": dict(sorted(tally.as_billed.items())),
            "database": self.engine.program.database,
            "schema": SCHEMA if self.full else BRIEF_SCHEMA,
        }
        click.echo(compact({"end": numbers}))
