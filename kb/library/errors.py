"""What the library says of a call that it cannot do."""

from __future__ import annotations

from dsl.errors import PayerkbError


class GivenError(PayerkbError, TypeError):
    """What was given for claims or for history is nothing that holds any."""


class MissingPackageError(PayerkbError, ImportError):
    """A package is not installed that only this call needs; the text names it."""
