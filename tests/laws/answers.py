"""Answers as laws compare them: what was said, by claim, line and rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from kb.claims.model import Claim
from kb.engine.judge.answer import ClaimAnswer, LineAnswer, RuleResult

DEFINITE = frozenset({"met", "not-met", "exempt", "not-applicable"})
SILENT = frozenset({"met", "exempt", "not-applicable"})
"""Statuses that object to nothing: which of them it is may depend on what is open."""

Ask = Callable[[tuple[Claim, ...]], tuple[ClaimAnswer, ...]]


class Key(NamedTuple):
    """One result: a rule on a line; without a rule the line's headline."""

    claim: str
    line: int
    rule: str
    copy: int = 0
    """Rules of a policy that another follows stand there more than once."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, without days and names, which some laws change."""

    status: str
    outcome: str
    about: tuple[str, ...] = ()
    exempt_by: str = ""
    counts: tuple[object, ...] = ()
    """Unit, counted, possible, this, limit."""


Answers = dict[Key, Said]


def asked(ask: Ask, batches: Iterable[tuple[Claim, ...]]) -> Answers:
    """What is said of the claims of each batch, all together."""
    found: Answers = {}
    for batch in batches:
        for answer in ask(batch):
            for line in answer.lines:
                found |= said_of_line(answer.claim, line)
    return found


def said_of_line(claim: str, line: LineAnswer) -> Answers:
    """The headline and every rule's result."""
    found = {Key(claim, line.number, ""): Said("", line.outcome)}
    by_rule: dict[str, list[RuleResult]] = defaultdict(list)
    for result in line.results:
        by_rule[result.rule].append(result)
    for rule, results in by_rule.items():
        for copy, result in enumerate(results):
            found[Key(claim, line.number, rule, copy)] = said_by(result)
    return found


def said_by(result: RuleResult) -> Said:
    """One result without its days."""
    sums = result.arithmetic
    counts = (
        (sums.unit, sums.counted, sums.possible, sums.this, sums.limit) if sums else ()
    )
    about = tuple(sorted(result.about))
    return Said(result.status, result.outcome, about, result.exempt_by, counts)


def kept(before: str, after: str) -> bool:
    """Whether a definite status is still true."""
    return before == after or (before in SILENT and after in SILENT)
