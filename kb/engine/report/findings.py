"""Answers as JSON: the stable contract ``payerkb-findings/2.0``.

Keys are always there, empty or ``null`` when there is nothing to say, and always in this
order; the same claim under the same database gives the same bytes.  What is the same in
every answer of a rule stands first in its objects, so that ``texts`` can make it once.
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
    NotJudged,
    Receipt,
    RuleResult,
    Searched,
    TableSource,
)
from kb.engine.judge.evaluate import Engine
from kb.engine.report.checklist import Document, checklist
from kb.engine.report.claim_sentences import Said, tell
from kb.engine.report.counts import limit_json
from kb.engine.report.sentences import do_finding, say_finding
from kb.engine.report.words import deciding_citation, words_of
from kb.engine.rule_words import CitationWords, RuleWords

SCHEMA = "payerkb-findings/2.0"
Json = dict[str, Any]
Doubles = list[RuleResult]
"""The results of a line that are told beneath another."""


def report(
    answers: Iterable[ClaimAnswer],
    bad: Iterable[BadClaim],
    engine: Engine,
    remarks: Iterable[Remark] = (),
    *,
    trace: bool = False,
) -> Json:
    """The answers to a file: each claim answered, each bad one with its place.

    ``remarks`` tell what a reader read otherwise than it may have been meant.
    """
    return {
        "schema": SCHEMA,
        "answers": [answer_json(answer, engine, trace=trace) for answer in answers],
        **unread_json(bad, remarks),
    }


def unread_json(bad: Iterable[BadClaim], remarks: Iterable[Remark]) -> Json:
    """What could not be read, and what was left out."""
    return {
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


def answer_json(answer: ClaimAnswer, engine: Engine, *, trace: bool = False) -> Json:
    """The answer to one claim; with ``trace`` also what every rule found."""
    told = tell(answer, engine)
    return {
        **answer_head(answer, told.claim),
        "lines": [
            line_json(line, said, engine, trace=trace)
            for line, said in zip(answer.lines, told.lines, strict=True)
        ],
        **answer_foot(answer),
    }


def answer_head(answer: ClaimAnswer, said: Said) -> Json:
    """The claim's two headlines, and what to do."""
    return {
        "claim": answer.claim,
        "outcome": answer.outcome,
        "as_billed": answer.as_billed,
        "say": said.say,
        "do": said.do,
    }


def answer_foot(answer: ClaimAnswer) -> Json:
    """What was consulted, and what the answer was made from."""
    return {
        "searched": searched_json(answer.searched),
        "receipt": receipt_json(answer.receipt),
    }


def searched_json(searched: Searched) -> Json:
    """What was consulted."""
    return {
        "payer": searched.payer or None,
        "payer_reason": searched.payer_reason,
        "contractor": searched.contractor or None,
        "policies": list(searched.policies),
        **({"history": searched.history} if searched.history else {}),
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


def line_json(
    line: LineAnswer, said: Said, engine: Engine, *, trace: bool = False
) -> Json:
    """The answer to one line: what objects, and every rule's status."""
    doubles = doubles_of(line)
    found: Json = {
        **line_head(line, said, engine),
        "findings": [finding_json(r, line, engine, doubles) for r in objecting(line)],
        "rules": [rule_json(r) for r in line.results],
    }
    if trace:
        found["trace"] = [
            finding_json(r, line, engine, doubles) for r in unobjecting(line)
        ]
    return found


def objecting(line: LineAnswer) -> list[RuleResult]:
    """The results that say anything but a pass; of two that say the same the told one."""
    return [r for r in line.results if r.outcome != "pass" and not r.same_as]


def unobjecting(line: LineAnswer) -> list[RuleResult]:
    """The results that object to nothing, or that are told elsewhere."""
    return [r for r in line.results if r.outcome == "pass" or r.same_as]


def line_head(line: LineAnswer, said: Said, engine: Engine) -> Json:
    """All of a line but its rules."""
    return {
        "number": line.number,
        "code": line.code,
        "modifiers": list(line.modifiers),
        "date": line.date.isoformat(),
        "outcome": line.outcome,
        "as_billed": line.as_billed,
        "say": said.say,
        "do": said.do,
        "reason": line.reason,
        "grounds": list(line.grounds),
        "limits": [limit_json(state) for state in line.limits],
        "chart": [document_json(one) for one in checklist([line], engine)],
        "not_judged": [not_judged_json(one) for one in line.not_judged],
        "open_points": [
            {"rule": rule, "title": words_of(rule, engine).title}
            for rule in line.open_points
        ],
    }


def document_json(document: Document) -> Json:
    """A part of the chart with the points that it must show."""
    return {
        "document": document.name,
        "points": [
            {
                "fact": point.fact,
                "title": point.title,
                "ask": point.ask,
                "wanted": point.wanted,
                "rules": list(point.rules),
            }
            for point in document.points
        ],
    }


def not_judged_json(one: NotJudged) -> Json:
    """A question that nothing answered, and why."""
    return {"question": one.question, "why": one.why, "rule": one.rule or None}


def rule_json(result: RuleResult) -> Json:
    """The status of a rule."""
    return {
        "rule": result.rule,
        "status": result.status,
        "exempt_by": result.exempt_by or None,
    }


def finding_json(
    result: RuleResult, line: LineAnswer, engine: Engine, doubles: Doubles
) -> Json:
    """One rule that objects or cannot decide."""
    words = words_of(result.rule, engine)
    return {**words_json(words), **found_json(result, line, engine, doubles)}


def words_json(words: RuleWords) -> Json:
    """What is said of a rule whenever it is a finding."""
    return {
        "rule": words.id,
        "policy": words.policy,
        "name": words.name,
        "title": words.title,
        "prose": words.prose,
        "reason": words.reason,
        "grade": words.grade,
        "source": source_json(words),
        "citations": [citation_json(c) for c in words.citations],
        "file": words.file,
        "line": words.line,
    }


def found_json(
    result: RuleResult, line: LineAnswer, engine: Engine, doubles: Doubles
) -> Json:
    """What a rule found on this line."""
    words = words_of(result.rule, engine)
    denies = result.status == "not-met" and words.carc
    return {
        "status": result.status,
        "outcome": result.outcome,
        "say": say_finding(result, line, engine),
        "do": do_finding(result, line, engine),
        "codes": {"carc": words.carc, "rarc": list(words.rarc)} if denies else None,
        "with_lines": list(result.with_lines),
        "because": result.because,
        "ask_of": words.ask_of if result.outcome == "needs-auth" else "",
        "about": list(result.about),
        "arithmetic": arithmetic_json(result.arithmetic),
        "table": table_json(result.table),
        "also": [also_json(one) for one in doubles if one.same_as == result.rule],
    }


def doubles_of(line: LineAnswer) -> Doubles:
    """The results that say the same as another and are not told by themselves."""
    return [one for one in line.results if one.same_as]


def also_json(result: RuleResult) -> Json:
    """A rule or a row of a table that says the same."""
    return {
        "rule": result.rule,
        "outcome": result.outcome,
        "because": result.because,
        "table": table_json(result.table),
    }


def table_json(table: TableSource | None) -> Json | None:
    """The edition that says it; null for a rule of a policy."""
    if table is None:
        return None
    return {
        "kind": table.kind,
        "setting": table.setting,
        "edition": table.edition,
        "first_day": table.first_day.isoformat(),
        "last_day": table.last_day.isoformat(),
        "sha256": table.sha256 or None,
        "shipped": table.shipped,
        "source": table.source,
    }


def source_json(words: RuleWords) -> Json | None:
    """The citation that the rule's grade comes from."""
    cited = deciding_citation(words)
    if cited is None:
        return None
    return {
        "id": cited.source,
        "place": cited.passage,
        "grade": cited.grade,
        "version": cited.version,
        "read": cited.read_on,
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
        "version": citation.version,
        "read_on": citation.read_on,
    }


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
