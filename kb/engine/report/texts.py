"""Answers as compact JSON text, made faster than from objects.

What is the same in every answer of a rule (title, prose, citations) is made once and kept
with its words; the rest is joined to it.  The bytes are those of ``compact`` on what
``findings`` gives, which a test holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

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

FOOT = ',"searched":'
FOUND = ',{"status":'
"""Where the foot of an answer begins, and each finding of a line after its head.

What is encoded in one piece is cut there: a quote inside of a text has a backslash before
it, so that no text of a claim can look like either.
"""
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def compact(value: Json | list[Json]) -> str:
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
    rest = compact(answer_head(answer, told.claim) | answer_foot(answer))
    head, foot = rest.split(FOOT, 1)
    return f'{head},"lines":[{lines}]{FOOT}{foot}'


def line_text(
    line: LineAnswer, said: Said, engine: Engine, *, trace: bool = False
) -> str:
    """``findings.line_json`` as text."""
    shown = objecting(line)
    traced = unobjecting(line) if trace else []
    founds = [found_json(r, line, engine) for r in (*shown, *traced)]
    whole = compact([line_head(line, said, engine), *founds])
    head, *parts = whole[1:-1].split(FOUND)
    results = zip(shown + traced, parts, strict=True)
    texts = [finding_text(result, part, engine) for result, part in results]
    rules = ",".join(rule_texts(line.results, engine))
    findings, more = ",".join(texts[: len(shown)]), ",".join(texts[len(shown) :])
    end = f',"trace":[{more}]}}' if trace else "}"
    return f'{head[:-1]},"findings":[{findings}],"rules":[{rules}]{end}'


def finding_text(result: RuleResult, found: str, engine: Engine) -> str:
    """``findings.finding_json`` as text; ``found`` is what a rule found without its begin."""
    return f'{fixed_text(words_of(result.rule, engine))[:-1]},"status":{found}'


def fixed_text(words: RuleWords) -> str:
    """What is said of a rule whenever it is a finding, made once."""
    made = words.notes.get("finding")
    if made is None:
        made = words.notes["finding"] = compact(words_json(words))
    return made


def rule_texts(results: Iterable[RuleResult], engine: Engine) -> Iterator[str]:
    """The status of each rule as text, made once for each status."""
    for result in results:
        notes = words_of(result.rule, engine).notes
        key: str = result.status
        if result.exempt_by:
            key = f"{result.status} {result.exempt_by}"
        made = notes.get(key)
        if made is None:
            made = notes[key] = compact(rule_json(result))
        yield made
