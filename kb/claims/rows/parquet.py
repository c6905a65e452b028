"""Tables in Parquet, a batch of rows at a time, each cell as the text that it would be.

A whole number keeps its digits and a date its days; what a typed column has lost before,
as the zeros of a claim number, nobody can give back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, BinaryIO

from kb.claims.archives import BrokenArchiveError
from kb.claims.model import BadClaim
from kb.claims.near import listed
from kb.claims.past import Told
from kb.claims.rows.cells import Row, filled
from kb.claims.rows.layouts import (
    HOW_TO_NAME,
    Columns,
    columns_of,
    why_not,
)

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_EXACT = 1 << 53
"""Below it a floating number holds every whole one."""
_ROWS = 4096
"""Rows that are held in memory at once."""
_INSTALL = "Install it: pip install 'payerkb[batch]'."
_DAMAGED = "the Parquet file is damaged or ends before its end"


def stream_parquet(file: BinaryIO, name: str = "") -> Iterator[Told]:
    """What each row of a Parquet file tells; ``file`` can be read from any place."""
    try:
        table, columns = _opened(file)
        if missing := why_not(columns):
            yield BadClaim(name, f"a Parquet file {missing}", HOW_TO_NAME)
        elif nested := _nested(table.schema_arrow, columns):
            reason = (
                f"columns of a Parquet file that hold no plain values: {listed(nested)}"
            )
            yield BadClaim(name, reason, "Write one value in each cell.")
        else:
            yield from columns.layout.told(_rows(table, columns), name)
    except ImportError:
        yield BadClaim(name, "a Parquet file, for which pyarrow is missing", _INSTALL)
    except BrokenArchiveError as broken:
        yield BadClaim(name, str(broken), broken.fix)


@contextmanager
def _reading() -> Iterator[None]:
    """What a damaged file makes pyarrow raise, as ``BrokenArchiveError``."""
    import pyarrow as pa  # noqa: PLC0415

    try:
        yield
    except (pa.ArrowException, OSError, ValueError, LookupError, OverflowError):
        raise BrokenArchiveError(_DAMAGED) from None


def _opened(file: BinaryIO) -> tuple[pq.ParquetFile, Columns]:
    import pyarrow.parquet as pq  # noqa: PLC0415  (an extra, and slow to import)

    with _reading():
        table = pq.ParquetFile(file)
        return table, columns_of(table.schema_arrow.names)


def _nested(schema: pa.Schema, columns: Columns) -> list[str]:
    """The columns to be read that are lists, structures or bytes."""
    import pyarrow as pa  # noqa: PLC0415

    return [
        name
        for name, at in columns.picked
        if pa.types.is_nested(schema.field(at).type)
        or pa.types.is_binary(schema.field(at).type)
    ]


def _rows(table: pq.ParquetFile, columns: Columns) -> Iterator[Row]:
    read = [table.schema_arrow.names[at] for _, at in columns.picked]
    number = 0
    with _reading():
        batches = table.iter_batches(batch_size=_ROWS, columns=read)
    while True:
        with _reading():
            batch = next(batches, None)
            if batch is None:
                return
            names = [name.strip().lower() for name in batch.schema.names]
            cells = [texts_of(column) for column in batch.columns]
        for values in zip(*cells, strict=True):
            number += 1
            yield Row(number, filled(zip(names, values, strict=True)))


def texts_of(column: pa.Array) -> list[str]:
    """The texts of a column, empty for what is not given."""
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    texts = _unicode(column.cast(pa.string()).fill_null(""))
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return [_plain(text) for text in texts]
    return texts


def _unicode(column: pa.Array) -> list[str]:
    try:
        texts: list[str] = column.to_pylist()
    except UnicodeDecodeError:
        # As in a table of text: it costs the cell that is none.
        found = (value.as_buffer().to_pybytes() for value in column)
        texts = [each.decode("utf-8", "surrogateescape") for each in found]
    return texts


def _plain(text: str) -> str:
    """A number without exponent; a large one keeps it, for its last digits are lost."""
    if text == "nan":
        return ""
    if "e" not in text and "E" not in text:
        return text
    number = Decimal(text)
    return f"{number:f}" if abs(number) < _EXACT else text
