"""Claims in: readers of X12, of JSON ours and others', and the claim that they give.

The X12 reader is imported when it is first asked for: a claim in JSON needs none of it.
"""

from typing import TYPE_CHECKING

from kb.claims.facts import FactKinds, check_facts
from kb.claims.json.reader import read_json, read_json_value
from kb.claims.json.writer import claim_to_json
from kb.claims.model import (
    BadClaim,
    Claim,
    ClaimLine,
    History,
    HistoryLine,
    PayerNamed,
    ReadResult,
    Remark,
)
from kb.claims.read import ClaimFileError, read_claims, read_stream, stream_claims
from kb.claims.runs import Run, stream_runs

if TYPE_CHECKING:
    from kb.claims.x12.reader import read_x12, stream_x12

__all__ = [
    "BadClaim",
    "Claim",
    "ClaimFileError",
    "ClaimLine",
    "FactKinds",
    "History",
    "HistoryLine",
    "PayerNamed",
    "ReadResult",
    "Remark",
    "Run",
    "check_facts",
    "claim_to_json",
    "read_claims",
    "read_json",
    "read_json_value",
    "read_stream",
    "read_x12",
    "stream_claims",
    "stream_runs",
    "stream_x12",
]


def __getattr__(name: str) -> object:
    if name not in ("read_x12", "stream_x12"):
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from kb.claims.x12 import reader  # noqa: PLC0415

    found: object = getattr(reader, name)
    return found
