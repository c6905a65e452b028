"""The interpreter: one rule on one line, and one line under all its policies.

This is the plain engine, the reference for the columns, and the one that explains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, cast

from kb.engine.index import Index
from kb.engine.judge.answer import LineAnswer, Outcome, RuleResult, Status
from kb.engine.judge.conditions import ask
from kb.engine.judge.duties import Counted, keep
from kb.engine.judge.kleene import MET, NOT_MET, Truth, all_of, any_of, negated, unknown
from kb.engine.judge.outcome import headline, outcome_of
from kb.engine.judge.reasons import because, said_twice
from kb.engine.judge.situation import Situation
from kb.engine.program import CompiledPolicy, CompiledRule, holds
from kb.engine.select import Selection

Json = dict[str, Any]


def in_scope(rule: CompiledRule, at: Situation) -> bool:
    """Whether a rule is for this line at all."""
    ir = rule.ir
    if ir["claims"] is not None and ir["claims"] != at.claim.kind:
        return False
    return ir["scope"] is None or at.in_set(ir["scope"], at.event)


def in_force(ir: Json, policy: CompiledPolicy, at: Situation) -> Truth:
    """Whether the rule's days hold; past an open end nobody knows."""
    span = ir["in_force"]
    day = at.clock_day(span["clock"])
    if day is None:
        return unknown(span["clock"]) if span["from"] or span["through"] else MET
    first, last = read_day(span["from"]), read_day(span["through"])
    if holds((first, last), day):
        return MET
    over = last is not None and day > last
    if over and not span["ended"] and not has_successor(ir, policy):
        return unknown("rule-ended")
    return NOT_MET


@lru_cache(maxsize=4096)
def read_day(text: str | None) -> date | None:
    """A day out of the IR."""
    return date.fromisoformat(text) if text else None


def has_successor(ir: Json, policy: CompiledPolicy) -> bool:
    """Whether the policy has a later version of the rule."""
    return any(
        other.name == ir["rule"]
        and (other.ir["in_force"]["from"] or "") > ir["in_force"]["through"]
        for other in policy.rules
    )


def excused_by(exceptions: list[Json], at: Situation) -> Iterator[tuple[str, Truth]]:
    """Each exception's name and whether it excuses the line."""
    for exception in exceptions:
        span = exception["in_force"]
        if not holds((read_day(span["from"]), read_day(span["through"])), at.day):
            continue
        weakened = any_of(t for _name, t in excused_by(exception["exceptions"], at))
        yield exception["name"], all_of((ask(exception["when"], at), negated(weakened)))


def result_of(
    rule: CompiledRule, policy: CompiledPolicy, at: Situation, *, trace: bool = False
) -> RuleResult:
    """The status of a rule in scope; sums and reasons where it objects, or on ``trace``."""
    ir = rule.ir
    at.last = ir["last"]
    force = in_force(ir, policy, at)
    applies = force
    if force.value >= 0 and ir["when"] is not None:
        applies = all_of((force, ask(ir["when"], at)))
    if applies.value < 0:
        return RuleResult(rule.id, "not-applicable", "pass")
    ways_out = [("unless", ask(ir["unless"], at))] if ir["unless"] is not None else []
    ways_out += excused_by(ir["exceptions"], at)
    excused = any_of(t for _name, t in ways_out)
    if ir["kind"] == "gap" and (excused.value <= 0 or applies.value <= 0):
        return RuleResult(rule.id, "gap", outcome_of(ir, "gap", MET, at.program))
    # An excused gap is exempt whatever it could not show.
    counted = keep(ir["duty"], ir["scope"], at) if ir["duty"] else Counted(NOT_MET)
    found = any_of((negated(applies), excused, counted.truth))
    status = status_of(found, applies, excused)
    exempt_by = ""
    if status == "exempt":
        exempt_by = next(name for name, t in ways_out if t.value > 0)
    outcome = outcome_of(ir, status, found, at.program, applies=applies.value)
    result = RuleResult(rule.id, status, outcome, exempt_by=exempt_by)
    if trace or status in ("not-met", "unknown"):
        return explained(result, rule, found, counted, at)
    return result


def explained(
    result: RuleResult,
    rule: CompiledRule,
    found: Truth,
    counted: Counted,
    at: Situation,
) -> RuleResult:
    """The result with its sums and reasons."""
    arithmetic = counted.add_up() if counted.add_up else None
    disputed = said_twice(found.about, at) if result.status == "unknown" else ()
    reason = because(rule.ir, result.status, arithmetic, at)
    return replace(
        result,
        about=tuple(sorted(found.about)),
        because="; ".join(disputed) or reason,
        disputed=disputed,
        arithmetic=arithmetic,
    )


def status_of(found: Truth, applies: Truth, excused: Truth) -> Status:
    """The status that three-valued truths come to."""
    if found.value < 0:
        return "not-met"
    if found.value == 0:
        return "unknown"
    return "exempt" if excused.value > 0 and applies.value > 0 else "met"


def answer_line(
    at: Situation, selection: Selection, index: Index, *, trace: bool = False
) -> LineAnswer:
    """Every rule in scope on one line, and its headline."""
    results: list[RuleResult] = []
    open_points: list[str] = []
    covered = False
    for policy in selection.policies:
        for rule in index.rules(policy, at.line.code):
            if not in_scope(rule, at):
                continue
            result = result_of(rule, policy, at, trace=trace)
            results.append(result)
            if result.status == "gap":
                open_points.append(rule.id)
            judged = rule.ir["kind"] == "rule" and result.status != "not-applicable"
            scoped = rule.ir["scope"] is not None
            covered = covered or (judged and scoped and policy.can_pass)
    reason = why_undecided(at, selection, index, covered=covered)
    outcomes: list[Outcome] = [result.outcome for result in results]
    if reason:
        outcomes.append("unknown")
    return LineAnswer(
        number=at.line.number,
        code=at.line.code,
        modifiers=at.line.modifiers,
        date=at.day,
        outcome=headline(outcomes),
        results=tuple(results),
        reason=reason,
        open_points=tuple(open_points),
    )


def why_undecided(
    at: Situation, selection: Selection, index: Index, *, covered: bool
) -> str:
    """Why a line cannot pass although no rule objects; empty when it can."""
    if selection.payer_reason:
        return selection.payer_reason
    for policy, missing in selection.undecided:
        if concerns(policy, at, index):
            return f"the claim does not give its {missing}, on which {policy.policy} depends"
    for policy in selection.ended:
        if concerns(policy, at, index):
            last = cast("date", policy.days[1])
            return f"{policy.policy} ended on {last}, and no later version is loaded"
    if covered:
        return ""
    where = f" in {at.claim.state}" if at.claim.state else ""
    if any(
        concerns(policy, at, index) for policy in selection.policies if policy.can_pass
    ):
        return f"no loaded rule of {selection.payer}{where} judges {at.line.code} as billed here"
    if any(concerns(policy, at, index) for policy in selection.policies):
        return (
            f"no coverage policy is loaded for {at.line.code} under {selection.payer}"
            f"{where}: billing rules alone pass nothing"
        )
    return f"no policy is loaded for {at.line.code} under {selection.payer}{where} on {at.day}"


def concerns(policy: CompiledPolicy, at: Situation, index: Index) -> bool:
    """Whether a policy has a rule for this line's code."""
    return any(
        rule.ir["scope"] is not None and in_scope(rule, at)
        for rule in index.rules(policy, at.line.code)
    )
