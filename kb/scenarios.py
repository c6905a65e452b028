"""Scenarios run: worked claims of the policies, answered and held against what they expect."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from sqlite3 import Connection
from typing import Any

from kb.claims import Claim, read_json_value
from kb.engine.answer import ClaimAnswer, LineAnswer, RuleResult
from kb.engine.evaluate import Engine

Evaluate = Callable[[Iterable[Claim]], tuple[ClaimAnswer, ...]]
Json = dict[str, Any]


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
    carcs = dict(connection.execute("SELECT id, carc FROM rule").fetchall())
    heard = lru_cache(maxsize=1)(engine.only)
    for own, title, claim, expect, file, line, policy in rows.fetchall():
        if name not in policy and name not in own:
            continue
        given, wanted = json.loads(claim), json.loads(expect)
        evaluate = heard(policy).answer
        failures = tuple(failures_of(given, wanted, policy, evaluate, carcs))
        yield ScenarioRun(policy, own, title, file, line, failures)


def failures_of(
    claim: Json,
    expect: list[Json],
    policy: str,
    evaluate: Evaluate,
    carcs: Mapping[str, str],
) -> Iterator[str]:
    """What came out otherwise than expected, in sentences."""
    read = read_json_value(claim)
    if read.bad:
        yield from (
            f"the claim cannot be read: {bad.where}: {bad.reason}" for bad in read.bad
        )
        return
    (answer,) = evaluate(read.claims)
    for expected in expect:
        yield from compare(expected, answer, policy)
        yield from compare_carc(expected, answer, policy, carcs)


def compare_carc(
    expected: Json, answer: ClaimAnswer, policy: str, carcs: Mapping[str, str]
) -> Iterator[str]:
    """Hold an expected CARC against those of the rules that object."""
    if not expected["carc"]:
        return
    policy = expected.get("under") or policy
    lines = [x for x in answer.lines if expected["line"] in (None, x.number)]
    results = [r for x in lines for r in x.results if r.status == "not-met"]
    if expected["by"]:
        results = [r for x in lines for r in results_of(x, expected["by"], policy)]
    found = sorted({carcs.get(r.rule, "") for r in results})
    if expected["carc"] not in found:
        yield f"the reason code is {words(filter(None, found))}, expected {expected['carc']}"


def compare(expected: Json, answer: ClaimAnswer, policy: str) -> Iterator[str]:
    """Hold one expectation against the answer."""
    policy = expected.get("under") or policy
    lines = [x for x in answer.lines if expected["line"] in (None, x.number)]
    if not lines:
        yield f"there is no line {expected['line']} in the answer"
        return
    if expected["by"]:
        found = [(x, r) for x in lines for r in results_of(x, expected["by"], policy)]
        if expected["status"] == "not-in-scope":
            if found:
                yield f"{expected['by']} is in scope: {found[0][1].status}"
            return
        if not found:
            yield f"{expected['by']} of {policy} is not in scope on the line"
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
    if expected["status"] and result.status != expected["status"]:
        yield f"{by} is {result.status}, expected {expected['status']} ({result.because})"
    if expected["outcome"] and result.outcome != expected["outcome"]:
        yield (
            f"{by} on line {line.number} gives {result.outcome} ({result.status}), "
            f"expected {expected['outcome']} ({result.because})"
        )
    if expected["about"] and sorted(result.about) != sorted(expected["about"]):
        yield f"{by} is about {words(result.about)}, expected {words(expected['about'])}"


def compare_headline(
    expected: Json, lines: list[LineAnswer], answer: ClaimAnswer
) -> Iterator[str]:
    """Hold an expectation about a line, or the whole claim, against its headline."""
    one_line = expected["line"] is not None
    found = lines[0].outcome if one_line else answer.outcome
    if found != expected["outcome"]:
        deciding = [r for x in lines for r in x.results if r.outcome == found]
        why = words(sorted({rule_name(r.rule) for r in deciding})) or lines[0].reason
        yield f"line {lines[0].number} is {found} (by {why}), expected {expected['outcome']}"
    about = sorted(
        {a for x in lines for r in x.results if r.outcome == found for a in r.about}
    )
    if expected["about"] and about != sorted(expected["about"]):
        yield f"the line is about {words(about)}, expected {words(expected['about'])}"


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
        yield "no deciding rule counted anything"
        return
    counted, day = expected["counted"], expected["next_date"]
    if counted is not None and sums[0].counted != counted:
        yield f"counted {sums[0].counted}, expected {counted}"
    found = sums[0].next_date.isoformat() if sums[0].next_date else "none"
    if day and found != day:
        yield f"the next date is {found}, expected {day}"


def words(names: Iterable[str]) -> str:
    """Names with commas between, or ``nothing``."""
    return ", ".join(names) or "nothing"
