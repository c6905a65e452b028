"""The bench: scenarios of one policy version, ready to be asked under any mutant.

What a mutant cannot change is worked out once: the claims, their situations, and what
the policy as it stands says of them.  A scenario is answered anew, in full, only when a
rule that the mutant touches gives another result on one of its lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from kb.claims.model import Claim
from kb.engine.index import Index
from kb.engine.judge.evaluate import Engine
from kb.engine.program import CompiledPolicy
from kb.mutation.mutants import Mutant
from kb.proofs.line_contexts import Seat, results_at, seats_of
from kb.proofs.scenario_claims import WorkedClaim
from kb.proofs.scenarios import compare


@dataclass(frozen=True, slots=True)
class Case:
    """One scenario with the seats of its lines and every code that it names."""

    worked: WorkedClaim
    seats: tuple[Seat, ...]
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bench:
    """All scenarios of a policy version under the program as it stands."""

    engine: Engine
    policy: CompiledPolicy
    cases: tuple[Case, ...]
    failing: tuple[str, ...]
    """Scenarios that fail already; no mutant is held against them."""


def set_up(
    engine: Engine, policy: CompiledPolicy, worked: Iterable[WorkedClaim]
) -> Bench:
    """Work out everything that mutants of the policy version cannot change.

    Other policies are not heard, as in ``payerkb test``.
    """
    engine = engine.only(policy.policy)
    cases, failing = [], []
    for given in worked:
        if any(failures(given, engine)):
            failing.append(given.name)
        else:
            seats = tuple(seats_of(given.claim, engine.program, policy))
            cases.append(Case(given, seats, codes_of(given.claim)))
    return Bench(engine, policy, tuple(cases), tuple(failing))


def failures(worked: WorkedClaim, engine: Engine) -> Iterator[str]:
    """What comes out otherwise than the scenario expects."""
    (answer,) = engine.answer([worked.claim])
    for expected in worked.expect:
        yield from compare(expected, answer, worked.policy)


def codes_of(claim: Claim) -> frozenset[str]:
    """Every code that a claim names: procedures, diagnoses, places."""
    codes = {line.code for line in claim.lines}
    codes |= {line.code for line in claim.history.lines}
    codes |= {line.place for line in claim.lines}
    return frozenset(codes.union(*(line.diagnoses for line in claim.lines)))


def engine_of(mutant: Mutant, engine: Engine) -> Engine:
    """The engine with a mutant in the place of its policy version."""
    program = engine.program
    (old,) = (p for p in program.policies if is_mutated(p, mutant))
    policies = tuple(
        mutant.policy if policy is old else followed(policy, old, mutant.policy)
        for policy in program.policies
    )
    # The same sets where none changed: rules that are ready for them stay so.
    sets = {**program.sets, **mutant.sets} if mutant.sets else program.sets
    changed = replace(program, policies=policies, sets=sets)
    known = {
        key: codes
        for key, codes in engine.index.known.items()
        if key[0] != mutant.policy.id
    }
    return Engine(changed, Index(changed, known))


def is_mutated(policy: CompiledPolicy, mutant: Mutant) -> bool:
    """Whether the mutant stands in the place of a policy, not of a copy of it."""
    return policy.id == mutant.policy.id and not policy.followed_by


def followed(
    policy: CompiledPolicy, old: CompiledPolicy, new: CompiledPolicy
) -> CompiledPolicy:
    """A copy that the mutated policy brought by deferring, on the days it brings it now."""
    if policy.followed_by != old.id:
        return policy
    first, last = policy.days
    return replace(
        policy,
        days=(
            new.days[0] if first == old.days[0] else first,
            new.days[1] if last == old.days[1] else last,
        ),
    )


def killer_of(mutant: Mutant, bench: Bench) -> str:
    """The first scenario that fails under the mutant; empty when it survives.

    Those that ask about a touched rule by name come first.
    """
    engine = engine_of(mutant, bench.engine)
    differs = teller(mutant)
    ordered = sorted(
        bench.cases, key=lambda case: not (mutant.rules & case.worked.rules_named)
    )
    for case in ordered:
        if differs(case) and any(failures(case.worked, engine)):
            return case.worked.name
    return ""


def teller(mutant: Mutant) -> Callable[[Case], bool]:
    """How to see quickly whether a scenario's answer can differ under a mutant."""
    if mutant.code:
        return lambda case: mutant.code in case.codes
    if mutant.subject == "policy":
        return lambda _case: True
    return lambda case: any(seat_differs(seat, mutant) for seat in case.seats)


def seat_differs(seat: Seat, mutant: Mutant) -> bool:
    """Whether a touched rule gives another result on a line."""
    if not seat.asked:
        return True
    touched = {r.id for r in mutant.policy.rules if r.name in mutant.rules}
    before = {key: found for key, found in seat.results.items() if key in touched}
    return results_at(seat.at, mutant.policy, mutant.rules) != before
