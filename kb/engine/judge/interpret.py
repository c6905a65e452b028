"""The interpreter: one rule on one line.

This is the plain engine, the reference for the columns, and the one that explains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from dsl.ir.duties import Covers, Require
from dsl.ir.rule import Exemption, Last, Rule
from kb.engine.judge.answer import Arithmetic, Outcome, RuleResult, Status
from kb.engine.judge.billed import billed_outcome
from kb.engine.judge.conditions import asking
from kb.engine.judge.duties import Counted, Keep, keeping
from kb.engine.judge.kleene import (
    MET,
    NOT_MET,
    NOTHING,
    Truth,
    all_of,
    any_of,
    negated,
    unknown,
)
from kb.engine.judge.limits import COUNTING
from kb.engine.judge.others import Ask
from kb.engine.judge.outcome import outcome_of
from kb.engine.judge.reasons import Because, reasoning, said_twice
from kb.engine.judge.situation import Situation
from kb.engine.judge.together import lines_beside
from kb.engine.program import (
    CompiledPolicy,
    CompiledRule,
    FactWords,
    Members,
    Program,
    belongs,
)

UNKEPT = Counted(NOT_MET)
"""What a gap comes to, which asks nothing."""
Ways = Callable[[Situation], list[tuple[str, Truth]]]
"""The ways out of a rule or an exception by name, and whether each excuses the line."""

Headlines = tuple[Outcome, Outcome]
Adds = Callable[[Status, frozenset[str], int], Headlines]
"""What a rule adds to both headlines of a line, by its status, what an unknown hangs on
and whether the rule applies."""


class Judged(NamedTuple):
    """What a rule comes to on a line."""

    result: RuleResult
    billed: Outcome
    """What it adds without the chart."""
    to_ask: frozenset[str]
    """What an unknown would have answered next."""
    counted: Arithmetic | None
    """The sum of a limit or an interval, kept or not."""
    quiet: bool = False
    """Whether it says nothing at all: it passes, and nothing is open or counted."""


@dataclass(slots=True)
class Judge:
    """One rule made ready for the sets and facts of a program."""

    rule: CompiledRule
    sets: Mapping[str, Members]
    facts: dict[str, FactWords]
    members: Members | None
    """The codes of its scope; ``None`` for every line."""
    last: Last | None
    """Whose procedure facts it looks at."""
    when: Ask | None
    ways_out: Ways | None
    required: Ask | None
    """The test of a duty that asks for no more than that it is met."""
    keep: Keep | None
    because: Because
    adds: Adds
    always: bool
    """Whether it has no days of its own."""
    covers: bool
    """Whether it declares its services covered."""
    counting: bool
    """Whether its duty counts services."""
    met: Judged
    unasked: Judged
    """What it comes to where it does not apply."""
    gap: Judged | None
    """What a gap comes to; ``None`` of a rule."""
    exempt: dict[str, Judged] = field(default_factory=dict)
    """What it comes to where it is exempt, by the way out."""

    def exempt_by(self, way: str) -> Judged:
        """What a way out leaves of it, the same for all lines."""
        found = self.exempt.get(way)
        if found is None:
            found = self.exempt[way] = quiet(self.rule, "exempt", way)
        return found


def quiet(rule: CompiledRule, status: Status, exempt_by: str = "") -> Judged:
    """What objects to nothing."""
    result = RuleResult(rule.id, status, "pass", exempt_by=exempt_by)
    return Judged(result, "pass", NOTHING, None, quiet=True)


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
    tree, duty = rule.tree, rule.tree.duty
    gap = None
    if tree.kind == "gap":
        outcome = outcome_of(tree, "gap", MET, program)
        gap = silent(RuleResult(rule.id, "gap", outcome))
    required = asking(duty.test, program) if isinstance(duty, Require) else None
    return Judge(
        rule,
        program.sets,
        program.facts,
        members=None if tree.scope is None else program.sets.get(tree.scope, {}),
        last=tree.last,
        when=None if tree.when is None else asking(tree.when, program),
        ways_out=ways_out_of(tree, program),
        required=required,
        keep=None if duty is None else keeping(duty, tree.scope, program),
        because=reasoning(tree, program),
        adds=adding(tree, program),
        always=tree.in_force.days.start is None and tree.in_force.days.end is None,
        covers=isinstance(duty, Covers),
        counting=isinstance(duty, COUNTING),
        met=quiet(rule, "met"),
        unasked=quiet(rule, "not-applicable"),
        gap=gap,
    )


def adding(tree: Rule, program: Program) -> Adds:
    """What a rule that is broken or open adds, kept for what it mostly hangs on."""

    @lru_cache(maxsize=64)
    def adds(status: Status, about: frozenset[str], applies: int) -> Headlines:
        found = Truth(0, about)
        outcome = outcome_of(tree, status, found, program, applies=applies)
        billed = billed_outcome(tree, status, found, outcome, program, applies=applies)
        return outcome, billed

    return adds


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
    ready = [(one.name, one.days, excuse_of(one, program)) for one in exceptions]

    def ways(at: Situation) -> list[tuple[str, Truth]]:
        return [(name, excuse(at)) for name, days, excuse in ready if days.hold(at.day)]

    return ways


def excuse_of(one: Exemption, program: Program) -> Ask:
    """Whether an exception holds, and none to it."""
    when = asking(one.when, program)
    if not one.exceptions:
        return when
    inner = excusing(one.exceptions, program)

    def excuse(at: Situation) -> Truth:
        weakened = any_of(t for _name, t in inner(at))
        return all_of((when(at), negated(weakened)))

    return excuse


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


class Asked(NamedTuple):
    """A rule of a policy made ready for the lines of a day."""

    policy: CompiledPolicy
    rule: CompiledRule
    judge: Judge
    applies: Truth | None
    """Whether its days hold; ``None`` where they go by another day of the claim."""


def asked_of(rule: CompiledRule, policy: CompiledPolicy, at: Situation) -> Asked:
    """A rule made ready for a line, and for all others of its day."""
    judge = judge_of(rule, at.program)
    if judge.always:
        return Asked(policy, rule, judge, MET)
    by_service = rule.tree.in_force.clock == "service"
    applies = in_force(rule.tree, policy, at) if by_service else None
    return Asked(policy, rule, judge, applies)


def result_of(
    rule: CompiledRule, policy: CompiledPolicy, at: Situation, *, trace: bool = False
) -> RuleResult:
    """The status of a rule in scope; sums and reasons where it objects, or on ``trace``."""
    return judged(rule, policy, at, trace=trace).result


def judged(
    rule: CompiledRule, policy: CompiledPolicy, at: Situation, *, trace: bool = False
) -> Judged:
    """A rule in scope judged on a line."""
    return judgement(asked_of(rule, policy, at), at, trace=trace)


def judgement(asked: Asked, at: Situation, *, trace: bool = False) -> Judged:
    """A rule that is made ready judged on a line."""
    policy, rule, judge, applies = asked
    at.last = judge.last
    if applies is None:
        applies = in_force(rule.tree, policy, at)
    if judge.when is not None and applies.value >= 0:
        when = judge.when(at)
        applies = when if applies.value > 0 else all_of((applies, when))
    if applies.value < 0:
        return judge.unasked
    ways_out, excused = NO_WAYS, NOT_MET
    if judge.ways_out is not None:
        ways_out = judge.ways_out(at)
        excused = any_of([truth for _name, truth in ways_out])
    if judge.gap is not None and (excused.value <= 0 or applies.value <= 0):
        return judge.gap
    if judge.required is None:
        # An excused gap is exempt whatever it could not show.
        kept, add_up = judge.keep(at) if judge.keep is not None else UNKEPT
    else:
        kept, add_up = judge.required(at), None
        if kept.value > 0 < applies.value and excused.value <= 0 and not trace:
            return judge.met
    return weighed(
        judge, Found(applies, ways_out, excused, kept, add_up), at, trace=trace
    )


class Found(NamedTuple):
    """What was found of a rule that may apply."""

    applies: Truth
    ways_out: list[tuple[str, Truth]]
    excused: Truth
    kept: Truth
    add_up: Callable[[], Arithmetic] | None


NO_WAYS: list[tuple[str, Truth]] = []


def weighed(judge: Judge, asked: Found, at: Situation, *, trace: bool) -> Judged:
    """What was found of a rule as what it comes to."""
    applies, ways_out, excused, kept, add_up = asked
    answered = any_of((excused, kept)) if ways_out else kept
    if judge.covers:
        found = granted(applies, excused)
    elif applies.value > 0:
        found = answered
    else:
        found = any_of((negated(applies), answered))
    status = status_of(found, applies, excused)
    is_told = judge.counting and status != "exempt"
    counted = add_up() if add_up and is_told else None
    if found.value > 0:
        way = way_out(ways_out) if status == "exempt" else ""
        settled = judge.exempt_by(way) if way else judge.met
        if trace:
            result = explained(judge, settled.result, found, counted, at)
            return silent(result, counted)
        return silent(settled.result, counted) if counted else settled
    outcome, billed = judge.adds(status, found.about, applies.value)
    result = RuleResult(judge.rule.id, status, outcome)
    return Judged(
        explained(judge, result, found, counted, at, told=trace or outcome != "pass"),
        billed,
        # What a rule asks is asked once it is known to apply.
        (applies if applies.value == 0 else answered).to_ask,
        counted,
    )


def way_out(ways_out: list[tuple[str, Truth]]) -> str:
    """The name of the first way out that holds."""
    return next(name for name, truth in ways_out if truth.value > 0)


def silent(result: RuleResult, counted: Arithmetic | None = None) -> Judged:
    """What has nothing to ask: it adds the same with the chart and without."""
    return Judged(result, result.outcome, NOTHING, counted)


def granted(applies: Truth, excused: Truth) -> Truth:
    """A ground to pass: only where it is known that the rule applies and does not let go."""
    return all_of((applies, excused if excused.value == 0 else MET))


def explained(
    judge: Judge,
    result: RuleResult,
    found: Truth,
    counted: Arithmetic | None,
    at: Situation,
    *,
    told: bool = True,
) -> RuleResult:
    """The result with its sum, its reason where it is told, and whom it stands against."""
    disputed = said_twice(found.about, at) if result.status == "unknown" else ()
    reason = judge.because(at, result.status, counted) if told else ""
    broken = result.status == "not-met"
    return RuleResult(
        result.rule,
        result.status,
        result.outcome,
        about=tuple(sorted(found.about)),
        because="; ".join(disputed) or reason,
        disputed=disputed,
        exempt_by=result.exempt_by,
        arithmetic=counted,
        with_lines=lines_beside(judge.rule.tree, at) if broken else (),
    )


def status_of(found: Truth, applies: Truth, excused: Truth) -> Status:
    """The status that three-valued truths come to."""
    if found.value < 0:
        return "not-met"
    if found.value == 0:
        return "unknown"
    return "exempt" if excused.value > 0 and applies.value > 0 else "met"
