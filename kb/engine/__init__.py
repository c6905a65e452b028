"""The engine: claims to findings, from the knowledge base alone."""

from kb.engine.judge.answer import ClaimAnswer, LineAnswer, Outcome, RuleResult, Status
from kb.engine.judge.evaluate import ClaimFactsError, Engine, evaluate
from kb.engine.program import Program

__all__ = [
    "ClaimAnswer",
    "ClaimFactsError",
    "Engine",
    "LineAnswer",
    "Outcome",
    "Program",
    "RuleResult",
    "Status",
    "evaluate",
]
