"""Tables as text: separators, quotation marks, headers, and rows that cannot be split."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.claims.model import (
    Claim,
    ClaimKind,
    ClaimLine,
    PayerNamed,
    ReadResult,
    read_result,
)
from kb.claims.read import stream_chunks
from kb.claims.rows.text import patients_in_table
from kb.claims.runs import Run, runs_in
from tests.kb.claims import claims_in_json as made
from tests.kb.claims.rows.tables import row, rows_of, table

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


LINES = st.lists(
    st.builds(
        ClaimLine,
        number=st.integers(1, 999),
        code=made.CODES,
        date=made.DAYS,
        modifiers=made.MODIFIERS.map(tuple),
        units=made.UNITS,
        place=st.sampled_from(["", "02", "11", "24"]),
        rendering=made.NPIS,
        charge=made.CHARGES,
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda line: line.number,
)


@given(
    LINES,
    st.lists(st.sampled_from(["M54.16", "M48.061", "G89"]), unique=True),
    made.TEXTS.map(str.strip),
    st.sampled_from(["Aetna", 'Blue; "Cross", | of', "medicare-part-b", "87726"]),
    st.sampled_from(["professional", "facility"]),
    st.sampled_from([",", "\t", "|", ";"]),
)
def test_a_claim_of_ours_written_as_rows_is_read_as_it_was(
    lines: list[ClaimLine],
    diagnoses: list[str],
    identifier: str,
    payer: str,
    kind: ClaimKind,
    separator: str,
) -> None:
    pointing = tuple(replace(line, diagnoses=tuple(diagnoses)) for line in lines)
    written = Claim(
        id=identifier, patient="7", payer=PayerNamed(name=payer), lines=pointing,
        kind=kind, plan="medicare-advantage", member="00A9",
    )  # fmt: skip
    (found,) = read(table(*rows_of(written), separator=separator)).claims
    named = {
        "medicare-part-b": PayerNamed(key="medicare-part-b"),
        "87726": PayerNamed(identifier="87726"),
    }
    assert found == replace(
        written, patient=found.patient, payer=named.get(payer, written.payer)
    )


def broken(content: bytes) -> list[tuple[str, str]]:
    return [(bad.where, bad.id) for bad in read(content).bad]


def test_a_broken_row_tells_no_cell_of_itself() -> None:
    """Where a cell is lost before it, the cell of the id is another column's."""
    lines = table(row(), row(claim_id="C-2")).splitlines(keepends=True)
    lines[2] = lines[2].partition(b",")[2]
    assert broken(b"".join(lines)) == [("t.csv: row 3", "")]


def test_a_row_of_too_few_cells_costs_its_claim_only() -> None:
    lines = table(*TWO, row(claim_id="C-3")).splitlines(keepends=True)
    lines[2] = b"C-1,2,professional\n"
    content = b"".join(lines)
    assert broken(content) == [("t.csv: row 3", "C-1")]
    assert [claim.id for claim in read(content).claims] == ["C-2", "C-3"]


@pytest.mark.parametrize("at", [1, 2])
def test_a_broken_row_spoils_the_claim_beside_it_whose_id_it_holds(at: int) -> None:
    """Where the id does not stand first, one cell too many may have moved it."""
    rows = [
        {"payer": cells["payer"]} | cells
        for cells in (*TWO[:2], TWO[0] | {"claim_id": "C-3"})
    ]
    lines = table(*rows).splitlines(keepends=True)
    lines[at] = b"Blue, of Florida," + lines[at].partition(b",")[2]
    content = b"".join(lines)
    assert broken(content) == [(f"t.csv: row {at + 1}", "C-1")]
    assert [claim.id for claim in read(content).claims] == ["C-3"]


def test_a_mark_that_is_never_closed_swallows_no_other_row() -> None:
    lines = table(*TWO, *(row(claim_id=f"D-{n}") for n in range(100))).splitlines(
        keepends=True
    )
    lines[3] = lines[3].replace(b'payer"', b"payer", 1)
    content = b"".join(lines)
    (bad,) = read(content).bad
    assert (bad.where, bad.reason) == (
        "t.csv: row 4",
        "quotation marks that do not fit together",
    )
    assert len(read(content).claims) == 101


def test_a_cell_in_quotes_may_have_lines() -> None:
    cells = [cells | {"note": "a\nb\n"} for cells in TWO]
    assert read(table(*cells)).claims == read(table(*TWO)).claims
    assert (
        read(table(*cells, row(claim_id="C-9", hcpcs_code="1")))
        .bad[0]
        .where.endswith("row 5, hcpcs_code")
    )


def test_bytes_that_are_no_utf8_cost_the_cell_that_is_read() -> None:
    passed_over = table(*(cells | {"note": "X"} for cells in TWO)).replace(
        b"X", b"Jos\xe9"
    )
    assert read(passed_over).claims == read(table(*TWO)).claims
    (bad,) = read(table(*TWO).replace(b"Medicare", b"M\xe9dicare", 1)).bad
    assert bad.where == "t.csv: row 3, payer"
    (bad,) = read(table(row(payer="X")).replace(b"X", b"Jos\xe9")).bad
    assert "Windows-1252" in bad.reason


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (("payer",), "without the column `payer` of"),
        (
            ("claim_start_date", "claim_type"),
            "without the columns `claim_type`, `claim_line_start_date` or `claim_start_date` of",
        ),
    ],
)
def test_a_table_that_lacks_a_column_says_which(
    missing: tuple[str, ...], said: str
) -> None:
    rows = [{k: v for k, v in cells.items() if k not in missing} for cells in TWO]
    (bad,) = read(table(*rows)).bad
    assert said in bad.reason
    assert "`medical_claim`" in bad.reason


def test_a_column_that_stands_twice_is_not_chosen_from() -> None:
    content = table(*TWO).replace(b"member_id", b"payer", 1)
    (bad,) = read(content).bad
    assert bad.reason == "a CSV table with more than one column `payer`"


PEOPLE = st.fixed_dictionaries(
    {
        "claim_id": st.sampled_from(["C-1", "C-2", "C-3"]),
        "person_id": st.sampled_from(["", "7", "00A9"]),
        "member_id": st.sampled_from(["", "00-A9", "1"]),
        "birth_date": st.sampled_from(["", "1950-05-01"]),
    }
)


@given(st.lists(PEOPLE, min_size=1, max_size=6))
def test_the_look_at_patients_misses_nobody(people: list[dict[str, str]]) -> None:
    numbered = enumerate(people, 1)
    content = table(*(row(**who, claim_line_number=str(n)) for n, who in numbered))
    looked = set(patients_in_table(iter([content])))
    assert {claim.patient for claim in read(content).claims} <= looked


SECRETS = ("ZEBRA77", "00MBI9", "QUAGGA")
SECRET = [
    row(claim_id=f"C-{n // 2}", claim_line_number=str(n), person_id=SECRETS[0],
        member_id=SECRETS[1], payer=SECRETS[2])
    for n in range(1, 5)
]  # fmt: skip
SPOILT = st.binary(max_size=9) | st.sampled_from([b'"', b",", b"\n", b"\r", b"1.2E+9"])


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 9), SPOILT), max_size=3))
def test_a_table_spoilt_anywhere_ends_in_words_that_tell_nobody(
    spoilt: list[tuple[int, int, bytes]],
) -> None:
    content = table(*SECRET)
    for at, left_out, put_in in spoilt:
        content = content[:at] + put_in + content[at + left_out :]
    found = list(runs_in(content, "t.csv"))
    assert found
    told = [str(one) for one in found if not isinstance(one, Run)]
    assert not any(secret in text for secret in SECRETS for text in told)
