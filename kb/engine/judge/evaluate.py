"""Claims to answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from sqlite3 import Connection
from weakref import finalize

from dsl.errors import PayerkbError
from kb.claims.facts import FactKinds, check_facts
from kb.claims.model import BadClaim, Claim
from kb.claims.placing import misplaced_facts, with_facts_in_place
from kb.claims.words import check_words
from kb.database.opening import open_knowledge_base
from kb.engine.index import Index, index_program, with_own_plan
from kb.engine.judge.answer import ClaimAnswer, LineAnswer, Searched
from kb.engine.judge.events import Services, services_of
from kb.engine.judge.followers import of_claim, of_claim_billed
from kb.engine.judge.lines import answer_line
from kb.engine.judge.receipt import receipt_of
from kb.engine.judge.situation import Situation
from kb.engine.judge.tables.claim import editions_behind, line_with_tables
from kb.engine.judge.tables.rules import TableRules, table_rules
from kb.engine.judge.wording import many
from kb.engine.load import load
from kb.engine.program import Program
from kb.engine.rows import KeptOpen, of_our_shape
from kb.engine.rule_words import RuleWords
from kb.engine.select import Selection, select
from kb.tables.model import Tables
from kb.tables.shipped_rows import shipped_hash, shipped_rows


class ClaimFactsError(PayerkbError, ValueError):
    """Facts of claims that no policy knows, or that are not of their kind.

    ``bad`` holds each with its place; none of the values is told.
    """

    def __init__(self, bad: tuple[BadClaim, ...]) -> None:
        first = bad[0]
        more = f" ({len(bad)} such faults)" if len(bad) > 1 else ""
        fix = f" {first.fix}" if first.fix else ""
        super().__init__(f"{first.where}: {first.reason}.{fix}{more}")
        self.bad = bad


@dataclass(frozen=True, slots=True)
class Engine:
    """A program that is ready to answer, for as many claims as one likes."""

    program: Program
    index: Index
    words: Mapping[str, RuleWords] = field(default_factory=dict)
    """Titles, citations and places of rules, for answers that people read."""
    kinds: FactKinds = field(default_factory=dict)
    """What facts there are, for claims from outside; empty: facts are taken as they come."""
    tables: TableRules | None = None
    """CMS's tables, where claims are held against them too."""

    @classmethod
    def open(cls, database: str | Path) -> Engine:
        """The engine of a knowledge base file, with the rows of tables that ship.

        ``with_tables`` gives it others.
        Raises ``kb.database.opening.KnowledgeBaseError`` when there is no usable database.
        """
        connection = open_knowledge_base(Path(database))
        later = KeptOpen(connection)
        # Whoever still reads rules or words out of it keeps it.
        finalize(later, connection.close)
        engine = cls.reading(connection, later)
        return engine.with_tables(shipped_rows(), shipped_hash())

    @classmethod
    def reading(cls, connection: Connection, later: KeptOpen | None = None) -> Engine:
        """The engine of the knowledge base that a connection reads, without tables.

        With ``later``, the same file kept open for as long as the engine answers, what no
        claim asks for is not read.
        Raises ``kb.database.opening.KnowledgeBaseError`` when its rows are of another shape.
        """
        with of_our_shape():
            program, words = load(connection, later)
            kinds = {key: (f.kind, f.choices) for key, f in program.facts.items()}
            return cls(program, index_program(program), words, kinds)

    @classmethod
    def of(cls, program: Program) -> Engine:
        """The engine of a program made by hand."""
        return cls(program, index_program(program))

    def with_tables(self, tables: Tables, shipped: str = "") -> Engine:
        """The engine that holds claims against tables too.

        ``shipped`` is the hash of the shipped rows, where they are among them.
        """
        return replace(self, tables=table_rules(tables, self.words, shipped))

    def only(self, policy: str) -> Engine:
        """The engine that hears one policy, by its path, and those that it defers to.

        A policy without rules is a collection of worked claims: it hears everybody.
        """
        own = [p for p in self.program.policies if p.policy == policy]
        if not any(p.rules for p in own):
            return self
        payers = {p.payer for p in own}
        followed = {p.defers_to for p in own if p.defers_to}
        others = {p.id for p in self.program.policies if p.payer in followed}
        heard = tuple(
            p
            for p in self.program.policies
            if p.policy == policy or (p.id in others and p.payer in payers)
        )
        return replace(self, program=replace(self.program, policies=heard))

    def taking_any_facts(self) -> Engine:
        """The engine that asks no more whether facts are known and of their kind.

        For claims that are checked already, or that were made for other policies.
        """
        return replace(self, kinds={})

    def faults_of(self, claims: Iterable[Claim]) -> Iterator[BadClaim]:
        """What ``faults_in`` finds in claims, each with its claim."""
        for claim in claims:
            for fault in self.faults_in(claim):
                yield replace(fault, claim=claim.id)

    def faults_in(self, claim: Claim) -> list[BadClaim]:
        """Facts that no policy knows, of another kind, in a wrong place; unknown words."""
        if not self.kinds:
            return []
        return [
            *check_facts(claim, self.kinds),
            *misplaced_facts(claim, self.scopes),
            *check_words(claim, self.plans),
        ]

    @property
    def scopes(self) -> dict[str, str]:
        """Whose each fact is."""
        facts = self.program.facts
        return self.program.once(
            "scopes", lambda: {key: words.scope for key, words in facts.items()}
        )

    @property
    def plans(self) -> list[str]:
        """The plans that policies tell apart, in order."""
        policies = self.program.policies
        return self.program.once(
            "plans", lambda: sorted({plan for one in policies for plan in one.plans})
        )

    def answer(
        self,
        claims: Iterable[Claim],
        *,
        others: Iterable[Claim] = (),
        trace: bool = False,
    ) -> tuple[ClaimAnswer, ...]:
        """An answer for each claim, in the order given.

        Claims of one patient see each other's lines, and those of ``others``, which
        are not answered.  Their order changes no answer.
        With ``trace`` every status has its reason and sum, not only objections.
        Raises ``ClaimFactsError``, as the command line refuses such claims.
        """
        given = list(claims)
        if bad := tuple(self.faults_of(given)):
            raise ClaimFactsError(bad)
        scopes = self.scopes
        given = [with_facts_in_place(claim, scopes) for claim in given]
        services = services_of([*others, *given])
        return tuple(
            answer_claim(claim, services[claim.id], self, trace=trace)
            for claim in given
        )


def evaluate(program: Program, claims: Iterable[Claim]) -> tuple[ClaimAnswer, ...]:
    """Answer claims under a program, once."""
    return Engine.of(program).answer(claims)


def answer_claim(
    claim: Claim, services: Services, engine: Engine, *, trace: bool = False
) -> ClaimAnswer:
    """The answer to one claim."""
    given, claim = claim, with_own_plan(claim, engine.index)
    selections = {
        day: select(claim, day, engine.program)
        for day in sorted({x.date for x in claim.lines})
    }
    if claim.frequency == "void":
        selections = {d: replace(s, policies=()) for d, s in selections.items()}
        lines = tuple(void_line(claim, i) for i in range(len(claim.lines)))
    else:
        lines = tuple(
            line_with_tables(
                answer_line(at, selection, engine.index, trace=trace),
                at,
                selection,
                engine.index,
                engine.tables,
            )
            for at, selection in (
                (
                    Situation(engine.program, claim, line, found.payer, services),
                    found,
                )
                for line in claim.lines
                for found in (selections[line.date],)
            )
        )
    return ClaimAnswer(
        claim=claim.id,
        outcome=of_claim(lines),
        lines=lines,
        searched=with_history_words(searched(list(selections.values())), claim),
        receipt=receipt_of(
            given, engine.program, editions_behind(claim, engine.tables)
        ),
        as_billed=of_claim_billed(lines),
        state=claim.state,
    )


def void_line(claim: Claim, index: int) -> LineAnswer:
    """A line of a void claim: it asks for nothing, so no rule is asked."""
    line = claim.lines[index]
    return LineAnswer(
        number=line.number,
        code=line.code,
        modifiers=line.modifiers,
        date=line.date,
        outcome="note",
        as_billed="note",
        results=(),
        reason="the claim is void: no rule was asked",
        charge=line.charge,
    )


def with_history_words(found: Searched, claim: Claim) -> Searched:
    """The same with the earlier services that were looked up for the claim."""
    history = claim.history
    if not history.read_from:
        return found
    denied = sum(line.status == "denied" for line in history.lines)
    told = [many(len(history.lines) or "no", "earlier service")]
    told += [f"{denied} of them denied"] if denied else []
    return replace(found, history=f"{', '.join(told)}: {history.read_from}")


def searched(selections: list[Selection]) -> Searched:
    """What was consulted for a claim whose lines may have several dates."""
    if len(selections) == 1:
        (only,) = selections
        return only.once("searched", lambda: searched_in(selections))
    return searched_in(selections)


def searched_in(selections: list[Selection]) -> Searched:
    """The same, found."""
    policies = {policy.id for found in selections for policy in found.policies}
    first = selections[0] if selections else None
    return Searched(
        payer=first.payer if first else "",
        payer_reason=first.payer_reason if first else "",
        contractor=first.contractor if first else "",
        policies=tuple(sorted(policies)),
    )
