"""What is said when a table cannot be read, kept or asked."""

from __future__ import annotations

from dsl.errors import PayerkbError


class TablesError(PayerkbError):
    """The database of tables cannot be used or written; the text says what to do."""


class TableFileError(PayerkbError):
    """A file is refused: it is not the table that it was given as, or not whole.

    The text names the file, the line where there is one, and what to do.  Whatever was
    imported before is as it was.
    """
