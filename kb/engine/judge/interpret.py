"""The interpreter: one rule on one line, and one line under all its policies.

This is the plain engine, the reference for the columns, and the one that explains.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from dsl.ir.rule import Exemption, Rule
from kb.engine.index import Index
from kb.engine.judge.answer import LineAnswer, Outcome, RuleResult, Status
from kb.engine.judge.conditions import asking
from kb.engine.judge.duties import Counted, Keep, keeping
from kb.engine.judge.kleene import MET, NOT_MET, Truth, all_of, any_of, negated, unknown
from kb.engine.judge.others import Ask
from kb.engine.judge.outcome import headline, outcome_of
from kb.engine.judge.reasons import Because, reasoning, said_twice
from kb.engine.judge.situation import Situation
from kb.engine.program import (
    CompiledPolicy,
    CompiledRule,
    Days,
    FactWords,
    Members,
    Program,
    belongs,
)
from kb.engine.select import Selection

QUIET: tuple[Status, ...] = ("met", "exempt", "not-applicable")
Ways = Callable[[Situation], list[tuple[str, Truth]]]
"""The ways out of a rule or an exception by name, and whether each excuses the line."""


@dataclass(slots=True)
class Judge:
    """One rule made ready for the sets and facts of a program."""

    rule: CompiledRule
    sets: dict[str, dict[str, tuple[Days, ...]]]
    facts: dict[str, FactWords]
    members: Members | None
    """The codes of its scope; ``None`` for every line."""
    when: Ask | None
    ways_out: Ways | None
    keep: Keep | None
    because: Because
    said: dict[tuple[Status, str], RuleResult] = field(default_factory=dict)
    """Its results that say nothing of the line, by status and what exempts it."""

    def quiet(self, status: Status, exempt_by: str = "") -> RuleResult:
        """A result that objects to nothing, the same for all lines."""
        key = (status, exempt_by)
        if key not in self.said:
            self.said[key] = RuleResult(
                self.rule.id, status, "pass", exempt_by=exempt_by
            )
        return self.said[key]


def judge_of(rule: CompiledRule, program: Program) -> Judge:
    """The rule made ready, kept with it until it is asked under other sets or facts."""
    judge = rule.notes.get("judge")
    if (
        isinstance(judge, Judge)
        and judge.sets is program.sets
        and judge.facts is program.facts
    ):
        return judge
    judge = rule.notes["judge"] = made_ready(rule, program)
    return judge


def made_ready(rule: CompiledRule, program: Program) -> Judge:
    """A rule with its tests and its duty as functions."""
    tree = rule.tree
    return Judge(
        rule,
        program.sets,
        program.facts,
        members=None if tree.scope is None else program.sets.get(tree.scope, {}),
        when=None if tree.when is None else asking(tree.when, program),
        ways_out=ways_out_of(tree, program),
        keep=None if tree.duty is None else keeping(tree.duty, tree.scope, program),
        because=reasoning(tree, program),
    )


def ways_out_of(tree: Rule, program: Program) -> Ways | None:
    """The ways out of a rule made ready; ``None`` where it has none."""
    if tree.unless is None and not tree.exceptions:
        return None
    unless = None if tree.unless is None else asking(tree.unless, program)
    exceptions = excusing(tree.exceptions, program)

    def ways(at: Situation) -> list[tuple[str, Truth]]:
        found = [] if unless is None else [("unless", unless(at))]
        return found + exceptions(at)

    return ways


def excusing(exceptions: tuple[Exemption, ...], program: Program) -> Ways:
    """Exceptions made ready, each weakened by the exceptions to it."""
    ready = [
        (one, asking(one.when, program), excusing(one.exceptions, program))
        for one in exceptions
    ]

    def ways(at: Situation) -> list[tuple[str, Truth]]:
        found = []
        for one, when, inner in ready:
            if one.days.hold(at.day):
                weakened = any_of(t for _name, t in inner(at))
                found.append((one.name, all_of((when(at), negated(weakened)))))
        return found

    return ways


def in_scope(rule: CompiledRule, at: Situation) -> bool:
    """Whether a rule is for this line at all."""
    claims = rule.tree.claims
    if claims is not None and claims != at.claim.kind:
        return False
    members = judge_of(rule, at.program).members
    return members is None or belongs(members, at.line.code, at.day)


def in_force(tree: Rule, policy: CompiledPolicy, at: Situation) -> Truth:
    """Whether the rule's days hold; past an open end nobody knows."""
    span = tree.in_force
    first, last = span.days.start, span.days.end
    day = at.clock_day(span.clock)
    if day is None:
        return unknown(span.clock) if first or last else MET
    if span.days.hold(day):
        return MET
    over = last is not None and day > last
    if over and not span.ended and not has_successor(tree, policy):
        return unknown("rule-ended")
    return NOT_MET


def has_successor(tree: Rule, policy: CompiledPolicy) -> bool:
    """Whether the policy has a version of the rule that begins after its last day."""
    last = tree.in_force.days.end or date.max
    starts = (
        other.tree.in_force.days.start
        for other in policy.rules
        if other.name == tree.rule
    )
    return any(start is not None and start > last for start in starts)


def result_of(
    rule: CompiledRule, policy: CompiledPolicy, at: Situation, *, trace: bool = False
) -> RuleResult:
    """The status of a rule in scope; sums and reasons where it objects, or on ``trace``."""
    tree, judge = rule.tree, judge_of(rule, at.program)
    at.last = tree.last
    applies = in_force(tree, policy, at)
    if applies.value >= 0 and judge.when is not None:
        applies = all_of((applies, judge.when(at)))
    if applies.value < 0:
        return judge.quiet("not-applicable")
    ways_out = judge.ways_out(at) if judge.ways_out else []
    excused = any_of(t for _name, t in ways_out)
    if tree.kind == "gap" and (excused.value <= 0 or applies.value <= 0):
        return RuleResult(rule.id, "gap", outcome_of(tree, "gap", MET, at.program))
    # An excused gap is exempt whatever it could not show.
    counted = judge.keep(at) if judge.keep else Counted(NOT_MET)
    found = any_of((negated(applies), excused, counted.truth))
    status = status_of(found, applies, excused)
    if status in QUIET:
        exempt_by = ""
        if status == "exempt":
            exempt_by = next(name for name, t in ways_out if t.value > 0)
        result = judge.quiet(status, exempt_by)
        return explained(result, judge, found, counted, at) if trace else result
    outcome = outcome_of(tree, status, found, at.program, applies=applies.value)
    result = RuleResult(rule.id, status, outcome)
    return explained(result, judge, found, counted, at)


def explained(
    result: RuleResult, judge: Judge, found: Truth, counted: Counted, at: Situation
) -> RuleResult:
    """The result with its sums and reasons."""
    arithmetic = counted.add_up() if counted.add_up else None
    disputed = said_twice(found.about, at) if result.status == "unknown" else ()
    reason = judge.because(at, result.status, arithmetic)
    return RuleResult(
        result.rule,
        result.status,
        result.outcome,
        about=tuple(sorted(found.about)),
        because="; ".join(disputed) or reason,
        disputed=disputed,
        exempt_by=result.exempt_by,
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
            judged = rule.tree.kind == "rule" and result.status != "not-applicable"
            scoped = rule.tree.scope is not None
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
        rule.tree.scope is not None and in_scope(rule, at)
        for rule in index.rules(policy, at.line.code)
    )
