"""A payer that follows the shipped rules, but for chance and for rules that nobody wrote.

Claims are the worked claims of the policies, each again and again under other patients.
A payer answers their lines by the rules as they stand; one line in ten by the toss of a
coin; and one denial in five by a rule of its own that stands nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

from bench.remittances import CHARGE
from dsl.ir.places import put
from dsl.ir.rule import Rule
from dsl.ir.tests import Not, Test
from kb.asking.denial_codes import DENIALS
from kb.calibrate.fates import Fate
from kb.calibrate.tally import FORETELLS
from kb.claims.model import Claim, ClaimLine
from kb.engine.index import index_program
from kb.engine.judge.answer import ClaimAnswer, LineAnswer
from kb.engine.judge.evaluate import Engine
from kb.engine.judge.outcome import RANK
from kb.engine.program import CompiledPolicy, CompiledRule
from kb.engine.report.words import words_of
from kb.mutation.mutants import edits_of

CHANCE = 0.1
UNWRITTEN = 0.2
"""Share of the denials that come from rules that nobody wrote."""
OWN_CARCS = (
    "16",
    "22",
    "29",
    "50",
    "96",
    "97",
    "109",
    "119",
    "151",
    "197",
    "204",
    "252",
)
"""What a payer's own rules say: often the same as rules that are written."""
PAID = Fate("paid", dollars=CHARGE)
KINDS = frozenset(
    {
        "number",
        "comparison",
        "not",
        "and-or",
        "part",
        "choice",
        "diagnosis",
        "unless",
        "window",
    }
)
"""Operators of the mutation room that make a rule say something else."""
HABIT = {"frequency": "151", "necessity": "50", "coding": "16", "other": "96"}


class Served(NamedTuple):
    """A claim with what the rules as they stand say of it."""

    claim: Claim
    answer: ClaimAnswer


class OwnRule(NamedTuple):
    """A rule that nobody wrote: a payer's lines of a code, for a first diagnosis."""

    payer: str
    code: str
    diagnosis: str


@dataclass(frozen=True, slots=True)
class Payers:
    """What payers do with lines."""

    engine: Engine
    own: dict[OwnRule, str]
    """The CARC of each rule that nobody wrote."""

    def fate(
        self, payer: str, line: ClaimLine, said: LineAnswer, chance: Random
    ) -> Fate:
        """What the payer does with one line."""
        if chance.random() < CHANCE:
            if chance.random() < 0.5:
                return PAID
            return denied(chance.choice(sorted(DENIALS)))
        return self.by_rules(payer, line, said)

    def by_rules(self, payer: str, line: ClaimLine, said: LineAnswer) -> Fate:
        """What it does where chance has no part in it."""
        found = by_written(said, self.engine)
        if found is None:
            own = self.own.get(own_rule(payer, line))
            return denied(own) if own else PAID
        return found


def denied(carc: str, rarcs: tuple[str, ...] = ()) -> Fate:
    """A denial."""
    return Fate("denied", (carc,), rarcs, CHARGE)


def own_rule(payer: str, line: ClaimLine) -> OwnRule:
    """The rule that nobody wrote, where there is one, for a line."""
    return OwnRule(payer, line.code, line.diagnoses[0] if line.diagnoses else "")


def by_written(said: LineAnswer, engine: Engine) -> Fate | None:
    """The denial by the rules as they stand: the gravest, in its words."""
    found = [result for result in said.results if result.outcome in FORETELLS]
    if not found:
        return None
    words = words_of(min(found, key=lambda r: (RANK[r.outcome], r.rule)).rule, engine)
    carc = words.carc.rpartition("-")[2] or carc_for(words.reason)
    return denied(carc, tuple(sorted(words.rarc)))


def carc_for(reason: str) -> str:
    """The CARC of a payer whose policy gives none: the first of the kind."""
    if reason in HABIT:
        return HABIT[reason]
    return next((carc for carc, of in DENIALS.items() if reason in of.kinds), "16")


def served(claims: Iterable[Claim], engine: Engine) -> list[Served]:
    """Each claim under a patient of its own, with its answer; those that are asked anything."""
    own = [
        replace(claim, id=f"C{at}", patient=f"P{at}") for at, claim in enumerate(claims)
    ]
    found = zip(own, engine.answer(own), strict=True)
    return [Served(c, a) for c, a in found if c.frequency != "void" and a.lines]


def payers_of(shapes: Sequence[Served], engine: Engine, chance: Random) -> Payers:
    """Payers with so many rules of their own that these are behind their share of denials."""
    written, quiet = 0, Counter[OwnRule]()
    for claim, answer in shapes:
        for line, said in zip(claim.lines, answer.lines, strict=True):
            if by_written(said, engine) is None:
                quiet[own_rule(answer.searched.payer, line)] += 1
            else:
                written += 1
    wanted = written * UNWRITTEN / (1 - UNWRITTEN)
    own: dict[OwnRule, str] = {}
    rules = sorted(quiet)
    chance.shuffle(rules)
    for rule in rules:
        if quiet[rule] > wanted:
            continue
        wanted -= quiet[rule]
        own[rule] = chance.choice(OWN_CARCS)
    return Payers(engine, own)


# ---------- rules falsified ----------


class Falsified(NamedTuple):
    """One rule that says something else now."""

    rule: str
    change: str
    tree: Rule


def falsified_rules(
    shapes: Sequence[Served], engine: Engine, number: int, least: float, chance: Random
) -> list[Falsified]:
    """So many rules, each with a change that ``least`` lines of the shapes would notice."""
    policies = {p.id: p for p in engine.program.policies if not p.followed_by}
    under: dict[str, list[Served]] = {}
    for one in shapes:
        for version in one.answer.searched.policies:
            under.setdefault(version, []).append(one)
    rules = [
        (policy, rule)
        for policy in policies.values()
        for rule in policy.rules
        if rule.tree.kind == "rule"
        and rule.tree.otherwise.outcome in FORETELLS
        and not rule.tree.advisory
        and policy.id in under
    ]
    chance.shuffle(rules)
    found: list[Falsified] = []
    for policy, rule in rules:
        if len(found) == number:
            break
        asked = [
            one
            for one in under[policy.id]
            if any(r.rule == rule.id for line in one.answer.lines for r in line.results)
        ]
        if len(asked) < least:
            continue
        changes = list(changes_of(rule, policy))
        chance.shuffle(changes)
        for change in changes[:4]:
            if noticed(change, asked, engine) >= least:
                found.append(change)
                break
    return found


def changes_of(rule: CompiledRule, policy: CompiledPolicy) -> Iterator[Falsified]:
    """Ways in which a rule can be wrong; one of an operator."""
    seen: set[str] = set()
    for edit in edits_of(rule, policy):
        if edit.operator in KINDS and edit.change not in seen:
            seen.add(edit.change)
            tree = put(rule.tree, edit.path, edit.value)
            yield Falsified(rule.id, f"{edit.operator}: {edit.change}", tree)
    test = getattr(rule.tree.duty, "test", None)
    if isinstance(test, Test):
        tree = put(rule.tree, ("duty", "test"), Not((test,)))
        yield Falsified(rule.id, "met for not met", tree)


def with_changes(engine: Engine, changes: Iterable[Falsified]) -> Engine:
    """The engine with other rules, also where a payer follows another's."""
    trees = {change.rule: change.tree for change in changes}
    versions = {rule.partition("#")[0] for rule in trees}

    def changed(policy: CompiledPolicy) -> CompiledPolicy:
        if policy.id not in versions:
            return policy
        rules = tuple(
            replace(rule, tree=trees[rule.id]) if rule.id in trees else rule
            for rule in policy.rules
        )
        return replace(policy, rules=rules)

    policies = tuple(map(changed, engine.program.policies))
    program = replace(engine.program, policies=policies)
    return replace(engine, program=program, index=index_program(program))


def noticed(change: Falsified, shapes: Sequence[Served], engine: Engine) -> int:
    """On how many lines it is foretold otherwise than before whether they are paid."""
    answers = with_changes(engine, [change]).answer(one.claim for one in shapes)
    return sum(
        foretold(old) != foretold(new)
        for one, answer in zip(shapes, answers, strict=True)
        for old, new in zip(one.answer.lines, answer.lines, strict=True)
    )


def foretold(line: LineAnswer) -> bool:
    """Whether any rule says that the line will not be paid."""
    return any(result.outcome in FORETELLS for result in line.results)
