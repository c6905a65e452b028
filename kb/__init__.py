"""Payer rules for interventional pain billing, and whether a claim will hold under them.

>>> import kb
>>> base = kb.KnowledgeBase.open("build/kb.db")
>>> for found in base.evaluate("docs/examples/fifth-session.json"):
...     match found:
...         case kb.Answer():
...             print(found.claim, found.outcome, found.lines[0].code)
...         case kb.BadClaim() | kb.Remark():
...             print(found.where, found.id)
FL-2026-0310 deny 64483

``payerkb build`` writes ``build/kb.db``; ``build_folder`` does the same from Python.
Names are loaded when they are first used, so that ``import kb`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from kb.version import __version__

if TYPE_CHECKING:
    from dsl.errors import PayerkbError
    from kb.asking.answers import ask
    from kb.build.compiler import BuildError, build_folder
    from kb.claims import BadClaim, ClaimFileError, Remark, read_claims
    from kb.engine import ClaimFactsError, Engine
    from kb.library import Answer, KnowledgeBase
    from kb.read.store import KnowledgeBaseError

__all__ = [
    "Answer",
    "BadClaim",
    "BuildError",
    "ClaimFactsError",
    "ClaimFileError",
    "Engine",
    "KnowledgeBase",
    "KnowledgeBaseError",
    "PayerkbError",
    "Remark",
    "__version__",
    "ask",
    "build_folder",
    "read_claims",
]

_HOMES = {
    "Answer": "kb.library",
    "BadClaim": "kb.claims",
    "BuildError": "kb.build.compiler",
    "ClaimFactsError": "kb.engine",
    "ClaimFileError": "kb.claims",
    "Engine": "kb.engine",
    "KnowledgeBase": "kb.library",
    "KnowledgeBaseError": "kb.read.store",
    "PayerkbError": "dsl.errors",
    "Remark": "kb.claims",
    "ask": "kb.asking.answers",
    "build_folder": "kb.build.compiler",
    "read_claims": "kb.claims",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module at its first use."""
    if name not in _HOMES:
        message = f"module 'kb' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names too, loaded or not."""
    return sorted({*globals(), *__all__})
