"""A part of the claims, answered and written: what one worker does at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kb.claims.model import BadClaim, Claim
from kb.claims.runs import Found, Run
from kb.engine import ClaimAnswer, Engine
from kb.engine.report.brief import brief_json
from kb.evaluate.answering import answered
from kb.evaluate.forms import Form, Written
from kb.evaluate.summary import Summary


@dataclass(frozen=True, slots=True)
class Done:
    """A part that is done."""

    found: int
    """How many runs, faults and remarks it had."""
    texts: tuple[str, ...]
    """What is written of it, in each form."""
    summary: Summary


@dataclass(slots=True)
class Bench:
    """Where parts are worked on: an engine, and the forms that are wanted."""

    engine: Engine
    forms: Sequence[Form]
    texts: list[list[str]] = field(default_factory=list)
    summary: Summary = field(default_factory=Summary)

    def do(self, part: Sequence[Found]) -> Done:
        """Answer a part and write it."""
        self.texts = [[] for _ in self.forms]
        self.summary = Summary()
        claims = [c for found in part if isinstance(found, Run) for c in found.claims]
        waiting = iter(claims)
        for one in answered(part, self.engine):
            if isinstance(one, ClaimAnswer):
                self._answer(next(waiting), one)
            elif isinstance(one, BadClaim):
                self.summary.not_read(one)
                self._write(form.bad(one) for form in self.forms)
            else:
                self.summary.remark(one)
                self._write(form.remark(one) for form in self.forms)
        texts = tuple("".join(pieces) for pieces in self.texts)
        return Done(len(part), texts, self.summary)

    def _answer(self, claim: Claim, answer: ClaimAnswer) -> None:
        brief = brief_json(answer, self.engine)
        said = ((line["say"], line["do"]) for line in brief["lines"])
        self.summary.count(claim, answer, said, self.engine)
        told = Written(claim, answer, brief, self.engine)
        self._write(form.answer(told) for form in self.forms)

    def _write(self, texts: Iterable[str]) -> None:
        for pieces, text in zip(self.texts, texts, strict=True):
            pieces.append(text)
