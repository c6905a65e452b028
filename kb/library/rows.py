"""Answers as rows of an Arrow table: one for each line, fault and remark.

The columns are a contract, told in ``docs/contract.md``: one machine, Spark and a
notebook get the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from kb.claims.model import BadClaim
from kb.engine.report.brief import dollars_text
from kb.library.answering import Said
from kb.library.answers import Answer, AnsweredLine, LimitLeft
from kb.library.errors import MissingPackageError

try:
    import pyarrow as pa
except ImportError:
    message = "Tables need pyarrow. Install it with: pip install 'payerkb[batch]'"
    raise MissingPackageError(message) from None

Row = dict[str, Any]
ROWS_IN_A_BATCH = 8192
LIMIT = pa.struct(
    [
        ("rule", pa.string()),
        ("status", pa.string()),
        ("say", pa.string()),
        ("counted", pa.int32()),
        ("possible", pa.int32()),
        ("limit", pa.int32()),
        ("left", pa.int32()),
        ("next_date", pa.date32()),
    ]
)
QUESTION = pa.struct([("question", pa.string()), ("why", pa.string())])
SCHEMA = pa.schema(
    [
        pa.field("kind", pa.string(), nullable=False),
        ("claim", pa.string()),
        ("line", pa.int32()),
        ("code", pa.string()),
        ("outcome", pa.string()),
        ("as_billed", pa.string()),
        ("say", pa.string()),
        ("do", pa.string()),
        ("claim_outcome", pa.string()),
        ("claim_as_billed", pa.string()),
        ("claim_say", pa.string()),
        ("claim_do", pa.string()),
        ("rules", pa.list_(pa.string())),
        ("codes", pa.list_(pa.string())),
        ("limits", pa.list_(LIMIT)),
        ("not_judged", pa.list_(QUESTION)),
        ("where", pa.string()),
        ("reason", pa.string()),
        ("fix", pa.string()),
        ("payer", pa.string()),
        ("date", pa.date32()),
        ("charge", pa.string()),
        ("history", pa.string()),
    ],
    metadata={"schema": "payerkb-rows/1.1"},
)
"""``kind`` is ``line``, ``bad`` or ``remark``; columns that its kind has not are null."""


def reader_of(said: Iterable[Said]) -> pa.RecordBatchReader:
    """The rows of answers, faults and remarks, as they are made."""
    return pa.RecordBatchReader.from_batches(SCHEMA, batches_of(said))


def batches_of(said: Iterable[Said]) -> Iterator[pa.RecordBatch]:
    """The same in batches."""
    rows = chain.from_iterable(map(rows_of, said))
    while some := [*islice(rows, ROWS_IN_A_BATCH)]:
        yield pa.RecordBatch.from_pylist(some, schema=SCHEMA)


def rows_of(said: Said) -> Iterable[Row]:
    """The rows of one answer, fault or remark."""
    if isinstance(said, Answer):
        return (line_row(said, line) for line in said.lines)
    if isinstance(said, BadClaim):
        reason, fix = said.reason, said.fix
    else:
        reason, fix = said.text, None
    row = {
        "kind": "bad" if isinstance(said, BadClaim) else "remark",
        "claim": said.id or None,
        "where": said.where,
        "reason": reason,
        "fix": fix,
    }
    return (row,)


def line_row(answer: Answer, line: AnsweredLine) -> Row:
    """The row of a line."""
    return {
        "kind": "line",
        "claim": answer.claim,
        "line": line.number,
        "code": line.code,
        "outcome": line.outcome,
        "as_billed": line.as_billed,
        "say": line.say,
        "do": line.do,
        "claim_outcome": answer.outcome,
        "claim_as_billed": answer.as_billed,
        "claim_say": answer.say,
        "claim_do": answer.do,
        "rules": [rule.rule for rule in line.rules],
        "codes": [code for rule in line.rules for code in rule.codes],
        "limits": [limit_row(limit) for limit in line.limits],
        "not_judged": [{"question": q.question, "why": q.why} for q in line.not_judged],
        "payer": answer.payer,
        "date": line.date,
        "charge": None if line.charge is None else dollars_text(line.charge),
        "history": answer.history or None,
    }


def limit_row(limit: LimitLeft) -> Row:
    """The item of a limit."""
    return {name: getattr(limit, name) for name in LIMIT_NAMES}


LIMIT_NAMES = tuple(field.name for field in LIMIT)
