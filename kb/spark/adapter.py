"""A Spark DataFrame of claims to a DataFrame of answers, by the one function of all.

Spark brings the rows of a person to one place; what is done with them there is
``kb.library.tables`` and ``kb.library.rows``, as on a single machine.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import get_ident
from typing import NamedTuple

from kb.engine.judge.evaluate import Engine
from kb.library.answering import answers_of
from kb.library.base import KnowledgeBase
from kb.library.errors import MissingPackageError
from kb.library.rows import SCHEMA, batches_of
from kb.library.tables import PERSON, columns_in, runs_of_persons

try:
    import pyarrow as pa
    from pyspark import SparkFiles
    from pyspark.sql import Column, DataFrame, SparkSession
    from pyspark.sql import functions as f
except ImportError:
    message = (
        "Spark is not installed here. Install it with: pip install 'payerkb[spark]'"
    )
    raise MissingPackageError(message) from None

_TYPES = {pa.string(): "string", pa.int32(): "int", pa.date32(): "date"}


def evaluate(
    claims: DataFrame,
    database: str | PathLike[str],
    *,
    tables: str | PathLike[str] | None = None,
    partitions: int | None = None,
) -> DataFrame:
    """The answers to claims: a row for each line, fault and remark.

    ``claims`` has the columns of Tuva's ``medical_claim``, ``database`` and ``tables`` are
    paths that the driver reads, as in ``kb.KnowledgeBase.open``; they go to each worker
    once.  ``partitions`` are as many as Spark has for a shuffle, if not told.

    The columns are told in ``docs/contract.md``; rows come in no order.  Nothing is
    computed before an action asks for it, and all of it is answered from the files as
    they are now.
    Raises ``kb.library.GivenError`` when columns are missing, and as
    ``KnowledgeBase.open`` does.
    """
    columns = columns_in(pa.schema([(name, pa.null()) for name in claims.columns]))
    sent = _send(claims.sparkSession, Path(database), Path(tables) if tables else None)
    read = [_column(claims, own).alias(c) for c, own in columns.items()]
    together = claims.select(*read).withColumn(PERSON, _person(columns))
    how = (PERSON,) if partitions is None else (partitions, PERSON)
    parted = together.repartition(*how).sortWithinPartitions(PERSON)
    return parted.mapInArrow(
        partial(_answered, sent), ", ".join(f"{c.name} {_type(c.type)}" for c in SCHEMA)
    )


class Sent(NamedTuple):
    """The names under which the workers have the files."""

    database: str
    tables: str | None


def _answered(
    sent: Sent, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """What a worker does with the batches of a partition."""
    return answers_in(_engine(sent), batches)


def answers_in(
    engine: Engine, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Rows of answers to batches in which each person's rows stand together."""
    return batches_of(answers_of(runs_of_persons(batches, engine.faults_in), engine))


@lru_cache(maxsize=2)
def _engine(sent: Sent) -> Engine:
    """The engine of a worker, opened once for all partitions that it gets."""
    tables = SparkFiles.get(sent.tables) if sent.tables else None
    return KnowledgeBase.open(SparkFiles.get(sent.database), tables=tables).engine


def _send(spark: SparkSession, database: Path, tables: Path | None) -> Sent:
    """Send the files as they are now, under names that no other content has."""
    copies = [_copied(each) for each in (database, tables) if each]
    # Whether they can be used is said here, not by every worker.
    KnowledgeBase.open(copies[0], tables=copies[1] if tables else None)
    for copy in copies:
        spark.addArtifacts(str(copy), file=True)
    return Sent(copies[0].name, copies[1].name if tables else None)


def _copied(file: Path) -> Path:
    """A copy that is named by its content."""
    new = Path(_folder().name) / f"new-{get_ident()}"
    try:
        shutil.copyfile(file, new)
    except OSError:
        return file  # opening it says why
    with new.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    copy = new.with_name(f"payerkb-{digest[:24]}.db")
    # Spark may be sending the one that is there: it is left as it is.
    return new.rename(copy) if not copy.exists() else copy


@lru_cache(maxsize=1)
def _folder() -> TemporaryDirectory[str]:
    """Where the copies stay until the driver ends: Spark reads them when a worker asks."""
    return TemporaryDirectory(prefix="payerkb-", ignore_cleanup_errors=True)


def _column(claims: DataFrame, name: str) -> Column:
    """A column as it is; a moment as the text of its own time zone, so that days stay."""
    column = f.col(f"`{name}`")
    moment = dict(claims.dtypes)[name].startswith("timestamp")
    return column.cast("string") if moment else column


def _person(columns: dict[str, str]) -> Column:
    """What tells persons apart, as ``kb.library.tables`` has it."""

    def filled(column: str) -> Column:
        if column not in columns:
            return f.lit(None)
        trimmed = f.regexp_replace(f.col(column).cast("string"), r"^\s+|\s+$", "")
        return f.nullif(trimmed, f.lit(""))

    member = f.regexp_replace(f.upper(filled("member_id")), "[^A-Z0-9]", "")
    return f.coalesce(
        f.concat(f.lit("person:"), filled("person_id")),
        f.concat(f.lit("member:"), f.nullif(member, f.lit(""))),
        f.concat(f.lit("claim:"), filled("claim_id")),
        f.lit(""),
    )


def _type(kind: pa.DataType) -> str:
    """A type of Arrow in Spark's words."""
    if pa.types.is_list(kind):
        return f"array<{_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        fields = ", ".join(f"`{part.name}`: {_type(part.type)}" for part in kind)
        return f"struct<{fields}>"
    return _TYPES[kind]
