"""The interpreter asked of one rule and one line, in few words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kb.claims.model import Claim
from kb.engine import Engine
from kb.engine.judge.answer import LineAnswer, RuleResult
from kb.engine.program import FactWords, PayerWords, Program
from tests.kb.engine.columns import one_rule
from tests.kb.engine.columns.one_rule import PAYER, Json

ALWAYS, NEVER = {"op": "always"}, {"op": "never"}
UNKNOWN = {"op": "yes", "fact": "new-patient", "of": "patient"}
FACTS = {
    "new-patient": FactWords("yes-no", "patient"),
    "pain-duration": FactWords("duration", "claim"),
    "baseline": FactWords("number", "line"),
    "opioid-risk": FactWords("choice", "claim", choices=("low", "high")),
    "imaging-date": FactWords("date", "claim"),
    "pain-relief": FactWords("percent", "procedure"),
    "approach-changed": FactWords("yes-no", "claim"),
}


def program(*rules: Json, **policy: Any) -> Program:
    """A policy of a known payer, with facts that charts may hold."""
    payers = (PayerWords(PAYER, PAYER), PayerWords("examplecare", "examplecare"))
    return replace(one_rule.program(*rules, **policy), payers=payers, facts=FACTS)


def lines_of(
    answers: Program, *claims: Claim, trace: bool = False
) -> tuple[LineAnswer, ...]:
    """Every line's answer, in order of claim id and line number."""
    found = Engine.of(answers).answer(claims, trace=trace)
    return tuple(line for a in sorted(found, key=lambda a: a.claim) for line in a.lines)


def asked(rule: Json, *claims: Claim, trace: bool = False) -> RuleResult:
    """The result of a rule on the first line of the first claim by id."""
    return lines_of(program(rule), *claims, trace=trace)[0].results[0]


def said(result: RuleResult) -> str:
    """A status in one string: ``unknown about history, level`` when it is about something."""
    about = ", ".join(result.about)
    return f"{result.status} about {about}" if about else result.status
