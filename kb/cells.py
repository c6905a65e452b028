"""Cells of tables that other programs open: text stays text there."""

from __future__ import annotations

import re
from html import escape

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula."""
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE)


def csv_cell(value: object) -> object:
    """A cell of a CSV file: text that a spreadsheet would run begins with an apostrophe.

    Numbers stay numbers, negative ones too.
    """
    runs = isinstance(value, str) and value.startswith(STARTS_A_FORMULA)
    return f"'{value}" if runs and not NUMBER.fullmatch(str(value)) else value


def markdown_cell(text: str) -> str:
    """A cell of a Markdown table: its text makes no HTML, no link, no other cell."""
    plain = " ".join(escape(text, quote=False).splitlines())
    return re.sub(r"[\\|\[]", lambda found: f"\\{found[0]}", plain)
