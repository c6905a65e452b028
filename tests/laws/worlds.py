"""The shipped rules, and the same rules under other codes, on other days, without days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from dsl.ir.codec import decode_rule
from kb.claims.model import Claim, FactValue
from kb.engine.judge.evaluate import Engine
from kb.engine.program import CompiledPolicy, CompiledRule, Days, Program, holds
from tests.laws.mixing import Pool

FROZEN_ON = date(2026, 9, 10)
"""A day on which every payer that ships has a policy in force."""
CYCLE = timedelta(weeks=1461)
"""28 years: weekdays and leap years come round, between 1901 and 2099."""
GREAT_CYCLE = timedelta(days=146_097)
"""400 years of the calendar."""
PROCEDURE = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")
ISO = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class World:
    """The engine that is held to the laws, and what claims are mixed from."""

    engine: Engine
    pool: Pool

    @cached_property
    def rules(self) -> dict[str, Any]:
        """Rule id to its tree."""
        return {
            rule.id: rule.ir
            for policy in self.engine.program.policies
            for rule in policy.rules
        }

    @cached_property
    def reads(self) -> dict[str, frozenset[str]]:
        """Rule id to the facts that it reads."""
        return {rule: frozenset(facts_in(tree)) for rule, tree in self.rules.items()}

    @cached_property
    def counts_denied(self) -> frozenset[str]:
        """The rules that count denied services too."""
        return frozenset(
            rule for rule, tree in self.rules.items() if "'denied': True" in str(tree)
        )

    @cached_property
    def diagnoses(self) -> frozenset[str]:
        """The diagnoses that worked claims have."""
        return frozenset(code for line in self.pool.lines for code in line.diagnoses)

    @cached_property
    def values(self) -> dict[str, tuple[FactValue, ...]]:
        """Fact to the values that worked claims give it."""
        found: dict[str, list[FactValue]] = {}
        for claim in self.pool.claims:
            for facts in all_facts((claim,)):
                for name, value in facts.items():
                    found.setdefault(name, []).append(value)
        return {name: tuple(values) for name, values in found.items()}

    @cached_property
    def other_codes(self) -> dict[str, str]:
        """Procedure code to a code that nobody uses; another order, one to one."""
        program = self.engine.program
        known = {
            *program.codes,
            *(code for table in program.groupings.values() for code in table),
            *(code for members in program.sets.values() for code in members),
            *(line.code for line in self.pool.lines),
            *(line.code for line in self.pool.history),
        }
        codes = sorted(code for code in known if PROCEDURE.fullmatch(code))
        return {code: f"Y{len(codes) - n:04}*" for n, code in enumerate(codes)}

    @cached_property
    def renamed(self) -> Engine:
        """The same rules for the other codes."""
        names, program = self.other_codes, self.engine.program

        def table(given: Mapping[str, Any]) -> dict[str, Any]:
            return {names.get(code, code): value for code, value in given.items()}

        return Engine.of(
            replace(
                with_trees(
                    program, lambda tree: walked(tree, lambda x: names.get(x, x))
                ),
                sets={key: table(members) for key, members in program.sets.items()},
                groupings={key: table(x) for key, x in program.groupings.items()},
                codes=table(program.codes),
            )
        )

    @cached_property
    def later(self) -> Engine:
        """The same rules 400 years later."""
        return Engine.of(with_days(self.engine.program, moved, moved_in_tree))

    @cached_property
    def undated(self) -> Engine:
        """The rules of one day, without any day in them."""
        program = self.engine.program
        there = tuple(
            replace(
                policy,
                ended=False,
                rules=tuple(r for r in policy.rules if in_force(r.ir)),
            )
            for policy in program.policies
            if holds(policy.days, FROZEN_ON)
        )
        standing = replace(
            program,
            policies=there,
            sets={
                key: {code: days for code, days in members.items() if any_holds(days)}
                for key, members in program.sets.items()
            },
            groupings={
                key: {
                    code: tuple(group for group in groups if holds(group[1], FROZEN_ON))
                    for code, groups in table.items()
                }
                for key, table in program.groupings.items()
            },
        )
        return Engine.of(with_days(standing, lambda _: (None, None), frozen))


def facts_in(tree: object) -> Iterable[str]:
    """The facts that a tree reads."""
    if isinstance(tree, dict):
        if isinstance(tree.get("fact"), str):
            yield tree["fact"]
        for part in tree.values():
            yield from facts_in(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from facts_in(part)


def all_facts(claims: Iterable[Claim]) -> Iterable[dict[str, FactValue]]:
    """The facts of claims, of their lines and of their histories."""
    for claim in claims:
        yield claim.facts
        yield from (line.facts for line in claim.lines)
        yield from (line.facts for line in claim.history.lines)


def walked(tree: Any, rename: Callable[[str], str]) -> Any:
    """A tree with each of its texts renamed."""
    if isinstance(tree, dict):
        return {key: walked(part, rename) for key, part in tree.items()}
    if isinstance(tree, list):
        return [walked(part, rename) for part in tree]
    return rename(tree) if isinstance(tree, str) else tree


def with_trees(program: Program, change: Callable[[Any], Any]) -> Program:
    """A program with the tree of each rule changed."""

    def rule(given: CompiledRule) -> CompiledRule:
        return replace(given, tree=decode_rule(change(given.ir)))

    def policy(given: CompiledPolicy) -> CompiledPolicy:
        return replace(given, rules=tuple(map(rule, given.rules)))

    return replace(program, policies=tuple(map(policy, program.policies)))


def with_days(
    program: Program, days: Callable[[Days], Days], tree: Callable[[Any], Any]
) -> Program:
    """A program with every day in it changed."""
    changed = with_trees(program, tree)
    return replace(
        changed,
        policies=tuple(replace(p, days=days(p.days)) for p in changed.policies),
        sets={
            key: {code: tuple(map(days, spans)) for code, spans in members.items()}
            for key, members in program.sets.items()
        },
        groupings={
            key: {
                code: tuple((group, days(span)) for group, span in groups)
                for code, groups in table.items()
            }
            for key, table in program.groupings.items()
        },
    )


def moved(days: Days) -> Days:
    """Days 400 years later."""
    first, last = days
    return (first and first + GREAT_CYCLE, last and last + GREAT_CYCLE)


def moved_in_tree(tree: Any) -> Any:
    """A tree with its days 400 years later."""

    def later(text: str) -> str:
        if not ISO.fullmatch(text):
            return text
        return (date.fromisoformat(text) + GREAT_CYCLE).isoformat()

    return walked(tree, later)


def any_holds(spans: Iterable[Days]) -> bool:
    """Whether one of the spans holds the day that rules are frozen on."""
    return any(holds(days, FROZEN_ON) for days in spans)


def in_force(tree: Any) -> bool:
    """Whether what has days holds on the day that rules are frozen on."""
    if not isinstance(tree, dict):
        return True
    span = tree.get("in_force") or tree
    first, last = (span.get(name) or "" for name in ("from", "through"))
    day = FROZEN_ON.isoformat()
    return first <= day and (not last or day <= last)


def frozen(tree: Any) -> Any:
    """A tree as it stands on one day, without days: what does not hold is gone."""
    if isinstance(tree, list):
        return [frozen(part) for part in tree if in_force(part)]
    if not isinstance(tree, dict):
        return tree
    if tree.get("op") == "date":
        day, other = FROZEN_ON.isoformat(), tree["date"]
        return {"op": "always" if (day < other) == (tree["cmp"] == "<") else "never"}
    undated = {key: frozen(part) for key, part in tree.items()}
    days = {"from": None, "through": None, "ended": False}
    return {key: days.get(key, part) for key, part in undated.items()}
