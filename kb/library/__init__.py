"""payerkb as other programs call it: a knowledge base kept open, and typed answers."""

from kb.library.answers import (
    Answer,
    AnsweredLine,
    DecidingRule,
    LimitLeft,
    OpenQuestion,
    TableEdition,
    Window,
)
from kb.library.base import KnowledgeBase
from kb.library.errors import GivenError, MissingPackageError

__all__ = [
    "Answer",
    "AnsweredLine",
    "DecidingRule",
    "GivenError",
    "KnowledgeBase",
    "LimitLeft",
    "MissingPackageError",
    "OpenQuestion",
    "TableEdition",
    "Window",
]
