"""Why a line cannot pass although no rule objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import cast

from dsl.ir.parts import Days
from dsl.ir.rule import InForce
from kb.engine.index import Index
from kb.engine.judge import wording
from kb.engine.judge.interpret import in_scope, judged
from kb.engine.judge.silence import Asking, questions_of
from kb.engine.judge.situation import Situation
from kb.engine.program import CompiledPolicy, CompiledRule
from kb.engine.select import Selection

NO_RULE = "no loaded rule of "
NO_COVERAGE = "no coverage policy is loaded for "
NO_POLICY = "no policy is loaded for "
UNITS = "units are not judged: "
NO_STATE = "the claim does not say in which state the service was given"
"""How the reasons begin for which somebody has something to do."""


def why_doubtful(at: Situation, selection: Selection, index: Index) -> str:
    """Why nobody knows which policies hold; empty where that is known."""
    if selection.payer_reason:
        return selection.payer_reason
    open_policies = [
        (policy, missing)
        for policy, missing in selection.undecided
        if concerns(policy, at, index)
    ]
    if any(missing == "state" for _policy, missing in open_policies):
        return without_state([p for p, missing in open_policies if missing == "state"])
    for policy, missing in open_policies:
        return (
            f"the claim does not give its {missing}, on which {policy.policy} depends"
        )
    for policy in selection.ended:
        if concerns(policy, at, index):
            last = cast("date", policy.days[1])
            return f"{policy.policy} ended on {last}, and no later version is loaded"
    return ""


def without_state(policies: Iterable[CompiledPolicy]) -> str:
    """Whose texts may hold, where only the state of the service decides between them."""
    several = [*policies]
    named = sorted({wording.spoken(p.contractor) for p in several if p.contractor})
    if named:
        return f"{NO_STATE}, so it is open whose text holds: {wording.either(named)}"
    policy = several[0].policy
    return f"{NO_STATE}, on which {policy} depends"


def why_unfounded(at: Situation, selection: Selection, index: Index) -> str:
    """Why a line without objection has no ground to pass."""
    where = f" in {at.claim.state}" if at.claim.state else ""
    coverage = [policy for policy in selection.policies if policy.can_pass]
    if concerned(coverage, at, index):
        return f"{NO_RULE}{selection.payer}{where} covers {at.line.code} as billed here"
    later = [policy for policy in selection.later if policy.can_pass]
    if coming := concerned(later, at, index):
        return begin_later(coming, at)
    if concerned(selection.policies, at, index):
        return (
            f"{NO_COVERAGE}{at.line.code} under {selection.payer}"
            f"{where}: its billing rules do not say what is covered"
        )
    return f"{NO_POLICY}{at.line.code} under {selection.payer}{where} on {at.day}"


def begin_later(coming: Iterable[CompiledPolicy], at: Situation) -> str:
    """When policies begin that are not in force on the date of service, day by day."""
    by_day: dict[tuple[date, bool], list[str]] = defaultdict(list)
    for policy in coming:
        by_day[cast("date", policy.days[0]), policy.stand_in].append(policy.policy)
    return (
        "; ".join(
            f"{wording.listed(names)} {begin_on(len(names), day, stand_in=stand_in)}"
            for (day, stand_in), names in sorted(by_day.items())
        )
        + f"; the service was on {at.day}"
    )


def begin_on(many: int, day: date, *, stand_in: bool) -> str:
    """``begins on 2026-01-01``; a day that stands in for one not found says so."""
    if stand_in:
        return f"{'is' if many == 1 else 'are'} loaded from {day} (first day not found)"
    return f"begin{'s' if many == 1 else ''} on {day}"


def why_too_many(
    asking: Asking, at: Situation, selection: Selection, index: Index
) -> str:
    """Why the units of a line are in doubt; empty where a rule in force judged them.

    A cap that begins later says nothing for certain of an earlier date, but what it would
    not allow does not pass unseen.
    """
    if "units" in asking:
        return ""
    for policy in selection.later:
        for rule in index.rules(policy, at.line.code):
            if "units" in questions_of(rule, policy) and in_scope(rule, at):
                result = judged(whatever_the_day(rule), policy, at).result
                if result.status == "not-met":
                    return (
                        f"{UNITS}the loaded cap begins on "
                        f"{policy.days[0]}; by it, {result.because}"
                    )
    return ""


def whatever_the_day(rule: CompiledRule) -> CompiledRule:
    """A rule as if it had always held; kept with the rule."""
    found = rule.notes.get("whatever the day")
    if not isinstance(found, CompiledRule):
        always = InForce(Days(), "service", ended=False)
        found = replace(rule, tree=replace(rule.tree, in_force=always))
        rule.notes["whatever the day"] = found
    return found


def concerned(
    policies: Iterable[CompiledPolicy], at: Situation, index: Index
) -> list[CompiledPolicy]:
    """The policies that have a rule for this line's code."""
    return [policy for policy in policies if concerns(policy, at, index)]


def concerns(policy: CompiledPolicy, at: Situation, index: Index) -> bool:
    """Whether a policy has a rule for this line's code."""
    return any(
        rule.tree.scope is not None and in_scope(rule, at)
        for rule in index.rules(policy, at.line.code)
    )
