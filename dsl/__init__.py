"""The policy language: text in, checked model out.

The way of the data is ``parser`` (text to items) -> ``vocabulary`` (names of all
files) -> ``overlay`` (what a policy inherits) -> ``compiler`` (rules to trees) ->
``model``.  Errors are values (``Diagnostic``), never exceptions.  This package knows
no database and no claim.
"""

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
