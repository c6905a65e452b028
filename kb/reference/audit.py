"""The whole knowledge base looked over: where it contradicts itself, and what it lacks.

Conflicts are looked for on worked claims, answered by every loaded policy at once: two rules
of different policies that ask the same thing of one line, and one is kept while the other
is not.  None found does not prove that there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from sqlite3 import Connection
from typing import Any

from dsl.ir.duties import Interval, Limit, LimitBy, Require
from dsl.ir.forms import NAME_OF
from dsl.ir.parts import Role
from dsl.ir.rule import Rule
from dsl.ir.tests import Diagnosis, Elapsed, Field, SameNpi, Test
from dsl.ir.walk import named, walk
from kb.engine.judge.answer import ClaimAnswer, RuleResult
from kb.engine.judge.evaluate import Engine
from kb.proofs.scenario_claims import WorkedClaim, read_worked_claims
from kb.read.families import UNKNOWN_CELLS
from kb.read.store import rows_from

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules that answer one line differently."""

    kept: str
    """Row id of the rule that is kept."""
    broken: str
    code: str
    policy: str
    scenario: str
    """The worked claim that shows it, of that policy."""
    claim: Json


@dataclass(frozen=True, slots=True)
class Cell:
    """A payer and a family of procedures about which nothing is loaded."""

    payer: str
    family: str


@dataclass(frozen=True, slots=True)
class Stale:
    """A source whose review is due."""

    source: str
    title: str
    review_by: str
    rules: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sources that say different things, as the author of a rule wrote it down."""

    rule: str
    title: str
    policy_title: str
    text: str
    place: str


def conflicts(connection: Connection, engine: Engine) -> Iterator[Conflict]:
    """Every pair of rules that a worked claim sets against each other, once."""
    trees = {rule.id: rule.tree for p in engine.program.policies for rule in p.rules}
    seen: set[tuple[str, str]] = set()
    worked = read_worked_claims(connection)
    for version in sorted(worked):
        for one in worked[version]:
            (answer,) = engine.answer([one.claim])
            yield from conflicts_of(one, answer, trees, seen)


def conflicts_of(
    worked: WorkedClaim,
    answer: ClaimAnswer,
    trees: dict[str, Rule],
    seen: set[tuple[str, str]],
) -> Iterator[Conflict]:
    """The pairs that one claim shows and no claim before it did."""
    for line in answer.lines:
        decided = [r for r in line.results if r.status in ("met", "not-met")]
        for one, other in combinations(decided, 2):
            pair = opposed(one, other, trees)
            if pair and pair not in seen:
                seen.add(pair)
                kept, broken = pair
                yield Conflict(
                    kept, broken, line.code, worked.policy, worked.name, worked.source
                )


def opposed(
    one: RuleResult, other: RuleResult, trees: dict[str, Rule]
) -> tuple[str, str] | None:
    """The rule kept and the rule broken, when both ask the same of the line."""
    if policy_of(one.rule) == policy_of(other.rule) or one.status == other.status:
        return None
    asked = question_of(trees[one.rule])
    if asked is None or asked != question_of(trees[other.rule]):
        return None
    return (one.rule, other.rule) if one.status == "met" else (other.rule, one.rule)


def policy_of(rule: str) -> str:
    """The path of a rule's policy."""
    return rule.partition("@")[0]


def question_of(rule: Rule) -> str | None:
    """What a rule asks, without the numbers; nothing where rules do not compare."""
    match rule.duty:
        case Limit() as limit:
            return limit_asked(limit)
        case LimitBy(fact=fact, cases=cases):
            choices = sorted((case.choice, limit_asked(case.limit)) for case in cases)
            return f"by {fact} {choices}"
        case Interval(per=per):
            return f"interval per {list(per)}"
        case Require(test):
            asked = sorted(asks(test))
            case = sorted(asks(rule.when) | asks(rule.unless))
            return f"require {asked} in case of {case}" if asked else None
    return None


def limit_asked(limit: Limit) -> str:
    """What a limit counts and in which kind of time, without its numbers."""
    window = type(limit.window).__name__
    return f"limit {limit.unit} per {list(limit.per)} {window}"


def asks(test: Test | None) -> set[str]:
    """Facts, fields, days of the claim and kinds of test in a test."""
    found: set[str] = set()
    for node in walk(test) if test else ():
        found.update(named(node, Role.FACT))
        match node:
            case Field(name=name):
                found.add(name)
            case Elapsed(clock=str(clock)):
                found.add(clock)
            case Diagnosis() | SameNpi():
                found.add(NAME_OF[type(node)])
    return found


def unknown_cells(connection: Connection, day: date) -> Iterator[Cell]:
    """Payers and families for which no coverage policy in force has a rule.

    A payer that follows another one's policies is known where the other is.
    """
    found = connection.execute(
        f"{UNKNOWN_CELLS} ORDER BY payer, family", {"day": day.isoformat()}
    )
    return (Cell(*row) for row in found.fetchall())


def stale_sources(connection: Connection, day: date) -> Iterator[Stale]:
    """Sources whose review day lies before a day, the longest due first."""
    rows = rows_from(
        connection,
        """SELECT s.id AS source, s.title, s.review_by,
          (SELECT count(*) FROM rule_citation c WHERE c.source = s.id) AS rules
        FROM source s WHERE s.review_by < ? ORDER BY s.review_by, s.id""",
        day.isoformat(),
    )
    return (Stale(**row) for row in rows)


def disagreements(connection: Connection) -> Iterator[Disagreement]:
    """What authors wrote behind ``Disagreement:`` in the prose of rules.

    A rule that several policies inherit is told once, by the first of them.
    """
    rows = rows_from(
        connection,
        """SELECT min(r.id) AS rule, r.title, v.title AS policy_title, r.prose_text,
          r.file || ':' || r.line AS place
        FROM rule r JOIN policy_version v ON v.id = r.policy_version
        WHERE r.prose_text LIKE '%Disagreement:%' AND v.status <> 'shared'
        GROUP BY r.file, r.line ORDER BY rule""",
    )
    for row in rows:
        text = row["prose_text"].partition("Disagreement:")[2].strip()
        yield Disagreement(
            rule=row["rule"],
            title=row["title"],
            policy_title=row["policy_title"],
            text=" ".join(text.split()),
            place=row["place"],
        )


def newest_reading(connection: Connection) -> date:
    """The last day on which a source was read: what "now" means without a clock."""
    (found,) = connection.execute("SELECT max(read_on) FROM source").fetchone()
    return date.fromisoformat(found) if found else date.min
