"""Claims answered, and each line held against what the payer did with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from kb.calibrate.fates import Remittances
from kb.calibrate.kinds import Kind, kind_of
from kb.calibrate.tally import FORETELLS, Tally, said_of
from kb.claims.model import Claim, PayerNamed
from kb.claims.runs import Run
from kb.engine.judge.answer import ClaimAnswer
from kb.engine.judge.evaluate import Engine
from kb.engine.payers import find_payer
from kb.engine.report.words import words_of
from kb.engine.rule_words import RuleWords


@dataclass
class Reader:
    """An engine with what is asked of it again and again."""

    engine: Engine
    kinds: dict[str, Kind] = field(default_factory=dict)
    payers: dict[tuple[PayerNamed, str], str] = field(default_factory=dict)

    @cached_property
    def able(self) -> frozenset[str]:
        """The rules that can foretell a denial."""
        return frozenset(
            rule.id
            for policy in self.engine.program.policies
            for rule in policy.rules
            if rule.tree.otherwise.outcome in FORETELLS and not rule.tree.advisory
        )

    def kind(self, rule: str) -> Kind:
        """How a rule says why it denies."""
        found = self.kinds.get(rule)
        if found is None:
            found = self.kinds[rule] = kind_of(self.words(rule))
        return found

    def words(self, rule: str) -> RuleWords:
        """The words of a rule; bare ones of one that it does not know."""
        return words_of(rule, self.engine)

    def knows(self, rule: str) -> bool:
        """Whether the rule is one of its own."""
        words = self.words(rule)
        return bool(words.file or words.citations)

    def is_payer(self, payer: str, named: PayerNamed, plan: str) -> bool | None:
        """Whether a remittance names the payer with this key; ``None``: nobody can tell."""
        key = named, plan
        if key not in self.payers:
            self.payers[key] = find_payer(named, self.engine.program, plan)[0]
        found = self.payers[key]
        return found == payer if found and payer else None


EngineOf = Callable[[Claim], Reader]
"""The engine that answers a claim: of what was known on the day when it was sent."""


def sending_day(claim: Claim) -> date | None:
    """The day on which a claim was sent, or the last of its services where it says none."""
    return claim.received or max((line.date for line in claim.lines), default=None)


def hold_run(
    run: Run, remittances: Remittances, reader_of: EngineOf, tally: Tally
) -> None:
    """Answer the claims of one patient, and hold each line against its fate.

    A void claim asks for nothing, and is not held.
    """
    by_reader: dict[int, tuple[Reader, list[Claim]]] = {}
    for claim in run.claims:
        reader = reader_of(claim)
        by_reader.setdefault(id(reader), (reader, []))[1].append(claim)
    for reader, claims in by_reader.values():
        others = [*run.others, *(c for c in run.claims if c not in claims)]
        answers = reader.engine.answer(claims, others=others)
        for claim, answer in zip(claims, answers, strict=True):
            if claim.frequency != "void":
                hold(claim, answer, remittances, reader, tally)


def hold(
    claim: Claim,
    answer: ClaimAnswer,
    remittances: Remittances,
    reader: Reader,
    tally: Tally,
) -> None:
    """Hold the lines of one claim against what the payer did."""
    payer = answer.searched.payer
    fates = remittances.fates_of(
        claim, lambda named: reader.is_payer(payer, named, claim.plan)
    )
    tally.matching.count(fates)
    for line, fate in zip(answer.lines, fates.lines, strict=True):
        if fate is not None:
            tally.hold(said_of(payer, line, reader.able), fate, claim.patient)
