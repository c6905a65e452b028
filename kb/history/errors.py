"""What is said when the history database cannot be used."""

from __future__ import annotations

from dsl.errors import PayerkbError


class HistoryError(PayerkbError):
    """The history database cannot be used or written; the text says what to do."""
