"""The policy language: text in, checked model out.

The way of the data is ``syntax`` (text to nodes) -> ``resolve`` (names of all files, what
a policy inherits) -> ``compile`` (nodes to rule trees of ``ir``) -> the model of ``base``.
Errors are values (``Diagnostic``), never exceptions.  This package knows no database and
no claim.

Names are loaded when they are first used: who reads compiled rules (``dsl.ir``) does not
load the parser.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsl.base.diagnostics import Diagnostic
    from dsl.base.model import Model
    from dsl.load.folder import LANGUAGE_VERSION, Loaded, load_folder, load_texts
    from dsl.syntax.parser import parse

__all__ = [
    "LANGUAGE_VERSION",
    "Diagnostic",
    "Loaded",
    "Model",
    "load_folder",
    "load_texts",
    "parse",
]

_HOMES = {
    "LANGUAGE_VERSION": "dsl.load.folder",
    "Diagnostic": "dsl.base.diagnostics",
    "Loaded": "dsl.load.folder",
    "Model": "dsl.base.model",
    "load_folder": "dsl.load.folder",
    "load_texts": "dsl.load.folder",
    "parse": "dsl.syntax.parser",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module at its first use."""
    if name not in _HOMES:
        message = f"module 'dsl' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names too, loaded or not."""
    return sorted({*globals(), *__all__})
