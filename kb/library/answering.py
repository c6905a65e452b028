"""Runs of claims to what a program is told of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.claims.model import BadClaim, Remark
from kb.claims.runs import Found
from kb.engine.judge.answer import ClaimAnswer
from kb.engine.judge.evaluate import Engine
from kb.engine.report.brief import brief_json
from kb.evaluate.answering import answered
from kb.library.answers import Answer

Said = Answer | BadClaim | Remark


def answers_of(runs: Iterable[Found], engine: Engine) -> Iterator[Said]:
    """The brief answer to each claim, with faults and remarks in their places."""
    for one in answered(runs, engine):
        if isinstance(one, ClaimAnswer):
            yield Answer.of(brief_json(one, engine))
        else:
            yield one
