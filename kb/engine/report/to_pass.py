"""What would make a claim pass: answers of the chart with which no rule objects any more.

Each open rule is answered as it asks, and the engine says what then becomes of the claim.
What is found is no advice what to write: it holds only if the chart truly shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dsl.ir import duties as d
from dsl.ir.rule import Rule
from kb.claims.model import Claim
from kb.engine.judge.answer import ClaimAnswer, LineAnswer, RuleResult
from kb.engine.judge.evaluate import Engine
from kb.engine.judge.outcome import RANK
from kb.engine.report.wanted import Asking, Need, Way, ways

MOST_RULES = 40
"""So many open rules are answered."""
HISTORY = Need("history", "Earlier services", "none but those given")
APPROVAL = Need("authorization", "Prior authorization", "approved")


@dataclass(frozen=True, slots=True)
class ToPass:
    """What has to be so, and what the claim then comes to."""

    needs: Way
    answer: ClaimAnswer

    @property
    def passes(self) -> bool:
        """Whether nothing objects then."""
        return passes(self.answer)


def to_pass(claim: Claim, engine: Engine) -> ToPass:
    """The answers with which least objects, none of them without need."""
    trees = trees_of(engine.answer([claim])[0], engine)
    needs: Way = ()
    seen: set[str] = set()
    for _round in range(MOST_RULES):
        answer = answered(claim, needs, engine)
        line, result = next_open(answer, seen)
        if result is None or passes(answer):
            break
        seen.add(result.rule)
        for some in ways_of(result, line, trees.get(result.rule), engine):
            options = [
                (*needs, *more) for way in some if (more := new_in(way, needs, claim))
            ]
            tried = [(objections(answered(claim, one, engine)), one) for one in options]
            best = min(tried, key=lambda pair: pair[0], default=None)
            if best is not None and best[0] < objections(answer):
                needs = best[1]
                break
    kept = without_what_changes_nothing(claim, needs, engine)
    return ToPass(kept, answered(claim, kept, engine))


def passes(answer: ClaimAnswer) -> bool:
    """Whether nothing objects."""
    return answer.outcome in ("pass", "note")


def answered(claim: Claim, needs: Way, engine: Engine) -> ClaimAnswer:
    """The answer to the claim with these things so."""
    facts = {need.name: need.value for need in needs if need.value is not None}
    made = replace(claim, facts={**claim.facts, **facts})
    if HISTORY in needs:
        whole = replace(made.history, state="complete", reach="all-billers")
        made = replace(made, history=whole)
    if APPROVAL in needs:
        lines = tuple(replace(line, authorization=None) for line in made.lines)
        made = replace(made, authorization="approved", lines=lines)
    return engine.answer([made])[0]


def objections(answer: ClaimAnswer) -> tuple[int, int, int]:
    """How much objects: broken rules, the gravest outcome, open rules."""
    results = [result for line in answer.lines for result in line.results]
    broken = sum(r.status == "not-met" and r.outcome != "note" for r in results)
    still = sum(r.status == "unknown" and r.outcome != "pass" for r in results)
    return broken, -RANK[answer.outcome], still


def next_open(
    answer: ClaimAnswer, seen: set[str]
) -> tuple[LineAnswer, RuleResult | None]:
    """The gravest open rule that was not tried yet, with its line."""
    waiting = [
        (line, result)
        for line in answer.lines
        for result in line.results
        if result.rule not in seen and is_open(result)
    ]
    waiting.sort(key=lambda pair: RANK[pair[1].outcome])
    return waiting[0] if waiting else (answer.lines[0], None)


def is_open(result: RuleResult) -> bool:
    """Whether a rule waits for something, or for an approval."""
    if result.outcome == "needs-auth":
        return True
    return result.status == "unknown" and result.outcome != "pass"


def ways_of(
    result: RuleResult, line: LineAnswer, tree: Rule | None, engine: Engine
) -> Iterator[list[Way]]:
    """How a rule may be met, and only then how it may not be asked."""
    first: Way = (HISTORY,) if "history" in result.about else ()
    if result.outcome == "needs-auth":
        yield [(APPROVAL,)]
    asking = Asking(engine.program, line.date)
    duty = tree.duty if tree else None
    met = ways(duty.test, asking) if isinstance(duty, d.Require) else ((),)
    yield [(*first, *way) for way in met]
    if tree and tree.when is not None:
        yield [(*first, *way) for way in ways(tree.when, asking, holds=False)]


def new_in(way: Way, needs: Way, claim: Claim) -> Way:
    """What a way adds; nothing where it contradicts what is so already."""
    known = {need.name: need.value for need in needs} | dict(claim.facts)
    if any(known.get(one.name, one.value) != one.value for one in way):
        return ()
    return tuple(one for one in way if one.name not in known)


def without_what_changes_nothing(claim: Claim, needs: Way, engine: Engine) -> Way:
    """The needs without those that the outcome does not hang on."""
    kept = needs
    aim = objections(answered(claim, needs, engine))
    for need in reversed(needs):
        fewer = tuple(one for one in kept if one is not need)
        if objections(answered(claim, fewer, engine)) <= aim:
            kept = fewer
    return kept


def trees_of(answer: ClaimAnswer, engine: Engine) -> dict[str, Rule]:
    """The rules of the policies that were asked, by row id."""
    asked = frozenset(answer.searched.policies)
    return {
        rule.id: rule.tree
        for policy in engine.program.policies
        if policy.id in asked
        for rule in policy.rules
    }
