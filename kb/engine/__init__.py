"""The engine: claims to findings, from the knowledge base alone."""

from kb.engine.answer import ClaimAnswer, LineAnswer, Outcome, RuleResult, Status
from kb.engine.evaluate import ClaimFactsError, Engine, evaluate
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
