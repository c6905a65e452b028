"""The brief form of an answer, for files of many claims: ``payerkb-findings-brief/1.1``.

What a work list needs: how each line stands, in a sentence, what is left of its limits,
what nobody judged, and which rules decide.  ``findings`` has all that is behind it.
"""

from __future__ import annotations

from decimal import Decimal

from kb.engine.judge.answer import ClaimAnswer, LineAnswer, RuleResult
from kb.engine.judge.evaluate import Engine
from kb.engine.report.claim_sentences import Said, tell
from kb.engine.report.counts import limit_json
from kb.engine.report.findings import Json, answer_head, not_judged_json, table_json
from kb.engine.report.sentences import deciding
from kb.engine.report.words import words_of

BRIEF_SCHEMA = "payerkb-findings-brief/1.1"


def brief_json(answer: ClaimAnswer, engine: Engine) -> Json:
    """The brief answer to one claim."""
    told = tell(answer, engine)
    return {
        **answer_head(answer, told.claim),
        "lines": [
            brief_line(line, said, engine)
            for line, said in zip(answer.lines, told.lines, strict=True)
        ],
        "payer": answer.searched.payer or None,
        "history": answer.searched.history,
    }


def brief_line(line: LineAnswer, said: Said, engine: Engine) -> Json:
    """How one line stands, and which rules decide."""
    return {
        "number": line.number,
        "code": line.code,
        "outcome": line.outcome,
        "as_billed": line.as_billed,
        "say": said.say,
        "do": said.do,
        "limits": [limit_json(state) for state in line.limits],
        "not_judged": [not_judged_json(one) for one in line.not_judged],
        "rules": [deciding_json(r, engine) for r in deciding(line)],
        "date": line.date.isoformat(),
        "charge": None if line.charge is None else dollars_text(line.charge),
    }


def dollars_text(dollars: Decimal) -> str:
    """``450.00``: the same text for equal amounts, however they were written."""
    whole, _, cents = f"{dollars:f}".partition(".")
    return f"{whole}.{cents.rstrip('0').ljust(2, '0')}"


def deciding_json(result: RuleResult, engine: Engine) -> Json:
    """A rule that decides, with the codes of its denial."""
    words = words_of(result.rule, engine)
    codes = [words.carc, *words.rarc] if result.status == "not-met" else []
    return {
        "rule": result.rule,
        "codes": [code for code in codes if code],
        "table": table_json(result.table),
    }
