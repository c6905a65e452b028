"""Tables in Parquet: the same claims as from text, whatever type a column has."""

from __future__ import annotations

import io
import sys
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kb.claims.model import ReadResult, read_result
from kb.claims.read import read_stream, stream_chunks
from tests.kb.claims.rows.tables import row, table

TWO = (row(charge_amount="450"), row(claim_id="C-2", person_id="0008"))


def parquet(columns: dict[str, pa.Array], **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def as_text(*rows: dict[str, str]) -> dict[str, pa.Array]:
    names = list(dict.fromkeys(name for cells in rows for name in cells))
    return {
        name: pa.array([cells.get(name) for cells in rows], pa.string())
        for name in names
    }


def read(content: bytes) -> ReadResult:
    return read_stream(io.BytesIO(content), "t.parquet")


def test_texts_are_read_as_from_a_table_of_text() -> None:
    assert read(parquet(as_text(*TWO))).claims == (
        read_stream(io.BytesIO(table(*TWO))).claims
    )


@pytest.mark.parametrize(
    "typed",
    [
        {"claim_start_date": pa.array([date(2026, 3, 10)] * 2)},
        {"claim_start_date": pa.array([datetime(2026, 3, 10)] * 2)},  # noqa: DTZ001
        {"claim_line_number": pa.array([1, 1])},
        {"service_unit_quantity": pa.array([1.0, 1.0])},
        {"charge_amount": pa.array([Decimal("450.00"), None])},
        {"charge_amount": pa.array([450.0, None])},
        {"charge_amount": pa.array([450.0, float("nan")])},
        {"payer": pa.array(["Medicare"] * 2).dictionary_encode()},
        {"payer": pa.array(["Medicare"] * 2, pa.large_string())},
        {"note": pa.array([[1], [2]])},
    ],
)
def test_a_typed_column_reads_as_its_text(typed: dict[str, pa.Array]) -> None:
    found = read(parquet(as_text(*TWO) | typed))
    assert found.bad == ()
    assert found.claims == read(parquet(as_text(*TWO))).claims


def test_a_number_that_has_lost_its_digits_is_no_id() -> None:
    ids = pa.array([12345678901234567890.0, 2.0])
    result = read(parquet(as_text(*TWO) | {"claim_id": ids}))
    assert [bad.where for bad in result.bad] == ["t.parquet: row 1, claim_id"]
    assert [claim.id for claim in result.claims] == ["2"]


def test_rows_of_a_claim_may_be_cut_by_a_group() -> None:
    rows = [row(claim_line_number=str(n)) for n in range(1, 6)]
    (claim,) = read(parquet(as_text(*rows), row_group_size=2)).claims
    assert len(claim.lines) == 5


def test_a_parquet_file_may_come_in_pieces() -> None:
    content = parquet(as_text(*TWO))
    pieces = (content[at : at + 10] for at in range(0, len(content), 10))
    assert read_result(stream_chunks(pieces)).claims == read(content).claims


def test_columns_that_hold_lists_are_refused() -> None:
    (bad,) = read(parquet(as_text(*TWO) | {"payer": pa.array([["a"], ["b"]])})).bad
    assert "`payer`" in bad.reason


def test_a_missing_column_is_named() -> None:
    columns = as_text(*TWO)
    del columns["payer"]
    (bad,) = read(parquet(columns)).bad
    assert bad.reason == (
        "a Parquet file without the column `payer` of Tuva's `medical_claim`"
    )


def test_a_file_cut_or_spoilt_anywhere_ends_in_words() -> None:
    whole = parquet(as_text(*TWO))
    for at in range(4, len(whole), 97):
        spoilt = bytearray(whole)
        spoilt[at] ^= 255
        for content in (whole[:at], bytes(spoilt)):
            assert all(bad.reason for bad in read(content).bad)
        assert "damaged" in read(whole[:at]).bad[0].reason


def test_without_pyarrow_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = parquet(as_text(*TWO))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (bad,) = read(content).bad
    assert bad.fix == "Install it: pip install 'payerkb[batch]'."
