"""Tables as text: separators, quotation marks, headers, and rows that cannot be split."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.claims.model import BadClaim, Claim, ClaimLine, PayerNamed, ReadResult, read_result
from kb.claims.read import stream_chunks
from kb.claims.rows.text import patients_in_table
from tests.kb.claims import claims_in_json as made
from tests.kb.claims.rows.tables import Cells, row, rows_of, table

TWO = (
    row(charge_amount="450"),
    row(claim_line_number="2", hcpcs_code="64484", hcpcs_modifier_1="RT"),
    row(claim_id="C-2", person_id="0008", payer='Blue, "the" payer'),
)


def read(content: bytes, *, pieces: int = 1 << 16) -> ReadResult:
    chunks = (content[at : at + pieces] for at in range(0, len(content), pieces))
    return read_result(stream_chunks(chunks, "t.csv"))


@pytest.mark.parametrize("separator", [",", "\t", "|", ";"])
@pytest.mark.parametrize("quote", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_may_be_written_in_many_ways(
    separator: str, quote: bool, end: str
) -> None:
    content = table(*TWO, separator=separator, quote=quote, end=end)
    result = read(content)
    assert result.bad == ()
    assert [claim.id for claim in result.claims] == ["C-1", "C-2"]
    assert result.claims[1].payer.name == 'Blue, "the" payer'


@pytest.mark.parametrize("pieces", [1, 7, 100])
def test_it_may_come_in_pieces_of_any_size(pieces: int) -> None:
    assert read(table(*TWO), pieces=pieces) == read(table(*TWO))


def test_a_mark_capitals_and_spaces_change_no_header() -> None:
    header, rest = table(*TWO).split(b"\n", 1)
    changed = b"\xef\xbb\xbf\r\n" + header.upper().replace(b",", b" , ") + b"\n" + rest
    assert read(changed).claims == read(table(*TWO)).claims


def test_unknown_columns_are_passed_over() -> None:
    more = [cells | {"file_name": "x", "note": "of whom"} for cells in TWO]
    assert read(table(*more)) == read(table(*TWO))


@given(st.randoms(use_true_random=False))
def test_the_order_of_columns_changes_nothing(order: random.Random) -> None:
    columns = list(dict.fromkeys(column for cells in TWO for column in cells))
    order.shuffle(columns)
    turned = [{column: cells.get(column, "") for column in columns} for cells in TWO]
    assert read(table(*turned)) == read(table(*TWO))


CODES = st.sampled_from(["64483", "64484", "00640", "G0260", "0627T"])
NPIS = st.sampled_from(["", "2000000028", "2000000010"])
DIAGNOSES = st.lists(
    st.sampled_from(["M54.16", "M48.061", "G89", "Z79.891"]), unique=True, max_size=4
)
MODIFIERS = st.lists(
    st.sampled_from(["RT", "LT", "50", "59", "KX"]), unique=True, max_size=4
)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    diagnoses = tuple(draw(DIAGNOSES))
    lines = tuple(
        ClaimLine(
            number=number,
            code=draw(CODES),
            date=draw(st.dates(made.FIRST_DAY, made.LAST_DAY)),
            modifiers=tuple(draw(MODIFIERS)),
            units=draw(made.UNITS),
            place=draw(st.sampled_from(["", "02", "11", "24"])),
            diagnoses=diagnoses,
            rendering=draw(NPIS),
            charge=draw(st.none() | made.UNITS),
        )
        for number in range(1, draw(st.integers(1, 4)) + 1)
    )
    return Claim(
        id=draw(st.sampled_from(["0001", "C 1", "c,1", 'c"1', "é|1"])),
        patient="x",
        payer=PayerNamed(name=draw(st.sampled_from(["Aetna", "Blue; Cross"]))),
        lines=lines,
        kind=draw(st.sampled_from(["professional", "facility"])),
        plan=draw(st.sampled_from(["", "medicare-advantage"])),
        member=draw(st.sampled_from(["", "00A9"])),
    )
