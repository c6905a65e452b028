"""Rules that columns cannot answer, answered row by row by the interpreter.

A form of test or duty may have no evaluator over columns.  The claims around the lines
in question are then made again from the columns, as far as rules can see them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import cast

import numpy as np

from dsl.ir.rule import Rule
from dsl.ir.walk import kind_of, nodes
from kb.claims.model import (
    Authorization,
    Claim,
    ClaimLine,
    Facts,
    History,
    PayerNamed,
)
from kb.engine.columns.batch import (
    FACILITY,
    NO_DAY,
    RETOLD,
    THOUSANDTHS,
    FactColumns,
    Indexes,
    Ints,
)
from kb.engine.columns.batch_claims import day_of_number
from kb.engine.columns.duties import COLUMN_DUTIES
from kb.engine.columns.facts import fact_column
from kb.engine.columns.run import Run
from kb.engine.columns.tests import COLUMN_TESTS
from kb.engine.index import index_program
from kb.engine.judge.events import Event, Services
from kb.engine.judge.interpret import Judged, judged
from kb.engine.judge.left_out import Headlines
from kb.engine.judge.lines import headlines_of
from kb.engine.judge.situation import Situation
from kb.engine.program import CompiledPolicy, CompiledRule, Program, holds
from kb.engine.select import Selection, select


def lacks_evaluator(rule: Rule) -> bool:
    """Whether a rule has a test or a duty that columns cannot answer."""
    forms = {kind_of(node) for node in nodes(rule)}
    return not forms <= COLUMN_TESTS.keys() | COLUMN_DUTIES.keys()


def interpreted(
    run: Run, lines: Indexes, policy: CompiledPolicy, rule: CompiledRule
) -> Iterator[Judged]:
    """What a rule comes to on each of the lines that it is for."""
    claims = claims_again(run)
    for line in lines.tolist():
        yield judged(rule, policy, claims.around(line))


def interpreted_lines(
    run: Run, lines: Ints, policies_of_claim: Sequence[Collection[str]] | None
) -> Iterator[tuple[int, Headlines]]:
    """Lines with both headlines, under all the policies of their claims."""
    if not len(lines):
        return
    claims = claims_again(run)
    index = run.once("index", lambda: index_program(run.program))
    for line in lines.tolist():
        at = claims.around(line)
        number = int(run.batch.lines.claim[line])
        if policies_of_claim is None:
            selection = select(at.claim, at.day, run.program)
        else:
            selection = _named(run.program, policies_of_claim[number], at)
        yield line, headlines_of(at, selection, index)


def claims_again(run: Run) -> ClaimsAgain:
    """The claims of a run, made again where they are asked for."""
    return run.once("claims made again", lambda: ClaimsAgain(run))


def _named(program: Program, names: Collection[str], at: Situation) -> Selection:
    """The policies that the caller chose for a claim, those of the day."""
    policies = tuple(
        policy
        for policy in program.policies
        if policy.id in names and holds(policy.days, at.day)
    )
    return Selection(at.payer, "", "", policies, (), ())


@dataclass(slots=True)
class ClaimsAgain:
    """Claims and services made again from columns, each once."""

    run: Run
    claims: dict[int, Claim] = field(default_factory=dict)
    services: dict[int, Services] = field(default_factory=dict)

    def around(self, line: int) -> Situation:
        """One line with its claim and the services of its patient."""
        columns = self.run.batch.claims
        number = int(self.run.batch.lines.claim[line])
        record = int(columns.record[number])
        if number not in self.claims:
            self.claims[number] = _claim(self.run, number)
        if record not in self.services:
            self.services[record] = _services(self.run, record)
        claim = self.claims[number]
        return Situation(
            self.run.program,
            claim,
            _line(self.run, line),
            claim.payer.key,
            self.services[record],
        )


def _claim(run: Run, number: int) -> Claim:
    """A claim without lines and history: rules see those of the record."""
    columns, words = run.batch.claims, run.batch.words.words
    return Claim(
        id=_name(run, number),
        patient=str(columns.patient[number]),
        payer=PayerNamed(key=words[columns.payer[number]]),
        lines=(),
        kind="facility" if columns.kind[number] == FACILITY else "professional",
        plan=words[columns.plan[number]],
        state=words[columns.state[number]],
        received=_day(columns.received[number]),
        requested=_day(columns.requested[number]),
        fields={
            name: words[column[number]]
            for name, column in columns.fields.items()
            if column[number]
        },
        chart="complete" if columns.chart_complete[number] else "partial",
        facts=_facts(run, "claims", run.batch.claim_facts, number),
        history=_history(run, number),
    )


def _name(run: Run, claim: int) -> str:
    """A name that sorts as the claim's id does."""
    return f"{run.batch.claims.rank[claim]:010}"


def _history(run: Run, claim: int) -> History:
    """How much is known of earlier services."""
    if run.batch.claims.history_complete[claim]:
        return History("complete", "all-billers")
    known = run.batch.claims.own_history_complete[claim]
    return History("complete" if known else "partial", "own")


def _line(run: Run, row: int) -> ClaimLine:
    lines, words = run.batch.lines, run.batch.words
    pointers = slice(*lines.diagnosis_start[row : row + 2].tolist())
    return ClaimLine(
        number=int(lines.number[row]),
        code=words.codes[lines.code[row]],
        date=day_of_number(int(lines.day[row])),
        modifiers=words.modifiers[lines.modifiers[row]],
        units=Decimal(int(lines.units[row])) / THOUSANDTHS,
        place=words.words[lines.place[row]],
        diagnoses=tuple(words.diagnoses[code] for code in lines.diagnosis[pointers]),
        level=words.levels[lines.level[row]],
        rendering=words.words[lines.rendering[row]],
        authorization=cast(
            "Authorization | None", words.words[lines.authorization[row]] or None
        ),
        facts=_facts(run, "lines", run.batch.line_facts, row),
    )


def _services(run: Run, record: int) -> Services:
    """All services of a record, and what its history tells again."""
    start, end = np.searchsorted(run.event_record, [record, record + 1]).tolist()
    line, denied = run.batch.events.line, run.batch.events.denied
    events = [_event(run, row) for row in range(start, end) if line[row] != RETOLD]
    return Services(
        tuple(sorted(events, key=lambda event: event.order)),
        tuple(
            _event(run, row)
            for row in range(start, end)
            if line[row] == RETOLD and not denied[row]
        ),
    )


def _event(run: Run, row: int) -> Event:
    events, words, lines = run.batch.events, run.batch.words, run.batch.lines
    line = int(events.line[row])
    return Event(
        date=day_of_number(int(events.day[row])),
        code=words.codes[events.code[row]],
        modifiers=words.modifiers[events.modifiers[row]],
        units=Decimal(int(events.units[row])) / THOUSANDTHS,
        level=words.levels[events.level[row]],
        provider=words.words[events.rendering[row]],
        facts=_facts(run, "events", run.batch.event_facts, row),
        claim=_name(run, int(lines.claim[line])) if line >= 0 else "",
        line=int(lines.number[line]) if line >= 0 else 0,
        denied=bool(events.denied[row]),
    )


def _facts(run: Run, table: str, facts: FactColumns, row: int) -> Facts:
    """The facts that a row of a table gives."""
    told = {name: int(fact_column(run, table, name, facts)[row]) for name in facts}
    values = run.batch.words.values
    return {name: values[number] for name, number in told.items() if number >= 0}


def _day(number: int) -> date | None:
    return None if number == NO_DAY else day_of_number(int(number))
