"""Two states of the policies compared: what changed, and a claim that shows it.

Policies are matched by path and version, rules by name.  For each change that can alter
an answer a witness is looked for among the scenarios of both states and small changes of
them: the smallest claim found on which the rule answers differently.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from dsl.ir import walk
from kb.claims import read_json_value
from kb.claims.model import Claim
from kb.engine.judge.answer import HEADLINE_ORDER, ClaimAnswer
from kb.engine.judge.evaluate import Engine
from kb.engine.program import CompiledPolicy, CompiledRule
from kb.mutation.hints import Hints, hints_of
from kb.mutation.mutants import Mutant, Site
from kb.mutation.variants import variants
from kb.proofs.authoring_session import Workbook
from kb.proofs.change_grid import grid

Json = dict[str, Any]
Kind = Literal[
    "policy new", "policy ended", "rule new", "rule gone", "value changed",
    "code added", "code removed", "wording only",
]  # fmt: skip
Direction = Literal["stricter", "looser", "different", "same outcome"]
"""The new state objects more; less; to some claims more and to others less; or it only
says otherwise why it does not object."""
TRIES = 600
NEAREST = 4
MOST = 40
"""Differing claims that are enough to tell the direction."""
Told = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Witness:
    """A claim that the two states answer differently."""

    claim: Json
    line: int
    before: str
    after: str
    like: str
    """The scenario that it was made from."""
    direction: Direction
    """Over all claims that were found to differ."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two states."""

    kind: Kind
    policy: str
    """Row id of the policy version."""
    rule: str
    before: str
    after: str
    witness: Witness | None = None


@dataclass(frozen=True, slots=True)
class State:
    """One state of the policies, opened."""

    book: Workbook

    @property
    def engine(self) -> Engine:
        """Its engine."""
        return self.book.engine

    def policies(self) -> dict[str, CompiledPolicy]:
        """Its policy versions by row id."""
        return {policy.id: policy for policy in self.book.policies()}

    def sentence(self, rule: CompiledRule) -> str:
        """What a rule means."""
        return self.engine.words[rule.id].sentence


def changes(old: State, new: State) -> Iterator[Change]:
    """Every difference, policy by policy."""
    before, after = old.policies(), new.policies()
    for key in sorted(before.keys() | after.keys()):
        if key not in before:
            yield Change("policy new", key, "", "", after[key].title)
        elif key not in after:
            yield Change("policy ended", key, "", before[key].title, "")
        else:
            yield from policy_changes(old, new, before[key], after[key])


def policy_changes(
    old: State, new: State, before: CompiledPolicy, after: CompiledPolicy
) -> Iterator[Change]:
    """The differences of one policy version, rule by rule."""
    theirs = {rule.id: rule for rule in before.rules}
    ours = {rule.id: rule for rule in after.rules}
    for key in [*theirs, *(k for k in ours if k not in theirs)]:
        one, other = theirs.get(key), ours.get(key)
        name = key.partition("#")[2]
        for kind, was, is_now in rule_changes(old, new, one, other):
            found = None
            if kind != "wording only":
                code = (was or is_now).rpartition(": ")[2].partition(",")[0]
                code = code if kind.startswith("code") else ""
                sides = (old, before), (new, after)
                found = witness(name.partition("@")[0], *sides, code)
            yield Change(kind, after.id, name, was, is_now, found)


def rule_changes(
    old: State, new: State, one: CompiledRule | None, other: CompiledRule | None
) -> Iterator[tuple[Kind, str, str]]:
    """How one rule differs: kind, what was, what is."""
    if one is None or other is None:
        if other is not None:
            yield "rule new", "", new.sentence(other)
        elif one is not None:
            yield "rule gone", old.sentence(one), ""
        return
    yield from code_changes(old, new, one, other)
    if one.tree != other.tree:
        yield "value changed", old.sentence(one), new.sentence(other)
    elif words_of(old, one) != words_of(new, other):
        yield "wording only", one.title, other.title


def code_changes(
    old: State, new: State, one: CompiledRule, other: CompiledRule
) -> Iterator[tuple[Kind, str, str]]:
    """Codes that came into or left the lists that both versions of a rule name."""
    for key in sorted(walk.sets(one.tree) & walk.sets(other.tree)):
        was = old.engine.program.sets.get(key, {})
        is_now = new.engine.program.sets.get(key, {})
        listed = key.partition("#")[2]
        gone = sorted(code for code in was if was[code] != is_now.get(code))
        come = sorted(code for code in is_now if is_now[code] != was.get(code))
        if gone:
            yield "code removed", f"{listed}: {', '.join(gone)}", ""
        if come:
            yield "code added", "", f"{listed}: {', '.join(come)}"


def words_of(state: State, rule: CompiledRule) -> tuple[object, ...]:
    """What a rule says beside what it decides."""
    words = state.engine.words[rule.id]
    return (words.title, words.fix, words.grade, words.citations)


# ---------- witnesses ----------


def witness(
    rule: str,
    old: tuple[State, CompiledPolicy],
    new: tuple[State, CompiledPolicy],
    code: str = "",
) -> Witness | None:
    """The smallest claim found on which the rule answers differently.

    ``code`` is one that came or went, worth trying first.
    """
    found: list[tuple[bool, int, str, Told, str]] = []
    theirs = old[0].engine.only(old[1].policy)
    ours = new[0].engine.only(new[1].policy)
    for like, source in islice(candidates(rule, old, new, code), TRIES):
        claim = read(source)
        if claim is None:
            continue
        (before,), (after,) = theirs.answer((claim,)), ours.answer((claim,))
        if told := tells_apart(rule, new[1].policy, before, after):
            text = json.dumps(source, sort_keys=True)
            alike = rank_of(told[1]) == rank_of(told[2])
            found.append((alike, len(text), text, told, like))
            if len(found) > MOST:
                break
    if not found:
        return None
    _alike, _size, text, (line, was, is_now), like = min(found)
    direction = direction_of(told for *_first, told, _like in found)
    return Witness(json.loads(text), line, was, is_now, like, direction)


def direction_of(found: Iterable[Told]) -> Direction:
    """Whether the new state objects more or less to the claims that differ."""
    ranks = [(rank_of(was), rank_of(is_now)) for _line, was, is_now in found]
    stricter = any(now < was for was, now in ranks)
    looser = any(now > was for was, now in ranks)
    if stricter and looser:
        return "different"
    if stricter or looser:
        return "stricter" if stricter else "looser"
    return "same outcome"


def rank_of(result: str) -> int:
    """The place of a result's outcome in headline order; no rule objects to nothing."""
    outcome = result.partition(" ")[0]
    order: tuple[str, ...] = HEADLINE_ORDER
    return order.index(outcome) if outcome in order else order.index("pass")


def candidates(
    rule: str,
    old: tuple[State, CompiledPolicy],
    new: tuple[State, CompiledPolicy],
    code: str,
) -> Iterator[tuple[str, Json]]:
    """Scenarios of both states, those that name the rule first; then small changes."""
    worked = [w for state, policy in (new, old) for w in state.book.scenarios(policy)]
    ordered = sorted(worked, key=lambda w: rule not in w.rules_named)
    yield from ((w.name, w.source) for w in ordered)
    named = [w for w in ordered if rule in w.rules_named and len(w.claim.lines) == 1]
    trees = [r.tree for _state, p in (new, old) for r in p.rules if r.name == rule]
    for w in named[:2]:
        yield from ((w.name, claim) for claim in grid(w.source, trees))
    for state in (new, old):
        hints = hints_for(rule, state, old[1] if state is new else new[1], code)
        for w in ordered[: 2 * NEAREST]:
            yield from ((w.name, claim) for claim in variants(w.source, hints))


def hints_for(
    rule: str, state: tuple[State, CompiledPolicy], other: CompiledPolicy, code: str
) -> Hints:
    """The numbers, days and codes that both versions of a rule name."""
    site, rules = Site("", 0), frozenset({rule})
    changed = Mutant("diff", rule, "", site, other, rules, code=code)
    return hints_of(changed, state[1], state[0].engine.program)


def read(source: Json) -> Claim | None:
    """The claim, or nothing when a change made it unreadable."""
    found = read_json_value(source)
    return found.claims[0] if found.claims and not found.bad else None


def tells_apart(
    rule: str, policy: str, before: ClaimAnswer, after: ClaimAnswer
) -> Told | None:
    """Line and results where the rule answers differently, if it does."""
    for one, other in zip(before.lines, after.lines, strict=True):
        was, is_now = (
            next(
                (
                    f"{r.outcome} ({r.status})"
                    for r in line.results
                    if r.rule.startswith(f"{policy}@")
                    and r.rule.partition("#")[2].partition("@")[0] == rule
                ),
                "not in scope",
            )
            for line in (one, other)
        )
        if was != is_now:
            return one.number, was, is_now
    return None
