"""A claim under the tables: its lines, and the editions behind its answer."""

from __future__ import annotations

from kb.claims.model import Claim
from kb.engine.index import Index
from kb.engine.judge.answer import LineAnswer
from kb.engine.judge.lines import rules_on
from kb.engine.judge.receipt import Editions
from kb.engine.judge.situation import Situation
from kb.engine.judge.tables.line import editions_of, with_tables
from kb.engine.judge.tables.rules import TableRules
from kb.engine.select import Selection


def line_with_tables(
    answer: LineAnswer,
    at: Situation,
    selection: Selection,
    index: Index,
    tables: TableRules | None,
) -> LineAnswer:
    """The answer to a line with what the tables add; as it is where there are none."""
    if tables is None:
        return answer
    rules = rules_on(at, selection, index)
    return with_tables(answer, at, rules.of_billing, tables)


def editions_behind(claim: Claim, tables: TableRules | None) -> Editions:
    """The editions that a claim was held against."""
    if tables is None:
        return ()
    days = sorted({line.date for line in claim.lines})
    return tuple(sorted(dict(editions_of(claim, days, tables)).items()))
