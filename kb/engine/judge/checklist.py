"""The checklist: facts of the chart that can still change a line's outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from dsl.ir.rule import Rule
from kb.engine.judge.answer import Outcome
from kb.engine.judge.outcome import RANK, clamped
from kb.engine.program import Program


class OpenRule(NamedTuple):
    """A rule that is unknown on a line."""

    tree: Rule
    outcome: Outcome
    """What it adds while it is unknown."""
    to_ask: frozenset[str]
    """What would be answered next."""


@dataclass(slots=True)
class Weight:
    """How much hangs on a fact."""

    rank: int
    """Place of the strictest outcome that it may bring."""
    alone: bool = False
    """Whether it decides a rule by itself."""
    rules: int = 0

    @property
    def order(self) -> tuple[int, bool, int]:
        """The most deciding comes first."""
        return (self.rank, not self.alone, -self.rules)


def checklist(
    rules: Iterable[OpenRule], settled: Outcome, program: Program
) -> tuple[str, ...]:
    """Facts to look up, the most deciding first.

    ``settled`` is the strictest outcome that no chart can change any more: what is
    weaker than it is not asked for.
    """
    weights: dict[str, Weight] = defaultdict(lambda: Weight(len(RANK)))
    for rule in rules:
        rank = at_stake(rule)
        if rank < RANK[settled]:
            for fact in rule.to_ask & program.facts.keys():
                weigh(weights[fact], rank, alone=len(rule.to_ask) == 1)
    return tuple(sorted(weights, key=lambda fact: (weights[fact].order, fact)))


def weigh(weight: Weight, rank: int, *, alone: bool) -> None:
    """Count a rule that asks for the fact."""
    if rank < weight.rank:
        weight.rank, weight.alone = rank, alone
    elif rank == weight.rank:
        weight.alone = weight.alone or alone
    weight.rules += 1


def at_stake(rule: OpenRule) -> int:
    """Place of the strictest outcome that the rule gives now or may come to."""
    broken = clamped(rule.tree, rule.tree.otherwise.outcome)
    return min(RANK[broken], RANK[rule.outcome])
