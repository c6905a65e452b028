"""A claim that does not say its state: what each contractor's text would give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

from kb.engine.judge import wording
from kb.engine.judge.answer import Outcome
from kb.engine.judge.left_out import Try, replace_claim
from kb.engine.judge.situation import Situation
from kb.engine.program import Program

Alike = Callable[[Situation], Hashable]
"""What decides a line beside its own claim: equal where two states must answer alike."""


def by_contractor(at: Situation, alike: Alike, outcome_in: Try) -> str:
    """What the contractors give, in words; empty for a payer without contractors.

    States that must answer alike are tried once.
    """
    known: dict[Hashable, Outcome] = {}
    given: dict[str, dict[Outcome, list[str]]] = {}
    for contractor, states in contractors_of(at.payer, at.program):
        for state in states:
            there = replace_claim(at, replace(at.claim, state=state))
            key = alike(there)
            if key not in known:
                known[key] = outcome_in(there).outcome
            given.setdefault(contractor, {}).setdefault(known[key], []).append(state)
    return in_words(given)


def contractors_of(payer: str, program: Program) -> Iterable[tuple[str, list[str]]]:
    """Each contractor of a payer as people call it, with its states."""
    for key, (for_payer, states) in program.contractors.items():
        if for_payer == payer:
            yield wording.spoken(key), sorted(states)


def in_words(given: dict[str, dict[Outcome, list[str]]]) -> str:
    """``CGS or NGS: deny; First Coast: needs-evidence``, the shortest first."""
    names: dict[Outcome, list[str]] = defaultdict(list)
    for contractor, outcomes in given.items():
        for outcome, states in outcomes.items():
            one = len(outcomes) == 1
            where = "" if one else f" in {wording.either(states)}"
            names[outcome].append(f"{contractor}{where}")
    if len(names) == 1:
        return f"every contractor's text gives {next(iter(names))}"
    parts = (f"{wording.either(sorted(some))}: {out}" for out, some in names.items())
    return "; ".join(sorted(parts, key=lambda part: (len(part), part)))
