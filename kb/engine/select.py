"""Which payer, contractor and policies a claim is under."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from kb.claims.model import Claim
from kb.engine.payers import find_payer
from kb.engine.program import CompiledPolicy, Program, holds, turns_in

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Selection:
    """The policies to ask for a line, and why others cannot be asked."""

    payer: str
    payer_reason: str
    contractor: str
    policies: tuple[CompiledPolicy, ...]
    undecided: tuple[tuple[CompiledPolicy, str], ...]
    """Policies that might be asked if the claim said more: ``state`` or ``plan``."""
    ended: tuple[CompiledPolicy, ...]
    """Policies whose last version is over, without a successor."""
    later: tuple[CompiledPolicy, ...] = ()
    """Policies of which no version is in force yet; the first version of each."""
    notes: dict[Hashable, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What was worked out from it before: the rules in scope for a code."""

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, made once for this selection."""
        found: Made | None = self.notes.get(key)
        if found is None:
            found = self.notes[key] = make()
        return found


KEPT = 4096
"""So many selections are kept: far more than there are payers, states and spans in a run."""


def contractor_of(payer: str, state: str, program: Program) -> str:
    """The payer's contractor for a state; empty when there is none."""
    for key, (for_payer, states) in program.contractors.items():
        if for_payer == payer and state in states:
            return key
    return ""


def select(claim: Claim, day: date, program: Program) -> Selection:
    """The policies for a claim's services of a day; kept for the claims that follow.

    Days between which no policy of the payer begins or ends have the same selection.
    """
    payer, reason = find_payer(claim.payer, program, claim.plan)
    known: dict[Hashable, Selection] = program.once("selections", dict)
    span = bisect(turns_of(payer, program), day)
    key = payer, reason, claim.state, claim.plan, span
    found = known.get(key)
    if found is None:
        if len(known) >= KEPT:
            known.clear()
        found = known[key] = selected(payer, reason, claim, day, program)
    return found


def turns_of(payer: str, program: Program) -> tuple[date, ...]:
    """The days on which policies that a payer's claims may be under begin or are over."""
    known: dict[str, tuple[date, ...]] = program.once("turns of policies", dict)
    found = known.get(payer)
    if found is None:
        asked = (p.days for p in program.policies if p.payer in ("", payer))
        found = known[payer] = turns_in(asked)
    return found


def selected(
    payer: str, reason: str, claim: Claim, day: date, program: Program
) -> Selection:
    """The policies of a payer for a claim's services of a day."""
    asked: list[CompiledPolicy] = []
    undecided: list[tuple[CompiledPolicy, str]] = []
    over: list[CompiledPolicy] = []
    for policy in program.policies:
        if policy.payer not in ("", payer):
            continue
        fits, missing = fits_claim(policy, claim)
        if not fits:
            continue
        if not holds(policy.days, day):
            over.append(policy)
        elif missing:
            undecided.append((policy, missing))
        else:
            asked.append(policy)
    # A payer that defers to another in two policies has the other's twice.
    asked = list({policy.id: policy for policy in asked}.values())
    sure = {policy.id for policy in asked}
    undecided = [(policy, why) for policy, why in undecided if policy.id not in sure]
    return Selection(
        payer=payer,
        payer_reason=reason,
        contractor=contractor_of(payer, claim.state, program)
        or next((policy.contractor for policy in asked if policy.contractor), ""),
        policies=tuple(asked),
        undecided=tuple(undecided),
        ended=ended_without_successor(over, asked, undecided, day),
        later=not_yet_in_force(over, asked, undecided, day),
    )


def fits_claim(policy: CompiledPolicy, claim: Claim) -> tuple[bool, str]:
    """Whether state and plan fit; and which of them the claim would have to say."""
    missing = ""
    for name, wanted, given in (
        ("state", policy.states, claim.state),
        ("plan", policy.plans, claim.plan),
    ):
        if wanted and given and given not in wanted:
            return False, ""
        if wanted and not given:
            missing = missing or name
    return True, missing


def ended_without_successor(
    over: list[CompiledPolicy],
    asked: list[CompiledPolicy],
    undecided: list[tuple[CompiledPolicy, str]],
    day: date,
) -> tuple[CompiledPolicy, ...]:
    """Policies past their last day that nothing follows, and nobody said so."""
    living = {policy.policy for policy in asked}
    living |= {policy.policy for policy, _missing in undecided}
    return tuple(
        policy
        for policy in over
        if policy.policy not in living
        and not policy.ended
        and policy.days[1] is not None
        and policy.days[1] < day
    )


def not_yet_in_force(
    apart: list[CompiledPolicy],
    asked: list[CompiledPolicy],
    undecided: list[tuple[CompiledPolicy, str]],
    day: date,
) -> tuple[CompiledPolicy, ...]:
    """The first version of each policy whose versions all begin after a day."""
    living = {policy.policy for policy in asked}
    living |= {policy.policy for policy, _missing in undecided}
    found: dict[str, CompiledPolicy] = {}
    for policy in sorted(apart, key=lambda policy: policy.days[0] or date.min):
        begins = policy.days[0]
        if begins is not None and day < begins and policy.policy not in living:
            found.setdefault(policy.policy, policy)
    return tuple(found.values())
