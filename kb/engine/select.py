"""Which payer, contractor and policies a claim is under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kb.claims.model import Claim, PayerNamed
from kb.engine.program import CompiledPolicy, PayerWords, Program, holds
from kb.names import plain_name


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


def find_payer(named: PayerNamed, program: Program) -> tuple[str, str]:
    """The payer's key with an empty reason, or an empty key with the reason.

    By our own key, then by identifier, by name, and by claim filing indicator when
    just one payer has it.
    """
    payers = program.payers
    if named.key:
        if any(payer.key == named.key for payer in payers):
            return named.key, ""
        return "", f"no payer `{named.key}` is loaded"
    for found in (
        [p for p in payers if named.identifier and named.identifier in p.identifiers],
        [p for p in payers if named.name and plain_name(named.name) in p.names],
        [p for p in payers if named.filing and named.filing in p.filing],
    ):
        if len(found) == 1:
            return found[0].key, ""
    return "", unknown_payer(named, payers)


def unknown_payer(named: PayerNamed, payers: tuple[PayerWords, ...]) -> str:
    """Why the payer was not found."""
    said = []
    # Neither id nor name is repeated: a person's could stand there by mistake.
    if named.identifier:
        said.append(f"an id of {in_characters(named.identifier)}")
    if named.filing:
        said.append(f"filing indicator {named.filing}")
    if named.name:
        said.append("the name given")
    if not said:
        return "the claim names no payer"
    loaded = ", ".join(payer.key for payer in payers)
    return f"no loaded payer goes by {', '.join(said)} (loaded: {loaded})"


def in_characters(text: str) -> str:
    """The kind of a text that is not shown."""
    count = len(text)
    return f"{count} character{'s' if count != 1 else ''}"


def contractor_of(payer: str, state: str, program: Program) -> str:
    """The payer's contractor for a state; empty when there is none."""
    for key, (for_payer, states) in program.contractors.items():
        if for_payer == payer and state in states:
            return key
    return ""


def select(claim: Claim, day: date, program: Program) -> Selection:
    """The policies for a claim's services of a day."""
    payer, reason = find_payer(claim.payer, program)
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
