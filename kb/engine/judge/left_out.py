"""Fields that a claim leaves out although few values are possible: what each would give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from dsl.ir.tests import Field
from dsl.ir.walk import find
from kb.claims.model import Claim
from kb.engine.judge.answer import Outcome
from kb.engine.judge.billed import left_to_the_claim
from kb.engine.judge.interpret import Judged
from kb.engine.judge.outcome import RANK
from kb.engine.judge.silence import NAMES, Heard
from kb.engine.judge.situation import Situation
from kb.engine.program import Program

CLOSED = frozenset({"plan", "performer", "network"})
"""Fields of few words, so that each can be tried."""
ANOTHER = "another"
"""Stands for each value that no rule names."""


class Headlines(NamedTuple):
    """The two headlines of a line."""

    outcome: Outcome
    billed: Outcome


Try = Callable[[Situation], Headlines]
"""The headlines of a line in another situation."""


def hangs_on_few_words(found: Judged, program: Program) -> bool:
    """Whether fields of few words alone leave a rule undecided without the chart."""
    if found.result.status != "unknown" or found.billed != "unknown":
        return False
    return left_to_the_claim(found.result.about, program) <= CLOSED


def left_out(heard: Iterable[Heard], at: Situation) -> str:
    """The one field of few words that leaves a line undecided; empty for none or several."""
    names = {
        name
        for one in heard
        if one.judged.result.status == "unknown" and one.judged.billed == "unknown"
        for name in left_to_the_claim(one.judged.result.about, at.program)
    }
    return names.pop() if len(names) == 1 and names <= CLOSED else ""


def each_gives(
    name: str, heard: Iterable[Heard], at: Situation, headlines_of: Try
) -> dict[str, Headlines]:
    """The headlines of a line with each value that a rule on it names, and with another."""
    values = {
        value
        for one in heard
        if name in one.judged.result.about
        for test in find(one.rule.tree, Field)
        if test.name == name
        for value in test.values
    }
    return {
        value: headlines_of(replace_claim(at, with_field(at.claim, name, value)))
        for value in (*sorted(values), ANOTHER)
    }


def replace_claim(at: Situation, claim: Claim) -> Situation:
    """The line with its claim told in another way."""
    return Situation(at.program, claim, at.line, at.payer, at.services)


def with_field(claim: Claim, name: str, value: str) -> Claim:
    """The claim as if it said a field."""
    if name == "plan":
        return replace(claim, plan=value)
    return replace(claim, fields={**claim.fields, name: value})


def agreed(found: Headlines, given: Iterable[Headlines]) -> Headlines:
    """The headlines that hold whatever the value is; else the line as it stands."""
    outcomes, billed = zip(*given, strict=True)
    outcome = same(outcomes) if found.outcome == "unknown" else found.outcome
    as_billed = same(billed) if found.billed == "unknown" else found.billed
    # As billed a line is never judged more strictly.
    return Headlines(outcome, max(outcome, as_billed, key=RANK.__getitem__))


def same(outcomes: tuple[Outcome, ...]) -> Outcome:
    """The outcome that all have; unknown where they differ."""
    return outcomes[0] if len(set(outcomes)) == 1 else "unknown"


def in_words(name: str, given: dict[str, Headlines]) -> str:
    """What each value of a field gives, shortest first."""
    by_outcome: dict[Outcome, list[str]] = defaultdict(list)
    for value, found in given.items():
        by_outcome[found.outcome].append(value)
    parts = sorted(
        (f"{' or '.join(values)}: {outcome}" for outcome, values in by_outcome.items()),
        key=lambda part: (len(part), part),
    )
    what = NAMES.get(name, f"its {name}")
    return f"the claim does not say {what}; {'; '.join(parts)}"
