"""The policy mutation score: mutants killed by the scenarios, and those that survive."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kb.engine.judge.evaluate import Engine
from kb.engine.program import CompiledPolicy
from kb.mutation.mutants import Mutant, Sites, mutants_of, told_apart
from kb.proofs.bench import Bench, killer_of, set_up
from kb.proofs.scenario_claims import WorkedClaim

Progress = Callable[[str, int, int], None]
"""Called with the policy version at hand, and how many of how many mutants are over."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One mutant and the scenario that killed it, if any did."""

    mutant: Mutant
    killed_by: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What the scenarios of one policy version are worth."""

    version: str
    verdicts: tuple[Verdict, ...]
    failing: tuple[str, ...] = ()
    """Scenarios that fail without any change; they were left out."""

    @property
    def survivors(self) -> tuple[Mutant, ...]:
        """Mutants that no scenario noticed."""
        return tuple(x.mutant for x in self.verdicts if not x.killed_by)

    @property
    def killed(self) -> int:
        """How many mutants a scenario noticed."""
        return len(self.verdicts) - len(self.survivors)

    @property
    def percent(self) -> float:
        """Killed of all, in percent; 100 when there is nothing to change."""
        total = len(self.verdicts)
        return 100 * self.killed / total if total else 100.0


def score_policy(
    engine: Engine,
    policy: CompiledPolicy,
    worked: Iterable[WorkedClaim],
    sites: Sites,
    *,
    wanted: Callable[[Mutant], bool] | None = None,
    progress: Progress | None = None,
) -> Score:
    """Try every mutant of a policy version (those ``wanted``) against its scenarios."""
    bench = set_up(engine, policy, worked)
    return score_bench(bench, sites, wanted=wanted, progress=progress)


def score_bench(
    bench: Bench,
    sites: Sites,
    *,
    wanted: Callable[[Mutant], bool] | None = None,
    progress: Progress | None = None,
) -> Score:
    """The same for scenarios that are set up already."""
    policy = bench.policy
    mutants = told_apart(
        mutant
        for mutant in mutants_of(policy, bench.engine.program, sites)
        if wanted is None or wanted(mutant)
    )
    verdicts = []
    for done, mutant in enumerate(mutants):
        if progress:
            progress(policy.id, done + 1, len(mutants))
        verdicts.append(Verdict(mutant, killer_of(mutant, bench)))
    return Score(policy.id, tuple(verdicts), bench.failing)
