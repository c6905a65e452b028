"""Which policies answer which claims, and the lines that each rule is asked on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from kb.engine.columns.batch import FACILITY, PROFESSIONAL, Bools, Indexes, Ints
from kb.engine.columns.calendar import FIRST_DAY, LAST_DAY
from kb.engine.columns.run import Run
from kb.engine.columns.sets import DatedCodes, DayPair, day_pair
from kb.engine.program import CompiledPolicy, CompiledRule


@dataclass(frozen=True, slots=True)
class Choice:
    """Claims sorted by the policies that are for them, whatever the day.

    Claims of one *class* have the same policies; lines are kept by class and code.
    """

    of_claim: Indexes
    """Class of each claim."""
    chosen: tuple[frozenset[int], ...]
    """For each class the policies (by position) that hold for its claims."""
    missed: tuple[frozenset[int], ...]
    """Those that would hold if the claim gave its state or plan."""
    order: Indexes
    """Lines by class, code, and their own order."""
    starts: Ints
    """Start in ``order`` of each class and code."""
    codes: int

    def stretch(self, one: int, code: int) -> Indexes:
        """Lines of one class and code."""
        at = one * self.codes + code
        return self.order[self.starts[at] : self.starts[at + 1]]

    def classes(self, policy: int) -> tuple[int, ...]:
        """Classes whose claims a policy is for."""
        return tuple(n for n, held in enumerate(self.chosen) if policy in held)

    def classes_missing(self, policy: int) -> tuple[int, ...]:
        """Classes whose claims it may be for."""
        return tuple(n for n, held in enumerate(self.missed) if policy in held)


Names = Sequence[Collection[str]]


def choose_policies(run: Run, policies_of_claim: Names | None) -> Choice:
    """Sort claims by payer, state and plan, or by the policies named for each."""
    if policies_of_claim is None:
        of_claim, chosen, missed = _by_payer_state_plan(run)
    else:
        of_claim, chosen = _by_name(run, policies_of_claim)
        missed = (frozenset(),) * len(chosen)
    # Void claims ask no policy: a class of their own, for which there is none.
    of_claim = np.where(run.batch.claims.asked, of_claim, len(chosen)).astype(np.int32)
    chosen, missed = (*chosen, frozenset()), (*missed, frozenset())
    lines, codes = run.batch.lines, len(run.batch.words.codes)
    key = of_claim[lines.claim].astype(np.int64) * codes + lines.code
    counts = np.bincount(key, minlength=len(chosen) * codes)
    starts = np.concatenate(([0], np.cumsum(counts)))
    order = np.argsort(key, kind="stable").astype(np.int32)
    return Choice(of_claim, chosen, missed, order, starts, codes)


Classes = tuple[Indexes, tuple[frozenset[int], ...], tuple[frozenset[int], ...]]


def _by_payer_state_plan(run: Run) -> Classes:
    claims, words = run.batch.claims, len(run.batch.words.words)
    if not len(claims.payer):
        return np.zeros(0, np.int32), (), ()
    key = (claims.payer.astype(np.int64) * words + claims.state) * words + claims.plan
    combinations, of_claim = np.unique(key, return_inverse=True)
    payer, rest = np.divmod(combinations, words * words)
    state, plan = np.divmod(rest, words)
    policies = run.program.policies
    table = [_holding(run, policy, payer, state, plan) for policy in policies]
    sure = np.array([row[0] for row in table], np.bool_).reshape(len(policies), -1)
    missed = np.array([row[1] for row in table], np.bool_).reshape(len(policies), -1)
    packed = np.packbits(np.concatenate((sure, missed)), axis=0).T
    classes: dict[bytes, tuple[int, int]] = {}
    class_of = [
        classes.setdefault(row.tobytes(), (len(classes), place))[0]
        for place, row in enumerate(packed)
    ]
    places = [place for _, place in classes.values()]
    return (
        np.array(class_of, np.int32)[of_claim],
        tuple(frozenset(np.flatnonzero(sure[:, place]).tolist()) for place in places),
        tuple(frozenset(np.flatnonzero(missed[:, place]).tolist()) for place in places),
    )


def _holding(
    run: Run, policy: CompiledPolicy, payer: Ints, state: Ints, plan: Ints
) -> tuple[Bools, Bools]:
    """Where a policy holds for certain, and where only state or plan is missing."""
    paid = np.ones(len(payer), np.bool_)
    if policy.payer:
        paid = payer == run.word_numbers.get(policy.payer, -1)
    in_state, in_plan = (
        _holds_word(run, policy.states, state),
        _holds_word(run, policy.plans, plan),
    )
    sure = paid & in_state & in_plan
    may_state = in_state | ((state == 0) & bool(policy.states))
    may_plan = in_plan | ((plan == 0) & bool(policy.plans))
    return sure, paid & may_state & may_plan & ~sure


def _holds_word(run: Run, wanted: frozenset[str], words: Ints) -> Bools:
    if not wanted:
        return np.ones(len(words), np.bool_)
    numbers = [run.word_numbers[w] for w in sorted(wanted) if w in run.word_numbers]
    return np.isin(words, numbers)


def _by_name(run: Run, names: Names) -> tuple[Indexes, tuple[frozenset[int], ...]]:
    policies = run.program.policies
    # The payer's own comes first; one that follows it may have fewer of its rules.
    place = {p.id: n for n, p in reversed(tuple(enumerate(policies)))}
    classes: dict[frozenset[int], int] = {}
    of_claim = [
        classes.setdefault(frozenset(place[name] for name in held), len(classes))
        for held in names
    ]
    return np.array(of_claim, np.int32), tuple(classes)


@dataclass(frozen=True, slots=True)
class Audience:
    """Claims that a policy speaks to, and on which days."""

    classes: tuple[int, ...]
    days: DayPair


def lines_in_scope(
    run: Run, choice: Choice, audience: Audience, rule: CompiledRule
) -> Indexes:
    """Rising lines of an audience with a code of the rule's scope on their day.

    Rules of equal scope and audience get one and the same array.
    """
    if not audience.classes:
        return np.zeros(0, np.int32)
    kind, codes = rule.tree.claims, run.procedures(rule.tree.scope)
    return run.once(
        ("lines", audience, codes.content, kind),
        lambda: _of_kind(run, _in_scope(run, choice, audience, codes), kind),
    )


def _in_scope(
    run: Run, choice: Choice, audience: Audience, codes: DatedCodes
) -> Indexes:
    members = np.flatnonzero(codes.member).tolist()
    stretches = [
        choice.stretch(one, code) for one in audience.classes for code in members
    ]
    lines = np.sort(np.concatenate((np.zeros(0, np.int32), *stretches)))
    days = run.batch.lines.day[lines].astype(np.int64)
    first, last = audience.days
    held = (first <= days) & (days <= last)
    if codes.layers:
        held &= codes.holds(run.batch.lines.code[lines], days)
    return lines if held.all() else lines[held]


def _of_kind(run: Run, lines: Indexes, kind: str | None) -> Indexes:
    if kind is None:
        return lines
    wanted = FACILITY if kind == "facility" else PROFESSIONAL
    kept: Indexes = lines[run.batch.claims.kind[run.batch.lines.claim[lines]] == wanted]
    return kept


def after_last_day(choice: Choice, place: int, policy: CompiledPolicy) -> Audience:
    """Claims of the days on which a policy is over, unless its author ended it."""
    last = day_pair(policy.days)[1]
    if policy.ended or last >= LAST_DAY:
        return Audience((), (last, last))
    classes = sorted({*choice.classes(place), *choice.classes_missing(place)})
    return Audience(tuple(classes), (last + 1, LAST_DAY))


def before_first_day(choice: Choice, place: int, policy: CompiledPolicy) -> Audience:
    """Claims of the days before a policy begins."""
    first = day_pair(policy.days)[0]
    classes = sorted({*choice.classes(place), *choice.classes_missing(place)})
    return Audience(tuple(classes) if first > FIRST_DAY else (), (FIRST_DAY, first - 1))


def lines_without_version(
    run: Run, choice: Choice, place: int, lines: Indexes
) -> Indexes:
    """Those lines that no version of a policy is for, on their day."""
    if not len(lines):
        return lines
    policies = run.program.policies
    batch = run.batch
    for other, version in enumerate(policies):
        if version.policy == policies[place].policy:
            classes = [*choice.classes(other), *choice.classes_missing(other)]
            first, last = day_pair(version.days)
            day = batch.lines.day[lines]
            theirs = np.isin(choice.of_claim[batch.lines.claim[lines]], classes)
            lines = lines[~(theirs & (first <= day) & (day <= last))]
    return lines
