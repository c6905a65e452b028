"""Tables are answered alike however their rows lie, are cut and are typed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kb
from kb.claims import Claim
from kb.claims.rows.tuva import told_of_rows
from kb.claims.runs import Found, Run
from kb.library import Answer, GivenError
from kb.library.answering import answers_of
from kb.library.rows import batches_of
from kb.library.tables import in_order, runs_of_persons
from tests.kb.library.medical_claims import as_bytes, in_any_order, medical_claims

CLAIMS = medical_claims(persons=9)


@pytest.fixture(scope="module")
def base(epidural_database: Path) -> kb.KnowledgeBase:
    return kb.KnowledgeBase.open(epidural_database)


@pytest.fixture(scope="module")
def whole(base: kb.KnowledgeBase) -> pa.Table:
    return base.evaluate_table(CLAIMS)


def cut(table: pa.Table, places: list[int]) -> list[pa.RecordBatch]:
    """The rows in batches that end at these places; some may be empty."""
    (batch,) = table.combine_chunks().to_batches()
    ends = [0, *sorted(places), table.num_rows]
    return [batch.slice(a, b - a) for a, b in itertools.pairwise(ends)]


def answered(base: kb.KnowledgeBase, batches: list[pa.RecordBatch]) -> pa.Table:
    engine = base.engine
    said = answers_of(runs_of_persons(batches, engine.faults_in), engine)
    return pa.Table.from_batches(batches_of(said))


def test_claims_of_all_kinds_are_tried(whole: pa.Table) -> None:
    assert set(whole["kind"].to_pylist()) == {"line", "bad", "remark"}
    assert len(set(whole["outcome"].to_pylist())) > 2
    assert any(
        "earlier" in say or "session" in say for say in whole["say"].to_pylist() if say
    )


def runs(batches: list[pa.RecordBatch]) -> list[Found]:
    """What is made of batches before it is answered."""
    return list(runs_of_persons(batches, lambda _: []))


def test_a_cut_at_any_place_parts_nobody() -> None:
    ordered = in_order(CLAIMS)
    uncut = runs(cut(ordered, []))
    assert max(len(one.claims) for one in uncut if isinstance(one, Run)) > 3
    for place in range(CLAIMS.num_rows + 1):
        assert runs(cut(ordered, [place])) == uncut


@given(st.lists(st.integers(0, CLAIMS.num_rows), max_size=CLAIMS.num_rows))
def test_many_cuts_part_nobody(places: list[int]) -> None:
    ordered = in_order(CLAIMS)
    assert runs(cut(ordered, places)) == runs(cut(ordered, []))


def test_every_row_in_a_batch_of_its_own(
    base: kb.KnowledgeBase, whole: pa.Table
) -> None:
    batches = cut(in_order(CLAIMS), list(range(CLAIMS.num_rows)))
    assert answered(base, batches).equals(whole)


def test_the_order_of_rows_changes_no_byte(
    base: kb.KnowledgeBase, whole: pa.Table
) -> None:
    assert base.evaluate_table(in_any_order(CLAIMS)).equals(whole)


def test_the_answers_are_those_of_the_claims(base: kb.KnowledgeBase) -> None:
    """What the reader of tables makes of the rows, answered by the engine at once."""
    text = in_order(CLAIMS).drop_columns(["payerkb_person"]).to_pylist()
    rows = [{name: cell or "" for name, cell in row.items()} for row in text]
    claims = [one for one in told_of_rows(rows) if isinstance(one, Claim)]
    expected = {one.claim: one for one in base.engine.answer(claims)}

    found = [one for one in base.evaluate(CLAIMS) if isinstance(one, Answer)]

    assert sorted(one.claim for one in found) == sorted(expected)
    for one in found:
        assert one.outcome == expected[one.claim].outcome
        assert [line.outcome for line in one.lines] == [
            line.outcome for line in expected[one.claim].lines
        ]


def test_a_stream_in_order_is_answered_as_it_comes(
    base: kb.KnowledgeBase, whole: pa.Table
) -> None:
    ordered = in_order(CLAIMS).to_reader(max_chunksize=3)
    found = base.evaluate_batches(ordered).read_all()
    assert as_bytes(found) == as_bytes(whole)


def test_a_stream_says_where_a_person_came_back(base: kb.KnowledgeBase) -> None:
    rows = [
        row
        for row in CLAIMS.to_pylist()
        if row["claim_id"] in ("C-4-0", "C-5-0", "C-4-1")
    ]
    mixed = sorted(rows, key=lambda row: (row["claim_id"] == "C-4-1", row["claim_id"]))
    found = list(base.evaluate(pa.Table.from_pylist(mixed).to_reader()))
    assert [one.id for one in found if isinstance(one, kb.Remark)] == ["C-4-1"]


def as_timestamps(table: pa.Table) -> pa.Table:
    days = table["claim_line_start_date"].cast(pa.timestamp("ns"))
    return table.set_column(
        table.schema.get_field_index("claim_line_start_date"),
        "claim_line_start_date",
        days,
    )


def as_all_text(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([(name, pa.string()) for name in table.schema.names]))


def as_categories(table: pa.Table) -> pa.Table:
    codes = table["hcpcs_code"].dictionary_encode()
    return table.set_column(
        table.schema.get_field_index("hcpcs_code"), "hcpcs_code", codes
    )


def as_floats(table: pa.Table) -> pa.Table:
    """As pandas has whole numbers of which some are missing."""
    numbers = table["claim_line_number"].cast(pa.float64())
    at = table.schema.get_field_index("claim_line_number")
    return table.set_column(at, "claim_line_number", numbers)


def as_decimals(table: pa.Table) -> pa.Table:
    at = table.schema.get_field_index("charge_amount")
    exact = table["charge_amount"].cast(pa.decimal128(12, 2))
    return table.set_column(at, "charge_amount", exact)


def in_capitals(table: pa.Table) -> pa.Table:
    return table.rename_columns([name.upper() for name in table.schema.names])


def with_more_columns(table: pa.Table) -> pa.Table:
    return table.append_column(
        "data_source", [["ours"] * table.num_rows]
    ).append_column("notes", [[[1, 2]] * table.num_rows])


def one_batch(table: pa.Table) -> pa.RecordBatch:
    (batch,) = table.combine_chunks().to_batches()
    return batch


@pytest.mark.parametrize(
    "form",
    [
        as_timestamps,
        as_all_text,
        as_categories,
        as_floats,
        as_decimals,
        in_capitals,
        with_more_columns,
        one_batch,
    ],
)
def test_the_types_of_columns_change_no_answer(
    base: kb.KnowledgeBase, whole: pa.Table, form: Callable[[pa.Table], object]
) -> None:
    given_so = form(CLAIMS)
    assert base.evaluate_table(given_so).equals(whole)  # type: ignore[arg-type]


def test_a_table_without_rows_has_no_answers(base: kb.KnowledgeBase) -> None:
    assert base.evaluate_table(CLAIMS.slice(0, 0)).num_rows == 0
    assert base.evaluate_table(CLAIMS.schema.empty_table()).num_rows == 0


def test_a_table_of_something_else_is_refused(base: kb.KnowledgeBase) -> None:
    with pytest.raises(GivenError, match="no column claim_id, claim_type, payer"):
        base.evaluate(pa.table({"hcpcs_code": ["64483"]}))
    with pytest.raises(GivenError, match="claim_line_start_date or claim_start_date"):
        base.evaluate(CLAIMS.drop_columns(["claim_line_start_date"]))
    with pytest.raises(GivenError, match="no column payer"):
        base.evaluate(CLAIMS.drop_columns(["payer"]).to_reader())


def test_a_column_of_lists_is_refused(base: kb.KnowledgeBase) -> None:
    at = CLAIMS.schema.get_field_index("payer")
    lists = CLAIMS.set_column(at, "payer", [[["x"]] * CLAIMS.num_rows])
    with pytest.raises(GivenError, match="The column payer holds list"):
        list(base.evaluate(lists))


def test_a_fault_is_placed_within_its_claim(base: kb.KnowledgeBase) -> None:
    bad = [one for one in base.evaluate(CLAIMS) if isinstance(one, kb.BadClaim)]
    assert {one.where for one in bad if one.id} == {"row 1, hcpcs_code"}
    assert [one.where for one in bad if not one.id] == ["row 1, claim_id"]


def test_no_value_of_a_patient_stands_in_a_fault(base: kb.KnowledgeBase) -> None:
    row = CLAIMS.to_pylist()[0]
    wrong = {
        **row,
        "birth_date": "SECRET-DAY",
        "member_id": "SECRET-MEMBER",
        "payer": None,
    }
    for one in base.evaluate(pa.Table.from_pylist([wrong])):
        assert "SECRET" not in repr(one)
