"""What ``check-claim --trace`` adds: the sums and reasons of rules that do not object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.engine import ClaimAnswer, Engine, LineAnswer, RuleResult
from kb.engine.report.explain import objection
from kb.engine.report.findings import finding_json


def unobjecting(line: LineAnswer) -> Iterator[RuleResult]:
    """The rules in scope that do not object to the line."""
    return (result for result in line.results if result.outcome == "pass")


def trace_text(answer: ClaimAnswer, engine: Engine) -> str:
    """Every such rule of every line with all that is behind its status."""
    lines = []
    for line in answer.lines:
        lines += ["", f"trace of line {line.number}"]
        for result in unobjecting(line):
            lines += objection(result, line, engine)
    return "\n".join(lines) + "\n"


def with_trace(
    said: dict[str, Any], answer: ClaimAnswer, engine: Engine
) -> dict[str, Any]:
    """The JSON of an answer, each line with a ``trace`` beside its findings."""
    lines = [
        {
            **words,
            "trace": [
                finding_json(result, line, engine) for result in unobjecting(line)
            ],
        }
        for words, line in zip(said["lines"], answer.lines, strict=True)
    ]
    return {**said, "lines": lines}
