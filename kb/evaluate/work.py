"""A part of the claims, answered and written: what one worker does at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kb.claims.model import BadClaim, Claim
from kb.claims.runs import Found, Run
from kb.engine import ClaimAnswer, Engine
from kb.engine.report.brief import brief_json
from kb.evaluate.alike import MARK, Alike, Kept, key_of
from kb.evaluate.answering import answered
from kb.evaluate.forms import Form
from kb.evaluate.summary import SaidOfLine, Summary, abouts_of
from kb.evaluate.written import Written
from kb.history.known import KnownHistory
from kb.history.runs import Asked, filled

Part = Sequence[Found | Asked]
"""What a worker is given at a time; a run that is ``Asked`` for its history is one."""


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
    known: KnownHistory | None = None
    """The history, where claims are answered with one; its tellings come with each run."""
    texts: list[list[str]] = field(default_factory=list)
    summary: Summary = field(default_factory=Summary)
    alike: Alike = field(default_factory=Alike)

    def do(self, part: Part) -> Done:
        """Answer a part and write it."""
        self.texts = [[] for _ in self.forms]
        self.summary = Summary()
        for found in part:
            if not isinstance(found, Asked):
                self._take(found)
            elif self.known is not None:
                for one in filled(found, self.known):
                    self._take(one)
        texts = tuple("".join(pieces) for pieces in self.texts)
        return Done(len(part), texts, self.summary)

    def _take(self, found: Found) -> None:
        if isinstance(found, Run):
            self._run(found)
        elif isinstance(found, BadClaim):
            self.summary.not_read(found)
            self._write(form.bad(found) for form in self.forms)
        else:
            self.summary.remark(found)
            self._write(form.remark(found) for form in self.forms)

    def _run(self, run: Run) -> None:
        key = key_of(run) if all(form.alike for form in self.forms) else None
        kept = self.alike.get(key) if key is not None else None
        if kept is None:
            answers = (one for one in answered((run,), self.engine))
            for claim, answer in zip(run.claims, answers, strict=True):
                assert isinstance(answer, ClaimAnswer)
                kept = self._made(claim, answer, MARK if key else claim.id)
                self._say(claim, kept)
            if key and kept and not any(claim.id in text for text in kept.texts):
                self.alike.put(key, kept)
        else:
            self._say(run.claims[0], kept)

    def _made(self, claim: Claim, answer: ClaimAnswer, name: str) -> Kept:
        """What is to be written of an answer, under that number."""
        brief = {**brief_json(answer, self.engine), "claim": name}
        written = Written(claim, answer, brief, self.engine)
        payer = answer.searched.payer
        said = tuple(
            SaidOfLine(told["say"], told["do"], abouts_of(line, payer))
            for told, line in zip(brief["lines"], answer.lines, strict=True)
        )
        return Kept(answer, said, tuple(form.answer(written) for form in self.forms))

    def _say(self, claim: Claim, kept: Kept) -> None:
        self.summary.count(claim, kept.answer, kept.said, self.engine)
        self._write(
            text.replace(MARK, form.number(claim.id))
            for form, text in zip(self.forms, kept.texts, strict=True)
        )

    def _write(self, texts: Iterable[str]) -> None:
        for pieces, text in zip(self.texts, texts, strict=True):
            pieces.append(text)
