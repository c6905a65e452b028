"""Bytes that hold claims to answers, by the same reader and engine as the command line."""

from __future__ import annotations

from dataclasses import dataclass

from kb.claims.model import BadClaim, Claim, Remark
from kb.claims.read import format_of
from kb.claims.runs import Run, runs_in
from kb.engine.judge.answer import ClaimAnswer
from kb.engine.judge.evaluate import Engine

# What is small as it comes may be a thousand times as large in memory.
_PACKED = ("gzip", "zip", "parquet")
_HERE = "a packed file, which is not read over the web"
_THERE = "Send what is in it, or use `payerkb check-claim`."


@dataclass(frozen=True, slots=True)
class Checked:
    """What was sent, and what it was told."""

    claims: tuple[Claim, ...]
    answers: tuple[ClaimAnswer, ...]
    bad: tuple[BadClaim, ...]
    remarks: tuple[Remark, ...]


def checked(content: bytes, engine: Engine, name: str = "") -> Checked:
    """The answer to every claim in some bytes, and what could not be read of them.

    Places begin with ``name``, that of the file, when there is one.
    """
    if format_of(content) in _PACKED:
        return Checked((), (), (BadClaim(name, _HERE, _THERE),), ())
    claims: list[Claim] = []
    answers: list[ClaimAnswer] = []
    bad: list[BadClaim] = []
    remarks: list[Remark] = []
    sound = engine.taking_any_facts()
    for found in runs_in(content, name, engine.faults_in):
        if isinstance(found, Run):
            claims += found.claims
            answers += sound.answer(found.claims, others=found.others)
        elif isinstance(found, BadClaim):
            bad.append(found)
        else:
            remarks.append(found)
    return Checked(tuple(claims), tuple(answers), tuple(bad), tuple(remarks))
