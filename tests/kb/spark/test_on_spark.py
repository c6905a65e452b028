"""On a real local Spark the answers are those of one machine, byte for byte.

Spark is half a gigabyte and takes its time to start, so this runs only where it is
installed (`pip install 'payerkb[spark]'`) and Java too.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kb
from kb.library import GivenError
from tests.kb.library.medical_claims import as_bytes, in_any_order, medical_claims

pytest.importorskip("pyspark", reason="Spark is not installed")
if not shutil.which("java"):
    pytest.skip("Java is not installed", allow_module_level=True)
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Seven rows a batch: most persons are cut.
ROWS_IN_A_BATCH = 7


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "America/New_York")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", str(ROWS_IN_A_BATCH))
        .getOrCreate()
    )
    yield session
    session.stop()


def test_the_bytes_are_those_of_one_machine(
    spark: SparkSession, epidural_database: Path
) -> None:
    from kb.spark import evaluate

    claims = medical_claims(persons=60)
    alone = kb.KnowledgeBase.open(epidural_database).evaluate_table(claims)
    frame = spark.createDataFrame(in_any_order(claims).to_pandas())
    with_moments = frame.withColumn(
        "claim_line_start_date", frame["claim_line_start_date"].cast("timestamp")
    )

    found = evaluate(frame, epidural_database).toArrow()
    cut_otherwise = evaluate(with_moments, epidural_database, partitions=5).toArrow()

    assert set(alone["kind"].to_pylist()) == {"line", "bad", "remark"}
    assert as_bytes(found) == as_bytes(alone)
    assert as_bytes(cut_otherwise) == as_bytes(alone)


def test_what_cannot_be_answered_is_said_by_the_driver(
    spark: SparkSession, epidural_database: Path, tmp_path: Path
) -> None:
    from kb.spark import evaluate

    frame = spark.createDataFrame(medical_claims(persons=1).to_pandas())
    with pytest.raises(GivenError, match="no column payer"):
        evaluate(frame.drop("payer"), epidural_database)
    with pytest.raises(kb.KnowledgeBaseError, match="no knowledge base"):
        evaluate(frame, tmp_path / "none.db")
