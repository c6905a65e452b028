"""CSV that Datasette makes of a table, on its way out: no cell is a formula."""

from __future__ import annotations

import csv
import io
import sys

from kb.cells import csv_cell

# A policy's whole text is one cell, and may be longer than the reader's first limit.
csv.field_size_limit(sys.maxsize)


class CsvReply:
    """The body of an answer, part by part; only whole rows go on."""

    def __init__(self) -> None:
        self.rest = b""
        self.inside_quotes = False

    def rewritten(self, part: bytes, *, more: bool) -> bytes:
        """The rows that are whole by now, with their cells as ``csv_cell`` writes them."""
        self.rest += part
        self.inside_quotes ^= part.count(b'"') % 2 == 1
        if more and (self.inside_quotes or not self.rest.endswith(b"\n")):
            return b""
        whole, self.rest = self.rest.decode("utf-8"), b""
        out = io.StringIO(newline="")
        rows = csv.reader(io.StringIO(whole, newline=""))
        csv.writer(out).writerows([csv_cell(cell) for cell in row] for row in rows)
        return out.getvalue().encode()
