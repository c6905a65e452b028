"""Answers as compact JSON text, made faster than from objects.

What is the same in every answer of a rule (title, prose, citations) is made once and kept
with its words; the rest is joined to it.  The bytes are those of ``compact`` on what
``findings`` gives, which a test holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import attrgetter

from kb.claims.model import BadClaim, Remark
from kb.engine.judge.answer import ClaimAnswer, LineAnswer, RuleResult, Searched
from kb.engine.judge.evaluate import Engine
from kb.engine.report.claim_sentences import Said, tell
from kb.engine.report.findings import (
    SCHEMA,
    Json,
    answer_head,
    doubles_of,
    found_json,
    line_head,
    objecting,
    receipt_json,
    rule_json,
    searched_json,
    unobjecting,
    unread_json,
    words_json,
)
from kb.engine.report.words import words_of
from kb.engine.rule_words import RuleWords

FOUND = ',{"status":'
"""Where each finding of a line begins, after its head.

What is encoded in one piece is cut there: a quote inside of a text has a backslash before
it, so that no text of a claim can look like it.
"""
told_of = attrgetter("rule", "status", "exempt_by")
"""All that the status of a rule is told by."""
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
    head = compact(answer_head(answer, told.claim))[:-1]
    receipt = compact(receipt_json(answer.receipt))
    searched = searched_text(answer.searched)
    return f'{head},"lines":[{lines}],"searched":{searched},"receipt":{receipt}}}'


@lru_cache(maxsize=256)
def searched_text(searched: Searched) -> str:
    """What was consulted, as text; the same for most claims of a payer."""
    return compact(searched_json(searched))


def line_text(
    line: LineAnswer, said: Said, engine: Engine, *, trace: bool = False
) -> str:
    """``findings.line_json`` as text."""
    shown = objecting(line)
    traced = unobjecting(line) if trace else []
    doubles = doubles_of(line)
    founds = [found_json(r, line, engine, doubles) for r in (*shown, *traced)]
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


def rule_texts(results: Sequence[RuleResult], engine: Engine) -> list[str]:
    """The status of each rule as text, made once for each status."""
    known: dict[tuple[str, str, str], str] = engine.program.once("rule texts", dict)
    try:
        return list(map(known.__getitem__, map(told_of, results)))
    except KeyError:
        known.update((told_of(one), compact(rule_json(one))) for one in results)
    return [known[told_of(one)] for one in results]
