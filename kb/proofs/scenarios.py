"""Scenarios run: worked claims of the policies, answered and held against what they expect."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from sqlite3 import Connection
from typing import Any

from dsl.ir import walk
from dsl.ir.tests import Documented
from kb.claims import Claim, read_json_value
from kb.engine.judge.answer import ClaimAnswer, LineAnswer, RuleResult
from kb.engine.judge.evaluate import Engine

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RuleReason:
    """Why a rule denies: the kind of reason, and the CARC that it or a table gives."""

    kind: str
    carc: str


@dataclass(frozen=True, slots=True)
class ScenarioRun:
    """One scenario with what came out otherwise than expected."""

    policy: str
    """Path of the policy it ran for."""
    name: str
    title: str
    file: str
    line: int
    failures: tuple[str, ...]
    claim: Json
    """The worked claim in its JSON form."""

    @property
    def passed(self) -> bool:
        """Whether all came out as expected."""
        return not self.failures


def run_scenarios(
    connection: Connection, engine: Engine, name: str = ""
) -> Iterator[ScenarioRun]:
    """Run the scenarios of the knowledge base, in the order of policies and files.

    A scenario hears its own policy, and what that one defers to, so that no policy's
    proofs depend on another; those of a policy without rules hear everybody.  With
    ``name``, only those whose policy or name holds it.
    """
    rows = connection.execute(
        "SELECT s.name, s.title, s.claim, s.expect, s.file, s.line, v.policy"
        " FROM scenario AS s JOIN policy_version AS v ON v.id = s.policy_version"
        " ORDER BY v.policy, v.id, s.position"
    )
    reasons = {
        rule: RuleReason(reason, carc)
        for rule, reason, carc in connection.execute(
            "SELECT id, reason, carc FROM rule"
        )
    }
    heard = lru_cache(maxsize=1)(engine.only)
    for own, title, claim, expect, file, line, policy in rows.fetchall():
        if name not in policy and name not in own:
            continue
        given, wanted = json.loads(claim), json.loads(expect)
        asked = heard(policy)
        found = failures_of(given, wanted, policy, asked, reasons)
        failures = tuple(dict.fromkeys(found))
        yield ScenarioRun(policy, own, title, file, line, failures, given)


def failures_of(
    claim: Json,
    expect: list[Json],
    policy: str,
    engine: Engine,
    reasons: Mapping[str, RuleReason],
) -> Iterator[str]:
    """What came out otherwise than expected, in sentences."""
    read = read_json_value(claim)
    if read.bad:
        yield from (
            f"the claim cannot be read: {bad.where}: {bad.reason}" for bad in read.bad
        )
        return
    (answer,) = engine.answer(read.claims)
    if any(failure for x in expect for failure in compare(x, answer, policy)):
        answer = with_reasons(answer, read.claims[0], engine)
    for expected in expect:
        for failure in compare(expected, answer, policy):
            more = why(expected, answer, policy, read.claims[0], engine)
            yield " ".join([failure, *(part for part in more if part)])
        yield from compare_carc(expected, answer, policy, reasons)


def with_reasons(answer: ClaimAnswer, claim: Claim, engine: Engine) -> ClaimAnswer:
    """The answer with the reason of each open rule, of those too that let the line pass."""
    (traced,) = engine.answer([claim], trace=True)
    lines = []
    for line, told in zip(answer.lines, traced.lines, strict=True):
        results = tuple(
            result._replace(because=full.because)
            if full.status == "unknown"
            else result
            for result, full in zip(line.results, told.results, strict=True)
        )
        lines.append(replace(line, results=results))
    return replace(answer, lines=tuple(lines))


def why(
    expected: Json, answer: ClaimAnswer, policy: str, claim: Claim, engine: Engine
) -> list[str]:
    """What may be behind a failure, as far as it can be told, in sentences."""
    policy = expected.get("under") or policy
    lines = [x for x in answer.lines if expected["line"] in (None, x.number)]
    if expected["by"] and not any(results_of(x, expected["by"], policy) for x in lines):
        return [not_asked(expected["by"], policy, answer, claim, engine)]
    results = [
        r
        for x in lines
        for r in x.results
        if r.status == "unknown"
        and (not expected["by"] or rule_name(r.rule) == expected["by"])
    ]
    about = {name for r in results for name in r.about}
    parts = [without_group(name, lines, engine) for name in sorted(about)]
    facts = sorted(about & set(engine.program.facts))
    if facts:
        parts.append(f"Not given: {', '.join(facts)}.")
    if set(facts) & documented({r.rule for r in results}, engine):
        parts.append(
            "If the chart was read and documents none of them, write `claim: chart complete`."
        )
    return parts


def documented(rules: set[str], engine: Engine) -> set[str]:
    """The facts of which these rules ask whether they are documented."""
    return {
        test.fact
        for policy in engine.program.policies
        for rule in policy.rules
        if rule.id in rules
        for test in walk.find(rule.tree, Documented)
    }


def not_asked(
    rule: str, policy: str, answer: ClaimAnswer, claim: Claim, engine: Engine
) -> str:
    """Why a policy's rule was not asked about a line: its days, its states, its codes."""
    own = [p for p in engine.program.policies if p.policy == policy]
    if any(p.id in answer.searched.policies for p in own):
        codes = sorted({line.code for line in answer.lines})
        named = any(r.name == rule for p in own for r in p.rules)
        return f"It is not for {words(codes)} as billed here." if named else ""
    states = sorted({state for p in own for state in p.states})
    if states and claim.state and claim.state not in states:
        return f"The policy is for {words(states)}; the claim is of {claim.state}."
    spans = [f"{p.days[0] or 'ever'} to {p.days[1] or 'now'}" for p in own]
    return f"The policy was not asked: it is in force {words(spans)}."


def without_group(name: str, lines: list[LineAnswer], engine: Engine) -> str:
    """The codes of the lines that a grouping does not sort, in a sentence."""
    sorted_codes = engine.program.groupings.get(name)
    if sorted_codes is None:
        return ""
    lost = sorted({line.code for line in lines} - set(sorted_codes))
    verb = "are" if len(lost) > 1 else "is"
    return f"{words(lost)} {verb} in no group of `{name}`." if lost else ""


def compare_carc(
    expected: Json,
    answer: ClaimAnswer,
    policy: str,
    reasons: Mapping[str, RuleReason],
) -> Iterator[str]:
    """Hold an expected CARC against those of the rules that object."""
    if not expected["carc"]:
        return
    policy = expected.get("under") or policy
    lines = [x for x in answer.lines if expected["line"] in (None, x.number)]
    results = [r for x in lines for r in x.results if r.status == "not-met"]
    if expected["by"]:
        results = [r for x in lines for r in results_of(x, expected["by"], policy)]
    found = {r.rule: reasons[r.rule] for r in results if r.rule in reasons}
    codes = sorted({reason.carc for reason in found.values()})
    if expected["carc"] in codes:
        return
    failure = (
        f"the reason code is {words(filter(None, codes))}, expected {expected['carc']}"
    )
    bare = sorted({r.kind for r in found.values() if r.kind and not r.carc})
    if bare and not any(codes):
        failure += (
            f". The rule says `for {bare[0]}` and no table gives its code: write "
            f"`for {bare[0]} {expected['carc']}` in the rule, or an item `reasons` of the "
            f"payer's line of business with `{bare[0]}: {expected['carc']}`"
        )
    yield f"{failure}."


def compare(expected: Json, answer: ClaimAnswer, policy: str) -> Iterator[str]:
    """Hold one expectation against the answer."""
    policy = expected.get("under") or policy
    lines = [x for x in answer.lines if expected["line"] in (None, x.number)]
    if not lines:
        yield f"there is no line {expected['line']} in the answer."
        return
    if expected["by"]:
        found = [(x, r) for x in lines for r in results_of(x, expected["by"], policy)]
        if expected["status"] == "not-in-scope":
            if found:
                yield f"{expected['by']} is in scope: {found[0][1].status}."
            return
        if not found:
            yield f"{expected['by']} of {policy} is not in scope on the line."
            return
        yield from compare_rule(expected, *found[0])
    elif expected["outcome"]:
        yield from compare_headline(expected, lines, answer)
    if expected["counted"] is not None or expected["next_date"]:
        yield from compare_arithmetic(expected, lines, policy)


def results_of(line: LineAnswer, name: str, policy: str) -> list[RuleResult]:
    """What the policy's rule of that name says on a line."""
    return [
        result
        for result in line.results
        if rule_name(result.rule) == name and result.rule.startswith(f"{policy}@")
    ]


def rule_name(rule_id: str) -> str:
    """The name in a rule's row id: ``policy@day#name`` or ``policy@day#name@day``."""
    return rule_id.partition("#")[2].partition("@")[0]


def compare_rule(expected: Json, line: LineAnswer, result: RuleResult) -> Iterator[str]:
    """Hold an expectation about one rule against its result."""
    by = expected["by"]
    because = f" ({result.because})" if result.because else ""
    if expected["status"] and result.status != expected["status"]:
        yield f"{by} is {result.status}, expected {expected['status']}{because}."
    if expected["outcome"] and result.outcome != expected["outcome"]:
        yield (
            f"{by} on line {line.number} gives {result.outcome} ({result.status}), "
            f"expected {expected['outcome']}{because}."
        )
    if expected["about"] and sorted(result.about) != sorted(expected["about"]):
        yield f"{by} is about {words(result.about)}, expected {words(expected['about'])}."


def compare_headline(
    expected: Json, lines: list[LineAnswer], answer: ClaimAnswer
) -> Iterator[str]:
    """Hold an expectation about a line, or the whole claim, against its headline."""
    one_line = expected["line"] is not None
    found = lines[0].outcome if one_line else answer.outcome
    if found != expected["outcome"]:
        deciding = [r for x in lines for r in x.results if r.outcome == found]
        names = sorted({rule_name(r.rule) for r in deciding})
        by = words(names) if names else lines[0].reason or "nothing"
        yield f"line {lines[0].number} is {found} (by {by}), expected {expected['outcome']}."
    about = sorted(
        {a for x in lines for r in x.results if r.outcome == found for a in r.about}
    )
    if expected["about"] and about != sorted(expected["about"]):
        yield f"the line is about {words(about)}, expected {words(expected['about'])}."


def compare_arithmetic(
    expected: Json, lines: list[LineAnswer], policy: str
) -> Iterator[str]:
    """Hold a count or next date against the rule named, or the one that decided."""
    if expected["by"]:
        results = [r for x in lines for r in results_of(x, expected["by"], policy)]
    else:
        results = [r for x in lines for r in x.results if r.outcome == x.outcome]
    sums = [r.arithmetic for r in results if r.arithmetic is not None]
    if not sums:
        yield "no deciding rule counted anything."
        return
    counted, day = expected["counted"], expected["next_date"]
    if counted is not None and sums[0].counted != counted:
        yield f"counted {sums[0].counted}, expected {counted}."
    found = sums[0].next_date.isoformat() if sums[0].next_date else "none"
    if day and found != day:
        yield f"the next date is {found}, expected {day}."


def words(names: Iterable[str]) -> str:
    """Names with commas between, or ``nothing``."""
    return ", ".join(names) or "nothing"
