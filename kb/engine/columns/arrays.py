"""The column engine: every rule once over the lines that it is for.

It gives the same statuses and headlines as the per-line interpreter, many lines at
a time, without explanations.  A rule with a form that has no evaluator here is
answered by that interpreter, line by line, and stands among the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dsl.ir.duties import Covers
from dsl.ir.parts import Clock, Days
from dsl.ir.rule import Exemption, Rule
from kb.engine.columns.batch import NO_DAY, Bools, ClaimBatch, Indexes, Ints, Small
from kb.engine.columns.calendar import first_day, last_day
from kb.engine.columns.duties import duty_kept
from kb.engine.columns.interpreted import (
    interpreted,
    interpreted_lines,
    lacks_evaluator,
)
from kb.engine.columns.plans import with_own_plans
from kb.engine.columns.policies import (
    Audience,
    Choice,
    after_last_day,
    before_first_day,
    choose_policies,
    lines_in_scope,
    lines_without_version,
)
from kb.engine.columns.run import Rows, Run
from kb.engine.columns.sets import day_pair
from kb.engine.columns.tables import table_ranks
from kb.engine.columns.tests import Asking, tested
from kb.engine.columns.truth import (
    APPROVAL,
    CHART,
    CLAIM,
    ELSEWHERE,
    HISTORY,
    KINDS,
    LEFT_OUT,
    About,
    Truth,
    all_of,
    any_of,
    certain,
    known_where,
    negation,
    never,
)
from kb.engine.judge.answer import HEADLINE_ORDER, Outcome, Status
from kb.engine.judge.grounds import excuses_ask, may_ground
from kb.engine.judge.left_out import hangs_on_few_words
from kb.engine.judge.lines import waits
from kb.engine.judge.silence import questions_of
from kb.engine.judge.tables.rules import TableRules
from kb.engine.program import CompiledPolicy, CompiledRule, Program

STATUSES: tuple[Status, ...] = (
    "not-applicable",
    "exempt",
    "met",
    "not-met",
    "unknown",
    "gap",
)
NOT_APPLICABLE, EXEMPT, MET, NOT_MET, UNKNOWN, GAP = range(6)
_BY_VALUE: Small = np.array([NOT_MET, UNKNOWN, MET], np.int8)
_RANK: dict[Outcome, int] = {name: rank for rank, name in enumerate(HEADLINE_ORDER)}
_NO_RULE = -1
"""Decides where the tables do, or nothing."""
_REVIEW, _UNDECIDED, _PASS = _RANK["review"], _RANK["unknown"], _RANK["pass"]


@dataclass(frozen=True, slots=True)
class RuleColumn:
    """One rule over the lines that are in its scope."""

    rule: str
    lines: Indexes
    """Rising rows of the batch's lines."""
    status: Small
    """Place in ``STATUSES``."""


@dataclass(frozen=True, slots=True)
class ColumnResult:
    """What a program says of a batch."""

    rules: tuple[RuleColumn, ...]
    headline: Small
    """For each line the place of its outcome in ``HEADLINE_ORDER``."""
    decided_by: Indexes
    """For each line the place in ``rules`` of the first rule with that outcome; -1
    when no rule gave it."""
    as_billed: Small
    """For each line the place of its outcome without the chart."""


def evaluate_columns(
    program: Program,
    batch: ClaimBatch,
    *,
    policies_of_claim: Sequence[Collection[str]] | None = None,
    tables: TableRules | None = None,
) -> ColumnResult:
    """Ask every rule of ``program`` on every line of ``batch`` that it is for.

    ``policies_of_claim`` names for each claim the policy versions to ask, where the
    caller chose them; without it they are chosen by payer, state, plan and day.
    ``tables`` are CMS's, where lines are held against them too; no rule column shows it.
    """
    batch = with_own_plans(program, batch)
    run = Run(program, batch)
    choice = choose_policies(run, policies_of_claim)
    outcome, billed = _Board(batch), _Board(batch)
    columns: list[RuleColumn] = []
    left_out = np.zeros(len(batch.lines.code), np.bool_)
    for place, policy in enumerate(program.policies):
        audience = Audience(choice.classes(place), day_pair(policy.days))
        for rule in policy.rules:
            lines = lines_in_scope(run, choice, audience, rule)
            said = _asked(run, lines, policy, rule)
            outcome.speak(len(columns), lines, said.rank)
            billed.speak(len(columns), lines, said.billed)
            left_out[said.left_out] = True
            if may_ground(policy, rule) and len(lines):
                _stand(outcome, billed, rule, lines, said)
            columns.append(RuleColumn(rule.id, lines, said.status))
    doubtful = list(_under_silent_policies(run, choice))
    for board in (outcome, billed):
        for lines in doubtful:
            board.doubt(lines)
        board.note_unfounded()
    _try_what_is_left_out(run, left_out, outcome, billed, policies_of_claim)
    if policies_of_claim is None:
        _try_later_caps(run, choice, outcome, billed)
    if tables is not None:
        _hold_against(run, tables, outcome, billed)
    void = np.flatnonzero(~batch.claims.asked[batch.lines.claim])
    for board in (outcome, billed):
        board.note_void(void)
    return ColumnResult(
        tuple(columns), outcome.headline, outcome.decided_by, billed.headline
    )


class _Board:
    """The headline of each line while rules speak."""

    def __init__(self, batch: ClaimBatch) -> None:
        count = len(batch.lines.code)
        self.headline = np.full(count, _PASS, np.int8)
        self.decided_by = np.full(count, -1, np.int32)
        self.founded = np.zeros(count, np.bool_)
        self.asked = np.zeros(count, np.bool_)
        self.doubted = np.zeros(count, np.bool_)

    def speak(self, rule: int, lines: Indexes, rank: Small) -> None:
        """Take what one rule, by its place, gives its lines."""
        at = np.flatnonzero(rank < self.headline[lines])
        self.headline[lines[at]] = rank[at]
        self.decided_by[lines[at]] = rule

    def stand(self, lines: Indexes, *, founded: Bools, asked: Bools) -> None:
        """Note what a coverage rule is for its lines: a ground, or still asked."""
        self.founded[lines[founded]] = True
        self.asked[lines[asked]] = True

    def doubt(self, lines: Indexes) -> None:
        """Note lines that a policy may be for, or was for."""
        self.doubted[lines] = True
        at = lines[self.headline[lines] > _UNDECIDED]
        self.headline[at] = _UNDECIDED
        self.decided_by[at] = -1

    def note_unfounded(self) -> None:
        """No line passes for which no coverage rule was met, nor says what is amiss."""
        says_why = self.asked & (self.headline < _PASS)
        self.doubt(np.flatnonzero(~self.founded & ~says_why).astype(np.int32))

    def settle(self, line: int, outcome: Outcome) -> None:
        """Take what the interpreter says of a line."""
        if self.headline[line] != _RANK[outcome]:
            self.headline[line] = _RANK[outcome]
            self.decided_by[line] = -1

    def note_void(self, lines: Ints) -> None:
        """Void claims ask for nothing, and get a note that says so."""
        self.headline[lines] = _RANK["note"]
        self.decided_by[lines] = -1


class _Said(NamedTuple):
    """What a rule says of each of its lines."""

    status: Small
    rank: Small
    """Of what it adds to the headline."""
    billed: Small
    """Of what it adds without the chart."""
    waits: Bools
    """Whether it is unknown, and waits for chart and history alone."""
    left_out: Indexes
    """Lines that it leaves undecided for a field of few words alone."""


def _stand(
    outcome: _Board, billed: _Board, rule: CompiledRule, lines: Indexes, said: _Said
) -> None:
    """Note on both boards where a coverage rule is a ground, and where it is asked."""
    met = said.status == MET
    if excuses_ask(rule):
        met = met | (said.status == EXEMPT)
    asked = (said.status == UNKNOWN) | (said.status == NOT_MET)
    outcome.stand(lines, founded=met, asked=asked)
    billed.stand(lines, founded=met | said.waits, asked=asked)


def _asked(
    run: Run, lines: Indexes, policy: CompiledPolicy, rule: CompiledRule
) -> _Said:
    """What a rule says of its lines."""
    if not len(lines):
        none = np.zeros(0, np.int8)
        return _Said(none, none, none, np.zeros(0, np.bool_), lines)
    if lacks_evaluator(rule.tree):
        return _asked_one_by_one(run, lines, policy, rule)
    rows = run.once(("rows", id(lines)), lambda: Rows(run.batch, lines))
    asking = Asking(run, rows, rule.tree.last)
    applies = _applies(asking, policy, rule)
    status, about = _statuses(asking, rule, applies)
    unknown = status == UNKNOWN
    ranks = _ranks(rule.tree, status, about)
    if not unknown.any():
        return _Said(status, ranks, ranks, unknown, lines[:0])
    said, waits = _left_to_the_claim(about, unknown)
    billed = _ranks(rule.tree, status, said)
    if applies is not None and rule.tree.if_when_unknown is not None:
        unsure = unknown & (applies.value == 0)
        rank = _clamped(rule.tree, rule.tree.if_when_unknown.outcome)
        ranks[unsure] = billed[unsure] = rank
    billed[waits] = _PASS
    left_out = lines[unknown & (said == LEFT_OUT) & (billed == _UNDECIDED)]
    return _Said(status, ranks, billed, waits, left_out)


def _left_to_the_claim(about: About, unknown: Bools) -> tuple[About, Bools]:
    """What the claim would have to say, and where an unknown waits for nothing of it."""
    if isinstance(about, int):
        said = about & ~ELSEWHERE
        return said, unknown if about and not said else np.zeros_like(unknown)
    bits = about & np.uint8(0xFF ^ ELSEWHERE)
    return bits, unknown & (bits == 0) & (about != 0)


def _asked_one_by_one(
    run: Run, lines: Indexes, policy: CompiledPolicy, rule: CompiledRule
) -> _Said:
    """The same from the interpreter, for a rule that columns cannot answer."""
    found = list(interpreted(run, lines, policy, rule))
    left_out = [hangs_on_few_words(one, run.program) for one in found]
    return _Said(
        np.array([STATUSES.index(one.result.status) for one in found], np.int8),
        np.array([_RANK[one.result.outcome] for one in found], np.int8),
        np.array([_RANK[one.billed] for one in found], np.int8),
        np.array([waits(one, run.program) for one in found], np.bool_),
        lines[np.array(left_out, np.bool_)],
    )


def _statuses(
    asking: Asking, rule: CompiledRule, applies: Truth | None
) -> tuple[Small, About]:
    """Status of a rule on its rows, and what the unknown ones are about."""
    tree = rule.tree
    excused, kept = _excused(asking, tree), _kept(asking, tree)
    if isinstance(tree.duty, Covers):
        result = _granted(kept, applies, excused)
    else:
        silent = None if applies is None else negation(applies)
        told = [part for part in (silent, excused, kept) if part is not None]
        result = any_of(told)
    status = _BY_VALUE[result.value + 1]
    if tree.kind == "gap":
        status[:] = GAP
    if excused is not None:
        certain_to_apply = True if applies is None else applies.value > 0
        status[(excused.value > 0) & certain_to_apply] = EXEMPT
    if applies is not None:
        status[applies.value < 0] = NOT_APPLICABLE
    return status, result.about


def _granted(kept: Truth, applies: Truth | None, excused: Truth | None) -> Truth:
    """A ground to pass: only where it is known that the rule applies and does not let go."""
    parts = [kept]
    if applies is not None:
        parts.append(applies)
    if excused is not None:
        unsure = np.where(excused.value == 0, 0, 1).astype(np.int8)
        parts.append(Truth(unsure, excused.about))
    return all_of(parts)


def _kept(asking: Asking, tree: Rule) -> Truth:
    """Whether the duty is kept; nothing ever fills a gap."""
    if tree.duty is None:
        return never(len(asking.rows))
    return duty_kept(asking, tree.scope, tree.duty)


def _applies(
    asking: Asking, policy: CompiledPolicy, rule: CompiledRule
) -> Truth | None:
    """Whether the rule applies; ``None`` when it always does."""
    when = None if rule.tree.when is None else tested(asking, rule.tree.when)
    parts = [_in_force(asking, policy, rule), when]
    told = [part for part in parts if part is not None]
    return all_of(told) if told else None


def _in_force(
    asking: Asking, policy: CompiledPolicy, rule: CompiledRule
) -> Truth | None:
    """Whether the rule's days hold; after them nobody knows, unless its author does."""
    span = rule.tree.in_force
    first, last = first_day(span.days), last_day(span.days)
    low, high = asking.run.reach
    if span.clock == "service" and first <= low and high <= last:
        return None
    if span.days == Days():
        return None
    days = _clock_days(asking, span.clock)
    known = days != NO_DAY
    if not span.ended and not _followed(policy, rule):
        known &= days <= last
    return known_where(known, (first <= days) & (days <= last), CLAIM)


def _clock_days(asking: Asking, clock: Clock) -> Ints:
    """The day that decides which version of a rule is in force."""
    rows = asking.rows
    if clock == "service":
        return rows.day
    return rows.batch.claims.clock(clock)[rows.claim].astype(np.int64)


def _excused(asking: Asking, tree: Rule) -> Truth | None:
    """Whether the rule lets go; ``None`` when nothing could."""
    parts = [_exception_holds(asking, one) for one in tree.exceptions]
    if tree.unless is not None:
        parts.append(tested(asking, tree.unless))
    return any_of(parts) if parts else None


def _exception_holds(asking: Asking, exemption: Exemption) -> Truth:
    days = asking.rows.day
    in_force = certain(
        (first_day(exemption.days) <= days) & (days <= last_day(exemption.days))
    )
    parts = [in_force, tested(asking, exemption.when)]
    own = [_exception_holds(asking, one) for one in exemption.exceptions]
    if own:
        parts.append(negation(any_of(own)))
    return all_of(parts)


def _followed(policy: CompiledPolicy, rule: CompiledRule) -> bool:
    """Whether a later version of the rule stands in its policy."""
    last = last_day(rule.tree.in_force.days)
    return any(
        other.name == rule.name and first_day(other.tree.in_force.days) > last
        for other in policy.rules
    )


def _ranks(tree: Rule, status: Small, about: About) -> Small:
    """What each row adds to its line's headline."""
    otherwise = tree.otherwise.outcome
    table = np.full(len(STATUSES), _PASS, np.int8)
    table[NOT_MET] = _clamped(tree, otherwise)
    if _RANK[otherwise] <= _UNDECIDED:
        table[GAP] = _clamped(tree, otherwise)
    if tree.if_unknown is not None:
        table[UNKNOWN] = _clamped(tree, tree.if_unknown.outcome)
        return table[status]
    if isinstance(about, int):
        table[UNKNOWN] = _of_unknown(tree, otherwise)[about]
        return table[status]
    ranks = table[status]
    unknown = status == UNKNOWN
    ranks[unknown] = _of_unknown(tree, otherwise)[about[unknown]]
    return ranks


def _of_unknown(tree: Rule, otherwise: Outcome) -> Small:
    """Outcome of an unknown by what it is about: the highest of its kinds."""
    approval: Outcome = "needs-auth" if otherwise == "needs-auth" else "unknown"
    outcomes: dict[int, Outcome] = {
        CHART: "needs-evidence",
        APPROVAL: approval,
        CLAIM: "unknown",
        HISTORY: "unknown",
        LEFT_OUT: "unknown",
    }
    table = np.full(KINDS, _UNDECIDED, np.int8)
    for bits in range(1, KINDS):
        held = [_RANK[outcome] for bit, outcome in outcomes.items() if bits & bit]
        table[bits] = max(min(held), _REVIEW) if tree.advisory else min(held)
    return table


def _clamped(tree: Rule, outcome: Outcome) -> int:
    """The outcome's rank; advisory rules give a review at most."""
    rank = _RANK[outcome]
    return max(rank, _REVIEW) if tree.advisory else rank


def _try_what_is_left_out(
    run: Run,
    left_out: Bools,
    outcome: _Board,
    billed: _Board,
    policies_of_claim: Sequence[Collection[str]] | None,
) -> None:
    """Ask the interpreter of lines that a field of few words leaves undecided."""
    open_ = (outcome.headline == _UNDECIDED) | (billed.headline == _UNDECIDED)
    lines = np.flatnonzero(left_out & open_ & ~outcome.doubted)
    for line, found in interpreted_lines(run, lines, policies_of_claim):
        outcome.settle(line, found.outcome)
        billed.settle(line, found.billed)


def _try_later_caps(run: Run, choice: Choice, outcome: _Board, billed: _Board) -> None:
    """Ask the interpreter of lines that would pass and that a later cap of units is for."""
    capped = np.zeros(len(outcome.headline), np.bool_)
    for place, policy in enumerate(run.program.policies):
        early = before_first_day(choice, place, policy)
        for rule in policy.rules if early.classes else ():
            if rule.tree.scope is not None and "units" in questions_of(rule, policy):
                capped[lines_in_scope(run, choice, early, rule)] = True
    passing = (outcome.headline > _UNDECIDED) | (billed.headline > _UNDECIDED)
    for line, found in interpreted_lines(run, np.flatnonzero(capped & passing), None):
        outcome.settle(line, found.outcome)
        billed.settle(line, found.billed)


def _hold_against(
    run: Run, tables: TableRules, outcome: _Board, billed: _Board
) -> None:
    """Take what the tables object to."""
    for lines, ranks in table_ranks(run, tables):
        for board in (outcome, billed):
            board.speak(_NO_RULE, lines, ranks)


def _under_silent_policies(run: Run, choice: Choice) -> Iterator[Indexes]:
    """Lines that a policy is for when state or plan is given, or was for before."""
    for place, policy in enumerate(run.program.policies):
        missing = Audience(choice.classes_missing(place), day_pair(policy.days))
        past = after_last_day(choice, place, policy)
        for rule in policy.rules:
            if rule.tree.scope is not None:
                yield lines_in_scope(run, choice, missing, rule)
                lines = lines_in_scope(run, choice, past, rule)
                yield lines_without_version(run, choice, place, lines)
