"""Answers that were written as lines of JSON, as a file of columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from kb.claims.model import BadClaim, Remark
from kb.library.answering import Said
from kb.library.answers import Answer
from kb.library.rows import SCHEMA, batches_of


def write_columns(lines: Path, columns: Path) -> None:
    """Write the answers of ``lines``, in the brief form, into a Parquet file."""
    with (
        lines.open(encoding="utf-8", errors="surrogatepass") as told,
        pq.ParquetWriter(columns, SCHEMA, compression="zstd") as writer,
    ):
        for batch in batches_of(_said(told)):
            writer.write_batch(batch)


def _said(lines: Iterable[str]) -> Iterator[Said]:
    for line in lines:
        ((kind, value),) = json.loads(line).items()
        match kind:
            case "answer":
                yield Answer.of(value)
            case "bad":
                yield BadClaim(**value)
            case "remark":
                yield Remark(**value)
