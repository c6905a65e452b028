"""How ``check-claim`` says its answers as they are made: text, JSON, one object a line.

Whatever is printed stays true when the program is stopped in the middle: text and lines
are whole as far as they go, and JSON that lacks its end is none.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import click

from kb.claims import BadClaim, Remark
from kb.cli.causes import Causes, of_claim
from kb.cli.trace import trace_text, with_trace
from kb.engine import ClaimAnswer, Engine
from kb.engine.report.explain import explain
from kb.engine.report.findings import SCHEMA, answer_json, bad_json, remark_json

MOST_SHOWN = 50
Json = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """What was said so far, in numbers."""

    outcomes: Counter[str] = field(default_factory=Counter)
    """Claims by their headline."""
    of_lines: set[str] = field(default_factory=set)
    bad: int = 0

    @property
    def answers(self) -> int:
        """How many claims were answered."""
        return self.outcomes.total()

    def count(self, answer: ClaimAnswer) -> None:
        """Count an answer."""
        self.outcomes[answer.outcome] += 1
        self.of_lines.update(line.outcome for line in answer.lines)


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
    show_all: bool
    trace: bool
    shown: int = 0
    faults: Causes = field(default_factory=Causes)
    remarks: Causes = field(default_factory=Causes)

    def answer(self, answer: ClaimAnswer) -> None:
        """Print the answer, when it is one of the first or all are wanted."""
        if not self.show_all and self.shown == MOST_SHOWN:
            return
        before = "\n" if self.shown else ""
        after = trace_text(answer, self.engine) if self.trace else ""
        click.echo(before + explain(answer, self.engine) + after, nl=False)
        self.shown += 1

    def bad(self, bad: BadClaim) -> None:
        """Print place, claim and reason on standard error; of one cause the first."""
        if not (self.faults.is_told(bad.reason) or self.show_all):
            return
        click.echo(f"not read: {bad.where}: {of_claim(bad)}{bad.reason}", err=True)
        if bad.fix:
            click.echo(f"  {bad.fix}", err=True)

    def remark(self, remark: Remark) -> None:
        """Print the remark on standard error; of one cause the first."""
        if self.remarks.is_told(remark.text) or self.show_all:
            text = f"remark: {remark.where}: {of_claim(remark)}{remark.text}"
            click.echo(text, err=True)

    def end(self, tally: Tally) -> None:
        """Print how many claims had which outcome, when there is more than one."""
        if not self.show_all:
            for kind, causes in (("not read", self.faults), ("remark", self.remarks)):
                for others in causes.others():
                    click.echo(f"{kind}: {others} (--all shows each)", err=True)
        left = tally.answers - self.shown
        if left:
            click.echo(f"\n... and {left} more claims; --all shows them.")
        if tally.answers + tally.bad > 1:
            click.echo("\n" + in_numbers(tally))


def in_numbers(tally: Tally) -> str:
    """``3 claims answered: 1 deny, 2 pass; 1 fault in the others``."""
    words = [
        f"{number} {outcome}" for outcome, number in sorted(tally.outcomes.items())
    ]
    answered = f"{tally.answers} claim{'s' if tally.answers != 1 else ''} answered"
    faults = f"{tally.bad} fault{'s' if tally.bad != 1 else ''} in the others"
    return f"{answered}: {', '.join(words) or 'none'}" + (
        f"; {faults}" if tally.bad else ""
    )


@dataclass(slots=True)
class JsonOut:
    """One JSON document, ``payerkb-findings``: answers first, faults at its end.

    The bytes are those of the whole document printed at once.
    """

    said: Callable[[ClaimAnswer], Json]
    """The JSON of an answer."""
    begun: bool = False
    not_read: list[Json] = field(default_factory=list)
    remarks: list[Json] = field(default_factory=list)

    def answer(self, answer: ClaimAnswer) -> None:
        """Print the answer, indented as an item of the list."""
        text = indented(self.said(answer)).replace("\n", "\n    ")
        before = "," if self.begun else '{\n  "answers": ['
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
        rest = {"bad": self.not_read, "remarks": self.remarks, "schema": SCHEMA}
        before = "\n  ]" if self.begun else '{\n  "answers": []'
        click.echo(f"{before},{indented(rest).removeprefix('{')}")


def indented(value: Json) -> str:
    """JSON as every command prints it."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


@dataclass(slots=True)
class LinesOut:
    """One JSON object a line: its only key tells what it is.

    ``answer``, ``bad`` and ``remark`` hold what the lists of the document hold.  The
    last line is ``end``, with numbers: without it something is missing.
    """

    said: Callable[[ClaimAnswer], Json]
    remarks: int = 0

    def answer(self, answer: ClaimAnswer) -> None:
        """Print the answer."""
        self._say("answer", self.said(answer))

    def bad(self, bad: BadClaim) -> None:
        """Print what could not be read."""
        self._say("bad", bad_json(bad))

    def remark(self, remark: Remark) -> None:
        """Print the remark."""
        self.remarks += 1
        self._say("remark", remark_json(remark))

    def end(self, tally: Tally) -> None:
        """Print the numbers."""
        numbers: Json = {"answers": tally.answers, "bad": tally.bad}
        outcomes = {"remarks": self.remarks, "outcomes": dict(tally.outcomes)}
        self._say("end", {**numbers, **outcomes, "schema": SCHEMA})

    def _say(self, key: str, value: Json) -> None:
        said = json.dumps(
            {key: value}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        click.echo(said)


def json_of(engine: Engine, *, trace: bool) -> Callable[[ClaimAnswer], Json]:
    """How an answer is said in JSON, with or without traces."""

    def said(answer: ClaimAnswer) -> Json:
        found = answer_json(answer, engine)
        return with_trace(found, answer, engine) if trace else found

    return said
