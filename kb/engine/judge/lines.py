"""One line under all the policies of its claim."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from dsl.ir.tests import Field
from dsl.ir.walk import find
from kb.engine.index import Index
from kb.engine.judge.answer import LimitState, LineAnswer, NotJudged, Outcome
from kb.engine.judge.billed import open_elsewhere
from kb.engine.judge.checklist import OpenRule, checklist
from kb.engine.judge.each_state import by_contractor
from kb.engine.judge.grounds import grounds, may_ground
from kb.engine.judge.interpret import (
    Asked,
    Judged,
    asked_of,
    in_scope,
    judge_of,
    judgement,
)
from kb.engine.judge.left_out import Headlines, agreed, each_gives, in_words, left_out
from kb.engine.judge.limits import limit_state
from kb.engine.judge.outcome import RANK, headline
from kb.engine.judge.silence import Asking, Heard, Loud, asking_of, not_judged
from kb.engine.judge.situation import Situation
from kb.engine.judge.undecided import (
    NO_STATE,
    why_doubtful,
    why_too_many,
    why_unfounded,
)
from kb.engine.program import CompiledRule, Days, Program, turns_in
from kb.engine.select import Selection, select


def answer_line(
    at: Situation, selection: Selection, index: Index, *, trace: bool = False
) -> LineAnswer:
    """Every rule in scope on one line, and what they come to."""
    rules = rules_on(at, selection, index)
    heard = heard_on(at, rules, trace=trace)
    loud = loud_of(heard, rules)
    standing = standing_of(heard, rules, at)
    found, doubt, unfounded, too_many = decided(
        loud, rules, standing, at, selection, index
    )
    lacking = doubt or unfounded
    open_by = lacking or too_many
    reason = doubt or ("" if objects(loud) else open_by)
    if name := "" if open_by else undecided_by(found, loud, at):
        given = each_gives(name, loud.values(), at, partial(tried, selection, index))
        found = agreed(found, given.values())
        reason = in_words(name, given) if found.outcome == "unknown" else ""
    elif doubt.startswith(NO_STATE):
        reason = in_each_state(at, index) or doubt
    gaps = [one.rule for one in loud.values() if one.judged.result.status == "gap"]
    return LineAnswer(
        number=at.line.number,
        code=at.line.code,
        modifiers=at.line.modifiers,
        date=at.day,
        outcome=found.outcome,
        results=tuple([one.result for one in heard]),
        reason=reason,
        open_points=tuple(rule.id for rule in gaps),
        sought=tuple(rule.id for rule in gaps if rule.tree.scope is not None),
        as_billed=found.billed,
        grounds=standing.grounds,
        limits=tuple(limits_of(loud.values())),
        chart=to_look_up(loud.values(), open_by, at),
        not_judged=(NotJudged("everything", lacking),)
        if lacking and not rules.scoped
        else not_judged(at, loud, rules.asking, lacking, too_many),
        charge=at.line.charge,
    )


def objects(loud: Loud) -> bool:
    """Whether a rule says more than that nobody knows: a pass is then out of question."""
    led = headline(one.judged.result.outcome for one in loud.values())
    return RANK[led] < RANK["unknown"]


def headlines_of(at: Situation, selection: Selection, index: Index) -> Headlines:
    """The two headlines of a line, a field that it leaves out tried."""
    answer = answer_line(at, selection, index)
    return Headlines(answer.outcome, answer.as_billed)


def tried(selection: Selection, index: Index, at: Situation) -> Headlines:
    """The two headlines of a line as it stands."""
    rules = rules_on(at, selection, index)
    heard = heard_on(at, rules, trace=False)
    standing = standing_of(heard, rules, at)
    loud = loud_of(heard, rules)
    return decided(loud, rules, standing, at, selection, index).found


def in_each_state(at: Situation, index: Index) -> str:
    """Why a line without a state is open: what each contractor's text would give."""

    def selected(there: Situation) -> Selection:
        return select(there.claim, there.day, there.program)

    def alike(there: Situation) -> Hashable:
        rules = [x.rule for x in rules_on(there, selected(there), index).ready]
        fields = (field for rule in rules for field in find(rule.tree, Field))
        named = (there.claim.state in x.values for x in fields if x.name == "state")
        return tuple(rule.id for rule in rules), tuple(named)

    given = by_contractor(at, alike, lambda there: tried(selected(there), index, there))
    return f"{NO_STATE}; {given}" if given else ""


def undecided_by(found: Headlines, loud: Loud, at: Situation) -> str:
    """The field left out that alone keeps a headline open."""
    return left_out(loud.values(), at) if "unknown" in found else ""


class Decided(NamedTuple):
    """The two headlines of a line, and in words what keeps it from a pass."""

    found: Headlines
    doubt: str
    """Which policies nobody knows to hold."""
    unfounded: str
    """Why nothing covers it."""
    too_many: str
    """Why its units are in doubt."""


def decided(
    loud: Loud,
    rules: Rules,
    standing: Standing,
    at: Situation,
    selection: Selection,
    index: Index,
) -> Decided:
    """What a line comes to, and what keeps it from a pass."""
    outcomes = [one.judged.result.outcome for one in loud.values()]
    billed = [one.judged.billed for one in loud.values()]
    doubt, unfounded = why_doubtful(at, selection, index), ""
    if not doubt and not holds(standing, standing.grounds, outcomes):
        unfounded = why_unfounded(at, selection, index)
    too_many = why_too_many(rules.asking, at, selection, index)
    if doubt or unfounded or too_many:
        outcomes.append("unknown")
    if doubt or too_many or not holds(standing, standing.billed, billed):
        billed.append("unknown")
    found = Headlines(headline(outcomes), headline(billed))
    return Decided(found, doubt, unfounded, too_many)


class Rules(NamedTuple):
    """The rules in scope for a code on a day, in the order of their policies."""

    ready: tuple[Asked, ...]
    grounding: tuple[int, ...]
    """The places of those that a pass may stand on."""
    asking: Asking
    scoped: bool
    """Whether any is for named codes."""
    of_billing: Mapping[str, CompiledRule]
    """Those of policies that are not about coverage, by id."""


def heard_on(at: Situation, rules: Rules, *, trace: bool) -> list[Judged]:
    """The rules in scope judged on a line, each at its place."""
    return [judgement(asked, at, trace=trace) for asked in rules.ready]


def loud_of(heard: Sequence[Judged], rules: Rules) -> Loud:
    """Those that say anything: what adds to no headline, asks and counts nothing is left out."""
    ready = rules.ready
    return {
        place: Heard(ready[place].policy, ready[place].rule, one)
        for place, one in enumerate(heard)
        if not one.quiet
    }


def rules_on(at: Situation, selection: Selection, index: Index) -> Rules:
    """The rules in scope for a line's code and day; kept with the selection.

    Days between which neither a rule nor the code in a set begins or ends have the same.
    """
    code, kind = at.line.code, at.claim.kind
    turns = selection.once(("turns", code), lambda: turns_for(at, selection, index))
    key = code, kind, bisect(turns, at.day)
    return selection.once(key, lambda: rules_in_scope(at, selection, index))


def turns_for(at: Situation, selection: Selection, index: Index) -> tuple[date, ...]:
    """The days on which other rules may be in scope for a code, or in force."""
    code = at.line.code
    spans: list[Days] = []
    for policy in selection.policies:
        for rule in index.rules(policy, code):
            members = judge_of(rule, at.program).members
            spans += () if members is None else members.get(code, ())
            days = rule.tree.in_force.days
            spans.append((days.start, days.end))
    return turns_in(spans)


def rules_in_scope(at: Situation, selection: Selection, index: Index) -> Rules:
    """The same, found."""
    ready = tuple(
        asked_of(rule, policy, at)
        for policy in selection.policies
        for rule in index.rules(policy, at.line.code)
        if in_scope(rule, at)
    )
    covering = (i for i, a in enumerate(ready) if may_ground(a.policy, a.rule))
    asking = asking_of((asked.rule, asked.policy) for asked in ready)
    return Rules(
        ready,
        tuple(covering),
        asking,
        scoped=any(asked.rule.tree.scope for asked in ready),
        # What a policy of coverage keeps apart is not needed together: that is no edit.
        of_billing={a.rule.id: a.rule for a in ready if not a.policy.coverage},
    )


class Standing(NamedTuple):
    """What of coverage was asked on a line."""

    grounds: tuple[str, ...]
    """Rules that were asked and met."""
    billed: tuple[str, ...]
    """Those, and the ones that wait for chart and history alone."""
    asked: bool
    """Whether any is still open, or broken."""


def standing_of(heard: Sequence[Judged], rules: Rules, at: Situation) -> Standing:
    """The coverage rules of a line, by what became of them."""
    met, billed, asked = [], [], False
    for place in rules.grounding:
        rule, found = rules.ready[place].rule, heard[place]
        if grounds(rule, found.result):
            met.append(rule.id)
            billed.append(rule.id)
        elif found.result.status in ("unknown", "not-met"):
            asked = True
            if waits(found, at.program):
                billed.append(rule.id)
    return Standing(tuple(met), tuple(billed), asked)


def waits(found: Judged, program: Program) -> bool:
    """Whether a rule waits for chart and history alone."""
    about = frozenset(found.result.about)
    return found.result.status == "unknown" and open_elsewhere(about, program)


def holds(
    standing: Standing, stands_on: Sequence[str], outcomes: Iterable[Outcome]
) -> bool:
    """Whether a line has a ground, or a coverage rule says what keeps it from one."""
    return bool(stands_on) or (standing.asked and headline(outcomes) != "pass")


def limits_of(loud: Iterable[Heard]) -> Iterator[LimitState]:
    """Each limit and interval that counted, kept or not."""
    for _policy, rule, found in loud:
        if found.counted is not None:
            yield limit_state(rule.id, found.result.status, found.counted)


def to_look_up(loud: Iterable[Heard], lacking: str, at: Situation) -> tuple[str, ...]:
    """Facts of the chart that can still change the outcome of the line."""
    settled: list[Outcome] = ["unknown"] if lacking else []
    waiting = []
    for _policy, rule, found in loud:
        result = found.result
        if result.status == "unknown":
            waiting.append(OpenRule(rule.tree, result.outcome, found.to_ask))
        else:
            settled.append(result.outcome)
    return checklist(waiting, headline(settled), at.program)
