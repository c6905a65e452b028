"""Twins: scenarios that would kill the mutants that survive.

A twin differs from a scenario of the policy in as little as can be, and the policy and
its mutant answer it differently.  It expects what the policy says now; whether that is
what the source says, only its author can confirm.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import Any

from kb.claims import Claim, read_json_value
from kb.engine.judge.answer import ClaimAnswer, RuleResult
from kb.engine.judge.evaluate import Engine
from kb.mutation.habits import Habits, habits_of
from kb.mutation.hints import Hints, hints_of
from kb.mutation.mutants import Mutant
from kb.mutation.policy_text import differences, expectation_text, scenario_text
from kb.mutation.variants import variants
from kb.proofs.bench import Bench, Case, engine_of, failures
from kb.proofs.line_contexts import results_at, seats_of
from kb.proofs.scenario_claims import WorkedClaim
from kb.proofs.scenarios import compare, rule_name
from kb.proofs.score import Progress

Json = dict[str, Any]
TRIES = 4000
"""How many claims are tried for one survivor before it is given up."""
NEAREST = 6
"""Scenarios of which two changes at once are tried."""
NOTHING: Json = {
    "line": None, "outcome": None, "status": None, "carc": None, "by": None,
    "about": [], "counted": None, "next_date": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Twin:
    """One proposed scenario, and the survivors that it kills."""

    worked: WorkedClaim
    """As if it stood in the policy."""
    like: str
    text: str
    """In the policy language, ready to paste."""
    kills: tuple[Mutant, ...]


@dataclass(frozen=True, slots=True)
class Proposals:
    """The twins of one policy version."""

    version: str
    twins: tuple[Twin, ...]
    unmatched: tuple[Mutant, ...]
    """Survivors that no small change tells apart."""


def proposals_of(
    bench: Bench,
    survivors: Sequence[Mutant],
    *,
    taken: Iterable[str] = (),
    progress: Progress | None = None,
) -> Proposals:
    """A twin for each survivor of a policy version, or for several together.

    ``taken`` are names of scenarios that no twin may have.
    """
    names = twin_names(taken)
    sources = [case.worked.source for case in bench.cases]
    habits = habits_of(sources, bench.engine.program)
    twins: list[Twin] = []
    unmatched: list[Mutant] = []
    for done, mutant in enumerate(survivors):
        if progress:
            progress(f"twins of {bench.policy.id}", done + 1, len(survivors))
        engine = engine_of(mutant, bench.engine)
        position = first_that_kills(twins, engine)
        if position is not None:
            twin = twins[position]
            twins[position] = replace(twin, kills=(*twin.kills, mutant))
            continue
        found = find_twin(mutant, engine, bench, names, habits)
        if found is None:
            unmatched.append(mutant)
        else:
            twins.append(found)
    return Proposals(bench.policy.id, tuple(twins), tuple(unmatched))


def first_that_kills(twins: list[Twin], engine: Engine) -> int | None:
    """Which of the twins already kills the mutant of an engine."""
    return next(
        (i for i, twin in enumerate(twins) if any(failures(twin.worked, engine))), None
    )


def twin_names(taken: Iterable[str]) -> Callable[[str], str]:
    """Names for twins: that of the rule or list, and the first number that is free."""
    used = set(taken)

    def next_name(subject: str) -> str:
        stem = re.sub(r"[^a-z0-9]+", "-", subject.lower()).strip("-")
        name = next(n for i in count(1) if (n := f"{stem}-twin-{i}") not in used)
        used.add(name)
        return name

    return next_name


def find_twin(
    mutant: Mutant,
    engine: Engine,
    bench: Bench,
    next_name: Callable[[str], str],
    habits: Habits,
) -> Twin | None:
    """The first claim near the scenarios that tells a mutant from the policy."""
    hints = replace(hints_of(mutant, bench.policy, bench.engine.program), habits=habits)
    for case, source in islice(candidates(mutant, bench, hints), TRIES):
        claim = read(source)
        if claim is None or not tells_apart(claim, mutant, engine, bench):
            continue
        expected = telling_expectation(claim, mutant, engine, bench)
        if expected is not None:
            name = next_name(mutant.subject)
            worked = replace(
                case.worked,
                name=name,
                title=f"Notices {mutant.subject}: {mutant.change}",
                source=source,
                claim=claim,
                expect=(expected,),
            )
            return Twin(worked, case.worked.name, text_of(worked, case), (mutant,))
    return None


def candidates(
    mutant: Mutant, bench: Bench, hints: Hints
) -> Iterator[tuple[Case, Json]]:
    """Claims to try: the scenarios as they are, then one change, then two."""
    near = [c for c in bench.cases if mutant.rules & c.worked.rules_named]
    rest = [c for c in bench.cases if not mutant.rules & c.worked.rules_named]
    ordered = [*near, *rest]
    yield from ((case, case.worked.source) for case in ordered)
    for case in near[: 2 * NEAREST]:
        yield from ((case, x) for x in variants(case.worked.source, hints))
    for case in rest[:NEAREST]:
        yield from ((case, x) for x in variants(case.worked.source, hints))
    for case in (near or rest)[:NEAREST]:
        for once in variants(case.worked.source, hints):
            yield from ((case, twice) for twice in variants(once, hints))


def read(source: Json) -> Claim | None:
    """The claim, or nothing when a change made it unreadable."""
    found = read_json_value(source)
    return found.claims[0] if found.claims and not found.bad else None


def tells_apart(claim: Claim, mutant: Mutant, engine: Engine, bench: Bench) -> bool:
    """Whether a rule gives another result under the mutant on some line."""
    before = list(seats_of(claim, bench.engine.program, bench.policy, mutant.rules))
    if mutant.sets or mutant.subject == "policy":
        after = list(seats_of(claim, engine.program, mutant.policy, mutant.rules))
        return [x.results for x in before] != [x.results for x in after]
    return any(
        seat.asked and results_at(seat.at, mutant.policy, mutant.rules) != seat.results
        for seat in before
    )


def telling_expectation(
    claim: Claim, mutant: Mutant, engine: Engine, bench: Bench
) -> Json | None:
    """An expectation that holds under the policy and fails under the mutant."""
    (original,) = bench.engine.answer([claim])
    (changed,) = engine.answer([claim])
    path = bench.policy.policy
    for expected in expectations(original, mutant):
        holds = not any(compare(expected, original, path))
        if holds and any(compare(expected, changed, path)):
            return expected
    return None


def expectations(answer: ClaimAnswer, mutant: Mutant) -> Iterator[Json]:
    """What could be expected: of the touched rules, of the others, of whole lines."""
    own = [
        (rule_name(result.rule) not in mutant.rules, line.number, result)
        for line in answer.lines
        for result in line.results
        if result.rule.startswith(f"{mutant.policy.id}#")
    ]
    for _other, number, result in sorted(own, key=lambda found: found[0]):
        yield from expectations_of(result, number)
    for line in answer.lines:
        yield {**NOTHING, "line": line.number, "outcome": line.outcome}
        said = {rule_name(result.rule) for result in line.results}
        for name in sorted(mutant.rules - said):
            status = {"line": line.number, "by": name, "status": "not-in-scope"}
            yield {**NOTHING, **status}


def expectations_of(result: RuleResult, line: int) -> Iterator[Json]:
    """What could be expected of one rule on a line."""
    by = {**NOTHING, "line": line, "by": rule_name(result.rule)}
    if result.status in ("not-met", "unknown"):
        yield {**by, "outcome": result.outcome}
        if result.about:
            yield {**by, "outcome": result.outcome, "about": sorted(result.about)}
    if result.status != "unknown":
        yield {**by, "status": result.status}


def text_of(worked: WorkedClaim, case: Case) -> str:
    """The twin of a scenario in the policy language."""
    return scenario_text(
        worked.name,
        worked.title,
        case.worked.name,
        differences(case.worked.source, worked.source),
        [expectation_text(expected) for expected in worked.expect],
    )
