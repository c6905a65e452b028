"""What many answers come to: by outcome, payer and rule, in claims, lines and dollars."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from kb.claims.causes import Causes, add_causes, count_cause
from kb.claims.model import BadClaim, Claim, Remark
from kb.engine.judge.answer import ClaimAnswer, LineAnswer
from kb.engine.judge.evaluate import Engine
from kb.engine.report.sentences import deciding
from kb.engine.report.words import source_text, title_of, words_of

Json = dict[str, Any]
MOST_NAMED = 50
"""Lines of a finding that are named one by one, those worth most."""
AT_STAKE = ("deny", "fix")
"""Outcomes of lines whose dollars are lost unless somebody acts."""
CLEAN = frozenset({"pass", "note"})


class Named(NamedTuple):
    """A line that a finding is about, as a biller looks it up."""

    dollars: Decimal
    claim: str
    line: int
    code: str
    day: str
    say: str
    do: str

    @property
    def order(self) -> tuple[object, ...]:
        """Those worth most first; then as the claims are named, not as they came."""
        return (-self.dollars, *self[1:])


class About(NamedTuple):
    """What a finding is of: payer, outcome, and the rule or the reason behind it."""

    payer: str
    outcome: str
    rule: str
    """Row id of the rule; empty where no rule decides."""
    reason: str = ""
    """Why nobody can say, where no rule decides."""


class SaidOfLine(NamedTuple):
    """What is said of a line, and of what."""

    say: str
    do: str
    abouts: tuple[About, ...]


@dataclass(slots=True)
class Finding:
    """How many lines have one finding, what they are worth, and which they are."""

    title: str = ""
    """The rule's title; empty where no rule decides."""
    source: str = ""
    """Where it is written, and how sure that is."""
    lines: int = 0
    dollars: Decimal = Decimal(0)
    first: int = 0
    """Lines of which it is the first of several findings, so that each is listed once."""
    first_dollars: Decimal = Decimal(0)
    named: list[Named] = field(default_factory=list)
    """Of these lines those worth most."""

    def count(self, charge: Decimal, first: Named | None) -> None:
        """Count a line, with its name where this is its first finding."""
        self.lines += 1
        self.dollars += charge
        if first is not None:
            self.first += 1
            self.first_dollars += charge
            self._name((first,))

    def add(self, later: Finding) -> None:
        """Add what was counted of later lines."""
        self.title, self.source = later.title, later.source
        self.lines += later.lines
        self.dollars += later.dollars
        self.first += later.first
        self.first_dollars += later.first_dollars
        self._name(later.named)

    def _name(self, named: Iterable[Named]) -> None:
        self.named += named
        if len(self.named) > MOST_NAMED:
            self.named = sorted(self.named, key=lambda one: one.order)[:MOST_NAMED]


@dataclass(slots=True)
class Summary:
    """What was said of the claims so far, in numbers."""

    claims: Counter[str] = field(default_factory=Counter)
    """By outcome."""
    as_billed: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    lines_as_billed: Counter[str] = field(default_factory=Counter)
    payers: defaultdict[str, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    """Claims of each payer by outcome; the empty key: payer not found."""
    dollars: defaultdict[tuple[str, str], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    """Dollars billed on lines, by payer and outcome of the line."""
    uncharged: int = 0
    """Lines without a charge."""
    findings: defaultdict[About, Finding] = field(
        default_factory=lambda: defaultdict(Finding)
    )
    bad: Causes = field(default_factory=dict)
    remarks: Causes = field(default_factory=dict)

    @property
    def answers(self) -> int:
        """How many claims were answered."""
        return self.claims.total()

    @property
    def faults(self) -> int:
        """How many faults stand in what was not read."""
        return sum(cause.count for cause in self.bad.values())

    def count(
        self,
        claim: Claim,
        answer: ClaimAnswer,
        said: Iterable[SaidOfLine],
        engine: Engine,
    ) -> None:
        """Count an answer, with what is said of each of its lines."""
        payer = answer.searched.payer
        self.claims[answer.outcome] += 1
        self.as_billed[answer.as_billed] += 1
        self.payers[payer][answer.outcome] += 1
        for billed, line, (say, do, abouts) in zip(
            claim.lines, answer.lines, said, strict=True
        ):
            self.lines[line.outcome] += 1
            self.lines_as_billed[line.as_billed] += 1
            if billed.charge is None:
                self.uncharged += 1
            charge = billed.charge or Decimal(0)
            self.dollars[payer, line.outcome] += charge
            if abouts:
                named = Named(
                    charge, claim.id, line.number, line.code,
                    line.date.isoformat(), say, do,
                )  # fmt: skip
                for at, about in enumerate(abouts):
                    finding = self.findings[about]
                    finding.count(charge, None if at else named)
                    if about.rule and not finding.title:
                        words = words_of(about.rule, engine)
                        finding.title = title_of(words)
                        finding.source = source_text(words)

    def not_read(self, bad: BadClaim) -> None:
        """Count what could not be read."""
        count_cause(self.bad, bad)

    def remark(self, remark: Remark) -> None:
        """Count what was left out of a good claim."""
        count_cause(self.remarks, remark)

    def add(self, later: Summary) -> None:
        """Add what was said of later claims."""
        for mine, other in (
            (self.claims, later.claims),
            (self.as_billed, later.as_billed),
            (self.lines, later.lines),
            (self.lines_as_billed, later.lines_as_billed),
        ):
            mine.update(other)
        for payer, outcomes in later.payers.items():
            self.payers[payer].update(outcomes)
        for key, dollars in later.dollars.items():
            self.dollars[key] += dollars
        self.uncharged += later.uncharged
        for about, found in later.findings.items():
            self.findings[about].add(found)
        add_causes(self.bad, later.bad)
        add_causes(self.remarks, later.remarks)

    def at_stake(self) -> Decimal:
        """Dollars billed on lines that deny or have to be fixed, each line once."""
        return sum(
            (d for (_, outcome), d in self.dollars.items() if outcome in AT_STAKE),
            Decimal(0),
        )


def abouts_of(line: LineAnswer, payer: str) -> tuple[About, ...]:
    """What a line's outcome hangs on: the rules that decide, or why nobody can say.

    Nothing for a line that passes.
    """
    if line.outcome in CLEAN:
        return ()
    rules = dict.fromkeys(result.rule for result in deciding(line))
    if not rules:
        return (About(payer, line.outcome, "", line.reason or "not judged"),)
    return tuple(About(payer, line.outcome, rule) for rule in rules)
