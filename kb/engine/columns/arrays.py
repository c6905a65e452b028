"""The column engine: every rule once over the lines that it is for.

It gives the same statuses and headlines as the per-line interpreter, many lines at
a time, without explanations.  A rule with a form that has no evaluator here is
answered by that interpreter, line by line, and stands among the others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from dsl.ir.duties import Covers
from dsl.ir.parts import Clock, Days
from dsl.ir.rule import Exemption, Rule
from kb.engine.columns.batch import NO_DAY, Bools, ClaimBatch, Indexes, Ints, Small
from kb.engine.columns.calendar import first_day, last_day
from kb.engine.columns.duties import duty_kept
from kb.engine.columns.interpreted import interpreted, lacks_evaluator
from kb.engine.columns.policies import (
    Audience,
    Choice,
    after_last_day,
    choose_policies,
    lines_in_scope,
    lines_without_version,
)
from kb.engine.columns.run import Rows, Run
from kb.engine.columns.sets import day_pair
from kb.engine.columns.tests import Asking, tested
from kb.engine.columns.truth import (
    APPROVAL,
    CHART,
    CLAIM,
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


def evaluate_columns(
    program: Program,
    batch: ClaimBatch,
    *,
    policies_of_claim: Sequence[Collection[str]] | None = None,
) -> ColumnResult:
    """Ask every rule of ``program`` on every line of ``batch`` that it is for.

    ``policies_of_claim`` names for each claim the policy versions to ask, where the
    caller chose them; without it they are chosen by payer, state, plan and day.
    """
    run = Run(program, batch)
    choice = choose_policies(run, policies_of_claim)
    board = _Board(batch)
    columns: list[RuleColumn] = []
    for place, policy in enumerate(program.policies):
        audience = Audience(choice.classes(place), day_pair(policy.days))
        for rule in policy.rules:
            lines = lines_in_scope(run, choice, audience, rule)
            status, ranks = _asked(run, lines, policy, rule)
            board.speak(len(columns), lines, ranks)
            if _covers(policy, rule):
                judged = _judged(rule.tree, status)
                board.cover(lines if judged.all() else lines[judged])
            columns.append(RuleColumn(rule.id, lines, status))
    _note_silent_policies(run, choice, board)
    board.note_uncovered()
    board.note_void(np.flatnonzero(~batch.claims.asked[batch.lines.claim]))
    return ColumnResult(tuple(columns), board.headline, board.decided_by)


class _Board:
    """The headline of each line while rules speak."""

    def __init__(self, batch: ClaimBatch) -> None:
        count = len(batch.lines.code)
        self.headline = np.full(count, _PASS, np.int8)
        self.decided_by = np.full(count, -1, np.int32)
        self.covered = np.zeros(count, np.bool_)
        self._last_covered: Indexes | None = None

    def speak(self, rule: int, lines: Indexes, rank: Small) -> None:
        """Take what one rule, by its place, gives its lines."""
        at = np.flatnonzero(rank < self.headline[lines])
        self.headline[lines[at]] = rank[at]
        self.decided_by[lines[at]] = rule

    def cover(self, lines: Indexes) -> None:
        """Note lines that a rule of a policy of their payer judged."""
        if lines is not self._last_covered:
            self.covered[lines] = True
            self._last_covered = lines

    def doubt(self, lines: Indexes) -> None:
        """Note lines that a policy may be for, or was for."""
        at = lines[self.headline[lines] > _UNDECIDED]
        self.headline[at] = _UNDECIDED
        self.decided_by[at] = -1

    def note_uncovered(self) -> None:
        """No line passes that no rule of a policy of its payer judged."""
        self.doubt(np.flatnonzero(~self.covered).astype(np.int32))

    def note_void(self, lines: Ints) -> None:
        """Void claims ask for nothing, and get a note that says so."""
        self.headline[lines] = _RANK["note"]
        self.decided_by[lines] = -1


def _covers(policy: CompiledPolicy, rule: CompiledRule) -> bool:
    """Whether a line in the rule's scope may pass."""
    return policy.can_pass and rule.tree.scope is not None and rule.tree.kind == "rule"


def _judged(tree: Rule, status: Small) -> Bools:
    """Where a status is a judgement of the line."""
    ground = isinstance(tree.duty, Covers)
    judged: Bools = (status == MET) if ground else (status != NOT_APPLICABLE)
    return judged & (not (ground and tree.advisory))


def _asked(
    run: Run, lines: Indexes, policy: CompiledPolicy, rule: CompiledRule
) -> tuple[Small, Small]:
    """Status of a rule on its lines, and the rank of what it gives each."""
    if not len(lines):
        return np.zeros(0, np.int8), np.zeros(0, np.int8)
    if lacks_evaluator(rule.tree):
        return _asked_one_by_one(run, lines, policy, rule)
    rows = run.once(("rows", id(lines)), lambda: Rows(run.batch, lines))
    asking = Asking(run, rows, rule.tree.last)
    applies = _applies(asking, policy, rule)
    status, about = _statuses(asking, rule, applies)
    ranks = _ranks(rule.tree, status, about)
    if applies is not None and rule.tree.if_when_unknown is not None:
        unsure = (status == UNKNOWN) & (applies.value == 0)
        ranks[unsure] = _clamped(rule.tree, rule.tree.if_when_unknown.outcome)
    return status, ranks


def _asked_one_by_one(
    run: Run, lines: Indexes, policy: CompiledPolicy, rule: CompiledRule
) -> tuple[Small, Small]:
    """The same from the interpreter, for a rule that columns cannot answer."""
    found = list(interpreted(run, lines, policy, rule))
    status = np.array([STATUSES.index(status) for status, _ in found], np.int8)
    return status, np.array([_RANK[outcome] for _, outcome in found], np.int8)


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
    if _RANK[otherwise] <= _REVIEW:
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
    }
    table = np.full(8, _UNDECIDED, np.int8)
    for bits in range(1, 8):
        held = [_RANK[outcome] for bit, outcome in outcomes.items() if bits & bit]
        table[bits] = max(min(held), _REVIEW) if tree.advisory else min(held)
    return table


def _clamped(tree: Rule, outcome: Outcome) -> int:
    """The outcome's rank; advisory rules give a review at most."""
    rank = _RANK[outcome]
    return max(rank, _REVIEW) if tree.advisory else rank


def _note_silent_policies(run: Run, choice: Choice, board: _Board) -> None:
    """Lines that a policy is for when state or plan is given, or was for before."""
    for place, policy in enumerate(run.program.policies):
        missing = Audience(choice.classes_missing(place), day_pair(policy.days))
        past = after_last_day(choice, place, policy)
        for rule in policy.rules:
            if rule.tree.scope is not None:
                board.doubt(lines_in_scope(run, choice, missing, rule))
                lines = lines_in_scope(run, choice, past, rule)
                board.doubt(lines_without_version(run, choice, place, lines))
