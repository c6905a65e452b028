"""Claims answered by two states of the policies: how outcomes move, without a claim in sight.

The result holds counts by payer, code and rule only: no claim id, no date, no patient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kb.claims.model import Claim
from kb.engine.judge.answer import LineAnswer
from kb.engine.judge.evaluate import Engine


@dataclass(frozen=True, slots=True)
class Moved:
    """How many claim lines of one payer and code went from one outcome to another."""

    payer: str
    code: str
    before: str
    after: str
    lines: int


@dataclass(frozen=True, slots=True)
class RuleMoved:
    """How many claim lines one rule answers otherwise."""

    rule: str
    before: str
    after: str
    lines: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """The outcome matrix, and what single rules do to it."""

    lines: int
    outcomes: tuple[Moved, ...]
    rules: tuple[RuleMoved, ...]

    @property
    def changed(self) -> int:
        """How many lines have another headline."""
        return sum(
            moved.lines for moved in self.outcomes if moved.before != moved.after
        )


def backtest(claims: Sequence[Claim], old: Engine, new: Engine) -> Backtest:
    """Answer the claims twice and count what moved."""
    outcomes: Counter[tuple[str, str, str, str]] = Counter()
    rules: Counter[tuple[str, str, str]] = Counter()
    before, after = old.answer(claims), new.answer(claims)
    for one, other in zip(before, after, strict=True):
        payer = other.searched.payer or one.searched.payer or "not known"
        for was, is_now in zip(one.lines, other.lines, strict=True):
            outcomes[payer, is_now.code, was.outcome, is_now.outcome] += 1
            rules.update(rules_moved(was, is_now))
    return Backtest(
        lines=sum(outcomes.values()),
        outcomes=tuple(Moved(*key, number) for key, number in sorted(outcomes.items())),
        rules=tuple(RuleMoved(*key, number) for key, number in sorted(rules.items())),
    )


def rules_moved(was: LineAnswer, is_now: LineAnswer) -> list[tuple[str, str, str]]:
    """The rules that give another status on a line."""
    one = {result.rule: result.status for result in was.results}
    other = {result.rule: result.status for result in is_now.results}
    return [
        (rule, one.get(rule, "not in scope"), other.get(rule, "not in scope"))
        for rule in sorted(one.keys() | other.keys())
        if one.get(rule) != other.get(rule)
    ]
