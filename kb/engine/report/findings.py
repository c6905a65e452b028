"""Answers as JSON: the stable contract ``payerkb-findings/1.0``.

Keys are always there, empty or ``null`` when there is nothing to say; the same claim
under the same database gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from kb.claims.model import BadClaim, Remark
from kb.engine.judge.answer import (
    Arithmetic,
    ClaimAnswer,
    LineAnswer,
    Receipt,
    RuleResult,
)
from kb.engine.judge.evaluate import Engine
from kb.engine.load import CitationWords, RuleWords

SCHEMA = "payerkb-findings/1.0"
Json = dict[str, Any]
GROUP_QUESTIONS = {
    "history": "Give the patient's earlier services, from every biller.",
    "level": "Give the level (L4-L5) of this and the earlier services.",
    "side": "Give the side (RT, LT or 50) of this and the earlier services.",
    "state": "Give the state where the service was rendered.",
    "plan": "Give the kind of plan.",
    "place": "Give the place of service.",
    "diagnosis": "Point the line to its diagnosis codes.",
    "authorization": "Give the prior authorization and its state.",
    "received": "Give the date on which the claim was received.",
    "requested": "Give the date on which approval was requested.",
    "provider": "Give the rendering provider of this and the earlier services.",
    "region": "No region is settled for a code that may count: check it by hand.",
    "npi": "Give the NPI of each provider that the rule compares.",
    "plan-year-start": "Give the month and day on which the plan year begins.",
    "rule-ended": "The rule's last day is over and no later text is loaded.",
}


def report(
    answers: Iterable[ClaimAnswer],
    bad: Iterable[BadClaim],
    engine: Engine,
    remarks: Iterable[Remark] = (),
) -> Json:
    """The answers to a file: each claim answered, each bad one with its place.

    ``remarks`` tell what a reader read otherwise than it may have been meant.
    """
    return {
        "schema": SCHEMA,
        "answers": [answer_json(answer, engine) for answer in answers],
        "bad": [bad_json(one) for one in bad],
        "remarks": [remark_json(one) for one in remarks],
    }


def bad_json(bad: BadClaim) -> Json:
    """A claim, or a part of a file, that could not be read."""
    return {
        "where": bad.where,
        "claim": bad.claim,
        "id": bad.id,
        "reason": bad.reason,
        "fix": bad.fix,
    }


def remark_json(remark: Remark) -> Json:
    """What was left out of a claim that was read, or settled."""
    return asdict(remark)


def answer_json(answer: ClaimAnswer, engine: Engine) -> Json:
    """The answer to one claim."""
    searched = answer.searched
    return {
        "claim": answer.claim,
        "outcome": answer.outcome,
        "lines": [line_json(line, engine) for line in answer.lines],
        "searched": {
            "payer": searched.payer or None,
            "payer_reason": searched.payer_reason,
            "contractor": searched.contractor or None,
            "policies": list(searched.policies),
        },
        "receipt": receipt_json(answer.receipt),
    }


def receipt_json(receipt: Receipt) -> Json:
    """What the answer was made from."""
    return {
        "language": receipt.language,
        "engine": receipt.engine,
        "database": receipt.database,
        "editions": dict(receipt.editions),
        "claim": receipt.claim,
    }


def line_json(line: LineAnswer, engine: Engine) -> Json:
    """The answer to one line: what objects, and every rule's status."""
    findings = [r for r in line.results if r.outcome != "pass"]
    return {
        "line": line.number,
        "code": line.code,
        "modifiers": list(line.modifiers),
        "date": line.date.isoformat(),
        "outcome": line.outcome,
        "reason": line.reason,
        "findings": [finding_json(result, line, engine) for result in findings],
        "rules": [
            {"rule": r.rule, "status": r.status, "exempt_by": r.exempt_by or None}
            for r in line.results
        ],
        "open_points": [
            {"rule": rule, "title": words_of(rule, engine).title}
            for rule in line.open_points
        ],
    }


def words_of(rule: str, engine: Engine) -> RuleWords:
    """The words of a rule; bare ones when the engine was made without a database."""
    found = engine.words.get(rule)
    if found is not None:
        return found
    version, _, name = rule.partition("#")
    return RuleWords(
        rule, version.partition("@")[0], name, "", "", "", "", (), "", "", "", "", 0
    )


def finding_json(result: RuleResult, line: LineAnswer, engine: Engine) -> Json:
    """One rule that objects or cannot decide."""
    words = words_of(result.rule, engine)
    denies = result.status == "not-met"
    return {
        "rule": result.rule,
        "policy": words.policy,
        "name": words.name,
        "title": words.title,
        "status": result.status,
        "outcome": result.outcome,
        "because": result.because,
        "reason": words.reason,
        "carc": words.carc if denies else "",
        "rarc": list(words.rarc) if denies else [],
        "fix": fix_text(words.fix, result, line) if denies else "",
        "ask_of": words.ask_of if result.outcome == "needs-auth" else "",
        "about": [about_json(name, engine) for name in result.about],
        "arithmetic": arithmetic_json(result.arithmetic),
        "citations": [citation_json(c) for c in words.citations],
        "grade": words.grade,
        "file": words.file,
        "line": words.line,
    }


def citation_json(citation: CitationWords) -> Json:
    """A citation with what its source is."""
    return {
        "source": citation.source,
        "title": citation.title,
        "passage": citation.passage,
        "quote": citation.quote,
        "url": citation.url,
        "grade": citation.grade,
        "read_on": citation.read_on,
    }


def about_json(name: str, engine: Engine) -> Json:
    """Something that is missing: what it is, where to find it, how to ask for it."""
    fact = engine.program.facts.get(name)
    if fact is None:
        ask = GROUP_QUESTIONS.get(name, f"Give the {name} on the claim.")
        return {"name": name, "title": name, "where": "the claim", "ask": ask}
    ask = fact.ask or f"Give the {name} as the chart has it."
    return {"name": name, "title": fact.title, "where": fact.where, "ask": ask}


def fix_text(fix: str, result: RuleResult, line: LineAnswer) -> str:
    """The fix with its blanks filled in."""
    day = result.arithmetic.next_date if result.arithmetic else None
    filled = fix.replace("{next-date}", day.isoformat() if day else "a later date")
    filled = filled.replace("{line}", str(line.number))
    return filled.replace("{date}", line.date.isoformat())


def arithmetic_json(found: Arithmetic | None) -> Json | None:
    """The sum behind a limit or an interval."""
    if found is None:
        return None
    return {
        "unit": found.unit,
        "per": dict(found.per),
        "window_start": found.window_start.isoformat() if found.window_start else None,
        "window_end": found.window_end.isoformat(),
        "convention": found.convention,
        "counted": found.counted,
        "possible": found.possible,
        "this": found.this,
        "limit": found.limit,
        "events": [
            {"date": e.date.isoformat(), "code": e.code, "modifiers": list(e.modifiers)}
            for e in found.events
        ],
        "next_date": found.next_date.isoformat() if found.next_date else None,
        "leaves": found.leaves.isoformat() if found.leaves else None,
        "remark": found.remark,
    }
