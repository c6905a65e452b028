"""Answers as compact JSON text, made faster than from objects.

What is the same in every answer of a rule (title, prose, citations) is made once and kept
with its words; the rest is joined to it.  The bytes are those of ``compact`` on what
``findings`` gives, which a test holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from kb.claims.model import BadClaim, Remark
from kb.engine.judge.answer import ClaimAnswer, LineAnswer, RuleResult
from kb.engine.judge.evaluate import Engine
from kb.engine.load import RuleWords
from kb.engine.report.claim_sentences import Said, tell
from kb.engine.report.findings import (
    SCHEMA,
    Json,
    answer_foot,
    answer_head,
    found_json,
    line_head,
    objecting,
    rule_json,
    unobjecting,
    unread_json,
    words_json,
)
from kb.engine.report.words import words_of

ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def compact(value: Json) -> str:
    """JSON on one line."""
    return ENCODER.encode(value)


def report_text(
    answers: Iterable[ClaimAnswer],
    bad: Iterable[BadClaim],
    engine: Engine,
    remarks: Iterable[Remark] = (),
) -> str:
    """``findings.report`` as text on one line."""
    said = ",".join(answer_text(answer, engine) for answer in answers)
    rest = compact(unread_json(bad, remarks))
    return f'{{"schema":"{SCHEMA}","answers":[{said}],{rest[1:]}'


def answer_text(answer: ClaimAnswer, engine: Engine, *, trace: bool = False) -> str:
    """``findings.answer_json`` as text on one line."""
    told = tell(answer, engine)
    lines = ",".join(
        line_text(line, said, engine, trace=trace)
        for line, said in zip(answer.lines, told.lines, strict=True)
    )
    head, foot = compact(answer_head(answer, told.claim)), compact(answer_foot(answer))
    return f'{head[:-1]},"lines":[{lines}],{foot[1:]}'


def line_text(
    line: LineAnswer, said: Said, engine: Engine, *, trace: bool = False
) -> str:
    """``findings.line_json`` as text."""
    findings = findings_text(objecting(line), line, engine)
    rules = ",".join(rule_text(r, engine) for r in line.results)
    head = compact(line_head(line, said, engine))
    traced = (
        f',"trace":{findings_text(unobjecting(line), line, engine)}' if trace else ""
    )
    return f'{head[:-1]},"findings":{findings},"rules":[{rules}]{traced}}}'


def findings_text(
    results: Iterable[RuleResult], line: LineAnswer, engine: Engine
) -> str:
    """A list of findings as text."""
    return f"[{','.join(finding_text(r, line, engine) for r in results)}]"


def finding_text(result: RuleResult, line: LineAnswer, engine: Engine) -> str:
    """``findings.finding_json`` as text."""
    words = words_of(result.rule, engine)
    found = compact(found_json(result, line, engine))
    return f"{fixed_text(words)[:-1]},{found[1:]}"


def fixed_text(words: RuleWords) -> str:
    """What is said of a rule whenever it is a finding, made once."""
    made = words.notes.get("finding")
    if made is None:
        made = words.notes["finding"] = compact(words_json(words))
    return made


def rule_text(result: RuleResult, engine: Engine) -> str:
    """The status of a rule as text, made once for each status."""
    notes = words_of(result.rule, engine).notes
    key = f"{result.status} {result.exempt_by}" if result.exempt_by else result.status
    made = notes.get(key)
    if made is None:
        made = notes[key] = compact(rule_json(result))
    return made
